package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/muster-registry/muster/migrations"
	"github.com/muster-registry/muster/registry"
)

const (
	maxConns       = 20 // unless the URL says pool_max_conns
	acquireTimeout = 3 * time.Second
	connectTimeout = 5 * time.Second // unless the URL says connect_timeout
	migrateTimeout = 5 * time.Minute // the queue of those who boot at once included
)

// Store is a [registry.Store] in a Postgres database.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

var _ registry.Store = (*Store)(nil)

// Open connects to the database a URL names and migrates it. Any number of
// processes may do so at once.
func Open(ctx context.Context, dsn string, now func() time.Time) (*Store, error) {
	config, err := configure(dsn)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, config.ConnConfig.Copy()); err != nil {
		return nil, fmt.Errorf("postgres: %w", translate(err))
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return &Store{pool: pool, now: now}, nil
}

// configure adds what the URL leaves open: bounds for everything that could
// wait for ever, on the server and on the wire.
func configure(dsn string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	conn := config.ConnConfig
	if conn.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		return nil, errors.New("postgres: default_query_exec_mode=simple_protocol puts values into statements; " +
			"use exec behind a pooler that shares sessions")
	}
	if !strings.Contains(dsn, "pool_max_conns=") {
		config.MaxConns = maxConns
	}
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connectTimeout
	}
	conn.DialFunc = dial
	for name, value := range map[string]string{
		"application_name":                    "muster",
		"lock_timeout":                        "3s",
		"statement_timeout":                   "5s",
		"idle_in_transaction_session_timeout": "10s",
	} {
		if conn.RuntimeParams[name] == "" {
			conn.RuntimeParams[name] = value
		}
	}
	return config, nil
}

// migrate uses a connection of its own, on which waiting in the queue of those
// who migrate is not cut short.
func migrate(ctx context.Context, config *pgx.ConnConfig) error {
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	for _, name := range []string{"lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"} {
		config.RuntimeParams[name] = "0"
	}
	db := stdlib.OpenDB(*config)
	err := db.PingContext(ctx)
	if err == nil {
		err = migrations.Postgres(ctx, db)
	}
	return errors.Join(err, db.Close())
}

// acquire waits for a connection, but not for long: who waits longer is better
// told to come back.
func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := s.pool.Acquire(waiting)
	if err == nil {
		return conn, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("%w: no connection: %w", registry.ErrUnavailable, err)
}

// Ping returns nil when the server takes writes: a standby does not.
func (s *Store) Ping(ctx context.Context) error {
	const query = `select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean`
	var readOnly bool
	if err := s.row(ctx, query, nil, &readOnly); err != nil {
		return err
	}
	if readOnly {
		return fmt.Errorf("%w: the server takes no writes", registry.ErrUnavailable)
	}
	return nil
}

// Pool counts the connections of this process.
func (s *Store) Pool() map[string]int {
	stat := s.pool.Stat()
	return map[string]int{
		"idle":   int(stat.IdleConns()),
		"in_use": int(stat.AcquiredConns()),
		"max":    int(stat.MaxConns()),
	}
}

// Close waits for the connections in use.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// row scans the only row into dest, or returns ErrNotFound.
func (s *Store) row(ctx context.Context, query string, args []any, dest ...any) error {
	conn, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return translate(conn.QueryRow(ctx, query, args...).Scan(dest...))
}

// each calls scan for every row.
func (s *Store) each(ctx context.Context, query string, args []any, scan func(pgx.Rows) error) error {
	conn, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}
