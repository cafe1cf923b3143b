package sqlite

import (
	"context"
	"errors"

	"github.com/muster-registry/muster/registry"
)

// edit is a [registry.Edit].
type edit struct {
	store    *Store
	snapshot *registry.Snapshot
	release  func() // gives the subject back; nil unless exclusive
	used     bool
}

// Edit with exclusive takes the subject first and reads the snapshot then:
// every change of the subject takes it for its moment.
func (s *Store) Edit(ctx context.Context, subject registry.Subject, exclusive bool) (registry.Edit, error) {
	e := &edit{store: s}
	var err error
	if exclusive {
		if e.release, err = s.holds.take(ctx, subject); err != nil {
			return nil, err
		}
	}
	if e.snapshot, err = s.Snapshot(ctx, subject); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *edit) Snapshot() *registry.Snapshot { return e.snapshot }

func (e *edit) Close() {
	e.used = true
	if e.release != nil {
		e.release()
	}
}

var errUsed = errors.New("sqlite: an edit is one change")

// write runs change after the snapshot was found to hold, with the row of the
// subject, whose rev has been moved.
func (e *edit) write(ctx context.Context, change func(ctx context.Context, tx *statements, subject int64) error) error {
	if e.used {
		return errUsed
	}
	e.used = true
	if e.release == nil {
		release, err := e.store.holds.take(ctx, e.snapshot.Subject)
		if err != nil {
			return err
		}
		defer release()
	}
	return e.store.writer.do(ctx, func(ctx context.Context, tx *statements) error {
		subject, err := e.advance(ctx, tx)
		if err != nil {
			return err
		}
		if err := e.unmoved(ctx, tx); err != nil {
			return err
		}
		return change(ctx, tx, subject)
	})
}

// advance moves rev from the value seen, or returns ErrStale. The row is made
// where the snapshot found none.
func (e *edit) advance(ctx context.Context, tx *statements) (subject int64, err error) {
	const query = `
insert into subjects (context, name, rev) values (?1, ?2, 1)
on conflict (context, name) do update set rev = rev + 1 where rev = ?3
returning id`
	s := e.snapshot.Subject
	err = tx.row(ctx, query, []any{s.Context, s.Name, e.snapshot.Scopes.Own.Rev}, &subject)
	if errors.Is(translate(err), registry.ErrNotFound) {
		return 0, registry.ErrStale
	}
	return subject, err
}

// unmoved compares the scopes that settings are inherited from. The subject's
// own, where it is one of them, has been moved by advance.
func (e *edit) unmoved(ctx context.Context, tx *statements) error {
	const query = `
select coalesce(max(case when context = ?1 then rev end), 0),
       coalesce(max(case when context = '.' then rev end), 0),
       coalesce(max(case when context = '.__GLOBAL' then rev end), 0)
from subjects
where context in (?1, '.', '.__GLOBAL') and name = ''`
	s, seen := e.snapshot.Subject, e.snapshot.Scopes
	var context, byDefault, global int64
	if err := tx.row(ctx, query, []any{s.Context}, &context, &byDefault, &global); err != nil {
		return err
	}
	if s.Name == "" {
		seen.Context.Rev++
		if s.Context == registry.DefaultContext {
			seen.Default.Rev++
		}
		if s.Context == registry.GlobalContext {
			seen.Global.Rev++
		}
	}
	if context != seen.Context.Rev || byDefault != seen.Default.Rev || global != seen.Global.Rev {
		return registry.ErrStale
	}
	return nil
}
