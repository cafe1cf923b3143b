package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/muster-registry/muster/registry"
)

// edit is a [registry.Edit].
type edit struct {
	store    *Store
	snapshot *registry.Snapshot
	conn     *pgxpool.Conn // in a transaction that holds the subject; nil unless exclusive
	used     bool
}

// Edit with exclusive locks the subject's row first and reads the snapshot
// then, in the transaction that makes the change. A row that is missing is
// made, so that there is one to lock; Close rolls it back.
func (s *Store) Edit(ctx context.Context, subject registry.Subject, exclusive bool) (registry.Edit, error) {
	if !exclusive {
		snapshot, err := s.Snapshot(ctx, subject)
		if err != nil {
			return nil, err
		}
		return &edit{store: s, snapshot: snapshot}, nil
	}
	conn, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	e := &edit{store: s, conn: conn, snapshot: &registry.Snapshot{Subject: subject, Versions: []registry.Record{}}}
	const create = `insert into subjects (context, name) values ($1, $2) on conflict do nothing`
	const lock = `select from subjects where context = $1 and name = $2 for update`
	b := &pgx.Batch{}
	b.Queue(`begin`)
	b.Queue(create, subject.Context, subject.Name)
	b.Queue(lock, subject.Context, subject.Name)
	b.Queue(snapshotQuery, subject.Context, subject.Name).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := scanSnapshot(rows, e.snapshot); err != nil {
				return err
			}
		}
		return nil
	})
	if err := translate(conn.SendBatch(ctx, b).Close()); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *edit) Snapshot() *registry.Snapshot { return e.snapshot }

func (e *edit) Close() {
	e.used = true
	if e.conn != nil {
		giveBack(e.conn)
		e.conn = nil
	}
}

// finishTimeout bounds what must not be cut short with the caller's context.
const finishTimeout = 10 * time.Second

// giveBack rolls back what was not committed. The pool drops a connection for
// which that fails.
func giveBack(conn *pgxpool.Conn) {
	if conn.Conn().PgConn().TxStatus() != 'I' {
		ctx, cancel := context.WithTimeout(context.Background(), finishTimeout)
		defer cancel()
		_, _ = conn.Exec(ctx, `rollback`)
	}
	conn.Release()
}

var errUsed = errors.New("postgres: an edit is one change")

// look and apply add the statements of one change to a flight.
type (
	look  func(b *pgx.Batch)
	apply func(b *pgx.Batch, subject int64)
)

// write makes one change in two flights. The first moves rev, holds the
// settings and looks; a callback that finds an obstacle fails it. The second
// changes and commits, and is not cut short by ctx: its outcome would be
// unknown. alone says that the settings lock is not to be shared.
func (e *edit) write(ctx context.Context, alone bool, look look, apply apply) error {
	if e.used {
		return errUsed
	}
	e.used = true
	conn := e.conn
	if conn == nil {
		var err error
		if conn, err = e.store.acquire(ctx); err != nil {
			return err
		}
		defer giveBack(conn)
	}

	var subject int64
	first := &pgx.Batch{}
	if e.conn == nil {
		first.Queue(`begin`)
	}
	e.advance(first, &subject)
	e.unmoved(first, alone || e.snapshot.Subject.Name == "")
	look(first)
	if err := translate(conn.SendBatch(ctx, first).Close()); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}

	second := &pgx.Batch{}
	apply(second, subject)
	second.Queue(`commit`)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	return translate(conn.SendBatch(ctx, second).Close())
}

// advance moves rev from the value seen, or returns ErrStale. The row is made
// where the snapshot found none.
func (e *edit) advance(b *pgx.Batch, subject *int64) {
	const query = `
insert into subjects as s (context, name, rev) values ($1, $2, 1)
on conflict (context, name) do update set rev = s.rev + 1 where s.rev = $3
returning id`
	s := e.snapshot.Subject
	b.Queue(query, s.Context, s.Name, e.snapshot.Scopes.Own.Rev).QueryRow(func(row pgx.Row) error {
		err := row.Scan(subject)
		if errors.Is(err, pgx.ErrNoRows) {
			return registry.ErrStale
		}
		return err
	})
}

// settingsLock is shared by every edit, and taken alone by those that change
// what others decide on.
const settingsLock = 0x6d757374_65720002

// unmoved compares the scopes that settings are inherited from, in a statement
// after the one that waits for the lock: it sees what was committed until then.
// The subject's own scope, where it is one of them, has been moved by advance.
func (e *edit) unmoved(b *pgx.Batch, alone bool) {
	const share = `select pg_advisory_xact_lock_shared($1)`
	const take = `select pg_advisory_xact_lock($1)`
	if alone {
		b.Queue(take, int64(settingsLock))
	} else {
		b.Queue(share, int64(settingsLock))
	}
	const query = `
select coalesce(max(rev) filter (where context = $1), 0),
       coalesce(max(rev) filter (where context = '.'), 0),
       coalesce(max(rev) filter (where context = '.__GLOBAL'), 0)
from subjects
where context in ($1, '.', '.__GLOBAL') and name = ''`
	s, seen := e.snapshot.Subject, e.snapshot.Scopes
	if s.Name == "" {
		seen.Context.Rev++
		if s.Context == registry.DefaultContext {
			seen.Default.Rev++
		}
		if s.Context == registry.GlobalContext {
			seen.Global.Rev++
		}
	}
	b.Queue(query, s.Context).QueryRow(func(row pgx.Row) error {
		var context, byDefault, global int64
		if err := row.Scan(&context, &byDefault, &global); err != nil {
			return err
		}
		if context != seen.Context.Rev || byDefault != seen.Default.Rev || global != seen.Global.Rev {
			return registry.ErrStale
		}
		return nil
	})
}
