// Package registry is the domain of Muster: subjects, versions, schemas and
// settings, and the rules by which they change. It knows no SQL, no HTTP and
// no schema language.
//
// The nouns, one file each:
//
//	subject     a named sequence of versions within a context
//	context     a namespace of subjects and IDs; "." is the default one
//	version     a number within a subject, from 1; Latest is the newest live one
//	schema ID   a number shared by equal schemas of a context
//	reference   a pointer from one schema to a version of a subject
//	scope       where settings hang: everything, a context, a subject
//	mode        what a scope lets clients do
//
// The life of a registration ([Service.Register]) reads straight down: a
// snapshot of the subject with its rev ([Edit]), the settings in force, the
// candidate parsed with its references resolved, the version that holds it
// already, else the mode, the check by level ([compat.Check]), and the append,
// which commits if nothing changed since the snapshot. If something did, it
// starts over; after two losses the subject is held first.
//
// Caches hold what cannot change, and are flushed when the last record of an
// ID is removed. The contract of stores is [Store], their test store/storetest.
package registry
