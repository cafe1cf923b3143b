package httpapi_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store"
	"github.com/muster-registry/muster/store/postgres/pgtest"
)

// backend is a kind of store the API runs over. What the API answers must not
// depend on it.
type backend struct {
	name string
	dsn  func(testing.TB) string // of an empty store that goes with the test
}

var backends = []backend{
	{"sqlite", func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "muster.db") }},
	{"postgres", pgtest.DSN},
}

// newService opens a store at dsn and a registry over it.
func newService(t testing.TB, dsn string) *registry.Service {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return registry.New(s, all.Formats(), registry.Options{})
}

// newServer serves the real handler over an empty store.
func newServer(t testing.TB, b backend) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(httpapi.New(newService(t, b.dsn(t)), httpapi.Options{Version: "test"}))
	t.Cleanup(server.Close)
	return server
}
