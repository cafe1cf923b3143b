package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/rowjson"
)

// Record reads one version; Latest scans the primary key backwards.
func (s *Store) Record(ctx context.Context, subject registry.Subject, v registry.Version) (registry.Record, error) {
	const query = `
select v.version, v.id, c.hash, v.deleted, v.registered
from subjects s
join versions v on v.subject = s.id
join contents c on c.context = v.context and c.id = v.id
where s.context = ? and s.name = ? and v.version = ?`
	const latest = `
select v.version, v.id, c.hash, v.deleted, v.registered
from subjects s
join versions v on v.subject = s.id
join contents c on c.context = v.context and c.id = v.id
where s.context = ? and s.name = ? and not v.deleted
order by v.version desc
limit 1`
	var r recordRow
	dest := []any{&r.version, &r.id, &r.hash, &r.deleted, &r.registered}
	var err error
	if v == registry.Latest {
		err = s.reads.row(ctx, latest, []any{subject.Context, subject.Name}, dest...)
	} else {
		err = s.reads.row(ctx, query, []any{subject.Context, subject.Name, v}, dest...)
	}
	if err != nil {
		return registry.Record{}, translate(err)
	}
	return r.record(subject), nil
}

// Content reads by primary key; there is content only while a version has it.
func (s *Store) Content(ctx context.Context, cn registry.ContextName, id registry.SchemaID) (*registry.Content, error) {
	const query = `
select c.hash, c.guid, c.type, c.text, c.metadata, c.rule_set,
    (select json_group_array(json_object('name', r.name, 'subject', r.subject, 'version', r.version) order by r.ord)
     from refs r
     where r.context = c.context and r.id = c.id)
from contents c
where c.context = ? and c.id = ?`
	row := contentRow{context: cn, id: id}
	if err := s.reads.row(ctx, query, []any{cn, id}, row.columns()...); err != nil {
		return nil, translate(err)
	}
	return row.content()
}

// Contents adds up the lengths first: no text is read that is not returned.
func (s *Store) Contents(ctx context.Context, ids []registry.ContextID, bytes int) ([]*registry.Content, error) {
	const query = `
with sized as (
    select w.key as ord, c.context, c.id,
        sum(octet_length(c.text)) over (order by w.key) as bytes,
        row_number() over (order by w.key) as n
    from json_each(?) w
    join contents c on c.context = w.value ->> 'Context' and c.id = w.value ->> 'ID')
select z.context, z.id, c.hash, c.guid, c.type, c.text, c.metadata, c.rule_set,
    (select json_group_array(json_object('name', r.name, 'subject', r.subject, 'version', r.version) order by r.ord)
     from refs r
     where r.context = c.context and r.id = c.id)
from sized z
join contents c on c.context = z.context and c.id = z.id
where z.n = 1 or z.bytes <= ?
order by z.ord`
	wanted, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	contents := []*registry.Content{}
	err = s.reads.each(ctx, query, []any{string(wanted), bytes}, func(rows *sql.Rows) error {
		var row contentRow
		if err := rows.Scan(append([]any{&row.context, &row.id}, row.columns()...)...); err != nil {
			return err
		}
		c, err := row.content()
		contents = append(contents, c)
		return err
	})
	return contents, translate(err)
}

// contentRow is content as its columns have it.
type contentRow struct {
	context                       registry.ContextName
	id                            registry.SchemaID
	hash, guid                    []byte
	schema                        registry.Schema // type and text
	metadata, ruleSet, references *string
}

// columns are those that queries read beside context and ID.
func (r *contentRow) columns() []any {
	return []any{&r.hash, &r.guid, &r.schema.Type, &r.schema.Text, &r.metadata, &r.ruleSet, &r.references}
}

func (r *contentRow) content() (*registry.Content, error) {
	c := &registry.Content{
		Context: r.context, ID: r.id, Hash: registry.Hash(r.hash), GUID: registry.GUID(r.guid),
		Schema: r.schema,
	}
	var err error
	if c.Metadata, err = rowjson.ParseMetadata(r.metadata); err != nil {
		return nil, err
	}
	if c.RuleSet, err = rowjson.ParseRuleSet(r.ruleSet); err != nil {
		return nil, err
	}
	if c.References, err = rowjson.ParseReferences(r.references); err != nil {
		return nil, err
	}
	return c, nil
}

// Records lists by qualified name, which is not the order of plain names where
// one begins with ":.".
func (s *Store) Records(ctx context.Context, cn registry.ContextName, id registry.SchemaID) ([]registry.Record, error) {
	const query = `
select s.name, v.version, v.id, c.hash, v.deleted, v.registered
from versions v
join subjects s on s.id = v.subject
join contents c on c.context = v.context and c.id = v.id
where v.context = ? and v.id = ?
order by case when s.context = '.' and s.name <> '' and substr(s.name, 1, 2) <> ':.'
         then s.name else ':' || s.context || ':' || s.name end, v.version`
	records := []registry.Record{}
	err := s.reads.each(ctx, query, []any{cn, id}, func(rows *sql.Rows) error {
		var name string
		var r recordRow
		if err := rows.Scan(&name, &r.version, &r.id, &r.hash, &r.deleted, &r.registered); err != nil {
			return err
		}
		records = append(records, r.record(registry.Subject{Context: cn, Name: name}))
		return nil
	})
	return records, translate(err)
}

// Referrers reads the references that lead to one version.
func (s *Store) Referrers(ctx context.Context, subject registry.Subject, v registry.Version) ([]registry.Referrer, error) {
	const query = `
select distinct r.context, r.id,
    exists (select 1 from versions v where v.context = r.context and v.id = r.id and not v.deleted)
from subjects s
join refs r on r.target = s.id
where s.context = ? and s.name = ? and r.version = ?
order by r.context, r.id`
	referrers := []registry.Referrer{}
	err := s.reads.each(ctx, query, []any{subject.Context, subject.Name, v}, func(rows *sql.Rows) error {
		var r registry.Referrer
		if err := rows.Scan(&r.Context, &r.ID, &r.Live); err != nil {
			return err
		}
		referrers = append(referrers, r)
		return nil
	})
	return referrers, translate(err)
}
