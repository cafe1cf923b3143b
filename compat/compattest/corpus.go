// Package compattest runs a format's corpus and holds every format to the
// same laws.
//
// A corpus is txtar files under the format's testdata folder; the text on top
// of a file says the intent and cites the clause. `go test -update` rewrites
// the want sections alone: read that diff like code.
//
//	check/<construct>_<change>.txtar
//	    old.<ext>, new.<ext>      the two schemas
//	    ref/<name>                references, in dependency order
//	    old.ref/<name>, new.ref/<name>   the same for one side alone
//	    want.backward             new reads old: a line "RULE path" a difference
//	    want.forward              old reads new: the same
//	    between.<ext>             a version between the two
//	    want.history              then what BACKWARD_TRANSITIVE finds
//	    policy                    the policy of the comparison, STRICT without
//	    no_payload                why no payload can show the differences, for
//	                              a pair whose rules have payloads by nature
//	parse/<construct>.txtar
//	    schema.<ext>, ref/<name>
//	    want.error                "parse LINE:COLUMN" or "limit", or else
//	    want.canonical, want.normalized
//	tags/<construct>.txtar
//	    schema.<ext>, ref/<name>
//	    add, remove               a line "KIND path tag tag" an entity
//	    want.entities             the same, of all that can carry tags
//	    want.retagged             the text after both
//	validate/<construct>.txtar
//	    schema.<ext>, ref/<name>
//	    payload/<name>.json, .plain, .hex or .wire   JSON, Avro's plain JSON,
//	                              binary and wire format as hexadecimal digits
//	    want/<name>.<ext>         a line "CODE pointer" a violation
package compattest

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/muster-registry/muster/compat"
)

var update = flag.Bool("update", false, "rewrite the want sections of the corpus")

// Run runs the corpus under testdata and the laws every format keeps.
func Run(t *testing.T, format compat.Format) {
	hit := make(map[compat.RuleID]bool)
	var schemas []compat.Schema
	eachFile(t, "check", func(t *testing.T, c *corpusFile) {
		c.unshowable() // for Witnesses
		older := c.parse(t, format, "old", "ref/", "old.ref/")
		newer := c.parse(t, format, "new", "ref/", "new.ref/")
		schemas = append(schemas, older, newer)
		backward := differences(t, format, newer, older, c.options(), hit)
		forward := differences(t, format, older, newer, c.options(), hit)
		c.want(t, "want.backward", backward)
		c.want(t, "want.forward", forward)
		full(t, format, newer, older, c.options())
		older = c.parse(t, canonical{format}, "old", "ref/", "old.ref/")
		newer = c.parse(t, canonical{format}, "new", "ref/", "new.ref/")
		if again := differences(t, format, older, newer, c.options(), hit); again != forward {
			t.Errorf("forward, the canonical texts give:\n%s\nand the texts:\n%s", again, forward)
		}
		if again := differences(t, format, newer, older, c.options(), hit); again != backward {
			t.Errorf("backward, the canonical texts give:\n%s\nand the texts:\n%s", again, backward)
		}
		if _, ok := c.file("between"); ok {
			between := c.parse(t, format, "between", "ref/")
			schemas = append(schemas, between)
			c.want(t, "want.history", lines(history(t, format, newer, []compat.Schema{between, older}), hit))
		}
	})
	eachFile(t, "parse", func(t *testing.T, c *corpusFile) {
		schema, err := format.Parse(c.source("schema", "ref/"))
		if err != nil {
			c.want(t, "want.error", kind(t, err))
			return
		}
		schemas = append(schemas, schema)
		c.want(t, "want.canonical", schema.Canonical())
		c.want(t, "want.normalized", schema.Normalized())
	})
	eachFile(t, "tags", func(t *testing.T, c *corpusFile) {
		schema := c.parse(t, format, "schema", "ref/").(compat.Tagger)
		schemas = append(schemas, schema)
		c.want(t, "want.entities", entityLines(schema))
		text, changed, err := compat.Retag(schema, c.entities("add"), c.entities("remove"))
		if err != nil {
			t.Fatal(err)
		}
		c.want(t, "want.retagged", strings.TrimSuffix(text, "\n"))
		// It is a schema of its own, and canonical.
		src := c.source("schema", "ref/")
		src.Text = text
		if again, err := format.Parse(src); err != nil || changed && again.Canonical() != text {
			t.Errorf("retagged: %v\n%s", err, text)
		}
	})
	eachFile(t, "validate", func(t *testing.T, c *corpusFile) {
		schema := c.parse(t, format, "schema", "ref/")
		schemas = append(schemas, schema)
		judge(t, c, schema)
	})
	t.Run("laws", func(t *testing.T) { laws(t, format, schemas, hit) })
}

type corpusFile struct {
	path    string
	archive *txtar.Archive
	used    map[string]bool
}

func eachFile(t *testing.T, dir string, run func(*testing.T, *corpusFile)) {
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Errorf("testdata/%s holds no cases (%v)", dir, err)
	}
	for _, p := range paths {
		t.Run(dir+"/"+strings.TrimSuffix(filepath.Base(p), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(p)
			if err != nil {
				t.Fatal(err)
			}
			c := &corpusFile{path: p, archive: archive, used: map[string]bool{}}
			run(t, c)
			c.finish(t)
		})
	}
}

// file finds the one file of that name, whatever its extension.
func (c *corpusFile) file(name string) (string, bool) {
	for _, f := range c.archive.Files {
		if f.Name == name || strings.TrimSuffix(f.Name, path.Ext(f.Name)) == name {
			c.used[f.Name] = true
			return strings.TrimSuffix(string(f.Data), "\n"), true
		}
	}
	return "", false
}

func (c *corpusFile) source(name string, refs ...string) compat.Source {
	text, _ := c.file(name)
	src := compat.Source{Text: text}
	for _, f := range c.archive.Files {
		for _, prefix := range refs {
			if ref, ok := strings.CutPrefix(f.Name, prefix); ok {
				c.used[f.Name] = true
				src.References = append(src.References, compat.Reference{Name: ref, Text: string(f.Data)})
			}
		}
	}
	return src
}

func (c *corpusFile) parse(t *testing.T, format compat.Format, name string, refs ...string) compat.Schema {
	t.Helper()
	schema, err := format.Parse(c.source(name, refs...))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return schema
}

// unshowable tells whether a case says that it has no witness.
func (c *corpusFile) unshowable() bool {
	_, ok := c.file("no_payload")
	return ok
}

// options are how a case wants its schemas compared.
func (c *corpusFile) options() compat.CheckOptions {
	policy, _ := c.file("policy")
	return compat.CheckOptions{Policy: compat.Policy(policy), Reader: "new", Writer: "old"}
}

// want compares got with a section, or writes it there with -update.
func (c *corpusFile) want(t *testing.T, name, got string) {
	t.Helper()
	c.used[name] = true
	for i, f := range c.archive.Files {
		if f.Name != name {
			continue
		}
		if *update {
			c.archive.Files[i].Data = []byte(got + "\n")
		} else if diff := cmp.Diff(strings.TrimSuffix(string(f.Data), "\n"), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		return
	}
	if !*update {
		t.Errorf("no section %s; got:\n%s", name, got)
	}
	c.archive.Files = append(c.archive.Files, txtar.File{Name: name, Data: []byte(got + "\n")})
}

// keep leaves all sections as they are, for a test that wants other things.
func (c *corpusFile) keep() {
	for _, f := range c.archive.Files {
		c.used[f.Name] = true
	}
}

// finish writes what -update changed and refuses sections nothing reads.
func (c *corpusFile) finish(t *testing.T) {
	for _, f := range c.archive.Files {
		if !c.used[f.Name] {
			t.Errorf("section %s is not used", f.Name)
		}
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func differences(t *testing.T, format compat.Format, reader, writer compat.Schema, opts compat.CheckOptions, hit map[compat.RuleID]bool) string {
	t.Helper()
	comparison, err := format.Check(reader, writer, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range comparison.Differences {
		if d.Message == "" || format.Entry(d) == "" {
			t.Errorf("%s at %s has no words", d.Rule, d.Path)
		}
	}
	return lines(comparison.Differences, hit)
}

// history is what newer breaks of the earlier versions, newest first.
func history(t *testing.T, format compat.Format, newer compat.Schema, earlier []compat.Schema) []compat.Difference {
	t.Helper()
	var found []compat.Difference
	for _, i := range checked(t, format, compat.BackwardTransitive, newer, earlier, compat.CheckOptions{}).Incompatibilities {
		found = append(found, i.Difference)
	}
	return found
}

func checked(t *testing.T, format compat.Format, level compat.Level, newer compat.Schema, earlier []compat.Schema, opts compat.CheckOptions) compat.Report {
	t.Helper()
	report, err := compat.Check(format, level, newer, func(yield func(compat.Earlier, error) bool) {
		for _, s := range earlier {
			if !yield(compat.Earlier{Schema: s}, nil) {
				return
			}
		}
	}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// lines lists differences one a line and notes the rules hit.
func lines(found []compat.Difference, hit map[compat.RuleID]bool) string {
	var lines []string
	for _, d := range found {
		hit[d.Rule] = true
		lines = append(lines, strings.TrimSpace(string(d.Rule)+" "+d.Path))
	}
	return strings.Join(lines, "\n")
}

func kind(t *testing.T, err error) string {
	t.Helper()
	var parse *compat.ParseError
	var limit *compat.LimitError
	switch {
	case errors.As(err, &parse):
		return fmt.Sprintf("parse %d:%d", parse.Line, parse.Column)
	case errors.As(err, &limit):
		return "limit"
	}
	t.Fatalf("Parse returned a %T: %v", err, err)
	return ""
}

func judge(t *testing.T, c *corpusFile, schema compat.Schema) {
	validator, err := schema.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	encodings := map[string]compat.Encoding{".json": compat.JSONText, ".plain": compat.PlainJSON, ".hex": compat.Binary, ".wire": compat.Wire}
	for _, f := range append([]txtar.File(nil), c.archive.Files...) {
		name, ok := strings.CutPrefix(f.Name, "payload/")
		if !ok {
			continue
		}
		c.used[f.Name] = true
		payload := f.Data
		if ext := path.Ext(name); ext == ".hex" || ext == ".wire" {
			if payload, err = hex.DecodeString(strings.Join(strings.Fields(string(f.Data)), "")); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
		verdict, err := validator.Validate(payload, encodings[path.Ext(name)])
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		var lines []string
		for _, v := range verdict.Violations {
			lines = append(lines, strings.TrimSpace(v.Code+" "+v.Pointer))
		}
		c.want(t, "want/"+name, strings.Join(lines, "\n"))
	}
}
