package jsonschema

import (
	"github.com/muster-registry/muster/compat/jsonschema/contain"
)

// held is an assertion with what of a node it is about.
type held struct {
	assert assertion
	about  func(whole, part *node)
}

// assertionsHeld are those of a node, the type first.
func assertionsHeld() []held {
	return []held{
		{checkType, func(n, p *node) { p.types = n.types }},
		{checkEnum, func(n, p *node) { p.enum, p.enumTypes = n.enum, n.enumTypes }},
		{checkNumber, func(n, p *node) {
			p.minimum, p.maximum, p.above, p.below, p.multipleOf = n.minimum, n.maximum, n.above, n.below, n.multipleOf
		}},
		{checkString, func(n, p *node) { p.minLength, p.maxLength, p.pattern = n.minLength, n.maxLength, n.pattern }},
		{checkItems, func(n, p *node) { p.prefix, p.rest = n.prefix, n.rest }},
		{checkArray, func(n, p *node) { p.minItems, p.maxItems, p.unique = n.minItems, n.maxItems, n.unique }},
		{checkContains, func(n, p *node) {
			p.contains, p.minContains, p.maxContains = n.contains, n.minContains, n.maxContains
		}},
		{checkProperties, func(n, p *node) { p.properties, p.patterns, p.additional = n.properties, n.patterns, n.additional }},
		{checkRequired, func(n, p *node) { p.required = n.required }},
		{checkObject, func(n, p *node) { p.minProperties, p.maxProperties = n.minProperties, n.maxProperties }},
		{checkPropertyNames, func(n, p *node) { p.names = n.names }},
		{checkDependencies, func(n, p *node) { p.needs, p.needsSchema = n.needs, n.needsSchema }},
		{checkUnevaluatedItems, func(n, p *node) { *p = *n }},
		{checkUnevaluated, func(n, p *node) { *p = *n }},
		{checkReference, func(n, p *node) { p.ref, p.opaque = n.ref, n.opaque }},
		{checkAllOf, func(n, p *node) { p.allOf = n.allOf }},
		{checkAnyOf, func(n, p *node) { p.anyOf = n.anyOf }},
		{checkOneOf, func(n, p *node) { p.oneOf = n.oneOf }},
		{checkNot, func(n, p *node) { p.not = n.not }},
		{checkCondition, func(n, p *node) { p.condition, p.then, p.otherwise = n.condition, n.then, n.otherwise }},
	}
}

// part is one assertion of a node: the i-th that is held.
type part struct {
	whole *node
	i     int
}

// follows asks the graph whether an assertion that the rules cannot prove holds
// of every value of w. Half of the graph's steps are left to look for witnesses.
func (c *checker) follows(p part, w *view) bool {
	q := c.question
	if q == nil || q.graph.Steps() > maxContainSteps/2 {
		return false
	}
	asked := c.parts[p]
	if asked == nil {
		asked = &node{types: allTypes, draft: p.whole.draft}
		c.held[p.i].about(p.whole, asked)
		asked.assertions = "part"
		c.parts[p] = asked
	}
	list := []contain.Schema{q.schema(asked).Not(), q.schema(c.ofTypes(w.mask))}
	for _, n := range w.holds {
		list = append(list, q.schema(n))
	}
	for _, n := range w.fails {
		list = append(list, q.schema(n).Not())
	}
	return q.graph.Solve(list...).Outcome == contain.Empty
}

// ofTypes is a node that says nothing but types.
func (c *checker) ofTypes(mask types) *node {
	if mask == allTypes {
		return nil
	}
	key := part{i: -1 - int(mask)}
	if c.parts[key] == nil {
		c.parts[key] = &node{types: mask, assertions: "types"}
	}
	return c.parts[key]
}
