package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/rowjson"
)

// Append looks the hash up before it draws an ID, so that content that is
// there leaves no gap.
func (e *edit) Append(ctx context.Context, v registry.NewVersion) (registry.Record, error) {
	a, err := newAppendix(e, v)
	if err != nil {
		return registry.Record{}, err
	}
	err = e.write(ctx, func(ctx context.Context, tx *statements, subject int64) error {
		a.subject = subject
		steps := []func(context.Context, *statements) error{
			a.targets, a.contextKnown, a.identify, a.content, a.version, a.supersede, a.replace,
		}
		for _, step := range steps {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return registry.Record{}, err
	}
	return a.record, nil
}

// appendix is one version on its way in.
type appendix struct {
	new        registry.NewVersion
	record     registry.Record // what becomes of it; the ID is known after identify
	subject    int64
	baseRev    int64
	references string // encoded
	metadata   *string
	ruleSet    *string
	deleted    bool             // the subject has softly deleted versions
	replaces   *registry.Record // the version of the same number, under Import
}

func newAppendix(e *edit, v registry.NewVersion) (*appendix, error) {
	registered := v.Registered
	if registered.IsZero() {
		registered = e.store.now()
	}
	subject := e.snapshot.Subject
	a := &appendix{
		new:     v,
		baseRev: e.snapshot.Scopes.Own.Rev,
		record: registry.Record{
			Subject: subject, Version: v.Version, ID: v.ID, Hash: v.Hash,
			Registered: registered.Truncate(time.Millisecond).UTC(),
		},
	}
	for _, r := range e.snapshot.Versions {
		a.deleted = a.deleted || r.Deleted
		if r.Version != v.Version {
			continue
		}
		if !v.Import {
			return nil, fmt.Errorf("version %d of %s is there", v.Version, subject)
		}
		a.replaces = &r
	}
	var errs [3]error
	a.references, errs[0] = rowjson.References(subject.Context, v.Schema.References)
	a.metadata, errs[1] = rowjson.Metadata(v.Schema.Metadata)
	a.ruleSet, errs[2] = rowjson.RuleSet(v.Schema.RuleSet)
	return a, errors.Join(errs[:]...)
}

// targets returns ErrDangling unless every version referred to may be.
func (a *appendix) targets(ctx context.Context, tx *statements) error {
	const query = `
select count(*)
from json_each(?1) j
join subjects s on s.context = j.value ->> 'context' and s.name = j.value ->> 'target'
join versions v on v.subject = s.id and v.version = j.value ->> 'version'
where not v.deleted or ?2`
	if len(a.new.Schema.References) == 0 {
		return nil
	}
	var there int
	if err := tx.row(ctx, query, []any{a.references, a.new.Import}, &there); err != nil {
		return err
	}
	if there != len(a.new.Schema.References) {
		return registry.ErrDangling
	}
	return nil
}

func (a *appendix) contextKnown(ctx context.Context, tx *statements) error {
	const query = `insert into contexts (name) values (?) on conflict do update set listed = true where not listed`
	_, err := tx.exec(ctx, query, a.record.Subject.Context)
	return err
}

// identify settles the ID and remembers it for the hash.
func (a *appendix) identify(ctx context.Context, tx *statements) error {
	if a.new.ID != 0 {
		return a.claim(ctx, tx)
	}
	const known = `select id from ids where context = ? and hash = ?`
	err := tx.row(ctx, known, []any{a.record.Subject.Context, a.new.Hash[:]}, &a.record.ID)
	if !errors.Is(translate(err), registry.ErrNotFound) {
		return err
	}
	const draw = `update contexts set last_id = last_id + 1 where name = ? and last_id < 2147483647 returning last_id`
	err = tx.row(ctx, draw, []any{a.record.Subject.Context}, &a.record.ID)
	if errors.Is(translate(err), registry.ErrNotFound) {
		return registry.ErrExhausted // the context is known by now
	}
	if err != nil {
		return err
	}
	return a.remember(ctx, tx)
}

// claim takes an explicit ID. A hash that had it before, with no content left,
// loses it for good.
func (a *appendix) claim(ctx context.Context, tx *statements) error {
	context, id, hash := a.record.Subject.Context, a.new.ID, a.new.Hash[:]
	const holder = `select hash = ? from contents where context = ? and id = ?`
	var ours bool
	err := tx.row(ctx, holder, []any{hash, context, id}, &ours)
	switch {
	case err == nil && !ours:
		return registry.ErrTaken
	case err != nil && !errors.Is(translate(err), registry.ErrNotFound):
		return err
	}
	const raise = `update contexts set last_id = max(last_id, ?) where name = ?`
	if _, err := tx.exec(ctx, raise, id, context); err != nil {
		return err
	}
	const forget = `delete from ids where context = ? and id = ? and hash <> ?`
	if _, err := tx.exec(ctx, forget, context, id, hash); err != nil {
		return err
	}
	return a.remember(ctx, tx)
}

// remember lets the ID written last win where one content has two.
func (a *appendix) remember(ctx context.Context, tx *statements) error {
	const query = `
insert into ids (context, hash, id) values (?, ?, ?)
on conflict (context, hash) do update set id = excluded.id`
	_, err := tx.exec(ctx, query, a.record.Subject.Context, a.new.Hash[:], a.record.ID)
	return err
}

// content leaves what is there as it is, references included.
func (a *appendix) content(ctx context.Context, tx *statements) error {
	const insert = `
insert into contents (context, id, hash, guid, type, text, metadata, rule_set)
values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict do nothing`
	context, schema := a.record.Subject.Context, a.new.Schema
	n, err := tx.exec(ctx, insert, context, a.record.ID, a.new.Hash[:], a.new.GUID[:],
		schema.Type, schema.Text, a.metadata, a.ruleSet)
	if err != nil || n == 0 || len(schema.References) == 0 {
		return err
	}
	const refer = `
insert into refs (context, id, ord, name, subject, target, version)
select ?1, ?2, j.key, j.value ->> 'name', j.value ->> 'subject', s.id, j.value ->> 'version'
from json_each(?3) j
join subjects s on s.context = j.value ->> 'context' and s.name = j.value ->> 'target'`
	_, err = tx.exec(ctx, refer, context, a.record.ID, a.references)
	return err
}

func (a *appendix) version(ctx context.Context, tx *statements) error {
	const query = `
insert into versions (subject, version, context, id, registered, level, base_rev)
values (?, ?, ?, ?, ?, ?, ?)
on conflict (subject, version) do update
set id = excluded.id, deleted = false, registered = excluded.registered,
    level = excluded.level, base_rev = excluded.base_rev`
	r := a.record
	_, err := tx.exec(ctx, query, a.subject, r.Version, r.Subject.Context, r.ID,
		r.Registered.UnixMilli(), a.new.Judged, a.baseRev)
	return err
}

// supersede removes softly deleted versions that the new one stands for.
func (a *appendix) supersede(ctx context.Context, tx *statements) error {
	if !a.deleted {
		return nil
	}
	const query = `
delete from versions
where subject = ? and id = ? and version < ? and deleted
  and not exists (select 1 from refs r where r.target = versions.subject and r.version = versions.version)`
	_, err := tx.exec(ctx, query, a.subject, a.record.ID, a.record.Version)
	return err
}

// replace collects the content of the version that was overwritten.
func (a *appendix) replace(ctx context.Context, tx *statements) error {
	if a.replaces == nil || a.replaces.ID == a.record.ID {
		return nil
	}
	return collect(ctx, tx, a.record.Subject.Context, []registry.SchemaID{a.replaces.ID})
}
