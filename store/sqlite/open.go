package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/muster-registry/muster/migrations"
	"github.com/muster-registry/muster/registry"
)

// maxReaders is how many reads run at once. They are short and hold a CPU.
const maxReaders = 8

// Store is a [registry.Store] in a SQLite file.
type Store struct {
	readers *sql.DB
	reads   *statements
	writer  *writer
	holds   *holds
	lock    *os.File
	now     func() time.Time
}

var _ registry.Store = (*Store)(nil)

// Open opens or creates the file at path and migrates it. It returns an error
// at once when another process, or another Store of this one, has it open.
func Open(ctx context.Context, path string, now func() time.Time) (_ *Store, err error) {
	if path == "" || strings.HasPrefix(path, ":") {
		return nil, errors.New("sqlite: needs the path of a file, as in sqlite:muster.db")
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("sqlite: %s is not in a directory", path)
	}
	s := &Store{holds: newHolds(), now: now}
	defer func() {
		if err != nil {
			_ = s.Close() // the error that counts is already there
		}
	}()
	if s.lock, err = lockFile(path + ".lock"); err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	if s.writer, err = openWriter(ctx, path); err != nil {
		return nil, fmt.Errorf("sqlite: opening %s: %w", path, translate(err))
	}
	if s.readers, err = openDB(path, "query_only(1)"); err != nil {
		return nil, fmt.Errorf("sqlite: opening %s: %w", path, translate(err))
	}
	s.readers.SetMaxOpenConns(maxReaders)
	s.readers.SetMaxIdleConns(maxReaders)
	s.reads = newStatements(s.readers)
	return s, nil
}

func openWriter(ctx context.Context, path string) (*writer, error) {
	db, err := openDB(path)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrations.SQLite(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return startWriter(db, conn), nil
}

// openDB sets the pragmas on each of its connections. busy_timeout covers the
// moments in which a checkpoint keeps readers out.
func openDB(path string, pragmas ...string) (*sql.DB, error) {
	pragmas = append([]string{
		"busy_timeout(5000)",
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"trusted_schema(0)",
		"cell_size_check(1)",
	}, pragmas...)
	escaped := strings.ReplaceAll(url.PathEscape(path), "%2F", "/")
	return sql.Open("sqlite", "file:"+escaped+"?"+url.Values{"_pragma": pragmas}.Encode())
}

// Ping returns nil when a transaction that writes can be begun.
func (s *Store) Ping(ctx context.Context) error {
	return s.writer.do(ctx, func(context.Context, *statements) error { return nil })
}

// Pool counts the readers and the one writer.
func (s *Store) Pool() map[string]int {
	stats := s.readers.Stats()
	pool := map[string]int{"idle": stats.Idle, "in_use": stats.InUse, "max": maxReaders + 1}
	if s.writer.busy.Load() {
		pool["in_use"]++
	} else {
		pool["idle"]++
	}
	return pool
}

// Close waits for the changes that were begun. Changes that come later get
// ErrUnavailable.
func (s *Store) Close() error {
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	if s.readers != nil {
		errs = append(errs, s.reads.close(), s.readers.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	return errors.Join(errs...)
}
