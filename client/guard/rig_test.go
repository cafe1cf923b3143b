package guard_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store"
)

// rig is a registry of our own that can be taken away.
type rig struct {
	*client.Client
	handler http.Handler
	state   atomic.Int32
	asked   atomic.Int32
}

// The states of a rig.
const (
	up int32 = iota
	refusing
	hanging
)

func newRig(t *testing.T) *rig {
	t.Helper()
	opened, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "muster.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &rig{handler: httpapi.New(registry.New(opened, all.Formats(), registry.Options{}), httpapi.Options{})}
	r.Client, err = client.New("http://registry.test", client.Options{HTTP: &http.Client{Transport: r}, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// RoundTrip answers in process.
func (r *rig) RoundTrip(req *http.Request) (*http.Response, error) {
	r.asked.Add(1)
	switch r.state.Load() {
	case refusing:
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	case hanging:
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	answer := httptest.NewRecorder()
	r.handler.ServeHTTP(answer, req)
	return answer.Result(), nil
}

// register gives a subject another version, whatever its level.
func (r *rig) register(t *testing.T, subject string, schema entity.SchemaRequest) entity.Registered {
	t.Helper()
	got, err := r.Register(t.Context(), subject, schema, client.RegisterOptions{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// guard returns a guard of the rig that is closed with the test.
func (r *rig) guard(t *testing.T, opts guard.Options) *guard.Guard {
	t.Helper()
	opts.Log = slog.New(slog.DiscardHandler)
	if opts.Refresh == 0 {
		opts.Refresh = time.Hour
	}
	g, err := guard.New(r.Client, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func avro(text string) entity.SchemaRequest { return entity.SchemaRequest{Schema: text} }

func jsonSchema(text string) entity.SchemaRequest {
	return entity.SchemaRequest{Schema: text, SchemaType: "JSON"}
}

func protobuf(text string) entity.SchemaRequest {
	return entity.SchemaRequest{Schema: text, SchemaType: "PROTOBUF"}
}

// orders is a schema of one member; an event of it is order, another misspelt.
var orders = jsonSchema(`{"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}`)

const (
	order    = `{"id":"o-1"}`
	misspelt = `{"ident":"o-1"}`
)

func payload(data string) guard.Payload { return guard.Payload{Data: []byte(data)} }

// reason returns why an event is held back: of the rejection if there is one.
func reason(t *testing.T, verdict guard.Verdict, err error) guard.Reason {
	t.Helper()
	var rejection *guard.Rejection
	if err == nil && !verdict.Published || err != nil && (verdict.Published || !errors.As(err, &rejection)) {
		t.Fatalf("published = %t, with %v", verdict.Published, err)
	}
	if err != nil && rejection.Verdict.Reason != verdict.Reason {
		t.Fatalf("the rejection says %s, the verdict %s", rejection.Verdict.Reason, verdict.Reason)
	}
	return verdict.Reason
}

func check(t *testing.T, g *guard.Guard, destination string, p guard.Payload) (guard.Verdict, guard.Reason) {
	t.Helper()
	verdict, err := g.Check(t.Context(), destination, p)
	return verdict, reason(t, verdict, err)
}

func warm(t *testing.T, g *guard.Guard, destinations ...string) {
	t.Helper()
	if err := g.Warm(context.WithoutCancel(t.Context()), destinations...); err != nil {
		t.Fatal(err)
	}
}

func wire(p guard.Payload) guard.Payload {
	p.Encoding = compat.Wire
	return p
}
