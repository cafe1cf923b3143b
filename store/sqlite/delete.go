package sqlite

import (
	"context"
	"encoding/json"

	"github.com/muster-registry/muster/registry"
)

// SoftDelete finds the versions live, looks for those who refer to them, and
// marks them.
func (e *edit) SoftDelete(ctx context.Context, versions []registry.Version) error {
	list, err := encodeList(versions)
	if err != nil {
		return err
	}
	return e.write(ctx, func(ctx context.Context, tx *statements, subject int64) error {
		if err := expect(ctx, tx, subject, list, false); err != nil {
			return err
		}
		const referred = `
select exists (
    select 1
    from refs r
    join versions v on v.context = r.context and v.id = r.id
    where r.target = ?1 and r.version in (select value from json_each(?2))
      and not v.deleted
      and not (v.subject = ?1 and v.version in (select value from json_each(?2))))`
		if err := unreferenced(ctx, tx, referred, subject, list); err != nil {
			return err
		}
		const mark = `update versions set deleted = true where subject = ? and version in (select value from json_each(?))`
		_, err := tx.exec(ctx, mark, subject, list)
		return err
	})
}

// Purge takes the references of content that goes away first: a version cannot
// go while one leads to it, and it may lead there itself.
func (e *edit) Purge(ctx context.Context, versions []registry.Version) error {
	list, err := encodeList(versions)
	if err != nil {
		return err
	}
	ids := carried(e.snapshot, versions)
	return e.write(ctx, func(ctx context.Context, tx *statements, subject int64) error {
		if err := expect(ctx, tx, subject, list, true); err != nil {
			return err
		}
		const referred = `
select exists (
    select 1
    from refs r
    join versions v on v.context = r.context and v.id = r.id
    where r.target = ?1 and r.version in (select value from json_each(?2))
      and not (v.subject = ?1 and v.version in (select value from json_each(?2))))`
		if err := unreferenced(ctx, tx, referred, subject, list); err != nil {
			return err
		}
		const unrefer = `
delete from refs
where target = ?1 and version in (select value from json_each(?2))`
		if _, err := tx.exec(ctx, unrefer, subject, list); err != nil {
			return err
		}
		const remove = `delete from versions where subject = ? and version in (select value from json_each(?))`
		if _, err := tx.exec(ctx, remove, subject, list); err != nil {
			return err
		}
		const reset = `
update subjects set config = null, mode = null
where id = ?1 and not exists (select 1 from versions where subject = ?1)`
		if _, err := tx.exec(ctx, reset, subject); err != nil {
			return err
		}
		return collect(ctx, tx, e.snapshot.Subject.Context, ids)
	})
}

// DropContext looks and marks in one change.
func (s *Store) DropContext(ctx context.Context, cn registry.ContextName) error {
	return s.writer.do(ctx, func(ctx context.Context, tx *statements) error {
		const holds = `select exists (select 1 from versions where context = ?)`
		var is bool
		if err := tx.row(ctx, holds, []any{cn}, &is); err != nil {
			return err
		}
		if is {
			return registry.ErrNotEmpty
		}
		const drop = `update contexts set listed = false where name = ? and name <> '.'`
		_, err := tx.exec(ctx, drop, cn)
		return err
	})
}

// expect returns ErrNotFound unless every version is there, deleted or not as
// is said.
func expect(ctx context.Context, tx *statements, subject int64, list string, deleted bool) error {
	const query = `
select count(*) = json_array_length(?2)
from versions
where subject = ?1 and version in (select value from json_each(?2)) and deleted = ?3`
	var all bool
	if err := tx.row(ctx, query, []any{subject, list, deleted}, &all); err != nil {
		return err
	}
	if !all {
		return registry.ErrNotFound
	}
	return nil
}

func unreferenced(ctx context.Context, tx *statements, referred string, subject int64, list string) error {
	var is bool
	if err := tx.row(ctx, referred, []any{subject, list}, &is); err != nil {
		return err
	}
	if is {
		return registry.ErrReferenced
	}
	return nil
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

// collect removes the content of those ids that no version carries, and moves
// the purge counter when there was some. The hash keeps its ID, or falls back
// to another that still stands for it.
func collect(ctx context.Context, tx *statements, context registry.ContextName, ids []registry.SchemaID) error {
	list, err := encodeList(ids)
	if err != nil {
		return err
	}
	const remove = `
delete from contents
where context = ?1 and id in (select value from json_each(?2))
  and not exists (select 1 from versions v where v.context = contents.context and v.id = contents.id)`
	n, err := tx.exec(ctx, remove, context, list)
	if err != nil || n == 0 {
		return err
	}
	const fallBack = `
update ids
set id = (select max(c.id) from contents c where c.context = ids.context and c.hash = ids.hash)
where context = ?1 and id in (select value from json_each(?2))
  and not exists (select 1 from contents c where c.context = ids.context and c.id = ids.id)
  and exists (select 1 from contents c where c.context = ids.context and c.hash = ids.hash)`
	if _, err := tx.exec(ctx, fallBack, context, list); err != nil {
		return err
	}
	const count = `update purges set n = n + 1`
	_, err = tx.exec(ctx, count)
	return err
}

func encodeList[T registry.Version | registry.SchemaID](list []T) (string, error) {
	b, err := json.Marshal(list)
	return string(b), err
}
