package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/muster-registry/muster/registry"
)

// SQLSTATEs that a change meets when it raced another.
const (
	notNull             = "23502" // the ID is not, or not any more, the content's
	foreignKey          = "23503" // what was found is gone
	unique              = "23505" // what was not there is
	serializationFailed = "40001"
	deadlock            = "40P01"
)

// SQLSTATEs of drawing an ID after the highest: from the sequence, and from a
// context's counter.
const (
	sequenceLimit = "2200H"
	outOfRange    = "22003"
)

// SQLSTATEs, or classes of them, that are no fault of the statement.
var outOfReach = []string{
	"08",    // connection exceptions
	"25006", // read-only transaction: a standby
	"25P03", // idle in transaction for too long
	"53",    // disk full, out of memory, too many connections
	"55P03", // lock_timeout
	"57",    // statement_timeout, shutdown, crash, starting up
	"58",    // errors of the system
}

// translate turns what pgx returns into what the contract names. A race that
// the tables caught is a stale snapshot.
func translate(err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return registry.ErrNotFound
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &pg):
		return translateState(pg)
	case isConnection(err):
		return fmt.Errorf("%w: %w", registry.ErrUnavailable, err)
	}
	return err
}

func translateState(err *pgconn.PgError) error {
	switch err.Code {
	case notNull, foreignKey, unique, serializationFailed, deadlock:
		return fmt.Errorf("%w: %w", registry.ErrStale, err)
	case sequenceLimit, outOfRange:
		return fmt.Errorf("%w: %w", registry.ErrExhausted, err)
	}
	for _, class := range outOfReach {
		if strings.HasPrefix(err.Code, class) {
			return fmt.Errorf("%w: %w", registry.ErrUnavailable, err)
		}
	}
	return err
}

func isConnection(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connect) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}
