package jsonschema

import (
	"slices"

	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/compat/jsonschema/contain"
)

// maxConditions bounds the patterns, and the conditional contains, on which it
// depends what is evaluated; every set of them is looked at.
const maxConditions = 7

// portion is what a node evaluates when a condition holds: of members those it
// declares, of items those before an index and those that fit its contains, of
// either all.
type portion struct {
	when     contain.Formula
	node     *node
	all      bool
	prefix   int
	contains *node
}

// portions are what evaluates members or items beside the keyword of n that asks
// for the rest.
func (q *question) portions(n *node, t contain.Type) []portion {
	var list []portion
	for _, p := range q.evaluates(n, t, contain.True, true) {
		if p.when != contain.False {
			list = append(list, p)
		}
	}
	return list
}

// unevaluatedMembers asks every member that nothing evaluates to fit. Names that
// some portion declares are looked at one by one, the others by the patterns
// that they match: for each, a portion that evaluates it applies, or it has to
// fit.
func (q *question) unevaluatedMembers(n *node) contain.Formula {
	g := q.graph
	fits := q.schema(n.unevaluated)
	var entire []contain.Formula // what evaluates every member
	declaring := make(map[string][]contain.Formula)
	matching := make(map[string][]contain.Formula) // by pattern
	var names []string
	var patterns []*pattern
	for _, p := range q.portions(n, contain.Object) {
		if p.all {
			entire = append(entire, p.when)
			continue
		}
		for _, m := range p.node.properties {
			if declaring[m.name] == nil {
				names = append(names, m.name)
			}
			declaring[m.name] = append(declaring[m.name], p.when)
		}
		for _, m := range p.node.patterns {
			if matching[m.pattern.source] == nil {
				patterns = append(patterns, m.pattern)
			}
			matching[m.pattern.source] = append(matching[m.pattern.source], p.when)
		}
	}
	always := g.Or(entire...)
	if always == contain.True {
		return contain.True
	}
	if len(patterns) > maxConditions {
		return g.Opaque("unevaluated " + n.place)
	}
	groups := make(map[contain.Formula][]*jsondoc.Value) // names that the same evaluates
	var order []contain.Formula
	var all []*jsondoc.Value
	for _, name := range names {
		v := jsondoc.NewString(name)
		all = append(all, v)
		when := g.Or(append(declaring[name], always)...)
		for _, p := range patterns {
			if p.matches(name) {
				when = g.Or(append(matching[p.source], when)...)
			}
		}
		if groups[when] == nil {
			order = append(order, when)
		}
		groups[when] = append(groups[when], v)
	}
	var list []contain.Formula
	for _, when := range order {
		list = append(list, g.Or(when, g.EachMember(g.In(contain.String, groups[when]), fits)))
	}
	for set := range 1 << len(patterns) {
		region, when := []contain.Formula{g.Not(g.In(contain.String, all))}, always
		for i, p := range patterns {
			matches := g.Pattern(p.program)
			if set&(1<<i) != 0 {
				when = g.Or(append(matching[p.source], when)...)
			} else {
				matches = g.Not(matches)
			}
			region = append(region, matches)
		}
		list = append(list, g.Or(when, g.EachMember(g.And(region...), fits)))
	}
	return g.And(list...)
}

// unevaluatedItems asks every item that nothing evaluates to fit. From each index
// on where a prefix ends, a portion that reaches further applies, or the items
// have to fit, or be what a contains that applies asks for: for each set of
// those, either one outside the set applies too, or the set is enough.
func (q *question) unevaluatedItems(n *node) contain.Formula {
	g := q.graph
	fits := []contain.Schema{q.schema(n.unevaluatedItems)}
	parts := q.portions(n, contain.Array)
	starts := []int{0}
	found := make(map[contain.Formula][]contain.Schema) // contains by their conditions
	var conditions []contain.Formula
	for _, p := range parts {
		if !slices.Contains(starts, p.prefix) {
			starts = append(starts, p.prefix)
		}
		switch {
		case p.contains == nil:
		case p.when == contain.True:
			fits = append(fits, q.schema(p.contains))
		default:
			if found[p.when] == nil {
				conditions = append(conditions, p.when)
			}
			found[p.when] = append(found[p.when], q.schema(p.contains))
		}
	}
	if len(conditions) > maxConditions {
		return g.Opaque("unevaluated " + n.place)
	}
	further := make([]contain.Formula, len(starts))
	for i, from := range starts {
		var whens []contain.Formula
		for _, p := range parts {
			if p.all || p.prefix > from {
				whens = append(whens, p.when)
			}
		}
		further[i] = g.Or(whens...)
	}
	var list []contain.Formula
	for set := range 1 << len(conditions) {
		enough := fits
		var outside []contain.Formula
		for i, c := range conditions {
			if set&(1<<i) != 0 {
				enough = append(enough[:len(enough):len(enough)], found[c]...)
			} else {
				outside = append(outside, c)
			}
		}
		rest, applies := g.Union(enough...), g.Or(outside...)
		for i, from := range starts {
			list = append(list, g.Or(applies, further[i], g.EachItem(from, rest)))
		}
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
		list = append(list, portion{when: when, node: n, all: n.additional != nil || n.unevaluated != nil && !own})
	case contain.Array:
		part := portion{when: when, node: n, prefix: len(n.prefix), all: n.rest != nil || n.unevaluatedItems != nil && !own}
		if n.draft >= draft2020 {
			part.contains = n.contains
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
