package jsonschema

import "github.com/muster-registry/muster/compat/jsonschema/contain"

// maxConditions bounds the sub-schemas on which it depends what is evaluated;
// every set of them is looked at.
const maxConditions = 7

// portion is what a part of a schema evaluates when a condition holds: of
// members the names of a region, of items those before an index, or all, and
// those that fit a contains.
type portion struct {
	when     contain.Formula
	region   contain.Formula
	prefix   int
	all      bool
	contains []contain.Schema
}

// unevaluatedMembers asks every member that nothing evaluates to fit. Which
// those are depends on the conditions that hold: for each set of them, either
// one outside the set holds too, or the names that the set leaves have to fit.
func (q *question) unevaluatedMembers(n *node) contain.Formula {
	g := q.graph
	return q.unevaluated(n, contain.Object, func(parts []portion) contain.Formula {
		var regions []contain.Formula
		for _, p := range parts {
			regions = append(regions, p.region)
		}
		return g.EachMember(g.Not(g.Or(regions...)), q.schema(n.unevaluated))
	})
}

func (q *question) unevaluatedItems(n *node) contain.Formula {
	return q.unevaluated(n, contain.Array, func(parts []portion) contain.Formula {
		from := 0
		fits := []contain.Schema{q.schema(n.unevaluatedItems)}
		for _, p := range parts {
			if p.all {
				return contain.True
			}
			from = max(from, p.prefix)
			fits = append(fits, p.contains...)
		}
		return q.graph.EachItem(from, q.graph.Union(fits...))
	})
}

func (q *question) unevaluated(n *node, t contain.Type, asked func([]portion) contain.Formula) contain.Formula {
	g := q.graph
	var always []portion
	var conditions []contain.Formula
	held := make(map[contain.Formula][]portion)
	for _, p := range q.evaluates(n, t, contain.True, true) {
		switch {
		case p.when == contain.False:
		case p.when == contain.True:
			always = append(always, p)
		default:
			if held[p.when] == nil {
				conditions = append(conditions, p.when)
			}
			held[p.when] = append(held[p.when], p)
		}
	}
	if len(conditions) > maxConditions {
		return g.Opaque("unevaluated " + n.place)
	}
	var list []contain.Formula
	for set := range 1 << len(conditions) {
		parts := append([]portion(nil), always...)
		var outside []contain.Formula
		for i, c := range conditions {
			if set&(1<<i) != 0 {
				parts = append(parts, held[c]...)
			} else {
				outside = append(outside, c)
			}
		}
		list = append(list, g.Or(append(outside, asked(parts))...))
	}
	return g.And(list...)
}

// evaluates lists what n evaluates where when holds, as the library that judges
// payloads counts it. own leaves out the keyword that asks.
func (q *question) evaluates(n *node, t contain.Type, when contain.Formula, own bool) []portion {
	g := q.graph
	n = n.target()
	var list []portion
	switch t {
	case contain.Object:
		part := portion{when: when, region: q.declared(n)}
		if n.additional != nil || n.unevaluated != nil && !own {
			part.region = contain.True
		}
		list = append(list, part)
	case contain.Array:
		part := portion{when: when, prefix: len(n.prefix), all: n.rest != nil || n.unevaluatedItems != nil && !own}
		if n.contains != nil && n.draft >= draft2020 {
			part.contains = append(part.contains, q.schema(n.contains))
		}
		list = append(list, part)
	}
	within := func(sub *node, conditions ...contain.Formula) {
		if sub != nil {
			list = append(list, q.evaluates(sub, t, g.And(append(conditions, when)...), false)...)
		}
	}
	within(n.ref)
	for _, sub := range n.allOf {
		within(sub)
	}
	for _, sub := range append(append([]*node(nil), n.anyOf...), n.oneOf...) {
		within(sub, q.of(t, sub)...)
	}
	if n.condition != nil {
		holds := q.of(t, n.condition)[0]
		within(n.condition, holds)
		within(n.then, holds)
		within(n.otherwise, g.Not(holds))
	}
	if t == contain.Object {
		for _, d := range n.needsSchema {
			within(d.node, g.Required(d.name))
		}
	}
	return list
}
