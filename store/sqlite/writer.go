package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/muster-registry/muster/registry"
)

// maxGroup bounds how many changes commit together, and so how long the first
// of them waits for the others.
const maxGroup = 64

// writer owns the connection that writes.
type writer struct {
	db      *sql.DB
	conn    *sql.Conn
	stmts   *statements
	changes chan *change
	busy    atomic.Bool
	closing sync.Once
	quit    chan struct{} // closed to stop
	stopped chan struct{} // closed when the goroutine is gone
}

// change is one caller's part of a transaction.
type change struct {
	run func(ctx context.Context, tx *statements) error
	err error
	// committed is closed once err is final.
	committed chan struct{}
}

func startWriter(db *sql.DB, conn *sql.Conn) *writer {
	w := &writer{
		db:      db,
		conn:    conn,
		stmts:   newStatements(conn),
		changes: make(chan *change),
		quit:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
	go w.loop()
	return w
}

// do runs a change and returns once it is committed, or failed and undone. A
// ctx that ends before the writer takes the change up leaves it undone; after
// that the outcome is waited for, a few milliseconds, so that an error always
// means that nothing happened.
func (w *writer) do(ctx context.Context, run func(ctx context.Context, tx *statements) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &change{run: run, committed: make(chan struct{})}
	select {
	case w.changes <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
	<-c.committed
	return translate(c.err)
}

var errClosed = fmt.Errorf("%w: closed", registry.ErrUnavailable)

func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case c := <-w.changes:
			w.commit(w.gather(c))
		case <-w.quit:
			return
		}
	}
}

// gather adds the changes that wait at this moment. It does not wait for more:
// while one group commits the next one forms by itself.
func (w *writer) gather(first *change) []*change {
	group := []*change{first}
	for len(group) < maxGroup {
		select {
		case c := <-w.changes:
			group = append(group, c)
		default:
			return group
		}
	}
	return group
}

// commit runs the group in one transaction. A change that fails undoes itself
// alone; what fails the transaction fails all. The callers' contexts play no
// part: interrupting one statement would roll back the whole group.
func (w *writer) commit(group []*change) {
	w.busy.Store(true)
	ctx := context.Background()
	err := w.transaction(ctx, group)
	w.busy.Store(false)
	for _, c := range group {
		if err != nil {
			c.err = err
		}
		close(c.committed)
	}
}

func (w *writer) transaction(ctx context.Context, group []*change) error {
	if _, err := w.stmts.exec(ctx, `begin immediate`); err != nil {
		return err
	}
	for _, c := range group {
		if err := w.savepoint(ctx, c); err != nil {
			return w.rollback(ctx, err)
		}
	}
	if _, err := w.stmts.exec(ctx, `commit`); err != nil {
		return w.rollback(ctx, err)
	}
	return nil
}

// savepoint runs one change; its own failure is not the group's.
func (w *writer) savepoint(ctx context.Context, c *change) error {
	if _, err := w.stmts.exec(ctx, `savepoint change`); err != nil {
		return err
	}
	if c.err = c.run(ctx, w.stmts); c.err != nil {
		if isBroken(c.err) {
			return c.err
		}
		if _, err := w.stmts.exec(ctx, `rollback to change`); err != nil {
			return errors.Join(c.err, err)
		}
	}
	_, err := w.stmts.exec(ctx, `release change`)
	return err
}

// rollback returns cause. SQLite may have rolled back by itself, so the
// statement's own failure means nothing.
func (w *writer) rollback(ctx context.Context, cause error) error {
	_, _ = w.stmts.exec(ctx, `rollback`)
	return cause
}

func (w *writer) close() (err error) {
	w.closing.Do(func() {
		close(w.quit)
		<-w.stopped
		err = errors.Join(w.stmts.close(), w.conn.Close(), w.db.Close())
	})
	return err
}
