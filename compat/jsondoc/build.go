package jsondoc

import (
	"bytes"
	"encoding/json"
)

// NewString, NewArray, NewObject and Pair make the values of a document that
// is to be written.
func NewString(s string) *Value { return &Value{Kind: String, Text: s} }

// NewArray returns an array.
func NewArray(items ...*Value) *Value { return &Value{Kind: Array, Items: items} }

// NewObject returns an object with members in that order.
func NewObject(members ...Member) *Value { return &Value{Kind: Object, Members: members} }

// Pair is one member of an object.
func Pair(name string, v *Value) Member { return Member{Name: name, Value: v} }

// Indented renders v for people, two spaces a level, with a line end.
func (v *Value) Indented() string {
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(v.Compact()), "", "  "); err != nil {
		return v.Compact() + "\n" // a literal that is none; only a parser makes numbers
	}
	return out.String() + "\n"
}
