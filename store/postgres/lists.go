package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/muster-registry/muster/registry"
)

// Subjects walks the index of qualified names.
func (s *Store) Subjects(ctx context.Context, f registry.SubjectFilter) ([]registry.Subject, error) {
	const query = `
select s.context, s.name
from subjects s
where ($1::boolean or s.context = $2)
  and starts_with(s.name, $3)
  and ($4::boolean and exists (select 1 from versions v where v.subject = s.id and not v.deleted)
    or $5::boolean and exists (select 1 from versions v where v.subject = s.id)
      and not exists (select 1 from versions v where v.subject = s.id and not v.deleted))
order by case when s.context = '.' and s.name <> '' and substr(s.name, 1, 2) <> ':.'
         then s.name else ':' || s.context || ':' || s.name end
limit $6 offset $7`
	var limit *int // nil: all
	if f.Limit > 0 {
		limit = &f.Limit
	}
	args := []any{
		f.AllContexts, f.Context, f.Prefix, f.Which != registry.DeletedOnly, f.Which != registry.Live,
		limit, max(f.Offset, 0),
	}
	subjects := []registry.Subject{}
	err := s.each(ctx, query, args, func(rows pgx.Rows) error {
		var subject registry.Subject
		if err := rows.Scan(&subject.Context, &subject.Name); err != nil {
			return err
		}
		subjects = append(subjects, subject)
		return nil
	})
	return subjects, err
}

// Contexts lists those that Append made known.
func (s *Store) Contexts(ctx context.Context) ([]registry.ContextName, error) {
	const query = `select name from contexts order by name <> '.', name`
	contexts := []registry.ContextName{}
	err := s.each(ctx, query, nil, func(rows pgx.Rows) error {
		var cn registry.ContextName
		if err := rows.Scan(&cn); err != nil {
			return err
		}
		contexts = append(contexts, cn)
		return nil
	})
	return contexts, err
}

// Purges reads the counter that collect moves.
func (s *Store) Purges(ctx context.Context) (n int64, err error) {
	const query = `select n from purges`
	err = s.row(ctx, query, nil, &n)
	return n, err
}
