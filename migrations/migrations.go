// Package migrations holds the tables of both stores and brings a database up
// to them. The two folders have the same files; a file that was released is
// never edited. Code tolerates the tables of the next release, so that old and
// new replicas run side by side.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// lockKey is the advisory lock that migrating processes queue for.
const lockKey = 0x6d757374_65720001

// Postgres migrates db, which no other statements run on meanwhile. Any number
// of processes may do so at once: one does the work and the others wait.
func Postgres(ctx context.Context, db *sql.DB) error {
	return up(ctx, db, goose.DialectPostgres, "postgres", goose.WithSessionLocker(queue{}))
}

// SQLite migrates db, whose file no other process has open.
func SQLite(ctx context.Context, db *sql.DB) error {
	return up(ctx, db, goose.DialectSQLite3, "sqlite")
}

func up(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string, opts ...goose.ProviderOption) error {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, db, sub, opts...)
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	sources := provider.ListSources()
	if applied(ctx, db) >= sources[len(sources)-1].Version {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	return nil
}

// applied is the version db is at, as far as that can be told without a lock.
// It is 0 where there are no tables, and where anything else is wrong, which
// the migration then runs into.
func applied(ctx context.Context, db *sql.DB) (version int64) {
	const query = `select coalesce(max(version_id), 0) from goose_db_version where is_applied`
	if db.QueryRowContext(ctx, query).Scan(&version) != nil {
		return 0
	}
	return version
}

// queue is a lock that is waited for in the database. goose's own is polled
// for, once every few seconds.
type queue struct{}

func (queue) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `select pg_advisory_lock($1)`, int64(lockKey))
	return err
}

func (queue) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `select pg_advisory_unlock($1)`, int64(lockKey))
	return err
}
