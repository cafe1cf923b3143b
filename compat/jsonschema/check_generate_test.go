package jsonschema

import (
	"math/rand/v2"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// generator draws schemas and documents that meet often: few names, small
// numbers, short strings.
type generator struct {
	*rand.Rand
	modern bool // draft 2020-12, else draft-07
	scoped bool // two resources that each enter a third, with dynamic references
	theme  string
}

func newGenerator(seed, pair uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, pair))}
	g.modern = g.IntN(2) == 0
	g.scoped = g.modern && g.IntN(4) == 0
	g.theme = pick(g, themes)
	if g.theme == "members" || g.theme == "items" {
		g.modern = true // nothing is unevaluated in draft-07
	}
	return g
}

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

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

// put sets a member of a value that is being built.
func put(v *jsondoc.Value, m jsondoc.Member) {
	for i, known := range v.Members {
		if known.Name == m.Name {
			v.Members[i] = m
			return
		}
	}
	v.Members = append(v.Members, m)
}

// schema draws a schema of a few assertions and, above depth, sub-schemas.
func (g *generator) schema(depth int) *jsondoc.Value {
	if g.IntN(25) == 0 {
		return raw(pick(g, []string{"true", "false"}))
	}
	if (g.theme == "members" || g.theme == "items") && depth < 3 && g.IntN(3) > 0 {
		return g.part()
	}
	v := object()
	if kind, ok := g.kind(); ok && depth > 2 {
		put(v, kind)
	}
	most := 4
	if g.theme != "" && depth > 0 {
		most = 5
	}
	for range g.IntN(most) {
		put(v, g.assertion(depth))
	}
	if depth == 0 {
		return v
	}
	for range g.IntN(3) {
		g.apply(v, depth)
	}
	if depth == 3 {
		switch g.theme {
		case "members":
			put(v, jsondoc.Member{Name: "unevaluatedProperties", Value: g.side()})
		case "items":
			put(v, jsondoc.Member{Name: "unevaluatedItems", Value: g.side()})
		}
	}
	return v
}

func (g *generator) list(most, depth int) *jsondoc.Value {
	list := &jsondoc.Value{Kind: jsondoc.Array}
	for range 1 + g.IntN(most) {
		list.Items = append(list.Items, g.schema(depth))
	}
	return list
}

// apply gives v a keyword that holds schemas.
func (g *generator) apply(v *jsondoc.Value, depth int) {
	keyword := pick(g, g.applicators(depth))
	if keyword != "recursion" {
		put(v, g.applicator(keyword, depth-1))
		return
	}
	for _, m := range g.recursion() {
		put(v, m)
	}
}

// applicator draws a keyword that holds schemas.
func (g *generator) applicator(keyword string, depth int) jsondoc.Member {
	if m, ok := g.themed(keyword); ok {
		return m
	}
	switch keyword {
	case "closed":
		return jsondoc.Member{Name: "unevaluatedProperties", Value: raw("false")}
	case "properties":
		return jsondoc.Member{Name: keyword, Value: object("a", g.schema(depth), "b", g.schema(depth))}
	case "patternProperties":
		return jsondoc.Member{Name: keyword, Value: object(pick(g, []string{"^a", "b", ".", "^[bc]$"}), g.schema(depth))}
	case "dependencies", "dependentSchemas":
		return jsondoc.Member{Name: keyword, Value: object(pick(g, []string{"a", "b"}), g.schema(depth))}
	case "tuple":
		return jsondoc.Member{Name: "items", Value: g.list(3, depth)}
	case "prefixItems", "anyOf", "oneOf", "allOf":
		return jsondoc.Member{Name: keyword, Value: g.list(3, depth)}
	}
	return jsondoc.Member{Name: keyword, Value: g.schema(depth)}
}

// change copies a schema with a few edits, so that many pairs are compatible.
func (g *generator) change(v *jsondoc.Value, depth int) *jsondoc.Value {
	if v.Kind != jsondoc.Object {
		if g.IntN(4) == 0 {
			return g.schema(0)
		}
		return v
	}
	next := object()
	for _, m := range v.Members {
		switch g.IntN(10) {
		case 0: // dropped
			continue
		case 1, 2, 3:
			m.Value = g.changeValue(m, depth)
		}
		next.Members = append(next.Members, m)
	}
	if g.IntN(6) == 0 {
		put(next, g.assertion(depth))
	}
	if depth > 0 && g.IntN(6) == 0 {
		g.apply(next, depth)
	}
	return next
}

func (g *generator) changeValue(m jsondoc.Member, depth int) *jsondoc.Value {
	depth = max(depth-1, 0)
	switch m.Name {
	case "properties", "patternProperties":
		next := object()
		for _, p := range m.Value.Members {
			put(next, jsondoc.Member{Name: p.Name, Value: g.change(p.Value, depth)})
		}
		return next
	case "anyOf", "oneOf", "allOf", "prefixItems":
		next := &jsondoc.Value{Kind: jsondoc.Array}
		for _, item := range m.Value.Items {
			next.Items = append(next.Items, g.change(item, depth))
		}
		return next
	case "not", "if", "then", "else", "contains", "propertyNames", "additionalProperties", "unevaluatedProperties", "unevaluatedItems":
		return g.change(m.Value, depth)
	}
	return m.Value
}

// family draws schemas of one dialect, each but the first mostly a change of one
// before it.
func (g *generator) family(n int) []*jsondoc.Value {
	list := []*jsondoc.Value{g.schema(3)}
	for len(list) < n {
		next := g.change(pick(g, list), 3)
		if g.IntN(8) == 0 {
			next = g.schema(3)
		}
		list = append(list, next)
	}
	g.define(list)
	if !g.modern {
		return list
	}
	if g.scoped {
		second, third := g.schema(2), g.schema(2)
		for i, v := range list {
			list[i] = object("anyOf", &jsondoc.Value{Kind: jsondoc.Array, Items: []*jsondoc.Value{resource("first", v), resource("second", second)}},
				"$defs", object("third", resource("third", third)))
		}
	}
	for i, v := range list {
		if v.Kind == jsondoc.Object {
			list[i] = object("$schema", &jsondoc.Value{Kind: jsondoc.String, Text: draft2020.url()})
			list[i].Members = append(list[i].Members, v.Members...)
		}
	}
	return list
}

// resource gives a schema an $id and an anchor.
func resource(id string, v *jsondoc.Value) *jsondoc.Value {
	r := object("$id", &jsondoc.Value{Kind: jsondoc.String, Text: id}, "$dynamicAnchor", &jsondoc.Value{Kind: jsondoc.String, Text: "n"})
	if v.Kind == jsondoc.Object {
		r.Members = append(r.Members, v.Members...)
	} else {
		r.Members = append(r.Members, jsondoc.Member{Name: "allOf", Value: &jsondoc.Value{Kind: jsondoc.Array, Items: []*jsondoc.Value{v}}})
	}
	return r
}

var leafPool = []string{`null`, `true`, `false`, `-2`, `-1`, `0`, `1`, `1.0`, `2`, `3`, `4`, `6`, `0.5`, `1.5`, `2.25`,
	`""`, `"a"`, `"ab"`, `"b"`, `"ba"`, `"c"`, `"d"`, `"axb"`, `"a b"`, `"aab"`, `{}`, `[]`, `{"a":1}`, `[1]`, `[1,1]`}

// document draws a value that the keywords of the pool tell apart.
func (g *generator) document(depth int) *jsondoc.Value {
	kinds := 3
	if depth > 0 {
		kinds = 7
	}
	switch {
	case g.theme == "text" || g.theme == "number":
		kinds = min(kinds, 4) // mostly leaves
	case g.theme != "" && depth > 1 && g.IntN(3) > 0:
		return g.small()
	}
	switch g.IntN(kinds) {
	case 3, 4:
		v := &jsondoc.Value{Kind: jsondoc.Array}
		for range g.IntN(4) {
			v.Items = append(v.Items, g.document(depth-1))
		}
		return v
	case 5, 6:
		v := object()
		for range g.IntN(4) {
			put(v, jsondoc.Member{Name: pick(g, memberNames), Value: g.document(depth - 1)})
		}
		return v
	}
	return g.leaf()
}
