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
func benchContainment(histories string) error {
	format, ok := all.Formats().Lookup(compat.JSON)
	if !ok {
		return fmt.Errorf("JSON Schema is not among the formats")
	}
	corpus := containment{format: format}
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
		if len(schemas) == 2 {
			if err := corpus.check(schemas[0], schemas[1], schemas[1], schemas[0]); err != nil {
				return err
			}
		}
	}
	corpus.print("corpus")
	if histories == "" {
		return nil
	}
	real := containment{format: format}
	if err := real.history(histories); err != nil {
		return err
	}
	real.print(filepath.Base(histories))
	return nil
}

// containment gathers the times of checks.
type containment struct {
	format compat.Format
	took   []time.Duration
}

// check times pairs of reader and writer.
func (c *containment) check(pairs ...compat.Schema) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		start := time.Now()
		_, err := c.format.Check(pairs[i], pairs[i+1], compat.CheckOptions{Reader: "new", Writer: "old"})
		if err != nil {
			return err
		}
		c.took = append(c.took, time.Since(start))
	}
	return nil
}

func (c *containment) history(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	last := make(map[string]compat.Schema)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var line struct{ Subject, Schema string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return err
		}
		schema, err := c.format.Parse(compat.Source{Text: line.Schema})
		if err != nil {
			continue // refused at registration
		}
		// The same with white space is another text, and so is checked.
		itself, err := c.format.Parse(compat.Source{Text: line.Schema[:1] + `"title":"",` + line.Schema[1:], Lenient: true})
		if err != nil {
			return err
		}
		pairs := []compat.Schema{schema, itself}
		if before := last[line.Subject]; before != nil {
			pairs = append(pairs, schema, before)
		}
		if err := c.check(pairs...); err != nil {
			return err
		}
		last[line.Subject] = schema
	}
	return lines.Err()
}

func (c *containment) print(name string) {
	slices.Sort(c.took)
	if len(c.took) == 0 {
		fmt.Printf("containment of %s: nothing to check\n", name)
		return
	}
	at := func(percent int) time.Duration { return c.took[len(c.took)*percent/100].Round(time.Microsecond) }
	fmt.Printf("containment of %s: %d checks, p50 %v, p95 %v, p99 %v, longest %v\n",
		name, len(c.took), at(50), at(95), at(99), c.took[len(c.took)-1].Round(time.Microsecond))
}
