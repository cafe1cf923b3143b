package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

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
	alone := v.ID != 0 && a.record.Subject.Context == registry.DefaultContext
	err = e.write(ctx, alone,
		func(b *pgx.Batch) {
			a.targets(b)
			a.known(b)
			a.lockReplaced(b)
		},
		func(b *pgx.Batch, subject int64) {
			a.subject = subject
			a.contextKnown(b)
			a.identify(b)
			a.content(b)
			a.version(b)
			a.supersede(b)
			a.replace(b)
		})
	if err != nil {
		return registry.Record{}, err
	}
	return a.record, nil
}

// appendix is one version on its way in.
type appendix struct {
	new        registry.NewVersion
	record     registry.Record // what becomes of it; the ID is known after version
	subject    int64
	baseRev    int64
	references string // encoded
	metadata   *string
	ruleSet    *string
	deleted    bool             // the subject has softly deleted versions
	replaces   *registry.Record // the version of the same number, under Import

	// As known finds them.
	hasContext bool
	hasID      bool // the hash has an ID, or had
	hasContent bool // under that ID
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

// targets returns ErrDangling unless every version referred to may be, and
// keeps it so: the foreign key does not see a soft deletion.
func (a *appendix) targets(b *pgx.Batch) {
	const query = `
select 1
from json_to_recordset($1) as j (context text, target text, version integer)
join subjects s on s.context = j.context and s.name = j.target
join versions v on v.subject = s.id and v.version = j.version
where not v.deleted or $2
order by v.subject, v.version
for share of v`
	if len(a.new.Schema.References) == 0 {
		return
	}
	b.Queue(query, a.references, a.new.Import).Query(func(rows pgx.Rows) error {
		there := 0
		for rows.Next() {
			there++
		}
		if rows.Err() == nil && there != len(a.new.Schema.References) {
			return registry.ErrDangling
		}
		return rows.Err()
	})
}

// known finds out what need not be written.
func (a *appendix) known(b *pgx.Batch) {
	context, hash := a.record.Subject.Context, a.new.Hash[:]
	const query = `
select exists (select from contexts where name = $1 and listed), i.id is not null, c.id is not null
from (select) as one
left join ids i on i.context = $1 and i.hash = $2
left join contents c on c.context = i.context and c.id = i.id`
	b.Queue(query, context, hash).QueryRow(func(row pgx.Row) error {
		return row.Scan(&a.hasContext, &a.hasID, &a.hasContent)
	})
	if a.new.ID == 0 {
		return
	}
	const holder = `select hash = $1 from contents where context = $2 and id = $3`
	b.Queue(holder, hash, context, a.new.ID).QueryRow(func(row pgx.Row) error {
		var ours bool
		err := row.Scan(&ours)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err == nil && !ours:
			return registry.ErrTaken
		}
		return err
	})
}

func (a *appendix) contextKnown(b *pgx.Batch) {
	const query = `insert into contexts (name) values ($1) on conflict (name) do update set listed = true`
	if !a.hasContext {
		b.Queue(query, a.record.Subject.Context)
	}
}

// identify settles the ID and remembers it for the hash. Where another
// transaction was faster with the same hash, its ID stands, and the statements
// that follow see it.
func (a *appendix) identify(b *pgx.Batch) {
	if a.new.ID != 0 {
		a.claim(b)
		return
	}
	const drawDefault = `
insert into ids (context, hash, id)
select $1, $2, nextval('default_ids')
where not exists (select from ids where context = $1 and hash = $2)
on conflict do nothing`
	const draw = `
with drawn as (update contexts set last_id = last_id + 1 where name = $1 returning last_id)
insert into ids (context, hash, id)
select $1, $2, last_id from drawn
on conflict do nothing`
	switch {
	case a.hasID:
	case a.record.Subject.Context == registry.DefaultContext:
		b.Queue(drawDefault, a.record.Subject.Context, a.new.Hash[:])
	default:
		b.Queue(draw, a.record.Subject.Context, a.new.Hash[:])
	}
}

// claim takes an explicit ID. A hash that had it before, with no content left,
// loses it for good. In the default context nobody else draws meanwhile.
func (a *appendix) claim(b *pgx.Batch) {
	context, id, hash := a.record.Subject.Context, a.new.ID, a.new.Hash[:]
	const raiseDefault = `
select setval('default_ids', $1::integer)
from default_ids
where last_value < $1 or last_value = $1 and not is_called`
	const raise = `update contexts set last_id = greatest(last_id, $1) where name = $2`
	if context == registry.DefaultContext {
		b.Queue(raiseDefault, id)
	} else {
		b.Queue(raise, id, context)
	}
	const forget = `delete from ids where context = $1 and id = $2 and hash <> $3`
	b.Queue(forget, context, id, hash)
	const remember = `
insert into ids (context, hash, id) values ($1, $2, $3)
on conflict (context, hash) do update set id = excluded.id`
	b.Queue(remember, context, hash, id)
	a.hasContent = false // not known of this ID
}

// content leaves what is there as it is, references included.
func (a *appendix) content(b *pgx.Batch) {
	if a.hasContent {
		return
	}
	const insert = `
insert into contents (context, id, hash, guid, type, text, metadata, rule_set)
select context, id, hash, $3, $4, $5, $6, $7
from ids
where context = $1 and hash = $2
on conflict do nothing`
	context, hash, schema := a.record.Subject.Context, a.new.Hash[:], a.new.Schema
	b.Queue(insert, context, hash, a.new.GUID[:], schema.Type, schema.Text, a.metadata, a.ruleSet)
	if len(schema.References) == 0 {
		return
	}
	const refer = `
insert into refs (context, id, ord, name, subject, target, version)
select i.context, i.id, j.ord, j.name, j.subject, s.id, j.version
from ids i,
    rows from (json_to_recordset($3) as (name text, subject text, version integer, context text, target text))
        with ordinality as j (name, subject, version, context, target, ord)
join subjects s on s.context = j.context and s.name = j.target
where i.context = $1 and i.hash = $2
on conflict do nothing`
	b.Queue(refer, context, hash, a.references)
}

// version looks the ID up once more: it is null, and refused, where the
// content went away or the ID became another's.
func (a *appendix) version(b *pgx.Batch) {
	const query = `
insert into versions (subject, version, context, id, registered, level, base_rev)
values ($1, $2, $3,
    (select c.id
     from ids i
     join contents c on c.context = i.context and c.id = i.id and c.hash = i.hash
     where i.context = $3 and i.hash = $4),
    $5, $6, $7)
on conflict (subject, version) do update
set id = excluded.id, deleted = false, registered = excluded.registered,
    level = excluded.level, base_rev = excluded.base_rev
returning id`
	r := a.record
	b.Queue(query, a.subject, r.Version, r.Subject.Context, a.new.Hash[:], r.Registered, a.new.Judged, a.baseRev).
		QueryRow(func(row pgx.Row) error { return row.Scan(&a.record.ID) })
}

// supersede removes softly deleted versions that the new one stands for.
func (a *appendix) supersede(b *pgx.Batch) {
	if !a.deleted {
		return
	}
	const query = `
delete from versions v
using versions n
where n.subject = $1 and n.version = $2
  and v.subject = n.subject and v.context = n.context and v.id = n.id and v.version < n.version and v.deleted
  and not exists (select from refs r where r.target = v.subject and r.version = v.version)`
	b.Queue(query, a.subject, a.record.Version)
}

// lockReplaced keeps others from taking up the content of the version that is
// overwritten while it may go away.
func (a *appendix) lockReplaced(b *pgx.Batch) {
	if a.replaces != nil {
		lockContents(b, a.record.Subject.Context, []registry.SchemaID{a.replaces.ID})
	}
}

// replace collects the content of the version that was overwritten.
func (a *appendix) replace(b *pgx.Batch) {
	if a.replaces != nil {
		collect(b, a.record.Subject.Context, []registry.SchemaID{a.replaces.ID})
	}
}
