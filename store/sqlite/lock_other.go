//go:build !unix

package sqlite

import (
	"errors"
	"os"
)

// lockFile fails: without a lock two processes could serve one file.
func lockFile(string) (*os.File, error) {
	return nil, errors.New("cannot be locked on this system; use a Postgres database")
}
