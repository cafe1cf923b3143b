// Package postgres keeps the registry in Postgres, for any number of
// processes.
//
// A change is one transaction in READ COMMITTED and, as a rule, two flights of
// pipelined statements: the first moves the subject's rev from the value seen,
// takes the locks and looks; the second changes and commits. The first locks in
// one order: the subject's row, the settings lock, versions of other subjects,
// contents. The second may not: an import and a purge that meet on IDs and
// counters can wait for each other. Postgres then ends one of the two, which
// counts as a stale snapshot.
//
// The settings lock is an advisory one. Changes share it, so that the settings
// they were judged under stay until they commit; a change of a context's
// settings takes it alone. So does an explicit ID of the default context,
// whose sequence cannot be raised while others draw from it.
//
// Wrong states are refused by the tables: an ID with two contents, a changed
// content, a dangling reference, two changes on one rev.
//
// The contract is [registry.Store], its tests are store/storetest. File by
// file this package reads like store/sqlite.
package postgres
