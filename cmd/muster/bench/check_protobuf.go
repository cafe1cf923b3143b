package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// benchProtobuf compares two parsed messages of 100 fields, the newer of which
// has one more, and the newer with a long history of the older.
func benchProtobuf(rounds int) error {
	format, _ := all.Formats().Lookup(compat.Protobuf)
	older, err := format.Parse(compat.Source{Text: protobufFields(100)})
	if err != nil {
		return err
	}
	newer, err := format.Parse(compat.Source{Text: protobufFields(101)})
	if err != nil {
		return err
	}
	const times = 2000
	var rates []float64
	for range rounds {
		start := time.Now()
		for range times {
			found, err := format.Check(newer, older, compat.CheckOptions{Reader: "new", Writer: "old"})
			if err != nil {
				return err
			}
			if len(found.Differences) > 0 {
				return fmt.Errorf("the messages are incompatible: %v", found.Differences)
			}
		}
		rates = append(rates, float64(time.Since(start).Microseconds())/times)
	}
	history := make([]compat.Earlier, 0, versions)
	for i := range versions {
		text := fmt.Sprintf("%s// version %d\n", protobufFields(100), i)
		s, err := format.Parse(compat.Source{Text: text})
		if err != nil {
			return err
		}
		history = append(history, compat.Earlier{Version: i + 1, Schema: s})
	}
	transitive, err := transitively(rounds, format, newer, history)
	if err != nil {
		return err
	}
	fmt.Printf("protobuf  check of 100 fields     %7.1f µs  (goal 50; parsed, median of %d)\n", median(rates), rounds)
	fmt.Printf("protobuf  %d versions of them   %9v  (goal 100ms; BACKWARD_TRANSITIVE, parsed, best of %d)\n", versions, transitive, rounds)
	return nil
}

// protobufFields is a message of n fields of common kinds.
func protobufFields(n int) string {
	types := [...]string{"string", "int32", "repeated int64", "bytes", "map<string, int32>", "P", "E", "double", "optional bool", "repeated P"}
	var b strings.Builder
	b.WriteString("syntax = \"proto3\"; message Wide {\n")
	for i := range n {
		fmt.Fprintf(&b, "%s f%d = %d;\n", types[i%len(types)], i, i+1)
	}
	b.WriteString("} message P { int32 a = 1; } enum E { Z = 0; }\n")
	return b.String()
}
