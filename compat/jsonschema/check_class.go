package jsonschema

import (
	"encoding/binary"
	"math/big"
	"sort"
	"strconv"
	"strings"
)

// classes numbers nodes so that those with one number say the same, recursive
// ones included. Nodes of both schemas share the numbers: what did not change
// between them is the same from the start.
type classes struct {
	nodes []*node       // one of each class
	of    map[*node]int // by node
}

// classify splits the nodes under roots by what they assert, and then, until
// nothing is split any more, by the classes of their children. Only parents of
// nodes whose number changed are looked at again, and the largest part of a
// class keeps its number, so that no node changes often however long the chains
// of nodes are.
func classify(roots ...*node) *classes {
	p := partition{index: make(map[*node]int)}
	for _, n := range roots {
		p.visit(n.target())
	}
	p.begin()
	for len(p.changed) > 0 {
		p.refine()
	}
	c := &classes{of: make(map[*node]int, len(p.nodes))}
	numbers := make(map[int]int)
	for i, n := range p.nodes {
		number, known := numbers[p.class[i]]
		if !known {
			number = len(c.nodes)
			numbers[p.class[i]] = number
			c.nodes = append(c.nodes, n)
		}
		c.of[n] = number
	}
	return c
}

// partition is what classify knows so far; nodes are named by their index.
type partition struct {
	nodes   []*node
	index   map[*node]int
	edges   [][]edge
	parents [][]int
	class   []int
	members [][]int // by class
	changed []int   // nodes whose class has another number than before
}

func (p *partition) visit(n *node) {
	if _, known := p.index[n]; known {
		return
	}
	i := len(p.nodes)
	p.index[n] = i
	p.nodes = append(p.nodes, n)
	p.edges = append(p.edges, n.edges())
	for _, e := range p.edges[i] {
		p.visit(e.to)
	}
}

// begin tells nodes apart by themselves.
func (p *partition) begin() {
	p.parents, p.class = make([][]int, len(p.nodes)), make([]int, len(p.nodes))
	known := make(map[string]int)
	for i, n := range p.nodes {
		var b strings.Builder
		b.WriteString(n.signature())
		for _, e := range p.edges[i] {
			b.WriteString(" " + strconv.Itoa(len(e.label)) + ":" + e.label)
			p.parents[p.index[e.to]] = append(p.parents[p.index[e.to]], i)
		}
		class, ok := known[b.String()]
		if !ok {
			class = len(p.members)
			known[b.String()] = class
			p.members = append(p.members, nil)
		}
		p.class[i] = class
		p.members[class] = append(p.members[class], i)
		p.changed = append(p.changed, i)
	}
}

// refine splits the classes that have a parent of a changed node. Members
// without a changed child still agree with each other, and with no other.
func (p *partition) refine() {
	affected := make(map[int]map[int]bool) // members by class
	var order []int
	for _, i := range p.changed {
		for _, parent := range p.parents[i] {
			class := p.class[parent]
			if len(p.members[class]) == 1 {
				continue
			}
			if affected[class] == nil {
				affected[class] = make(map[int]bool)
				order = append(order, class)
			}
			affected[class][parent] = true
		}
	}
	p.changed = nil
	splits := make(map[int][][]int, len(order))
	for _, class := range order {
		splits[class] = p.parts(class, affected[class])
	}
	for _, class := range order {
		p.assign(class, splits[class])
	}
}

// parts groups the members of a class by the classes of their children.
func (p *partition) parts(class int, affected map[int]bool) [][]int {
	var parts [][]int
	known := make(map[string]int)
	var key []byte
	for _, i := range p.members[class] {
		key = key[:0]
		if affected[i] {
			for _, e := range p.edges[i] {
				key = binary.AppendUvarint(key, uint64(p.class[p.index[e.to]])+1)
			}
		}
		part, ok := known[string(key)]
		if !ok {
			part = len(parts)
			known[string(key)] = part
			parts = append(parts, nil)
		}
		parts[part] = append(parts[part], i)
	}
	return parts
}

// assign gives all parts but the largest a number of their own.
func (p *partition) assign(class int, parts [][]int) {
	largest := 0
	for i, part := range parts {
		if len(part) > len(parts[largest]) {
			largest = i
		}
	}
	for i, part := range parts {
		number := class
		if i != largest {
			number = len(p.members)
			p.members = append(p.members, nil)
			p.changed = append(p.changed, part...)
		}
		p.members[number] = part
		for _, n := range part {
			p.class[n] = number
		}
	}
}

// edge leads to a sub-schema that asserts something.
type edge struct {
	label string
	to    *node
}

func (n *node) edges() []edge {
	var list []edge
	add := func(label string, to *node) {
		if to != nil {
			list = append(list, edge{label, to.target()})
		}
	}
	series := func(label string, nodes []*node) {
		for i, to := range nodes {
			add(label+strconv.Itoa(i), to)
		}
	}
	named := func(label string, members []member) {
		members = append([]member(nil), members...)
		sort.SliceStable(members, func(i, j int) bool { return members[i].name < members[j].name })
		for _, m := range members {
			add(label+m.name, m.node)
		}
	}
	add("ref", n.ref)
	series("allOf", n.allOf)
	series("anyOf", n.anyOf)
	series("oneOf", n.oneOf)
	add("not", n.not)
	add("if", n.condition)
	add("then", n.then)
	add("else", n.otherwise)
	series("prefix", n.prefix)
	add("rest", n.rest)
	add("contains", n.contains)
	add("unevaluatedItems", n.unevaluatedItems)
	named("properties", n.properties)
	for _, m := range n.patterns {
		add("pattern"+m.pattern.translated, m.node)
	}
	add("additional", n.additional)
	add("names", n.names)
	named("dependencies", n.needsSchema)
	add("unevaluated", n.unevaluated)
	if n.opaque != "" {
		for _, m := range n.children {
			add(m.name, m.node)
		}
	}
	return list
}

// signature is equal for nodes that assert the same, sub-schemas apart.
func (n *node) signature() string {
	var b strings.Builder
	b.WriteByte(byte(n.types))
	b.WriteByte(byte(n.truth))
	b.WriteString(n.opaque)
	for i, r := range []*big.Rat{n.minimum, n.maximum, n.above, n.below, n.multipleOf, n.minLength, n.maxLength, n.minItems, n.maxItems,
		n.minContains, n.maxContains, n.minProperties, n.maxProperties} {
		if r != nil {
			b.WriteString(" " + strconv.Itoa(i) + "=" + r.RatString())
		}
	}
	if n.unique {
		b.WriteString(" unique")
	}
	if n.contains != nil && n.draft >= draft2020 {
		b.WriteString(" evaluates")
	}
	if n.pattern != nil {
		b.WriteString(" pattern=" + strconv.Quote(n.pattern.translated))
	}
	write := func(word string, list []string) {
		sorted := append([]string(nil), list...)
		sort.Strings(sorted)
		b.WriteString(" " + word)
		for i, s := range sorted {
			if i == 0 || s != sorted[i-1] {
				b.WriteString(strconv.Itoa(len(s)) + ":" + s)
			}
		}
	}
	if n.enum != nil {
		list := make([]string, len(n.enum))
		for i, v := range n.enum {
			list[i] = v.Key()
		}
		write("enum", list)
	}
	write("required", n.required)
	for _, d := range n.needs {
		write("needs"+strconv.Quote(d.name), d.names)
	}
	return b.String()
}
