package sqlite

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) registry.Store {
		return open(t, filepath.Join(t.TempDir(), "muster.db"))
	})
}

func open(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, open(b, filepath.Join(b.TempDir(), "muster.db")))
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "with space? #%41.db")
	storetest.Reopen(t, func(t *testing.T) registry.Store { return open(t, path) })
}

// The test's own binary is the second process.
func TestOpen_SecondProcessIsRefused(t *testing.T) {
	if path := os.Getenv("SECOND_PROCESS_OPENS"); path != "" {
		_, err := Open(t.Context(), path, time.Now)
		fmt.Println("opened:", err == nil)
		return
	}
	second := func(path string) string {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "SECOND_PROCESS_OPENS="+path)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	path := filepath.Join(t.TempDir(), "muster.db")
	s := open(t, path)
	if out := second(path); !strings.Contains(out, "opened: false") {
		t.Errorf("a second process was let in:\n%s", out)
	}
	if _, err := Open(t.Context(), path, time.Now); err == nil {
		t.Error("a second store of this process was let in")
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("after the attempts: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if out := second(path); !strings.Contains(out, "opened: true") {
		t.Errorf("the file is held after Close:\n%s", out)
	}
}

func TestOpen_RefusesWhatIsNoFile(t *testing.T) {
	for _, path := range []string{"", ":memory:", filepath.Join(t.TempDir(), "missing", "muster.db"), t.TempDir()} {
		if s, err := Open(t.Context(), path, time.Now); err == nil {
			t.Errorf("opened %q", path)
			_ = s.Close()
		}
	}
}

// A page limit stands in for a disk without room.
func TestAppend_FullDiskIsUnavailable(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "muster.db"))
	limit := func(pages int) {
		t.Helper()
		err := s.writer.do(t.Context(), func(ctx context.Context, _ *statements) error {
			var got int
			return s.writer.conn.QueryRowContext(ctx, fmt.Sprint("pragma max_page_count = ", pages)).Scan(&got)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	add := func(name string) error {
		e, err := s.Edit(t.Context(), registry.ParseSubject(name), false)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		schema := registry.Schema{Type: "AVRO", Text: strings.Repeat("x", 1<<20)}
		_, err = e.Append(t.Context(), registry.NewVersion{Version: 1, Schema: schema, Hash: sha256.Sum256([]byte(name))})
		return err
	}
	limit(1)
	if err := add("a"); !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("got error %v, want %v", err, registry.ErrUnavailable)
	}
	snapshot, err := s.Snapshot(t.Context(), registry.ParseSubject("a"))
	if err != nil || snapshot.Scopes.Own.Rev != 0 {
		t.Errorf("what is left behind: %+v, %v", snapshot, err)
	}
	limit(1 << 30)
	if err := add("a"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// Changes that wait while one is written commit together, and one that fails
// takes nobody along.
func TestWriter_GroupsWhatWaits(t *testing.T) { synctest.Test(t, groupsWhatWaits) }

func groupsWhatWaits(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "muster.db"))
	begun, proceed := make(chan struct{}), make(chan struct{})
	first := make(chan error)
	go func() {
		first <- s.writer.do(t.Context(), func(context.Context, *statements) error {
			close(begun)
			<-proceed
			return nil
		})
	}()
	<-begun
	const waiting = 20
	var together atomic.Int64
	errs := make(chan error, waiting)
	for i := range waiting {
		go func() {
			errs <- s.writer.do(t.Context(), func(ctx context.Context, tx *statements) error {
				_, err := tx.exec(ctx, `update purges set n = n + 1`)
				var committed int64
				if row := s.readers.QueryRowContext(ctx, `select n from purges`); row.Scan(&committed) == nil && committed == 0 {
					together.Add(1)
				}
				if i%2 == 1 {
					return errors.Join(registry.ErrStale, err)
				}
				return err
			})
		}()
	}
	synctest.Wait() // until all of them wait for the writer
	close(proceed)
	failed := 0
	for range waiting {
		if err := <-errs; errors.Is(err, registry.ErrStale) {
			failed++
		} else if err != nil {
			t.Error(err)
		}
	}
	if err := <-first; err != nil {
		t.Error(err)
	}
	n, err := s.Purges(t.Context())
	if err != nil || n != waiting/2 || failed != waiting/2 {
		t.Errorf("%d changes committed and %d failed, want %d of each (%v)", n, failed, waiting/2, err)
	}
	if together.Load() != waiting {
		t.Errorf("%d changes were in one group, want %d", together.Load(), waiting)
	}
}
