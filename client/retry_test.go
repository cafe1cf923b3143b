package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

// flaky answers statuses in turn, then 200. Status 0 cuts the connection.
func flaky(t *testing.T, answer string, statuses ...int) (*client.Client, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(asked.Add(1)) - 1
		if n >= len(statuses) {
			io.WriteString(w, answer)
			return
		}
		if statuses[n] == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(statuses[n])
	}))
	t.Cleanup(server.Close)
	// Without keep-alive net/http itself sends nothing again.
	transport := &http.Transport{DisableKeepAlives: true}
	c, err := client.New(server.URL, client.Options{Backoff: time.Nanosecond, HTTP: &http.Client{Transport: transport}})
	if err != nil {
		t.Fatal(err)
	}
	return c, &asked
}

func TestRetry_WhatMayPass(t *testing.T) {
	for _, status := range []int{0, 429, 503, 504} {
		c, asked := flaky(t, `{"id":1}`, status, status, status)
		if _, err := c.Register(t.Context(), "s", entity.SchemaRequest{}, client.RegisterOptions{}); err != nil {
			t.Errorf("%d three times: %v", status, err)
		}
		if n := asked.Load(); n != 4 {
			t.Errorf("%d three times: asked %d times, want 4", status, n)
		}
	}
}

func TestRetry_NothingElse(t *testing.T) {
	for _, status := range []int{400, 401, 404, 409, 422, 500, 502} {
		c, asked := flaky(t, `{"id":1}`, status)
		_, err := c.Register(t.Context(), "s", entity.SchemaRequest{}, client.RegisterOptions{})
		var refused *client.Error
		if !errors.As(err, &refused) || refused.Status != status {
			t.Errorf("%d: got %v", status, err)
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("%d: asked %d times, want 1", status, n)
		}
	}
}

func TestRetry_GivesUp(t *testing.T) {
	c, asked := flaky(t, `[]`, 503, 503, 503, 503, 503)
	_, err := c.Types(t.Context())
	var refused *client.Error
	if !errors.Is(err, client.ErrUnreachable) || !errors.As(err, &refused) || refused.Status != 503 {
		t.Errorf("got %v, want a 503 that is ErrUnreachable", err)
	}
	if n := asked.Load(); n != 4 {
		t.Errorf("asked %d times, want 4", n)
	}
}

func TestRetry_DeletionWithoutAnswerIsNotRepeated(t *testing.T) {
	for _, status := range []int{0, 504} {
		c, asked := flaky(t, `[1]`, status)
		if _, err := c.DeleteSubject(t.Context(), "s", true); !errors.Is(err, client.ErrUnreachable) {
			t.Errorf("%d: got %v, want ErrUnreachable", status, err)
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("%d: asked %d times, want 1", status, n)
		}
	}
	c, _ := flaky(t, `[1]`, 503)
	if _, err := c.DeleteSubject(t.Context(), "s", true); err != nil {
		t.Errorf("503, which says that nothing was done: %v", err)
	}
}

func TestRetry_NobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	c, err := client.New("http://"+address, client.Options{Backoff: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Types(t.Context()); !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("got %v, want ErrUnreachable", err)
	}
}

func TestRetry_EndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	c, err := client.New(server.URL, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Types(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
