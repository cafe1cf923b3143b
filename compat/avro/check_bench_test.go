package avro

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	hamba "github.com/hamba/avro/v2"

	"github.com/muster-registry/muster/compat"
)

// wideRecord is a record of 100 fields of all kinds of types, and so many more
// that have a default.
func wideRecord(more int) string {
	types := []string{`"string"`, `"long"`, `["null","string"]`, `{"type":"array","items":"double"}`, `{"type":"map","values":"int"}`,
		`{"type":"enum","name":"E%d","symbols":["A","B","C"]}`, `{"type":"fixed","name":"F%d","size":16}`, `"boolean"`,
		`["null",{"type":"record","name":"R%d","fields":[{"name":"x","type":"int"},{"name":"y","type":"string"}]}]`,
		`{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`}
	var fields []string
	for i := range 100 {
		fields = append(fields, fmt.Sprintf(`{"name":"field%d","type":%s}`, i, strings.ReplaceAll(types[i%len(types)], "%d", fmt.Sprint(i))))
	}
	for i := range more {
		fields = append(fields, fmt.Sprintf(`{"name":"more%d","type":["null","string"],"default":null}`, i))
	}
	return `{"type":"record","name":"Wide","namespace":"shop","doc":"","fields":[` + strings.Join(fields, ",") + `]}`
}

// BenchmarkCheck_Records asks for less than 50 µs.
func BenchmarkCheck_Records(b *testing.B) {
	r, w := mustParse(b, wideRecord(5)), mustParse(b, wideRecord(0))
	b.Run("muster", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if c, err := check(r.root, w.root, backward); err != nil || len(c.Differences) > 0 {
				b.Fatal(c, err)
			}
		}
	})
	b.Run("hamba", func(b *testing.B) {
		r, w := hamba.MustParse(r.text), hamba.MustParse(w.text)
		b.ReportAllocs()
		for b.Loop() {
			// A checker remembers the pair.
			if err := hamba.NewSchemaCompatibility().Compatible(r, w); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCheck_Transitive asks for less than 100 ms.
func BenchmarkCheck_Transitive(b *testing.B) {
	var history []compat.Earlier
	for i := range 1000 {
		text := strings.Replace(wideRecord(0), `"doc":""`, fmt.Sprintf(`"doc":"%d"`, i), 1)
		history = append(history, compat.Earlier{Version: i + 1, Schema: mustParse(b, text)})
	}
	newestFirst := iter.Seq2[compat.Earlier, error](func(yield func(compat.Earlier, error) bool) {
		for i := len(history) - 1; i >= 0 && yield(history[i], nil); i-- {
		}
	})
	candidate := mustParse(b, wideRecord(5))
	for b.Loop() {
		report, err := compat.Check(New(), compat.BackwardTransitive, candidate, newestFirst, backward)
		if err != nil || !report.Compatible() {
			b.Fatal(report, err)
		}
	}
}
