package jsonschema

import (
	"math/big"

	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/compat/jsonschema/contain"
)

// typeMasks are the types of a node by those of the graph.
var typeMasks = [...]types{
	contain.Null: nullType, contain.Boolean: booleanType, contain.Integer: integerType, contain.Fraction: fractionType,
	contain.String: stringType, contain.Array: arrayType, contain.Object: objectType,
}

// open writes what the node numbered class asks of values of type t.
func (q *question) open(class int, t contain.Type) contain.Formula {
	n, g := q.classes.nodes[class], q.graph
	if n.types&typeMasks[t] == 0 || n.truth == never {
		return contain.False
	}
	list := q.combined(n, t)
	if n.enum != nil {
		list = append(list, g.In(t, n.enum))
	}
	if n.opaque != "" {
		list = append(list, g.Opaque(n.opaque))
	}
	switch t {
	case contain.Integer, contain.Fraction:
		list = append(list, q.number(n))
	case contain.String:
		list = append(list, g.Length(count(n.minLength), limit(n.maxLength)))
		if n.pattern != nil {
			list = append(list, g.Pattern(n.pattern.program))
		}
	case contain.Array:
		list = append(list, q.array(n))
	case contain.Object:
		list = append(list, q.object(n))
	}
	return g.And(list...)
}

// of lists the formulas of nodes for values of type t.
func (q *question) of(t contain.Type, nodes ...*node) []contain.Formula {
	list := make([]contain.Formula, len(nodes))
	for i, n := range nodes {
		list[i] = q.graph.Of(q.schema(n), t)
	}
	return list
}

// combined is what the sub-schemas that apply in place ask.
func (q *question) combined(n *node, t contain.Type) []contain.Formula {
	g := q.graph
	list := q.of(t, n.allOf...)
	if n.ref != nil {
		list = append(list, q.of(t, n.ref)...)
	}
	if len(n.anyOf) > 0 {
		list = append(list, g.Or(q.of(t, n.anyOf...)...))
	}
	if len(n.oneOf) > 0 {
		list = append(list, g.One(q.of(t, n.oneOf...)...))
	}
	if n.not != nil {
		list = append(list, g.Not(q.of(t, n.not)[0]))
	}
	if n.condition != nil {
		all := q.of(t, n.condition, n.then, n.otherwise)
		list = append(list, g.Or(g.Not(all[0]), all[1]), g.Or(all[0], all[2]))
	}
	return list
}

func (q *question) number(n *node) contain.Formula {
	var list []contain.Formula
	for _, b := range []struct {
		limit *big.Rat
		write func(*big.Rat, bool) contain.Formula
		open  bool
	}{
		{n.minimum, q.graph.Minimum, false}, {n.above, q.graph.Minimum, true},
		{n.maximum, q.graph.Maximum, false}, {n.below, q.graph.Maximum, true},
	} {
		if b.limit != nil {
			list = append(list, b.write(b.limit, b.open))
		}
	}
	if n.multipleOf != nil {
		list = append(list, q.graph.Multiple(n.multipleOf))
	}
	return q.graph.And(list...)
}

// mostCount is more than the limits let a payload have of anything; the
// library that judges payloads sees the same bound.
const mostCount = 1 << 40

// count is a lower bound as an integer, limit an upper one; a negative limit is
// none.
func count(r *big.Rat) int {
	if r == nil {
		return 0
	}
	if r.Cmp(big.NewRat(mostCount, 1)) > 0 {
		return mostCount
	}
	return int(r.Num().Int64())
}

func limit(r *big.Rat) int {
	if r == nil {
		return -1
	}
	return count(r)
}

func (q *question) array(n *node) contain.Formula {
	g := q.graph
	list := []contain.Formula{g.Items(count(n.minItems), limit(n.maxItems))}
	for i, item := range n.prefix {
		list = append(list, g.Item(i, q.schema(item)))
	}
	list = append(list, g.EachItem(len(n.prefix), q.schema(n.rest)))
	if n.contains != nil {
		list = append(list, g.Contains(q.schema(n.contains), count(n.minContains), limit(n.maxContains)))
	}
	if n.unique {
		list = append(list, g.Unique())
	}
	if n.unevaluatedItems != nil {
		list = append(list, q.unevaluatedItems(n))
	}
	return g.And(list...)
}

func (q *question) object(n *node) contain.Formula {
	g := q.graph
	list := []contain.Formula{g.Members(count(n.minProperties), limit(n.maxProperties))}
	for _, name := range n.required {
		list = append(list, g.Required(name))
	}
	for _, p := range n.properties {
		list = append(list, g.EachMember(g.Name(p.name), q.schema(p.node)))
	}
	for _, p := range n.patterns {
		list = append(list, g.EachMember(g.Pattern(p.pattern.program), q.schema(p.node)))
	}
	if n.additional != nil {
		list = append(list, g.EachMember(g.Not(q.declared(n)), q.schema(n.additional)))
	}
	if n.names != nil {
		list = append(list, g.EachMember(g.Not(q.of(contain.String, n.names)[0]), contain.None))
	}
	for _, d := range n.needs {
		for _, name := range d.names {
			list = append(list, g.Or(g.Not(g.Required(d.name)), g.Required(name)))
		}
	}
	for _, d := range n.needsSchema {
		list = append(list, g.Or(g.Not(g.Required(d.name)), q.of(contain.Object, d.node)[0]))
	}
	if n.unevaluated != nil {
		list = append(list, q.unevaluatedMembers(n))
	}
	return g.And(list...)
}

// declared is the region of names that properties and patternProperties speak
// of.
func (q *question) declared(n *node) contain.Formula {
	var names []*jsondoc.Value
	for _, p := range n.properties {
		names = append(names, &jsondoc.Value{Kind: jsondoc.String, Text: p.name})
	}
	regions := []contain.Formula{q.graph.In(contain.String, names)}
	for _, p := range n.patterns {
		regions = append(regions, q.graph.Pattern(p.pattern.program))
	}
	return q.graph.Or(regions...)
}
