package archive_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/cmd/muster/archive"
	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store"
)

// newRegistry serves an empty registry; every request passes through seen.
func newRegistry(t *testing.T, seen func(*http.Request)) *client.Client {
	t.Helper()
	opened, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "muster.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	api := httpapi.New(registry.New(opened, all.Formats(), registry.Options{}), httpapi.Options{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen(r)
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.Close()
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return clientOf(t, server)
}

func clientOf(t *testing.T, server *httptest.Server) *client.Client {
	t.Helper()
	c, err := client.New(server.URL, client.Options{Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func nobodyLooks(*http.Request) {}

func export(t *testing.T, c *client.Client) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := archive.Write(&out, archive.Registry(t.Context(), c, nil), func() {}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// small has a reference that is met before its turn, a deletion, and settings.
const small = `{"muster_archive":1}
{"version":{"subject":"b","version":1,"id":1,"guid":"5c7f5b3e-37e3-4a2c-7a8d-bd3cd6f7c3a3","schemaType":"AVRO","schema":"{\"type\":\"record\",\"name\":\"B\",\"fields\":[]}","ts":1600000000000}}
{"version":{"subject":"a","version":2,"id":2,"guid":"","schemaType":"AVRO","references":[{"name":"B","subject":"b","version":1}],"schema":"{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"b\",\"type\":\"B\"}]}","ts":1600000000001,"deleted":true}}
{"version":{"subject":"a","version":3,"id":3,"guid":"","schemaType":"AVRO","schema":"\"int\"","ts":1600000000002}}
{"config":{"scope":"a","compatibility":"NONE"}}
{"mode":{"scope":"b","mode":"READONLY"}}
{"end":{"versions":3,"configs":1,"modes":1}}
`

// TestRestore_Interrupted ends a restore at each request that changes
// something. No mode of its own making is left, and the next restore completes
// it.
func TestRestore_Interrupted(t *testing.T) {
	whole := newRegistry(t, nobodyLooks)
	if _, err := archive.Restore(t.Context(), whole, archive.Read(strings.NewReader(small)), func() {}); err != nil {
		t.Fatal(err)
	}
	want := export(t, whole)
	for cut, done := 1, false; !done; cut++ {
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		changes := 0
		target := newRegistry(t, func(r *http.Request) {
			if r.Method != http.MethodGet {
				if changes++; changes == cut {
					interrupt()
				}
			}
		})
		_, err := archive.Restore(ctx, target, archive.Read(strings.NewReader(small)), func() {})
		if done = err == nil; done && cut < 9 {
			t.Fatalf("interrupted at change %d: no error", cut)
		}
		for _, subject := range []string{"a", "b"} {
			if mode, err := target.Mode(t.Context(), subject, client.ScopeOptions{}); err == nil && mode == "IMPORT" {
				t.Errorf("interrupted at change %d: %s is left in IMPORT", cut, subject)
			}
		}
		if _, err := archive.Restore(t.Context(), target, archive.Read(strings.NewReader(small)), func() {}); err != nil {
			t.Fatalf("after change %d: %v", cut, err)
		}
		if diff := cmp.Diff(want, export(t, target)); diff != "" {
			t.Errorf("after change %d (-want +got):\n%s", cut, diff)
		}
	}
}

// TestRestore_Killed restores after one that had no chance to end: a subject
// is still in IMPORT.
func TestRestore_Killed(t *testing.T) {
	target := newRegistry(t, nobodyLooks)
	for _, subject := range []string{"a", "b"} {
		if err := target.SetMode(t.Context(), subject, "IMPORT", client.SetModeOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := archive.Restore(t.Context(), target, archive.Read(strings.NewReader(small)), func() {}); err != nil {
		t.Fatal(err)
	}
	if _, after, _ := strings.Cut(export(t, target), `{"mode":`); !strings.HasPrefix(after, `{"scope":"b","mode":"READONLY"}}`+"\n"+`{"end"`) {
		t.Errorf("modes %s", after)
	}
}

// TestRestore_ModeOfItsOwn restores into subjects that nobody may write to.
func TestRestore_ModeOfItsOwn(t *testing.T) {
	target := newRegistry(t, nobodyLooks)
	for _, scope := range []string{"", "a", "b"} {
		if err := target.SetMode(t.Context(), scope, "READONLY", client.SetModeOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	records := archive.Read(strings.NewReader(strings.ReplaceAll(small, `{"config":{"scope":"a","compatibility":"NONE"}}`+"\n", "")))
	_, err := archive.Restore(t.Context(), target, records, func() {})
	if err == nil || !strings.Contains(err.Error(), "lines are missing") { // the one taken out
		t.Fatal(err)
	}
	for _, scope := range []string{"", "a", "b"} {
		if mode, err := target.Mode(t.Context(), scope, client.ScopeOptions{}); err != nil || mode != "READONLY" {
			t.Errorf("%q has mode %s (%v)", scope, mode, err)
		}
	}
	if versions, err := target.Versions(t.Context(), "a", client.VersionsOptions{Deleted: true}); err != nil || len(versions) != 2 {
		t.Errorf("versions %v (%v)", versions, err)
	}
}
