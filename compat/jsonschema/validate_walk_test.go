package jsonschema

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// judged is what the library makes of a payload, without the walk: whether it
// fits, and whether it was judged at all.
func judged(s *schema, payload []byte) (valid, ok bool) {
	if jsondoc.Scan(string(payload), jsondoc.Payload) != nil {
		return false, true
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	var instance any
	if decoder.Decode(&instance) != nil {
		return false, true
	}
	if s.endless || s.afford(instance) != nil {
		return false, false
	}
	return len(s.judge(instance).Violations) == 0, true
}

// agrees holds the walk to the library. It returns what the walk found.
func agrees(t *testing.T, s *schema, payload []byte) fit {
	t.Helper()
	p := newPlan(s.root)
	if p == nil {
		return unsure
	}
	before := bytes.Clone(payload)
	found := fitsPlan(p, payload)
	if !bytes.Equal(before, payload) {
		t.Fatal("the payload was changed")
	}
	valid, ok := judged(s, payload)
	switch {
	case !ok:
	case found == fits && !valid:
		t.Fatalf("the walk takes %q, the library does not, by %s", payload, s.text)
	case found == misfit && valid:
		t.Fatalf("the library takes %q, the walk does not, by %s", payload, s.text)
	}
	return found
}

// TestWalk_AgreesOnCorpus is every payload of the corpus, by its schema.
func TestWalk_AgreesOnCorpus(t *testing.T) {
	decided := 0
	archives(t, "validate", func(a *txtar.Archive) {
		src := compat.Source{Text: section(a, "schema.json")}
		for _, file := range a.Files {
			if name, ok := strings.CutPrefix(file.Name, "ref/"); ok {
				src.References = append(src.References, compat.Reference{Name: name, Text: string(file.Data)})
			}
		}
		s, err := parse(src)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range a.Files {
			if !strings.HasPrefix(file.Name, "payload/") {
				continue
			}
			if agrees(t, s, file.Data) != unsure {
				decided++
			}
		}
	})
	if decided == 0 {
		t.Error("the walk decides nothing")
	}
}

// TestWalk_Agrees is where a walk over text and a decoded value could differ.
func TestWalk_Agrees(t *testing.T) {
	for _, tc := range []struct {
		schema   string
		payloads []string
	}{
		{`{"type":"integer"}`, []string{"1", "1.0", "1e2", "10.50", "1.5", "-0", "1e-1", "01", "-", "12345678901234567890", "1.", "1e999", strings.Repeat("1", 64)}},
		{`{"minimum":-3,"exclusiveMaximum":12.25}`, []string{"-3", "-3.0001", "12.25", "12.24999999999999999999", "1e1", "2e1", "-2.999999999999999999"}},
		{`{"multipleOf":0.1}`, []string{"1.3", "1.35", "0", "1e30"}},
		{`{"enum":[1,"a",null,false,"\u00e9\n"]}`, []string{"1", "1.0", "10e-1", `"a"`, `"\u0061"`, "null", "false", "true", `"é\n"`, "{}", "2"}},
		{`{"const":{"a":[1]}}`, []string{`{"a":[1.0]}`, `{"a":1}`, "[]", "null"}},
		{`{"minLength":2,"maxLength":3}`, []string{`"é"`, `"éé"`, `"\u00e9\u00e9"`, `"\ud83d\ude00x"`, `"\ud800"`, `"abcd"`, "\"a\xff\"", "\"a\tb\"", "5"}},
		{`{"pattern":"^[a-f]+-[0-9]{2,3}$"}`, []string{`"abc-12"`, `"abc-1234"`, `"-12"`, `"abc12"`, `"xabc-12"`, `"abc-12\n"`, `"\u0061-12"`, `"é-12"`}},
		{`{"pattern":"^SKU-"}`, []string{`"SKU-1"`, `"xSKU-1"`, `"SKU"`}},
		{`{"pattern":"^a*ab?$"}`, []string{`"aab"`, `"a"`, `"b"`}},
		{`{"pattern":"^a?b$"}`, []string{`"ab"`, `"b"`, `"aab"`}},
		{`{"uniqueItems":true}`, []string{`[{"a":1,"b":[2]},{"b":[2.0],"a":1}]`, `[{"a":1},{"a":1,"a":2},{"a":2}]`, `[[1,2],[2,1]]`, `[0,-0.0]`, `[10,1e1]`, `[true,false,null,"null",{},[],0]`,
			`[[],[[]],[[],[]]]`, `[{"a":{}},{"a":[]}]`, `[1.50,1.5]`, `["\u0061",1,"a"]`, `[100,10,1,0.1,0.10]`, `[-1,1]`, `["a","b"]`, `["a","\u0061"]`, `[1,1.0]`, `[1,2,1]`, `[0,-0]`, `[{},{}]`, `["1",1]`, `[[],[]]`, `[null]`}},
		{`{"contains":{"type":"integer","minimum":5}}`, []string{"[1,2,5]", "[1,2]", "[]", `["5",6.0]`}},
		{`{"items":[{"type":"string"}],"additionalItems":{"type":"null"}}`, []string{`["a",null]`, `["a",1]`, `[1]`, `[]`}},
		{`{"required":["a","b"],"properties":{"a":{"type":"string"}},"additionalProperties":false}`, []string{`{"a":"x"}`, `{"a":"x","b":1}`, `{"\u0061":"x"}`, `{"a":1,"a":"x"}`}},
		{`{"properties":{"a":true},"patternProperties":{"^x":{"type":"integer"},"y$":{"minimum":3}},"additionalProperties":{"type":"string"}}`,
			[]string{`{"a":[],"x":1,"b":"s"}`, `{"xy":2}`, `{"xy":3}`, `{"y":"s"}`, `{"b":1}`, `{"x":"s"}`}},
		{`{"minProperties":2,"maxProperties":2}`, []string{`{"a":1}`, `{"a":1,"b":2}`, `{"a":1,"a":2}`, `{"a":1,"b":2,"c":3}`, `{"a":1,"a":2,"b":3}`}},
		{`{"propertyNames":{"maxLength":2}}`, []string{`{"ab":1}`, `{"abc":1}`, `{"\u0061bc":1}`}},
		{`{"dependencies":{"a":["b","c"]}}`, []string{`{"a":1}`, `{"b":1}`, `{"a":1,"b":1,"c":1}`}},
		{`{"not":{"additionalProperties":{"type":"string"}}}`, []string{`{"a":1,"a":"x"}`, `{"a":1}`, `{"a":"x"}`, `{"a":1,"b":2}`}},
		{`{"oneOf":[{"properties":{"k":{"const":1}}},{"properties":{"k":{"const":2}}}]}`, []string{`{"k":1}`, `{"k":3}`, `{}`, `{"k":1,"k":2}`, `{"k":3,"k":2}`}},
		{`{"anyOf":[{"type":"null"},{"minimum":5},{"minLength":2}],"allOf":[{"not":{"const":7}}]}`, []string{"null", "4", "5", "7", `"a"`, `"ab"`, "[1,", "{}"}},
		{`{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"maxProperties":1}}`, []string{`{"a":1}`, `{"a":1,"b":2}`, `{"c":1}`, `{"c":1,"d":2}`}},
		{`{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}`, []string{`{"next":{"next":{}}}`, `{"next":{"x":1}}`, strings.Repeat(`{"next":`, 100) + "{}" + strings.Repeat("}", 100)}},
		{`{"items":{"type":["boolean","null"]}}`, []string{" [ true , null ] ", "[tru]", "[true,]", "[true null]", "[nul", "[false]x"}},
		{`true`, []string{"1", "{", `{"a":1,"a":2}`}},
		{`false`, []string{"1"}},
		{`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"string","enum":[]}`, []string{`"a"`}},
	} {
		s, err := parse(compat.Source{Text: tc.schema, Lenient: true})
		if err != nil || s.compiled == nil {
			t.Fatalf("%s: %v %v", tc.schema, err, s.fault)
		}
		for _, payload := range tc.payloads {
			agrees(t, s, []byte(payload))
		}
	}
}

// TestWalk_UniqueItems tries arrays of values that meet in many spellings.
func TestWalk_UniqueItems(t *testing.T) {
	s := parsed(t, `{"uniqueItems":true}`)
	leaf := rapid.SampledFrom([]string{`1`, `1.0`, `10`, `1e1`, `"a"`, `"\u0061"`, `null`})
	var value func(depth int) *rapid.Generator[string]
	value = func(depth int) *rapid.Generator[string] {
		if depth == 0 {
			return leaf
		}
		inner := rapid.SliceOfN(value(depth-1), 1, 2)
		return rapid.OneOf(leaf, rapid.Custom(func(t *rapid.T) string {
			return "[" + strings.Join(inner.Draw(t, "items"), " ,") + "]"
		}), rapid.Custom(func(t *rapid.T) string {
			var members []string
			for _, v := range inner.Draw(t, "values") {
				members = append(members, rapid.SampledFrom([]string{`"a"`, `"b"`}).Draw(t, "name")+":"+v)
			}
			return "{" + strings.Join(members, ",") + "}"
		}))
	}
	items := rapid.SliceOfN(value(1), 2, 4)
	rapid.Check(t, func(rt *rapid.T) {
		agrees(t, s.(*schema), []byte("["+strings.Join(items.Draw(rt, "items"), ",")+"]"))
	})
}

// TestWalk_Decides: an event such as producers send is decided without the
// library, and without allocating.
func TestWalk_Decides(t *testing.T) {
	s := parsed(t, `{"type":"object","required":["id","items"],"additionalProperties":false,"properties":{
	 "id":{"type":"string","pattern":"^[0-9a-f]{8}-"},"at":{"type":"number","minimum":0},"status":{"enum":["NEW","PAID"]},
	 "items":{"type":"array","minItems":1,"items":{"$ref":"#/definitions/item"}},"labels":{"additionalProperties":{"type":"string"}},
	 "payment":{"oneOf":[{"type":"null"},{"type":"object","required":["card"]}]}},
	 "definitions":{"item":{"type":"object","required":["sku"],"properties":{"sku":{"type":"string","maxLength":20},"tags":{"type":"array","uniqueItems":true}}}}}`)
	v, err := s.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	payload := []byte(`{"id":"4f9c1f8e-0d5b","at":17.25,"status":"PAID","items":[{"sku":"a","tags":["x","y"]},{"sku":"grün"}],"labels":{"k":"v"},"payment":{"card":1}}`)
	if found := agrees(t, s.(*schema), payload); found != fits {
		t.Fatalf("found %d", found)
	}
	if n := testing.AllocsPerRun(100, func() { v.Validate(payload, compat.JSONText) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzWalk holds the walk to the library, over schemas and payloads alike. There
// are no deliberate differences: where the walk is unsure the library decides.
func FuzzWalk(f *testing.F) {
	archives(f, "validate", func(a *txtar.Archive) {
		for _, file := range a.Files {
			if strings.HasPrefix(file.Name, "payload/") {
				f.Add(section(a, "schema.json"), file.Data)
			}
		}
	})
	f.Add(`{"not":{"patternProperties":{"^a":{"type":"string"}},"additionalProperties":{"enum":[1,null]}}}`, []byte(`{"a":1,"a":"x"}`))
	f.Add(`{"oneOf":[{"uniqueItems":true},{"contains":{"multipleOf":0.5}}]}`, []byte(`[1,1.0,"\u0031"]`))
	f.Add(`{"if":{"minProperties":2},"then":{"propertyNames":{"pattern":"^[a-c]+$"}},"dependencies":{"a":["b"]}}`, []byte(`{"a":1,"b":2}`))
	f.Fuzz(func(t *testing.T, text string, payload []byte) {
		s, err := parse(compat.Source{Text: text})
		if err != nil || s.compiled == nil {
			return
		}
		agrees(t, s, payload)
	})
}
