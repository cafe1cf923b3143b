package jsonschema

import "github.com/muster-registry/muster/compat"

// weigh computes how many evaluations one value can cost at each node, every
// sub-schema that applies to the same value counted as often as it is reached.
// It refuses what is too heavy, and references that come back to themselves
// without stepping into the value: those mean nothing.
func (p *parser) weigh() error {
	state := make(map[*node]byte, len(p.order))
	const entered, done = 1, 2
	var visit func(n *node) error
	visit = func(n *node) error {
		switch state[n] {
		case done:
			return nil
		case entered:
			bad := n.doc.bad(n.value.Offset, "a reference that leads back to itself")
			if p.lenient {
				p.fault, p.endless = bad, true
				n.cut("endless")
				return nil
			}
			return bad
		}
		state[n] = entered
		n.weight = 1
		for _, sub := range n.inPlace() {
			if err := visit(sub); err != nil {
				return err
			}
			n.weight = min(n.weight+sub.weight, maxWeight+1)
		}
		state[n] = done
		if n.weight > maxWeight {
			return compat.Limitf("too complex: one value costs more than %d evaluations", maxWeight)
		}
		return nil
	}
	for _, n := range p.order {
		if err := visit(n); err != nil {
			return err
		}
	}
	return nil
}

// inPlace lists the sub-schemas that apply to the same value as n.
func (n *node) inPlace() []*node {
	var list []*node
	add := func(nodes ...*node) {
		for _, sub := range nodes {
			if sub != nil {
				list = append(list, sub)
			}
		}
	}
	add(n.ref, n.not, n.condition, n.then, n.otherwise)
	add(n.allOf...)
	add(n.anyOf...)
	add(n.oneOf...)
	for _, m := range n.needsSchema {
		add(m.node)
	}
	return list
}

// cut leaves nothing of n but a name for what is not looked into, which follows
// only from itself.
func (n *node) cut(name string) {
	*n = node{doc: n.doc, value: n.value, path: n.path, place: n.place, base: n.base, holder: n.holder,
		draft: n.draft, types: allTypes, opaque: name}
}
