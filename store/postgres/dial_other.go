//go:build !linux

package postgres

import "syscall"

// bound leaves it to keepalive: the option is Linux's.
func bound(string, string, syscall.RawConn) error { return nil }
