package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/muster-registry/muster/client"
)

// counting returns a client of a registry that answers every request alike
// once gate is closed. It counts them and tells of each that arrived.
func counting(t *testing.T, gate <-chan struct{}, opts client.Options) (*client.Client, *atomic.Int32, <-chan struct{}) {
	t.Helper()
	var asked atomic.Int32
	arrived := make(chan struct{}, 64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		arrived <- struct{}{}
		<-gate
		io.WriteString(w, `{"schema":"\"int\""}`)
	}))
	t.Cleanup(server.Close)
	c, err := client.New(server.URL, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c, &asked, arrived
}

func opened() <-chan struct{} {
	gate := make(chan struct{})
	close(gate)
	return gate
}

func TestCache_KeepsWhatCannotChange(t *testing.T) {
	for _, test := range []struct {
		name string
		opts client.Options
		ask  client.SchemaOptions
		want int32
	}{
		{"default context", client.Options{}, client.SchemaOptions{}, 1},
		{"context", client.Options{}, client.SchemaOptions{Subject: ":.ctx:"}, 1},
		{"subject, whose version can change", client.Options{}, client.SchemaOptions{Subject: "s"}, 3},
		{"subject in a context", client.Options{}, client.SchemaOptions{Subject: ":.ctx:s"}, 3},
		{"no cache", client.Options{CacheBytes: -1}, client.SchemaOptions{}, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, asked, _ := counting(t, opened(), test.opts)
			for range 3 {
				if got, err := c.Schema(t.Context(), 7, test.ask); err != nil || got.Schema != `"int"` {
					t.Fatalf("got %+v, %v", got, err)
				}
			}
			if n := asked.Load(); n != test.want {
				t.Errorf("asked %d times, want %d", n, test.want)
			}
		})
	}
}

func TestCache_KeepsNoFailure(t *testing.T) {
	c, asked := flaky(t, `{"schema":"\"int\""}`, http.StatusNotFound)
	if _, err := c.Schema(t.Context(), 7, client.SchemaOptions{}); err == nil {
		t.Error("no error for a 404")
	}
	if _, err := c.Schema(t.Context(), 7, client.SchemaOptions{}); err != nil {
		t.Errorf("after the failure: %v", err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

func TestCache_AsksOnceForAll(t *testing.T) {
	gate := make(chan struct{})
	c, asked, arrived := counting(t, gate, client.Options{})
	impatient, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := c.Schema(impatient, 7, client.SchemaOptions{})
		left <- err
	}()
	<-arrived
	var others sync.WaitGroup
	for range 8 {
		others.Go(func() {
			if _, err := c.Schema(t.Context(), 7, client.SchemaOptions{}); err != nil {
				t.Errorf("one who waited: %v", err)
			}
		})
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the one who began it and left: %v", err)
	}
	close(gate)
	others.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times, want 1", n)
	}
}
