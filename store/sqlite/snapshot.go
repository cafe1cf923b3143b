package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/rowjson"
)

// Snapshot reads in one statement, which sees one moment.
func (s *Store) Snapshot(ctx context.Context, subject registry.Subject) (*registry.Snapshot, error) {
	// The scopes come first, as rows of version 0.
	const query = `
select context, name, rev, config, coalesce(mode, ''), 0 as version, 0, x'', false, 0
from subjects
where context = ?1 and name in (?2, '') or context in ('.', '.__GLOBAL') and name = ''
union all
select '', '', 0, null, '', v.version, v.id, c.hash, v.deleted, v.registered
from subjects s
join versions v on v.subject = s.id
join contents c on c.context = v.context and c.id = v.id
where s.context = ?1 and s.name = ?2
order by version`
	snapshot := &registry.Snapshot{Subject: subject, Versions: []registry.Record{}}
	err := s.reads.each(ctx, query, []any{subject.Context, subject.Name}, func(rows *sql.Rows) error {
		return scanSnapshot(rows, snapshot)
	})
	if err != nil {
		return nil, translate(err)
	}
	return snapshot, nil
}

// Scope reads one row.
func (s *Store) Scope(ctx context.Context, subject registry.Subject) (registry.Scope, error) {
	const query = `select rev, config, coalesce(mode, '') from subjects where context = ? and name = ?`
	var scope registry.Scope
	var config *string
	err := translate(s.reads.row(ctx, query, []any{subject.Context, subject.Name}, &scope.Rev, &config, &scope.Mode))
	if errors.Is(err, registry.ErrNotFound) {
		return registry.Scope{}, nil
	}
	if err != nil {
		return registry.Scope{}, err
	}
	scope.Config, err = rowjson.ParseConfig(config)
	return scope, err
}

func scanSnapshot(rows *sql.Rows, snapshot *registry.Snapshot) error {
	var (
		at     registry.Subject
		scope  registry.Scope
		config *string
		record recordRow
	)
	err := rows.Scan(&at.Context, &at.Name, &scope.Rev, &config, &scope.Mode,
		&record.version, &record.id, &record.hash, &record.deleted, &record.registered)
	if err != nil {
		return err
	}
	if record.version != 0 {
		snapshot.Versions = append(snapshot.Versions, record.record(snapshot.Subject))
		return nil
	}
	if scope.Config, err = rowjson.ParseConfig(config); err != nil {
		return err
	}
	place(&snapshot.Scopes, snapshot.Subject, at, scope)
	return nil
}

// place puts the scope found at a subject wherever it counts for s: a context
// is its own context, and the default context's own default.
func place(scopes *registry.Scopes, s, at registry.Subject, scope registry.Scope) {
	if at == s {
		scopes.Own = scope
	}
	if at.Name != "" {
		return
	}
	if at.Context == s.Context {
		scopes.Context = scope
	}
	if at.Context == registry.DefaultContext {
		scopes.Default = scope
	}
	if at.Context == registry.GlobalContext {
		scopes.Global = scope
	}
}

// recordRow is a version as it is read.
type recordRow struct {
	version    registry.Version
	id         registry.SchemaID
	hash       []byte
	deleted    bool
	registered int64 // milliseconds since 1970
}

func (r recordRow) record(s registry.Subject) registry.Record {
	return registry.Record{
		Subject:    s,
		Version:    r.version,
		ID:         r.id,
		Hash:       registry.Hash(r.hash),
		Deleted:    r.deleted,
		Registered: time.UnixMilli(r.registered).UTC(),
	}
}
