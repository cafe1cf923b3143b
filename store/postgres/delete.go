package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/muster-registry/muster/registry"
)

// SoftDelete locks the versions in one statement and looks for those who refer
// to them in the next: one statement for both would wait for a referrer and
// then not see it.
func (e *edit) SoftDelete(ctx context.Context, versions []registry.Version) error {
	look := func(b *pgx.Batch) {
		e.expect(b, versions, false)
		const referred = `
select exists (
    select
    from subjects s
    join refs r on r.target = s.id
    join versions v on v.context = r.context and v.id = r.id
    where s.context = $1 and s.name = $2 and r.version = any($3)
      and not v.deleted
      and not (v.subject = s.id and v.version = any($3)))`
		e.unreferenced(b, referred, versions)
	}
	return e.write(ctx, false, look, func(b *pgx.Batch, subject int64) {
		const mark = `update versions set deleted = true where subject = $1 and version = any($2)`
		b.Queue(mark, subject, versions)
	})
}

// Purge takes the references of content that goes away first: a version cannot
// go while one leads to it, and it may lead there itself.
func (e *edit) Purge(ctx context.Context, versions []registry.Version) error {
	context, ids := e.snapshot.Subject.Context, carried(e.snapshot, versions)
	look := func(b *pgx.Batch) {
		e.expect(b, versions, true)
		lockContents(b, context, ids)
		const referred = `
select exists (
    select
    from subjects s
    join refs r on r.target = s.id
    join versions v on v.context = r.context and v.id = r.id
    where s.context = $1 and s.name = $2 and r.version = any($3)
      and not (v.subject = s.id and v.version = any($3)))`
		e.unreferenced(b, referred, versions)
	}
	return e.write(ctx, false, look, func(b *pgx.Batch, subject int64) {
		const unrefer = `
delete from refs
where target = $1 and version = any($2)`
		b.Queue(unrefer, subject, versions)
		const remove = `delete from versions where subject = $1 and version = any($2)`
		b.Queue(remove, subject, versions)
		const reset = `
update subjects set config = null, mode = null
where id = $1 and not exists (select from versions where subject = $1)`
		b.Queue(reset, subject)
		collect(b, context, ids)
	})
}

// DropContext keeps every edit out while it looks and marks: one that adds a
// version commits before or begins after.
func (s *Store) DropContext(ctx context.Context, cn registry.ContextName) error {
	conn, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer giveBack(conn)
	b := &pgx.Batch{}
	b.Queue(`begin`)
	b.Queue(`select pg_advisory_xact_lock($1)`, int64(settingsLock))
	const holds = `select exists (select from versions where context = $1)`
	b.Queue(holds, cn).QueryRow(func(row pgx.Row) error {
		var is bool
		if err := row.Scan(&is); err != nil {
			return err
		}
		if is {
			return registry.ErrNotEmpty
		}
		return nil
	})
	if err := translate(conn.SendBatch(ctx, b).Close()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	b = &pgx.Batch{}
	const drop = `update contexts set listed = false where name = $1 and name <> '.'`
	b.Queue(drop, cn)
	b.Queue(`commit`)
	return translate(conn.SendBatch(ctx, b).Close())
}

// expect locks the versions and returns ErrNotFound unless every one is there,
// deleted or not as is said.
func (e *edit) expect(b *pgx.Batch, versions []registry.Version, deleted bool) {
	const query = `
select 1
from subjects s
join versions v on v.subject = s.id
where s.context = $1 and s.name = $2 and v.version = any($3) and v.deleted = $4
order by v.version
for update of v`
	s := e.snapshot.Subject
	b.Queue(query, s.Context, s.Name, versions, deleted).Query(func(rows pgx.Rows) error {
		there := 0
		for rows.Next() {
			there++
		}
		if rows.Err() == nil && there != len(versions) {
			return registry.ErrNotFound
		}
		return rows.Err()
	})
}

func (e *edit) unreferenced(b *pgx.Batch, referred string, versions []registry.Version) {
	s := e.snapshot.Subject
	b.Queue(referred, s.Context, s.Name, versions).QueryRow(func(row pgx.Row) error {
		var is bool
		if err := row.Scan(&is); err != nil {
			return err
		}
		if is {
			return registry.ErrReferenced
		}
		return nil
	})
}

// carried lists the IDs of versions.
func carried(snapshot *registry.Snapshot, versions []registry.Version) []registry.SchemaID {
	going := map[registry.Version]bool{}
	for _, v := range versions {
		going[v] = true
	}
	ids := []registry.SchemaID{}
	for _, r := range snapshot.Versions {
		if going[r.Version] {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// lockContents lets collect see every version that carries the ids: who adds
// one holds the content's row until the commit.
func lockContents(b *pgx.Batch, context registry.ContextName, ids []registry.SchemaID) {
	const query = `select from contents where context = $1 and id = any($2) order by id for update`
	b.Queue(query, context, ids)
}

// collect removes the content of those ids that no version carries, and moves
// the purge counter when there was some. The hash keeps its ID, or falls back
// to another that still stands for it.
func collect(b *pgx.Batch, context registry.ContextName, ids []registry.SchemaID) {
	const remove = `
with gone as (
    delete from contents c
    where c.context = $1 and c.id = any($2)
      and not exists (select from versions v where v.context = c.context and v.id = c.id)
    returning c.id)
update purges set n = n + 1 where exists (select from gone)`
	b.Queue(remove, context, ids)
	const fallBack = `
update ids i
set id = (select max(c.id) from contents c where c.context = i.context and c.hash = i.hash)
where i.context = $1 and i.id = any($2)
  and not exists (select from contents c where c.context = i.context and c.id = i.id)
  and exists (select from contents c where c.context = i.context and c.hash = i.hash)`
	b.Queue(fallBack, context, ids)
}
