package protobuf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/muster-registry/muster/compat"
)

// wideMessage is a message of n fields of every common kind.
func wideMessage(n int) string {
	types := [...]string{"string", "int32", "repeated int64", "bytes", "map<string, int32>", "P", "E", "double", "optional bool", "repeated P"}
	var b strings.Builder
	b.WriteString("syntax = \"proto3\";\npackage shop;\nmessage Wide {\n")
	for i := range n {
		fmt.Fprintf(&b, "  %s f%d = %d;\n", types[i%len(types)], i, i+1)
	}
	b.WriteString("}\nmessage P { int32 a = 1; }\nenum E { Z = 0; }\n")
	return b.String()
}

// BenchmarkCheck compares two parsed messages of 100 fields; the goal is 50 µs.
func BenchmarkCheck(b *testing.B) {
	format := New()
	older, err := format.Parse(compat.Source{Text: wideMessage(100)})
	if err != nil {
		b.Fatal(err)
	}
	newer, err := format.Parse(compat.Source{Text: wideMessage(101)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		found, err := format.Check(newer, older, compat.CheckOptions{Reader: "new", Writer: "old"})
		if err != nil || len(found.Differences) > 0 {
			b.Fatal(found, err)
		}
	}
}
