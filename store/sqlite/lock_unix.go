//go:build unix

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes the lock that other processes find taken, until the file is
// closed or the process ends, however it ends. The file stays: removing it
// would let two processes lock two files of one name.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errors.New("in use by another process; only one may serve a SQLite file, any number a Postgres database")
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
