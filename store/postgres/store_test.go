package postgres

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/postgres/pgtest"
	"github.com/muster-registry/muster/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) registry.Store {
		return open(t, pgtest.DSN(t))
	})
}

func open(t testing.TB, dsn string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, time.Now)
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

func BenchmarkStore(b *testing.B) { storetest.Bench(b, open(b, pgtest.DSN(b))) }

func TestReopen(t *testing.T) {
	dsn := pgtest.DSN(t)
	storetest.Reopen(t, func(t *testing.T) registry.Store { return open(t, dsn) })
}

func TestOpen_ManyAtOnceOnAnEmptyDatabase(t *testing.T) {
	dsn := pgtest.DSN(t)
	const replicas = 24
	errs := make(chan error)
	for range replicas {
		go func() {
			s, err := Open(t.Context(), dsn+"&pool_max_conns=2", time.Now)
			if err == nil {
				err = errors.Join(s.Ping(t.Context()), s.Close())
			}
			errs <- err
		}()
	}
	for range replicas {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// Two stores on one database are two replicas: what one acknowledged the other
// sees, and a snapshot of one goes stale by a change through the other.
func TestOpen_ReplicasSeeOneState(t *testing.T) {
	dsn := pgtest.DSN(t)
	one, other := open(t, dsn), open(t, dsn)
	subject := registry.ParseSubject("a")
	for i := range 20 {
		e, err := one.Edit(t.Context(), subject, false)
		if err != nil {
			t.Fatal(err)
		}
		late, err := other.Edit(t.Context(), subject, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Configure(t.Context(), nil, registry.ReadOnly); err != nil {
			t.Fatal(err)
		}
		if err := late.Configure(t.Context(), nil, ""); !errors.Is(err, registry.ErrStale) {
			t.Errorf("late change: got error %v, want %v", err, registry.ErrStale)
		}
		snapshot, err := other.Snapshot(t.Context(), subject)
		if err != nil || snapshot.Scopes.Own.Rev != int64(i+1) {
			t.Errorf("the other replica sees %+v (%v), want rev %d", snapshot, err, i+1)
		}
	}
}

func TestStore_ServerGone(t *testing.T) {
	cluster, err := pgtest.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, cluster.URL())
	subject := registry.ParseSubject("a")
	e, err := s.Edit(t.Context(), subject, false)
	if err != nil {
		t.Fatal(err)
	}
	held, err := s.Edit(t.Context(), subject, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	storetest.Unavailable(t, s)
	for name, e := range map[string]registry.Edit{"edit": e, "exclusive edit": held} {
		if err := e.Configure(t.Context(), nil, ""); !errors.Is(err, registry.ErrUnavailable) {
			t.Errorf("%s: got error %v, want %v", name, err, registry.ErrUnavailable)
		}
		e.Close()
	}
	if _, err := Open(t.Context(), cluster.URL(), time.Now); !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("open: got error %v, want %v", err, registry.ErrUnavailable)
	}
}

func TestStore_PoolUsedUpIsUnavailable(t *testing.T) {
	s := open(t, pgtest.DSN(t)+"&pool_max_conns=1")
	e, err := s.Edit(t.Context(), registry.ParseSubject("a"), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("got error %v, want %v", err, registry.ErrUnavailable)
	}
	e.Close()
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if pool := s.Pool(); pool["max"] != 1 {
		t.Errorf("pool: %v", pool)
	}
}

func TestPing_ReadOnlyServerIsUnavailable(t *testing.T) {
	dsn := pgtest.DSN(t)
	open(t, dsn) // migrates
	s := open(t, dsn+"&default_transaction_read_only=on")
	if err := s.Ping(t.Context()); !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("got error %v, want %v", err, registry.ErrUnavailable)
	}
}

func TestOpen_RefusesSimpleProtocol(t *testing.T) {
	if _, err := Open(t.Context(), "postgres://localhost/x?default_query_exec_mode=simple_protocol", time.Now); err == nil {
		t.Error("opened")
	}
}

// The tables themselves refuse what no statement of this package does.
func TestTables_RefuseWrongStates(t *testing.T) {
	s := open(t, pgtest.DSN(t))
	e, err := s.Edit(t.Context(), registry.ParseSubject("a"), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Append(t.Context(), registry.NewVersion{Version: 1, Schema: registry.Schema{Type: "AVRO", Text: "1"}}); err != nil {
		t.Fatal(err)
	}
	for what, statement := range map[string]string{
		"another text under an ID":    `update contents set text = 'x'`,
		"a rev that goes back":        `update subjects set rev = rev - 1 where name = 'a'`,
		"a rev that stands still":     `update subjects set rev = rev where name = 'a'`,
		"content without its version": `delete from contents`,
		"a reference to nothing":      `insert into refs values ('.', 1, 1, 'x', 'a', (select id from subjects where name = 'a'), 9)`,
		"two changes on one rev":      `insert into versions select subject, 2, context, id, deleted, registered, level, base_rev from versions`,
	} {
		if _, err := s.pool.Exec(t.Context(), statement); err == nil {
			t.Errorf("the tables take %s", what)
		}
	}
}
