// Package contain decides whether a set of JSON Schemas has a value in common,
// and shows one. Containment is that question: every value of OLD is one of NEW
// exactly when OLD and the complement of NEW have none.
//
// A [Schema] is opened one JSON type at a time, into a [Formula] over atoms of
// that type: bounds, patterns, members, items. Each atom has a dual, so that
// negation is pushed down lazily and nothing is ever written out. A set of
// schemas is a cell; cells are built as they are asked for and remembered.
//
//	[Graph.Solve]    one cell, type by type
//	search           the Or-s of one type, told apart only where a model of the
//	                 atoms breaks them
//	solveNumber …    the conjunction of atoms of one type
//
// Numbers are exact. Strings are found by walking the product of automata that
// are built as the walk goes. Objects: names fall into regions, each region is
// a formula over strings. Arrays: single positions, then a tail; contains is
// counted.
//
// Recursion: values are finite, so a cell that needs itself has no value by
// that way. A cell under way counts as empty; what rests on that is kept only
// while it is under way.
//
// Three answers. What a formula cannot say is an opaque atom, taken for true in
// both polarities: then cells are only too large, Empty still holds, and a
// value found is marked Doubtful. All bounds are counters, none is a clock.
package contain
