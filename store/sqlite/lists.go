package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/muster-registry/muster/registry"
)

// Subjects walks the index of qualified names.
func (s *Store) Subjects(ctx context.Context, f registry.SubjectFilter) ([]registry.Subject, error) {
	const query = `
select s.context, s.name
from subjects s
where (?1 or s.context = ?2)
  and substr(s.name, 1, length(?3)) = ?3
  and (?4 and exists (select 1 from versions v where v.subject = s.id and not v.deleted)
    or ?5 and exists (select 1 from versions v where v.subject = s.id)
      and not exists (select 1 from versions v where v.subject = s.id and not v.deleted)
    or ?6 and (s.config is not null or s.mode is not null
      or s.name = '' and s.context in ('.', '.__GLOBAL')))
order by case when s.context = '.' and s.name <> '' and substr(s.name, 1, 2) <> ':.'
         then s.name else ':' || s.context || ':' || s.name end
limit ?7 offset ?8`
	limit := -1 // all
	if f.Limit > 0 {
		limit = f.Limit
	}
	args := []any{
		f.AllContexts, f.Context, f.Prefix,
		f.Which == registry.Live || f.Which == registry.LiveAndDeleted,
		f.Which == registry.LiveAndDeleted || f.Which == registry.DeletedOnly,
		f.Which == registry.Configured,
		limit, max(f.Offset, 0),
	}
	return s.named(ctx, query, args...)
}

// Namesakes looks each context up in the index of names.
func (s *Store) Namesakes(ctx context.Context, name string) ([]registry.Subject, error) {
	const query = `
select s.context, s.name
from contexts c
join subjects s on s.context = c.name and s.name = ?
where c.name <> '.' and exists (select 1 from versions v where v.subject = s.id)
order by s.context`
	return s.named(ctx, query, name)
}

// Modes reads the subjects of one context.
func (s *Store) Modes(ctx context.Context, cn registry.ContextName) ([]registry.Subject, error) {
	const query = `
select context, name
from subjects
where context = ? and name <> '' and mode is not null
order by name`
	return s.named(ctx, query, cn)
}

// named reads rows of a context and a name.
func (s *Store) named(ctx context.Context, query string, args ...any) ([]registry.Subject, error) {
	subjects := []registry.Subject{}
	err := s.reads.each(ctx, query, args, func(rows *sql.Rows) error {
		var subject registry.Subject
		if err := rows.Scan(&subject.Context, &subject.Name); err != nil {
			return err
		}
		subjects = append(subjects, subject)
		return nil
	})
	return subjects, translate(err)
}

// Search walks the index of qualified names, too.
func (s *Store) Search(ctx context.Context, f registry.RecordFilter) ([]registry.Record, error) {
	const query = `
with picked as (
    select s.id, s.context, s.name,
        case when s.context = '.' and s.name <> '' and substr(s.name, 1, 2) <> ':.'
             then s.name else ':' || s.context || ':' || s.name end as qualified
    from subjects s)
select p.context, p.name, v.version, v.id, c.hash, v.deleted, v.registered
from picked p
join versions v on v.subject = p.id
join contents c on c.context = v.context and c.id = v.id
where ((?1 or p.context = ?2) and substr(p.name, 1, length(?3)) = ?3 or p.qualified in (select value from json_each(?4)))
  and (?5 or not v.deleted)
  and (not ?6 or v.version =
    (select max(n.version) from versions n where n.subject = p.id and (?5 or not n.deleted)))
  and (?7 = '' or exists (
    select 1 from json_each(c.rule_set) l, json_each(l.value) r
    where l.type = 'array' and json_extract(r.value, '$.type') = ?7))
order by p.qualified, v.version
limit ?8 offset ?9`
	limit := -1 // all
	if f.Limit > 0 {
		limit = f.Limit
	}
	also := make([]string, len(f.Also))
	for i, subject := range f.Also {
		also[i] = subject.String()
	}
	names, err := json.Marshal(also)
	if err != nil {
		return nil, err
	}
	args := []any{
		f.AllContexts, f.Context, f.Prefix, string(names), f.Deleted, f.LatestOnly, f.RuleType, limit, max(f.Offset, 0),
	}
	records := []registry.Record{}
	err = s.reads.each(ctx, query, args, func(rows *sql.Rows) error {
		var at registry.Subject
		var r recordRow
		if err := rows.Scan(&at.Context, &at.Name, &r.version, &r.id, &r.hash, &r.deleted, &r.registered); err != nil {
			return err
		}
		records = append(records, r.record(at))
		return nil
	})
	return records, translate(err)
}

// Identified reads an index of its own.
func (s *Store) Identified(ctx context.Context, guid registry.GUID) ([]registry.ContextID, error) {
	const query = `select context, id from contents where guid = ? order by context, id`
	ids := []registry.ContextID{}
	err := s.reads.each(ctx, query, []any{guid[:]}, func(rows *sql.Rows) error {
		var id registry.ContextID
		if err := rows.Scan(&id.Context, &id.ID); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	})
	return ids, translate(err)
}

// HighestID reads the end of the primary key.
func (s *Store) HighestID(ctx context.Context, cn registry.ContextName) (id registry.SchemaID, err error) {
	const query = `select coalesce(max(id), 0) from contents where context = ?`
	err = s.reads.row(ctx, query, []any{cn}, &id)
	return id, translate(err)
}

// Aliases reads every configuration there is.
func (s *Store) Aliases(ctx context.Context) ([]registry.Alias, error) {
	const query = `
select s.context, s.name, s.config ->> 'alias'
from subjects s
where s.name <> '' and coalesce(s.config ->> 'alias', '') <> ''
order by case when s.context = '.' and s.name <> '' and substr(s.name, 1, 2) <> ':.'
         then s.name else ':' || s.context || ':' || s.name end`
	aliases := []registry.Alias{}
	err := s.reads.each(ctx, query, nil, func(rows *sql.Rows) error {
		var a registry.Alias
		if err := rows.Scan(&a.Subject.Context, &a.Subject.Name, &a.Target); err != nil {
			return err
		}
		aliases = append(aliases, a)
		return nil
	})
	return aliases, translate(err)
}

// Contexts lists those that Append made known.
func (s *Store) Contexts(ctx context.Context) ([]registry.ContextName, error) {
	const query = `select name from contexts where listed order by name <> '.', name`
	contexts := []registry.ContextName{}
	err := s.reads.each(ctx, query, nil, func(rows *sql.Rows) error {
		var cn registry.ContextName
		if err := rows.Scan(&cn); err != nil {
			return err
		}
		contexts = append(contexts, cn)
		return nil
	})
	return contexts, translate(err)
}

// Purges reads the counter that collect moves.
func (s *Store) Purges(ctx context.Context) (n int64, err error) {
	const query = `select n from purges`
	err = s.reads.row(ctx, query, nil, &n)
	return n, translate(err)
}
