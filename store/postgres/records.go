package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

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
where s.context = $1 and s.name = $2 and v.version = $3`
	const latest = `
select v.version, v.id, c.hash, v.deleted, v.registered
from subjects s
join versions v on v.subject = s.id
join contents c on c.context = v.context and c.id = v.id
where s.context = $1 and s.name = $2 and not v.deleted
order by v.version desc
limit 1`
	var r recordRow
	dest := []any{&r.version, &r.id, &r.hash, &r.deleted, &r.registered}
	var err error
	if v == registry.Latest {
		err = s.row(ctx, latest, []any{subject.Context, subject.Name}, dest...)
	} else {
		err = s.row(ctx, query, []any{subject.Context, subject.Name, v}, dest...)
	}
	if err != nil {
		return registry.Record{}, err
	}
	return r.record(subject), nil
}

// Content reads by primary key; there is content only while a version has it.
func (s *Store) Content(ctx context.Context, cn registry.ContextName, id registry.SchemaID) (*registry.Content, error) {
	const query = `
select c.hash, c.guid, c.type, c.text, c.metadata, c.rule_set,
    (select json_agg(json_build_object('name', r.name, 'subject', r.subject, 'version', r.version) order by r.ord)::text
     from refs r
     where r.context = c.context and r.id = c.id)
from contents c
where c.context = $1 and c.id = $2`
	c := &registry.Content{Context: cn, ID: id}
	var hash, guid []byte
	var metadata, ruleSet, references *string
	err := s.row(ctx, query, []any{cn, id}, &hash, &guid, &c.Type, &c.Text, &metadata, &ruleSet, &references)
	if err != nil {
		return nil, err
	}
	c.Hash, c.GUID = registry.Hash(hash), registry.GUID(guid)
	if c.Metadata, err = rowjson.ParseMetadata(metadata); err != nil {
		return nil, err
	}
	if c.RuleSet, err = rowjson.ParseRuleSet(ruleSet); err != nil {
		return nil, err
	}
	if c.References, err = rowjson.ParseReferences(references); err != nil {
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
where v.context = $1 and v.id = $2
order by case when s.context = '.' and s.name <> '' and substr(s.name, 1, 2) <> ':.'
         then s.name else ':' || s.context || ':' || s.name end, v.version`
	records := []registry.Record{}
	err := s.each(ctx, query, []any{cn, id}, func(rows pgx.Rows) error {
		var name string
		var r recordRow
		if err := rows.Scan(&name, &r.version, &r.id, &r.hash, &r.deleted, &r.registered); err != nil {
			return err
		}
		records = append(records, r.record(registry.Subject{Context: cn, Name: name}))
		return nil
	})
	return records, err
}

// Referrers reads the references that lead to one version.
func (s *Store) Referrers(ctx context.Context, subject registry.Subject, v registry.Version) ([]registry.Referrer, error) {
	const query = `
select distinct r.context, r.id,
    exists (select 1 from versions v where v.context = r.context and v.id = r.id and not v.deleted)
from subjects s
join refs r on r.target = s.id
where s.context = $1 and s.name = $2 and r.version = $3
order by r.context, r.id`
	referrers := []registry.Referrer{}
	err := s.each(ctx, query, []any{subject.Context, subject.Name, v}, func(rows pgx.Rows) error {
		var r registry.Referrer
		if err := rows.Scan(&r.Context, &r.ID, &r.Live); err != nil {
			return err
		}
		referrers = append(referrers, r)
		return nil
	})
	return referrers, err
}
