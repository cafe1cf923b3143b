package jsonschema

import (
	"fmt"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// themes are what families are about, a third of them about everything. The more
// of one theme meets in one schema, the more its keywords have to say together.
// Members and items are those that nothing else evaluates.
var themes = []string{"", "", "", "number", "text", "array", "object", "object", "recursion", "members", "items"}

// assertionPools are keywords to put together, by what they speak of.
var assertionPools = map[string][]string{
	"type": {`{"type":"string"}`, `{"type":"integer"}`, `{"type":"number"}`, `{"type":"object"}`, `{"type":"array"}`, `{"type":"boolean"}`,
		`{"type":["string","null"]}`, `{"type":["object","array"]}`, `{"type":["null","object"]}`},
	"number": {`{"minimum":1}`, `{"minimum":-2}`, `{"minimum":2}`, `{"maximum":2}`, `{"maximum":1}`, `{"maximum":0.5}`, `{"exclusiveMinimum":0}`, `{"exclusiveMaximum":3}`,
		`{"multipleOf":2}`, `{"multipleOf":0.5}`, `{"multipleOf":1}`, `{"multipleOf":3}`, `{"enum":[1,2,0.5]}`, `{"const":1}`, `{"type":"integer"}`, `{"type":"number"}`},
	"text": {`{"minLength":1}`, `{"minLength":2}`, `{"minLength":3}`, `{"maxLength":1}`, `{"maxLength":0}`, `{"maxLength":2}`, `{"enum":["a","ab",""]}`, `{"type":"string"}`,
		`{"pattern":"^a"}`, `{"pattern":"b$"}`, `{"pattern":"^(a|b)*$"}`, `{"pattern":"a.b"}`, `{"pattern":"\\bab\\b"}`, `{"pattern":"^[a-c]{1,2}$"}`},
	"array": {`{"minItems":1}`, `{"minItems":2}`, `{"maxItems":1}`, `{"maxItems":2}`, `{"uniqueItems":true}`, `{"type":"array"}`, `{"enum":[[],[1],[1,1],["a",1]]}`, `{"minItems":3}`},
	"object": {`{"required":["a"]}`, `{"required":["b","c"]}`, `{"minProperties":1}`, `{"minProperties":2}`, `{"maxProperties":1}`, `{"maxProperties":2}`, `{"type":"object"}`,
		`{"dependencies":{"a":["b"]}}`, `{"additionalProperties":false}`, `{"propertyNames":{"maxLength":1}}`, `{"propertyNames":{"enum":["a","b"]}}`, `{"enum":[{},{"a":1},{"a":1,"b":1}]}`},
	"value": {`{"enum":[1,"a",null]}`, `{"const":1}`, `{"const":{"a":1}}`, `{"enum":["a",{}]}`, `{"enum":[[],[1],{"a":1},true]}`},
}

var (
	memberNames = []string{"a", "b", "c", "ab", "d"}
	subjects    = []string{"type", "type", "number", "number", "text", "text", "array", "object", "object", "value"}
)

// about tells whether a schema at depth speaks of the theme: numbers and texts
// have no parts, the parts of the others are anything.
func (g *generator) about(depth int) bool {
	switch g.theme {
	case "number", "text":
		return g.IntN(5) > 0
	case "array", "object", "recursion", "members", "items":
		return depth > 1 && g.IntN(4) > 0
	}
	return false
}

// kind is the type that a schema of a theme asks for more often than not, since
// values of another type pass by what it says.
func (g *generator) kind() (jsondoc.Member, bool) {
	types := map[string]string{"number": `"number"`, "text": `"string"`, "array": `"array"`, "object": `"object"`, "members": `"object"`, "items": `"array"`}
	of, ok := types[g.theme]
	if !ok || g.IntN(3) == 0 {
		return jsondoc.Member{}, false
	}
	return jsondoc.Member{Name: "type", Value: raw(of)}, true
}

// assertion draws a keyword that holds no schemas.
func (g *generator) assertion(depth int) jsondoc.Member {
	of := pick(g, subjects)
	if g.about(depth) {
		switch of = g.theme; of {
		case "recursion", "members":
			of = "object"
		case "items":
			of = "array"
		}
	}
	return raw(pick(g, assertionPools[of])).Members[0]
}

// applicators are the keywords with schemas that a schema at depth may have.
func (g *generator) applicators(depth int) []string {
	all := []string{"not", "anyOf", "oneOf", "allOf", "if", "then", "else"}
	arrays := []string{"items", "contains", "tuple", "additionalItems"}
	objects := []string{"properties", "properties", "additionalProperties", "patternProperties", "dependencies", "propertyNames"}
	if g.modern {
		arrays = []string{"items", "contains", "prefixItems", "unevaluatedItems", "minContains", "maxContains"}
		objects = append(objects, "unevaluatedProperties", "closed", "dependentSchemas")
	}
	if g.about(depth) {
		switch g.theme {
		case "number", "text":
			return all
		case "array":
			return append(all[:4], arrays...)
		case "object":
			return append(all[:4], append(objects, "patterns", "each", "some", "some", "listed")...)
		case "members":
			return append(all, "anyOf", "allOf", "if", "properties", "patterns", "dependentSchemas")
		case "items":
			return append(all, "anyOf", "allOf", "if", "contains", "prefixItems")
		case "recursion":
			return append(all[:4], "recursion", "recursion", "recursion", "recursion", "properties")
		}
	}
	return append(all, append(arrays, append(objects, "recursion")...)...)
}

// recursion draws a member or item that leads back.
func (g *generator) recursion() []jsondoc.Member {
	targets := []string{`{"$ref":"#"}`}
	switch {
	case g.scoped:
		targets = append(targets, `{"$ref":"third"}`, `{"$dynamicRef":"#n"}`, `{"$dynamicRef":"#n"}`)
	case g.theme == "recursion":
		targets = append(targets, `{"$ref":"#/definitions/x"}`, `{"$ref":"#/definitions/x"}`, `{"$ref":"#/definitions/y"}`, `{"$ref":"#/definitions/y"}`)
	}
	to := raw(pick(g, targets))
	switch g.IntN(4) {
	case 0:
		return []jsondoc.Member{{Name: "items", Value: to}, {Name: "minItems", Value: raw(pick(g, []string{`0`, `1`, `1`}))}}
	case 1:
		return []jsondoc.Member{{Name: "additionalProperties", Value: to}}
	case 2:
		return []jsondoc.Member{{Name: "properties", Value: object("a", to)}, {Name: "required", Value: raw(`["a"]`)}}
	}
	return []jsondoc.Member{{Name: "properties", Value: object("a", to, "b", raw(pick(g, targets)))}}
}

// define gives a schema the definitions that its references name.
func (g *generator) define(list []*jsondoc.Value) {
	if g.theme != "recursion" || g.scoped {
		return
	}
	for i, v := range list {
		if v.Kind != jsondoc.Object {
			continue
		}
		definitions := object("x", g.schema(2), "y", g.schema(2))
		if i > 0 && g.IntN(3) > 0 && list[0].Get("definitions") != nil {
			definitions = g.changeValue(jsondoc.Member{Name: "properties", Value: list[0].Get("definitions")}, 3)
		}
		put(v, jsondoc.Member{Name: "definitions", Value: definitions})
	}
}

// themed draws the applicators of one theme.
func (g *generator) themed(keyword string) (jsondoc.Member, bool) {
	switch keyword {
	case "patterns": // regions that overlap, of simple schemas
		v := object()
		for range 1 + g.IntN(2) {
			put(v, jsondoc.Member{Name: pick(g, []string{"^a", "b", ".", "^[bc]$"}), Value: g.side()})
		}
		return jsondoc.Member{Name: "patternProperties", Value: v}, true
	case "each":
		return jsondoc.Member{Name: "additionalProperties", Value: g.side()}, true
	case "some": // some member is of no such schema
		inner := object(pick(g, []string{"additionalProperties", "additionalProperties", "propertyNames"}), g.side())
		return jsondoc.Member{Name: "not", Value: inner}, true
	case "listed": // the members of an enum of names alone
		return jsondoc.Member{Name: "propertyNames", Value: raw(pick(g, []string{`{"enum":["a","b"]}`, `{"enum":["a"]}`, `{"enum":["c","ab","d"]}`}))}, true
	case "minContains", "maxContains":
		return jsondoc.Member{Name: keyword, Value: raw(fmt.Sprint(g.IntN(4)))}, true
	}
	return jsondoc.Member{}, false
}

// side draws a schema of which the complement, or what covers the rest, is drawn
// as often.
func (g *generator) side() *jsondoc.Value {
	if g.IntN(4) == 0 {
		return g.schema(0)
	}
	return raw(pick(g, []string{`{"type":"string"}`, `{"not":{"type":"string"}}`, `{"type":"integer"}`, `{"not":{"type":"integer"}}`, `{"type":["string","integer"]}`}))
}

// part draws what evaluates some members or items.
func (g *generator) part() *jsondoc.Value {
	v := object()
	switch {
	case g.theme == "items" && g.IntN(3) == 0:
		put(v, jsondoc.Member{Name: "contains", Value: g.side()})
	case g.theme == "items":
		list := jsondoc.NewArray(g.side())
		for range g.IntN(3) {
			list.Items = append(list.Items, g.side())
		}
		put(v, jsondoc.Member{Name: "prefixItems", Value: list})
	default:
		name := pick(g, memberNames)
		put(v, jsondoc.Member{Name: "properties", Value: object(name, g.side())})
		if g.IntN(3) > 0 {
			put(v, jsondoc.Member{Name: "required", Value: jsondoc.NewArray(jsondoc.NewString(name))})
		}
		if g.IntN(3) == 0 {
			patterns, _ := g.themed("patterns")
			put(v, patterns)
		}
	}
	return v
}

// leaf draws a value without parts that the theme tells apart.
func (g *generator) leaf() *jsondoc.Value {
	switch g.theme {
	case "text":
		text := ""
		for range g.IntN(5) {
			text += pick(g, []string{"a", "a", "b", "b", "c", " "})
		}
		return &jsondoc.Value{Kind: jsondoc.String, Text: text}
	case "number":
		return raw(pick(g, []string{`-3`, `-2`, `-0.5`, `0`, `0.5`, `1`, `1.0`, `1.5`, `2`, `2.25`, `3`, `4`, `6`, `9`, `12`}))
	}
	return raw(pick(g, leafPool))
}

// small draws an array or object of leaves.
func (g *generator) small() *jsondoc.Value {
	v := object()
	list := g.theme == "array" || g.theme == "items"
	if list {
		v = &jsondoc.Value{Kind: jsondoc.Array}
	}
	for range g.IntN(4) {
		if list {
			v.Items = append(v.Items, g.leaf())
		} else {
			put(v, jsondoc.Member{Name: pick(g, memberNames), Value: g.leaf()})
		}
	}
	return v
}
