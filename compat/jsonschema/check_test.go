package jsonschema

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/compattest"
	"github.com/muster-registry/muster/compat/jsondoc"
)

func parsed(tb testing.TB, text string) compat.Schema {
	tb.Helper()
	s, err := New().Parse(compat.Source{Text: text})
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return s
}

func compared(tb testing.TB, reader, writer string, opts compat.CheckOptions) compat.Comparison {
	tb.Helper()
	if opts.Reader == "" {
		opts.Reader, opts.Writer = "new", "old"
	}
	c, err := New().Check(parsed(tb, reader), parsed(tb, writer), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestWitnesses_EveryCorpusCase asks for a checked witness in each direction
// of the corpus, save where the dynamic scope decides.
func TestWitnesses_EveryCorpusCase(t *testing.T) {
	archives(t, "check", func(a *txtar.Archive) {
		for _, f := range a.Files {
			if strings.Contains(f.Name, "ref/") {
				return
			}
		}
		older, newer := section(a, "old.json"), section(a, "new.json")
		for _, side := range [][2]string{{newer, older}, {older, newer}} {
			r, w := parsed(t, side[0]), parsed(t, side[1])
			c := compared(t, side[0], side[1], compat.CheckOptions{})
			witnessed := len(c.Differences) == 0
			for _, d := range c.Differences {
				if d.Witness == nil {
					continue
				}
				witnessed = true
				if !accepts(t, w, d.Witness.JSON) || accepts(t, r, d.Witness.JSON) || d.Witness.Outcome == "" {
					t.Errorf("%s: not a witness of %s against %s", d.Witness.JSON, side[0], side[1])
				}
			}
			if !witnessed && !strings.Contains(string(a.Comment), "dynamic") {
				t.Errorf("no witness for %s against %s: %v", side[0], side[1], c.Differences)
			}
		}
	})
}

func TestCheck_RenameIsNamed(t *testing.T) {
	older := `{"type":"object","properties":{"customerId":{"type":"string"},"n":{"type":"integer"}},"required":["customerId"]}`
	newer := `{"type":"object","properties":{"custId":{"type":"string"},"n":{"type":"integer"}},"required":["custId"]}`
	got := compared(t, newer, older, compat.CheckOptions{}).Differences
	want := []compat.Difference{{
		Rule:    "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
		Path:    "#/properties/custId",
		Message: got[0].Message,
		Witness: &compat.Witness{JSON: `{"customerId":""}`, Outcome: "missing required property custId at /"},
		Fix: &compat.Fix{
			Text: "keep `customerId`; to rename, add `custId` as optional beside it",
			Edit: compat.Edit{Op: "make-optional", Path: "#/required/custId"},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheck_Entry(t *testing.T) {
	d := compared(t, `{"maximum":1}`, `{"maximum":2}`, compat.CheckOptions{Reader: "old", Writer: "new"}).Differences[0]
	want := `{errorType:"MAXIMUM_DECREASED", description:"The value at path '#/maximum' in the old schema is less than its value in the new schema'}`
	if got := New().Entry(d); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCheck_Evidence(t *testing.T) {
	for _, row := range []struct {
		name, reader, writer string
		want                 compat.Evidence
	}{
		{"the same text", `{"type":"string"}`, ` {"type":"string"}`, compat.Proof},
		{"another text", `{"type":"string"}`, `{"type":"string","maxLength":1}`, compat.RulesEvidence},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := compared(t, row.reader, row.writer, compat.CheckOptions{}).Evidence; got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// TestCheck_Lenient holds policy LENIENT to the kinds of contract A.2.
func TestCheck_Lenient(t *testing.T) {
	for _, row := range []struct {
		name, reader, writer string
		want                 []compat.RuleID
	}{
		{"optional member added to an open model", `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object"}`, nil},
		{"member removed from a closed model", `{"type":"object","additionalProperties":false}`, `{"type":"object","properties":{"a":{}},"additionalProperties":false}`, nil},
		{"other members forbidden", `{"type":"object","additionalProperties":false}`, `{"type":"object"}`, nil},
		{"required member with a default", `{"properties":{"a":{"type":"string","default":""}},"required":["a"]}`, `{}`, nil},
		{"required member without", `{"properties":{"a":{"type":"string"}},"required":["a"]}`, `{}`,
			[]compat.RuleID{"REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"}},
		{"deep in a branch of anyOf", `{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"null"}]}`,
			`{"anyOf":[{"type":"object"},{"type":"null"}]}`, nil},
		{"another type", `{"type":"string"}`, `{"type":"integer"}`, []compat.RuleID{"TYPE_CHANGED"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []compat.RuleID
			for _, d := range compared(t, row.reader, row.writer, compat.CheckOptions{Policy: compat.Lenient}).Differences {
				got = append(got, d.Rule)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheck_WorkRunsOut(t *testing.T) {
	wide := func(keyword string) string {
		var b strings.Builder
		b.WriteString(`{"type":"object","properties":{`)
		for i := range 500 {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `"p%d":{"type":"string","%s":%d}`, i, keyword, i)
		}
		return b.String() + "}}"
	}
	_, err := New().Check(parsed(t, wide("minLength")), parsed(t, wide("maxLength")), compat.CheckOptions{Work: compat.NewBudget(100)})
	var limit *compat.LimitError
	if !errors.As(err, &limit) {
		t.Errorf("got %v, want a *LimitError", err)
	}
}

// TestCheck_RecursiveOneOf needs polynomial time: twelve definitions, each a
// oneOf over all twelve (compat-rules 3.2).
func TestCheck_RecursiveOneOf(t *testing.T) {
	text := func(last string) string {
		var b strings.Builder
		b.WriteString(`{"$ref":"#/definitions/d0","definitions":{`)
		for i := range 12 {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `"d%d":{"type":"object","properties":{"k":{"const":%d},"v":{"oneOf":[`, i, i)
			for j := range 12 {
				if j > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, `{"$ref":"#/definitions/d%d"}`, j)
			}
			b.WriteString(`]}},"required":["k"]}`)
		}
		return b.String() + `,"x":` + last + `}}`
	}
	work := compat.NewBudget(100_000)
	c := compared(t, text("true"), text("false"), compat.CheckOptions{Work: work})
	if len(c.Differences) > 0 {
		t.Errorf("got %v", c.Differences)
	}
	wider := strings.Replace(text("true"), `{"const":11}`, `{"enum":[11,12]}`, 1)
	if c := compared(t, wider, text("true"), compat.CheckOptions{Work: work}); len(c.Differences) > 0 {
		t.Errorf("wider: got %v", c.Differences)
	}
	if c := compared(t, text("true"), wider, compat.CheckOptions{Work: work}); len(c.Differences) == 0 {
		t.Error("narrower: got no differences")
	}
}

// TestCheck_Sound generates pairs of simple schemas and documents: what Check
// accepts, no document refutes.
func TestCheck_Sound(t *testing.T) {
	accepted := 0
	rapid.Check(t, func(rt *rapid.T) {
		modern := rapid.Bool().Draw(rt, "modern")
		writer := genSchema(rt, modern, 3)
		reader := mutate(rt, writer, modern, 3)
		if modern {
			dialect := jsondoc.Member{Name: "$schema", Value: &jsondoc.Value{Kind: jsondoc.String, Text: draft2020.url()}}
			put(writer, dialect)
			put(reader, dialect)
		}
		r, err := New().Parse(compat.Source{Text: reader.Compact()})
		if err != nil {
			rt.Fatalf("%s: %v", reader.Compact(), err)
		}
		w, err := New().Parse(compat.Source{Text: writer.Compact()})
		if err != nil {
			rt.Fatalf("%s: %v", writer.Compact(), err)
		}
		compattest.Law(t, New(), w)
		// Witnesses would hide an unsound rule, so the rules alone are asked.
		c := newChecker(compat.CheckOptions{})
		if len(c.differences(r.(*schema).root, w.(*schema).root)) > 0 {
			return
		}
		accepted++
		search := newSearch(r.(*schema), w.(*schema), nil, compat.CheckOptions{Reader: "new", Writer: "old"})
		for _, base := range search.bases() {
			search.try(base)
		}
		search.scatter(search.bases())
		for range 10 {
			search.try(genDocument(rt, 3))
		}
		for _, d := range search.differences {
			rt.Fatalf("compatible, yet %s is valid under %s and not under %s", d.Witness.JSON, writer.Compact(), reader.Compact())
		}
	})
	if accepted == 0 {
		t.Error("no pair was accepted, so nothing was tested")
	}
}

func raw(text string) *jsondoc.Value {
	v, err := jsondoc.Parse(text, jsondoc.Schema)
	if err != nil {
		panic(err)
	}
	return v
}

func object(members ...any) *jsondoc.Value {
	v := &jsondoc.Value{Kind: jsondoc.Object}
	for i := 0; i < len(members); i += 2 {
		v.Members = append(v.Members, jsondoc.Member{Name: members[i].(string), Value: members[i+1].(*jsondoc.Value)})
	}
	return v
}

// keywordPool are assertions to put together; a draw of a few makes a schema.
var keywordPool = []string{
	`{"type":"string"}`, `{"type":"integer"}`, `{"type":"number"}`, `{"type":"object"}`, `{"type":"array"}`, `{"type":["string","null"]}`,
	`{"minimum":1}`, `{"maximum":2}`, `{"exclusiveMinimum":0}`, `{"multipleOf":2}`, `{"minLength":1}`, `{"maxLength":1}`, `{"pattern":"^a"}`,
	`{"required":["a"]}`, `{"required":["b","c"]}`, `{"minProperties":1}`, `{"maxProperties":1}`, `{"minItems":1}`, `{"maxItems":1}`, `{"uniqueItems":true}`,
	`{"enum":[1,"a",null]}`, `{"const":1}`, `{"enum":["a",{}]}`, `{"dependencies":{"a":["b"]}}`, `{"additionalProperties":false}`, `{"propertyNames":{"maxLength":1}}`,
}

func genSchema(rt *rapid.T, modern bool, depth int) *jsondoc.Value {
	v := object()
	for range rapid.IntRange(0, 3).Draw(rt, "keywords") {
		put(v, raw(rapid.SampledFrom(keywordPool).Draw(rt, "keyword")).Members[0])
	}
	if depth == 0 {
		return v
	}
	for range rapid.IntRange(0, 2).Draw(rt, "applicators") {
		put(v, genApplicator(rt, modern, depth-1))
	}
	return v
}

func put(v *jsondoc.Value, m jsondoc.Member) {
	for i, known := range v.Members {
		if known.Name == m.Name {
			v.Members[i] = m
			return
		}
	}
	v.Members = append(v.Members, m)
}

func genApplicator(rt *rapid.T, modern bool, depth int) jsondoc.Member {
	keywords := []string{"properties", "additionalProperties", "patternProperties", "items", "contains", "not",
		"anyOf", "oneOf", "allOf", "if", "then", "else", "dependencies", "propertyNames"}
	if modern {
		keywords = append(keywords, "prefixItems", "unevaluatedProperties", "unevaluatedItems", "closed", "dependentSchemas")
	} else {
		keywords = append(keywords, "tuple", "additionalItems")
	}
	keyword := rapid.SampledFrom(keywords).Draw(rt, "applicator")
	switch keyword {
	case "closed":
		return jsondoc.Member{Name: "unevaluatedProperties", Value: raw("false")}
	case "properties":
		return jsondoc.Member{Name: keyword, Value: object("a", genSchema(rt, modern, depth), "b", genSchema(rt, modern, depth))}
	case "patternProperties":
		return jsondoc.Member{Name: keyword, Value: object(rapid.SampledFrom([]string{"^a", "b", "."}).Draw(rt, "pattern"), genSchema(rt, modern, depth))}
	case "dependencies", "dependentSchemas":
		return jsondoc.Member{Name: keyword, Value: object("a", genSchema(rt, modern, depth))}
	case "tuple":
		return jsondoc.Member{Name: "items", Value: &jsondoc.Value{Kind: jsondoc.Array, Items: []*jsondoc.Value{genSchema(rt, modern, depth), genSchema(rt, modern, depth)}}}
	case "prefixItems":
		return jsondoc.Member{Name: keyword, Value: &jsondoc.Value{Kind: jsondoc.Array, Items: []*jsondoc.Value{genSchema(rt, modern, depth)}}}
	case "anyOf", "oneOf", "allOf":
		list := &jsondoc.Value{Kind: jsondoc.Array}
		for range rapid.IntRange(1, 3).Draw(rt, "branches") {
			list.Items = append(list.Items, genSchema(rt, modern, depth))
		}
		return jsondoc.Member{Name: keyword, Value: list}
	}
	return jsondoc.Member{Name: keyword, Value: genSchema(rt, modern, depth)}
}

// mutate changes a schema a little, so that many pairs are compatible.
func mutate(rt *rapid.T, v *jsondoc.Value, modern bool, depth int) *jsondoc.Value {
	next := object()
	for _, m := range v.Members {
		switch rapid.IntRange(0, 9).Draw(rt, "change") {
		case 0: // dropped
			continue
		case 1, 2, 3:
			m.Value = mutateValue(rt, m, modern, depth)
		}
		next.Members = append(next.Members, m)
	}
	if rapid.IntRange(0, 5).Draw(rt, "add") == 0 {
		put(next, raw(rapid.SampledFrom(keywordPool).Draw(rt, "keyword")).Members[0])
	}
	if depth > 0 && rapid.IntRange(0, 5).Draw(rt, "wrap") == 0 {
		put(next, genApplicator(rt, modern, depth-1))
	}
	return next
}

func mutateValue(rt *rapid.T, m jsondoc.Member, modern bool, depth int) *jsondoc.Value {
	switch m.Name {
	case "properties", "patternProperties":
		next := object()
		for _, p := range m.Value.Members {
			put(next, jsondoc.Member{Name: p.Name, Value: mutate(rt, p.Value, modern, depth-1)})
		}
		return next
	case "anyOf", "oneOf", "allOf":
		next := &jsondoc.Value{Kind: jsondoc.Array}
		for _, item := range m.Value.Items {
			next.Items = append(next.Items, mutate(rt, item, modern, depth-1))
		}
		return next
	case "not", "if", "then", "else", "contains":
		return mutate(rt, m.Value, modern, depth-1)
	}
	return m.Value
}

func genDocument(rt *rapid.T, depth int) any {
	kinds := 3
	if depth > 0 {
		kinds = 5
	}
	switch rapid.IntRange(0, kinds).Draw(rt, "kind") {
	case 0, 1, 2, 3:
		return decode(raw(rapid.SampledFrom([]string{`null`, `true`, `0`, `1`, `2`, `4`, `1.5`, `""`, `"a"`, `"ab"`, `"b"`, `{}`, `[]`}).Draw(rt, "leaf")))
	case 4:
		items := []any{}
		for range rapid.IntRange(0, 3).Draw(rt, "items") {
			items = append(items, genDocument(rt, depth-1))
		}
		return items
	}
	members := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(rt, "members") {
		members[rapid.SampledFrom([]string{"a", "b", "c", "ab", "d"}).Draw(rt, "name")] = genDocument(rt, depth-1)
	}
	return members
}
