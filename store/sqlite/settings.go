package sqlite

import (
	"context"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/rowjson"
)

// Configure sets both, null where nothing is set.
func (e *edit) Configure(ctx context.Context, config *registry.Config, mode registry.Mode) error {
	text, err := rowjson.Config(config)
	if err != nil {
		return err
	}
	return e.write(ctx, func(ctx context.Context, tx *statements, subject int64) error {
		const query = `update subjects set config = ?, mode = nullif(?, '') where id = ?`
		_, err := tx.exec(ctx, query, text, mode, subject)
		return err
	})
}
