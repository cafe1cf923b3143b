package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/rowjson"
)

// Snapshot reads in one statement, which sees one moment.
func (s *Store) Snapshot(ctx context.Context, subject registry.Subject) (*registry.Snapshot, error) {
	// The scopes come first, as rows without a version.
	const query = `
select context, name, rev, config, mode, null as version, null, null, null, null
from subjects
where context = ?1 and name in (?2, '') or context in ('.', '.__GLOBAL') and name = ''
union all
select null, null, null, null, null, v.version, v.id, c.hash, v.deleted, v.registered
from subjects s
join versions v on v.subject = s.id
join contents c on c.context = v.context and c.id = v.id
where s.context = ?1 and s.name = ?2
order by version`
	snapshot := &registry.Snapshot{Subject: subject, Versions: []registry.Record{}}
	err := s.reads.each(ctx, query, []any{subject.Context, subject.Name}, func(rows *sql.Rows) error {
		var (
			at      registry.Subject
			context *string
			name    *string
			rev     *int64
			config  *string
			mode    *string
			record  recordRow
		)
		err := rows.Scan(&context, &name, &rev, &config, &mode,
			&record.version, &record.id, &record.hash, &record.deleted, &record.registered)
		if err != nil {
			return err
		}
		if record.version != nil {
			snapshot.Versions = append(snapshot.Versions, record.record(subject))
			return nil
		}
		at = registry.Subject{Context: registry.ContextName(*context), Name: *name}
		scope := registry.Scope{Rev: *rev}
		if mode != nil {
			scope.Mode = registry.Mode(*mode)
		}
		if scope.Config, err = rowjson.ParseConfig(config); err != nil {
			return err
		}
		place(&snapshot.Scopes, subject, at, scope)
		return nil
	})
	if err != nil {
		return nil, translate(err)
	}
	return snapshot, nil
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

// recordRow is a version as it is read; version is nil where there is none.
type recordRow struct {
	version    *int64
	id         *int64
	hash       []byte
	deleted    *bool
	registered *int64
}

func (r recordRow) record(s registry.Subject) registry.Record {
	return registry.Record{
		Subject:    s,
		Version:    registry.Version(*r.version),
		ID:         registry.SchemaID(*r.id),
		Hash:       registry.Hash(r.hash),
		Deleted:    *r.deleted,
		Registered: time.UnixMilli(*r.registered).UTC(),
	}
}
