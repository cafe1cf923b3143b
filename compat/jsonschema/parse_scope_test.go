package jsonschema

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// list of items by an anchor of its own, which others replace.
const genericList = `{"$id":"list","type":"array","items":{"$dynamicRef":"#item"},"$defs":{"default":{"$dynamicAnchor":"item"}}}`

// TestUnfold_Rows holds documents to what the specification says of dynamic
// references (2020-12 Core 8.2.3.2, 2019-09 Core 8.2.4.2).
func TestUnfold_Rows(t *testing.T) {
	for _, row := range []struct {
		name, schema   string
		valid, invalid []string
	}{
		{name: "the outermost anchor", schema: `{` + in2020 + `"$id":"http://a.example/root","$ref":"list","$defs":{"mine":{"$dynamicAnchor":"item","type":"string"},"list":` + genericList + `}}`,
			valid: []string{`["a"]`, `[]`}, invalid: []string{`[1]`}},
		{name: "a resource between without the anchor", schema: `{` + in2020 + `"$id":"http://a.example/root","$ref":"between","$defs":{"mine":{"$dynamicAnchor":"item","type":"string"},"between":{"$id":"between","$ref":"list"},"list":` + genericList + `}}`,
			valid: []string{`["a"]`}, invalid: []string{`[1]`}},
		{name: "a plain anchor is not looked for", schema: `{` + in2020 + `"$id":"http://a.example/root","$ref":"list","$defs":{"mine":{"$anchor":"item","type":"string"},"list":` + genericList + `}}`,
			valid: []string{`["a"]`, `[1]`}},
		{name: "a plain anchor is not left", schema: `{` + in2020 + `"$id":"http://a.example/root","$ref":"list","$defs":{"mine":{"$dynamicAnchor":"item","type":"string"},"list":` +
			strings.Replace(genericList, `"$dynamicAnchor"`, `"$anchor"`, 1) + `}}`,
			valid: []string{`["a"]`, `[1]`}},
		{name: "a pointer is not left", schema: `{` + in2020 + `"$id":"http://a.example/root","$ref":"list","$defs":{"mine":{"$dynamicAnchor":"item","type":"string"},"list":` +
			strings.Replace(genericList, `#item`, `#/$defs/default`, 1) + `}}`,
			valid: []string{`["a"]`, `[1]`}},
		{name: "a reference into another resource", schema: `{` + in2020 + `"$id":"http://a.example/root","$dynamicAnchor":"m","properties":{"foo":{"const":"pass"}},"$ref":"more","$defs":{
			"more":{"$id":"more","$dynamicAnchor":"m","properties":{"bar":{"$ref":"bar"}}},"bar":{"$id":"bar","properties":{"baz":{"$dynamicRef":"more#m"}}}}}`,
			valid: []string{`{"bar":{"baz":{"foo":"pass"}}}`}, invalid: []string{`{"bar":{"baz":{"foo":"fail"}}}`}},
		{name: "two scopes", schema: `{` + in2020 + `"$id":"http://a.example/root","if":{"properties":{"of":{"const":"numbers"}},"required":["of"]},"then":{"$ref":"numbers"},"else":{"$ref":"strings"},"$defs":{
			"in":{"$id":"in","properties":{"list":{"items":{"$dynamicRef":"#t"}}},"$defs":{"d":{"$dynamicAnchor":"t"}}},
			"numbers":{"$id":"numbers","$ref":"in","$defs":{"t":{"$dynamicAnchor":"t","type":"number"}}},"strings":{"$id":"strings","$ref":"in","$defs":{"t":{"$dynamicAnchor":"t","type":"string"}}}}}`,
			valid: []string{`{"of":"numbers","list":[1]}`, `{"of":"strings","list":["a"]}`}, invalid: []string{`{"of":"numbers","list":["a"]}`, `{"of":"strings","list":[1]}`}},
		{name: "a scope that was left", schema: `{` + in2020 + `"$id":"http://a.example/root","if":{"$id":"one","$defs":{"x":{"$dynamicAnchor":"x","type":"number"}}},"then":{"$id":"two","$ref":"start","$defs":{"x":{"$dynamicAnchor":"x","type":"null"}}},"$defs":{
			"start":{"$id":"start","$dynamicRef":"inner#x"},"x":{"$id":"inner","$dynamicAnchor":"x","type":"string"}}}`,
			valid: []string{`null`}, invalid: []string{`"a"`, `1`}},
		{name: "a resource embedded in one that is not entered", schema: `{` + in2020 + `"$id":"http://a.example/root","properties":{"a":{"$ref":"item"}},"$defs":{"bar":{"$id":"bar","$defs":{"mine":{"$dynamicAnchor":"c","type":"string"},
			"item":{"$id":"item","properties":{"c":{"$dynamicRef":"#c"}},"$defs":{"d":{"$dynamicAnchor":"c","type":"integer"}}}}}}}`,
			valid: []string{`{"a":{"c":1}}`}, invalid: []string{`{"a":{"c":"s"}}`}},
		{name: "a resource entered past its root", schema: `{` + in2020 + `"$id":"http://a.example/root","$ref":"other#/$defs/start","$defs":{"other":{"$id":"other","$defs":{"start":{"$ref":"list"},"mine":{"$dynamicAnchor":"item","type":"string"},"list":` +
			genericList + `}}}}`,
			valid: []string{`["a"]`}, invalid: []string{`[1]`}},
		{name: "the outermost is where the reference stands", schema: `{` + in2020 + `"$id":"http://a.example/root","$dynamicAnchor":"n","required":["r"],"properties":{"in":{"$ref":"in"}},"additionalProperties":{"$dynamicRef":"#n"},"$defs":{
			"in":{"$id":"in","$dynamicAnchor":"n","properties":{"out":{"$ref":"root"}}}}}`,
			valid: []string{`{"r":{"r":1}}`, `{"r":1,"in":{"out":{"r":1,"x":1}}}`}, invalid: []string{`{"r":1,"in":{"out":{"r":1,"x":{}}}}`}},
		{name: "unevaluated through a dynamic reference", schema: `{` + in2020 + `"$id":"http://a.example/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false,"$defs":{
			"tree":{"$id":"tree","$dynamicAnchor":"node","type":"object","properties":{"data":true,"children":{"type":"array","items":{"$dynamicRef":"#node"}}}}}}`,
			valid: []string{`{"children":[{"data":1}]}`}, invalid: []string{`{"children":[{"daat":1}]}`}},
		{name: "a recursive reference", schema: `{` + in2019 + `"$id":"http://a.example/strict","$recursiveAnchor":true,"$ref":"tree","unevaluatedProperties":false,"$defs":{
			"tree":{"$id":"tree","$recursiveAnchor":true,"type":"object","properties":{"data":true,"children":{"type":"array","items":{"$recursiveRef":"#"}}}}}}`,
			valid: []string{`{"children":[{"data":1}]}`}, invalid: []string{`{"children":[{"daat":1}]}`}},
		{name: "a recursive reference without anchor", schema: `{` + in2019 + `"$id":"http://a.example/root","$recursiveAnchor":true,"anyOf":[{"type":"boolean"},{"$id":"in","$recursiveAnchor":false,"type":"object","additionalProperties":{"anyOf":[{"type":"integer"},{"$recursiveRef":"#"}]}}]}`,
			valid: []string{`true`, `{"a":1}`, `{"a":{"b":1}}`}, invalid: []string{`{"a":true}`}},
		{name: "a recursive reference that skips one without anchor", schema: `{` + in2019 + `"$id":"http://a.example/root","$recursiveAnchor":true,"anyOf":[{"type":"boolean"},{"$id":"mid","type":"object","additionalProperties":
			{"$id":"in","$recursiveAnchor":true,"anyOf":[{"type":"integer"},{"type":"object","additionalProperties":{"$recursiveRef":"#"}}]}}]}`,
			valid: []string{`true`, `{"a":1}`, `{"a":{"b":true}}`}, invalid: []string{`1`, `{"a":{"b":1}}`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := parsed(t, row.schema).(*schema)
			q := newQuestion(s, s)
			for i, doc := range append(append([]string(nil), row.valid...), row.invalid...) {
				want := i < len(row.valid)
				if got := accepts(t, s, doc); got != want {
					t.Errorf("%s: judged %t, want %t", doc, got, want)
				}
				if got, sure := q.graph.Accepts(q.writer, raw(doc)); got != want || !sure {
					t.Errorf("%s: represented as %t, sure %t, want %t", doc, got, sure, want)
				}
			}
		})
	}
}

// TestUnfold_AgainstLibrary draws documents that refer to each other and asks
// the library as it is. The library passes over the outermost anchor where it
// is the one that the reference names, and among embedded resources takes any:
// so each document is a resource of its own, and those that are entered first
// hold no dynamic reference.
func TestUnfold_AgainstLibrary(t *testing.T) {
	rows, valids := 0, 0
	for n := range uint64(40) {
		g := scoped{newGenerator(*seed, n)}
		start, moved := `{`+in2019+`"$recursiveAnchor":true,`, `{"$recursiveRef":"#"}`
		if g.modern {
			start, moved = `{`+in2020+`"$dynamicAnchor":"n",`, `{"$dynamicRef":"#n"}`
		}
		first, inner := []string{refer(0), refer(1)}, []string{refer(2), refer(3), `{"type":"integer"}`}
		others := []compat.Reference{
			{Name: "http://b.example/0", Text: start + g.assertions(inner) + `}`},
			{Name: "http://b.example/1", Text: start + g.assertions(inner) + `}`},
			{Name: "http://b.example/2", Text: start + g.assertions(append(inner, moved, moved)) + `}`},
			{Name: "http://b.example/3", Text: start + g.assertions(append(inner, moved, moved)) + `}`},
		}
		text := `{` + in2020 + g.assertions(first) + `}`
		parsed, err := parse(compat.Source{Text: text, References: others})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		library, q := asItIs(t, text, others), newQuestion(parsed, parsed)
		for range 20 {
			doc := g.document(4)
			want := valid(library, decode(doc))
			if got := valid(parsed.compiled, decode(doc)); got != want {
				t.Errorf("%d: %s: judged %t, the library as it is %t, by %s with %v", n, doc.Compact(), got, want, text, others)
			}
			if got, sure := q.graph.Accepts(q.writer, doc); !sure || got != want {
				t.Errorf("%d: %s: represented as %t, sure %t, the library as it is %t, by %s with %v", n, doc.Compact(), got, sure, want, text, others)
			}
			rows++
			if want {
				valids++
			}
		}
	}
	if valids < rows/5 || valids > rows*4/5 {
		t.Errorf("%d of %d rows are valid: one side is hardly tested", valids, rows)
	}
}

func refer(document int) string { return fmt.Sprintf(`{"$ref":"http://b.example/%d"}`, document) }

// asItIs has the library compile a schema without what this package does.
func asItIs(tb testing.TB, text string, others []compat.Reference) *jsonschema.Schema {
	tb.Helper()
	c := jsonschema.NewCompiler()
	for _, d := range append(others, compat.Reference{Name: "http://b.example/", Text: text}) {
		if err := c.AddResource(d.Name, strings.NewReader(d.Text)); err != nil {
			tb.Fatal(err)
		}
	}
	s, err := c.Compile("http://b.example/")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

type scoped struct{ *generator }

// assertions draws the members of a schema: a small assertion of its own, and
// below members the schemas given, so that none is endless.
func (g scoped) assertions(below []string) string {
	own := pick(g.generator, []string{`"type":["object","integer"]`, `"type":["object","string"]`, `"required":["a"]`, `"maxProperties":1`, `"minimum":2`})
	return own + fmt.Sprintf(`,"properties":{"a":%s,"b":%s},"additionalProperties":%s`, pick(g.generator, below), pick(g.generator, below), pick(g.generator, below))
}

// document draws nested objects more often than the generator does.
func (g scoped) document(depth int) *jsondoc.Value {
	if depth == 0 || g.IntN(5) == 0 {
		return raw(pick(g.generator, []string{`1`, `2`, `"a"`, `{}`}))
	}
	v := object()
	for range g.IntN(3) {
		put(v, jsondoc.Member{Name: pick(g.generator, []string{"a", "b", "c"}), Value: g.document(depth - 1)})
	}
	return v
}

// TestUnfold_ManyScopes chooses one of two resources at each of many steps:
// each choice is a scope of its own.
func TestUnfold_ManyScopes(t *testing.T) {
	text := func(steps int) string {
		return `{` + in2020 + `"$id":"http://a.example/root","$ref":"s0","$defs":{` + series(steps, func(i int) string {
			return fmt.Sprintf(`"s%d":{"$id":"s%d","properties":{"l":{"$ref":"l%d"},"r":{"$ref":"r%d"}}},`, i, i, i, i) +
				fmt.Sprintf(`"l%d":{"$id":"l%d","$dynamicAnchor":"a%d","$ref":"s%d"},"r%d":{"$id":"r%d","$dynamicAnchor":"a%d","$ref":"s%d"}`, i, i, i, i+1, i, i, i, i+1)
		}) + fmt.Sprintf(`,"s%d":{"$id":"s%d","additionalProperties":{"allOf":[`, steps, steps) + series(steps, func(i int) string {
			return fmt.Sprintf(`{"$dynamicRef":"l%d#a%d"}`, i, i)
		}) + `]}}}}`
	}
	for _, row := range []struct {
		steps int
		fits  bool
	}{{3, true}, {40, false}} {
		_, err := parse(compat.Source{Text: text(row.steps)})
		var limit *compat.LimitError
		if fits := err == nil; fits != row.fits || !fits && !errors.As(err, &limit) {
			t.Errorf("%d steps: got %v", row.steps, err)
		}
	}
}
