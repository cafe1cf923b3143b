package jsonschema

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/compat/jsonschema/contain"
)

var drafts = []draft{draft4, draft6, draft7, draft2019, draft2020}

// row is a schema and documents that are of its language and not. A line of
// testdata/validate/rows is a row for each draft from since till until.
type row struct {
	Keyword      string // what the row is about
	Since, Until draft
	Schema       json.RawMessage
	References   map[string]json.RawMessage
	Valid        []json.RawMessage
	Invalid      []json.RawMessage
	// Ours is why the documents are as they say although the library, given the
	// text as it is, says the opposite of each of them or refuses the schema.
	Ours string
	// Wrong is the clause by which the documents are as they say although the
	// library, and with it everything that follows it, says the opposite.
	Wrong string
}

// rows calls use with every line of testdata/validate/rows.
func rows(t *testing.T, use func(where string, r row)) {
	t.Helper()
	paths, err := filepath.Glob("testdata/validate/rows/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no rows: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		for n := 1; lines.Scan(); n++ {
			var r row
			decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&r); err != nil {
				t.Fatalf("%s:%d: %v", path, n, err)
			}
			if r.Since == 0 {
				r.Since = draft4
			}
			if r.Until == 0 {
				r.Until = draft2020
			}
			use(fmt.Sprintf("%s:%d", filepath.Base(path), n), r)
		}
	}
}

// under is the schema of r with d as its $schema.
func (r row) under(d draft) string {
	text := string(bytes.TrimSpace(r.Schema))
	switch {
	case text[0] != '{':
		return fmt.Sprintf(`{"$schema":%q,"allOf":[%s]}`, d.url(), text)
	case strings.Contains(text, `"$schema"`):
		return text
	case text == "{}":
		return fmt.Sprintf(`{"$schema":%q}`, d.url())
	}
	return fmt.Sprintf(`{"$schema":%q,%s`, d.url(), text[1:])
}

// TestRows holds the library, the representation and the validator of payloads
// to the rows.
func TestRows(t *testing.T) {
	count := 0
	rows(t, func(where string, r row) {
		for _, d := range drafts {
			if d < r.Since || d > r.Until {
				continue
			}
			j, err := newJudges(r.under(d), r.References)
			if err != nil || j.refused != nil && r.Ours == "" {
				t.Errorf("%s, draft %d: %v, the library alone: %v", where, d, err, j.refused)
				continue
			}
			for _, of := range []struct {
				valid     bool
				documents []json.RawMessage
			}{{true, r.Valid}, {false, r.Invalid}} {
				for _, doc := range of.documents {
					count++
					alone, follows := of.valid != (r.Ours != "" || r.Wrong != ""), of.valid != (r.Wrong != "")
					if got := j.alone(doc); j.refused == nil && got != alone {
						t.Errorf("%s, draft %d: %s: the library says %t, want %t", where, d, doc, got, alone)
					}
					j.agree(t, fmt.Sprintf("%s, draft %d", where, d), doc, follows)
				}
			}
			if r.Wrong == "" && (d == r.Until || d == draft7) {
				j.solve(t, where, r.Valid, true)
				j.solve(t, where, r.Invalid, false)
			}
		}
	})
	t.Logf("%d rows", count)
}

// judges are all that have a say about one schema.
type judges struct {
	library  *jsonschema.Schema
	refused  error // why the library by itself does not take the schema
	schema   *schema
	question *question
}

// newJudges compiles a schema as the library does by itself, and as this
// package does.
func newJudges(text string, references map[string]json.RawMessage) (*judges, error) {
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		if of, ok := references[url]; ok {
			return io.NopCloser(bytes.NewReader(of)), nil
		}
		return nil, errors.New("not there")
	}
	// Formats and content are annotations, in every draft.
	for name := range jsonschema.Formats {
		c.Formats[name] = func(any) bool { return true }
	}
	for name := range jsonschema.Decoders {
		c.Decoders[name] = func(s string) ([]byte, error) { return []byte(s), nil }
	}
	for name := range jsonschema.MediaTypes {
		c.MediaTypes[name] = func([]byte) error { return nil }
	}
	src := compat.Source{Text: text}
	for name, of := range references {
		src.References = append(src.References, compat.Reference{Name: name, Text: string(of)})
	}
	slices.SortFunc(src.References, func(a, b compat.Reference) int { return strings.Compare(a.Name, b.Name) })
	var j judges
	if j.refused = c.AddResource("test:///row", strings.NewReader(text)); j.refused == nil {
		j.library, j.refused = c.Compile("test:///row")
	}
	var err error
	if j.schema, err = parse(src); err == nil {
		j.question = newQuestion(j.schema, j.schema)
	}
	return &j, err
}

// alone is what the library says when nothing is rewritten for it.
func (j *judges) alone(doc json.RawMessage) bool {
	v, err := jsondoc.Parse(string(doc), jsondoc.Payload)
	return err == nil && j.library != nil && valid(j.library, decode(v))
}

// agree holds the library that sees the rewritten schema, the representation
// and the validator to an outcome.
func (j *judges) agree(t *testing.T, where string, doc json.RawMessage, want bool) {
	t.Helper()
	v, err := jsondoc.Parse(string(doc), jsondoc.Payload)
	if err != nil {
		t.Fatalf("%s: %s: %v", where, doc, err)
	}
	if got := valid(j.schema.compiled, decode(v)); got != want {
		t.Errorf("%s: %s: the compiled schema says %t, want %t", where, doc, got, want)
	}
	if got, sure := j.question.graph.Accepts(j.question.writer, v); got != want || !sure {
		t.Errorf("%s: %s: represented as %t (sure %t), want %t", where, doc, got, sure, want)
	}
	if got := accepts(t, j.schema, string(doc)); got != want {
		t.Errorf("%s: %s: the validator says %t, want %t", where, doc, got, want)
	}
	if !t.Failed() {
		agrees(t, j.schema, doc) // stops at what differs
	}
}

// kinds are schemas of the values of one type each.
var kinds = map[contain.Type]string{
	contain.Null: `{"type":"null"}`, contain.Boolean: `{"type":"boolean"}`, contain.Integer: `{"type":"integer"}`,
	contain.Fraction: `{"type":"number","not":{"type":"integer"}}`, contain.String: `{"type":"string"}`,
	contain.Array: `{"type":"array"}`, contain.Object: `{"type":"object"}`,
}

// solve looks for a document that is valid or not and of a type of those given:
// it must be found, and be what it is taken for.
func (j *judges) solve(t *testing.T, where string, documents []json.RawMessage, isValid bool) {
	t.Helper()
	tried := make(map[contain.Type]bool)
	for _, doc := range documents {
		of := contain.TypeOf(raw(string(doc)))
		if tried[of] {
			continue
		}
		tried[of] = true
		q := newQuestion(parsed(t, kinds[of]).(*schema), j.schema)
		side := q.writer
		if !isValid {
			side = side.Not()
		}
		switch answer := q.graph.Solve(side, q.reader); answer.Outcome {
		case contain.Empty:
			t.Errorf("%s: nothing found, yet %s has valid %t", where, doc, isValid)
		case contain.Found:
			if valid(j.schema.compiled, decode(answer.Value)) != isValid || contain.TypeOf(answer.Value) != of {
				t.Errorf("%s: %s is found as one of %s with valid %t", where, answer.Value.Compact(), kinds[of], isValid)
			}
		default:
			t.Errorf("%s: valid %t: %v", where, isValid, answer)
		}
	}
}

// TestRows_CoverKeywords: each keyword of each draft's metaschema has a row of
// each outcome, in a schema that holds it.
func TestRows_CoverKeywords(t *testing.T) {
	type outcome struct {
		d       draft
		keyword string
		valid   bool
	}
	covered := make(map[outcome]bool)
	rows(t, func(where string, r row) {
		schema, err := jsondoc.Parse(r.under(r.Since), jsondoc.Schema)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		if !mentions(schema, r.Keyword) {
			t.Errorf("%s: the schema does not have %s", where, r.Keyword)
		}
		for _, d := range drafts {
			if d >= r.Since && d <= r.Until {
				covered[outcome{d, r.Keyword, true}] = covered[outcome{d, r.Keyword, true}] || len(r.Valid) > 0
				covered[outcome{d, r.Keyword, false}] = covered[outcome{d, r.Keyword, false}] || len(r.Invalid) > 0
			}
		}
	})
	for _, d := range drafts {
		metaschema, err := jsonschema.Compile(d.url())
		if err != nil {
			t.Fatal(err)
		}
		keywords := make(map[string]bool)
		vocabulary(metaschema, keywords)
		if len(keywords) < 30 {
			t.Errorf("draft %d has %d keywords", d, len(keywords))
		}
		for keyword := range keywords {
			for _, valid := range []bool{true, false} {
				if !covered[outcome{d, keyword, valid}] {
					t.Errorf("draft %d: no row of %s that is valid %t", d, keyword, valid)
				}
			}
		}
	}
}

func mentions(v *jsondoc.Value, keyword string) bool {
	return v.Get(keyword) != nil ||
		slices.ContainsFunc(v.Members, func(m jsondoc.Member) bool { return mentions(m.Value, keyword) }) ||
		slices.ContainsFunc(v.Items, func(item *jsondoc.Value) bool { return mentions(item, keyword) })
}

// vocabulary collects what a metaschema declares, its parts included.
func vocabulary(s *jsonschema.Schema, into map[string]bool) {
	for keyword := range s.Properties {
		into[keyword] = true
	}
	for _, part := range s.AllOf {
		vocabulary(part.Ref, into)
	}
}
