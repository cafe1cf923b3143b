package main

import (
	"fmt"
	"iter"
	"strings"
	"time"

	hamba "github.com/hamba/avro/v2"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// versions is how many there are of a subject in a transitive check.
const versions = 1000

// benchAvro measures checks of parsed Avro schemas, in this process, beside
// hamba's own checker on the same pair.
func benchAvro(rounds int) error {
	const records = 500
	format, _ := all.Formats().Lookup(compat.Avro)
	older, newer := wideRecord(0), wideRecord(5)
	reader, err := format.Parse(compat.Source{Text: newer})
	if err != nil {
		return err
	}
	writer, err := format.Parse(compat.Source{Text: older})
	if err != nil {
		return err
	}
	opts := compat.CheckOptions{Reader: "new", Writer: "old"}
	ours, err := fastest(rounds, records, func() error {
		c, err := format.Check(reader, writer, opts)
		if len(c.Differences) > 0 {
			return fmt.Errorf("found %v", c.Differences)
		}
		return err
	})
	if err != nil {
		return err
	}
	otherReader, err := hamba.ParseWithCache(newer, "", &hamba.SchemaCache{})
	if err != nil {
		return err
	}
	otherWriter, err := hamba.ParseWithCache(older, "", &hamba.SchemaCache{})
	if err != nil {
		return err
	}
	// A checker of hamba's remembers the pair, so each check has its own.
	theirs, err := fastest(rounds, records, func() error {
		return hamba.NewSchemaCompatibility().Compatible(otherReader, otherWriter)
	})
	if err != nil {
		return err
	}
	history := make([]compat.Earlier, 0, versions)
	for i := range versions {
		s, err := format.Parse(compat.Source{Text: strings.Replace(older, `"doc":""`, fmt.Sprintf(`"doc":"%d"`, i), 1)})
		if err != nil {
			return err
		}
		history = append(history, compat.Earlier{Version: i + 1, Schema: s})
	}
	transitive, err := transitively(rounds, format, reader, history)
	if err != nil {
		return err
	}
	fmt.Printf("avro      two 100-field records   %9v beside hamba's %9v: %.2f  (goal 50µs; parsed, best of %d)\n",
		ours, theirs, float64(ours)/float64(theirs), rounds)
	fmt.Printf("avro      %d versions of them   %9v  (goal 100ms; BACKWARD_TRANSITIVE, parsed, best of %d)\n", versions, transitive, rounds)
	return nil
}

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

// transitively is what a check with all of a history takes, oldest first, that
// finds nothing.
func transitively(rounds int, format compat.Format, candidate compat.Schema, history []compat.Earlier) (time.Duration, error) {
	return fastest(rounds, 1, func() error {
		report, err := compat.Check(format, compat.BackwardTransitive, candidate, newestFirst(history), compat.CheckOptions{})
		if !report.Compatible() {
			return fmt.Errorf("found %v", report.Incompatibilities)
		}
		return err
	})
}

func newestFirst(history []compat.Earlier) iter.Seq2[compat.Earlier, error] {
	return func(yield func(compat.Earlier, error) bool) {
		for i := len(history) - 1; i >= 0; i-- {
			if !yield(history[i], nil) {
				return
			}
		}
	}
}

// fastest is what one of n runs takes in the best of the rounds: of work that
// waits for nothing, the rest is what else the machine did.
func fastest(rounds, n int, run func() error) (time.Duration, error) {
	best := time.Duration(0)
	for range rounds {
		start := time.Now()
		for range n {
			if err := run(); err != nil {
				return 0, err
			}
		}
		if took := time.Since(start) / time.Duration(n); best == 0 || took < best {
			best = took
		}
	}
	return best, nil
}
