package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/rowjson"
)

// Configure sets both, null where nothing is set.
func (e *edit) Configure(ctx context.Context, config *registry.Config, mode registry.Mode) error {
	text, err := rowjson.Config(config)
	if err != nil {
		return err
	}
	return e.write(ctx, false, func(*pgx.Batch) {}, func(b *pgx.Batch, subject int64) {
		const query = `update subjects set config = $1, mode = nullif($2, '') where id = $3`
		b.Queue(query, text, mode, subject)
	})
}
