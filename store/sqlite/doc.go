// Package sqlite keeps the registry in one SQLite file, for one machine.
//
// The file is in WAL mode with synchronous=FULL: what is acknowledged survives
// a power cut. One connection writes, and one goroutine owns it: it takes
// whatever changes wait, runs each in a savepoint of its own inside one
// transaction, commits once and then answers them all, so that many writers
// share the price of one fsync. Reads have connections of their own, see a
// snapshot of the last commit and wait for nobody.
//
// A second process on the same file is refused, with a lock on PATH.lock. That
// is what lets an exclusive [registry.Edit] be a lock in memory.
//
// The contract is [registry.Store], its tests are store/storetest. File by
// file this package reads like store/postgres.
package sqlite
