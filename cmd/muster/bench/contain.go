package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// benchContainment times the check of JSON Schema: over the pairs of the
// corpus, both ways, and over real histories when a file of them is given, one
// {"subject", "schema"} a line, each version against the one before it and
// against itself.
func benchContainment(rounds int, histories string) error {
	format, ok := all.Formats().Lookup(compat.JSON)
	if !ok {
		return fmt.Errorf("JSON Schema is not among the formats")
	}
	corpus := containment{format: format, rounds: rounds}
	archives, err := filepath.Glob("compat/jsonschema/testdata/check/*.txtar")
	if err != nil {
		return err
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			return err
		}
		var schemas []compat.Schema
		for _, f := range archive.Files {
			if f.Name != "old.json" && f.Name != "new.json" {
				continue
			}
			// A case with references needs them; the others are enough here.
			if s, err := format.Parse(compat.Source{Text: string(f.Data)}); err == nil {
				schemas = append(schemas, s)
			}
		}
		if len(schemas) != 2 {
			continue
		}
		for i := range schemas {
			if err := corpus.check(schemas[i], schemas[1-i]); err != nil {
				return err
			}
		}
	}
	corpus.print("the corpus, both ways")
	if histories == "" {
		return nil
	}
	return benchHistories(rounds, format, histories)
}

// benchHistories checks each version of each subject against the one before it
// and against itself.
func benchHistories(rounds int, format compat.Format, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	successors, themselves := containment{format: format, rounds: rounds}, containment{format: format, rounds: rounds}
	last := make(map[string]compat.Schema)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var line struct{ Subject, Schema string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return err
		}
		schema, err := format.Parse(compat.Source{Text: line.Schema})
		if err != nil {
			continue // refused at registration
		}
		// With another title it is another text, and so is checked.
		itself, err := format.Parse(compat.Source{Text: line.Schema[:1] + `"title":"",` + line.Schema[1:], Lenient: true})
		if err != nil {
			return err
		}
		if err := themselves.check(schema, itself); err != nil {
			return err
		}
		if before := last[line.Subject]; before != nil {
			if err := successors.check(schema, before); err != nil {
				return err
			}
		}
		last[line.Subject] = schema
	}
	successors.print(filepath.Base(path) + ", against the version before")
	themselves.print(filepath.Base(path) + ", against itself")
	return lines.Err()
}

// containment gathers the times of checks, and what they said.
type containment struct {
	format                       compat.Format
	rounds                       int
	took                         []time.Duration
	proven, witnessed, undecided int
}

// check times, in the best of the rounds, whether reader reads what writer wrote.
func (c *containment) check(reader, writer compat.Schema) error {
	var found compat.Comparison
	took, err := fastest(c.rounds, 1, func() (err error) {
		found, err = c.format.Check(reader, writer, compat.CheckOptions{Reader: "new", Writer: "old"})
		return err
	})
	if err != nil {
		return err
	}
	c.took = append(c.took, took)
	shown := slices.ContainsFunc(found.Differences, func(d compat.Difference) bool { return d.Witness != nil })
	switch {
	case found.Evidence != compat.Proof || len(found.Differences) > 0 && !shown:
		c.undecided++
	case shown:
		c.witnessed++
	default:
		c.proven++
	}
	return nil
}

func (c *containment) print(name string) {
	slices.Sort(c.took)
	if len(c.took) == 0 {
		fmt.Printf("containment of %s: nothing to check\n", name)
		return
	}
	at := func(percent int) time.Duration { return c.took[len(c.took)*percent/100].Round(time.Microsecond) }
	fmt.Printf("containment of %s: %d checks, %d proven, %d with a witness, %d without either; p50 %v, p95 %v, p99 %v, longest %v\n",
		name, len(c.took), c.proven, c.witnessed, c.undecided, at(50), at(95), at(99), c.took[len(c.took)-1].Round(time.Microsecond))
}
