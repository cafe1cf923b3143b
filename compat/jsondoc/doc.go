// Package jsondoc reads JSON under limits, before any library sees it.
//
// [Scan] checks text in one pass without building anything; [Parse] builds an
// ordered tree that keeps key order, the spelling of numbers and the place of
// every value. Both accept exactly RFC 8259, refuse what the limits forbid and
// need memory in proportion to the text at most.
package jsondoc
