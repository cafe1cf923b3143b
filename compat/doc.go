// Package compat says what "compatible" means: which earlier versions a level
// asks for, in which direction each is compared, and what a finding is.
//
// A comparison has two roles. The writer's schema is the one a payload was
// written under, the reader's the one it is read with. A [Format] lists every
// reason a reader cannot read what a writer wrote, and knows nothing of
// levels, versions, stores or HTTP. [Check] alone knows those:
//
//	level       compares with   candidate reads earlier   earlier reads candidate
//	NONE        nothing         -                         -
//	BACKWARD    the latest      yes                       -
//	FORWARD     the latest      -                         yes
//	FULL        the latest      yes                       yes
//	…_TRANSITIVE the same with every live version, newest first
//
// Everything here is a pure function of its arguments: no I/O, no clock, no
// package state. What a comparison may cost is counted in steps ([Budget]), so
// that the same pair gets the same answer on any machine.
//
// The formats live in compat/avro, compat/protobuf and compat/jsonschema and
// are listed in compat/all alone. compat/compattest holds the laws they keep.
package compat
