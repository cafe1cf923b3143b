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
// nothing is split any more, by the classes of their children.
func classify(roots ...*node) *classes {
	var all []*node
	index := make(map[*node]int)
	var edges [][]edge
	var visit func(n *node)
	visit = func(n *node) {
		if _, known := index[n]; known {
			return
		}
		index[n] = len(all)
		all = append(all, n)
		list := n.edges()
		edges = append(edges, list)
		for _, e := range list {
			visit(e.to)
		}
	}
	for _, n := range roots {
		visit(n.target())
	}
	class := make([]int, len(all))
	local := make([]string, len(all))
	for i, n := range all {
		local[i] = n.signature()
		for _, e := range edges[i] {
			local[i] += "\x00" + e.label
		}
	}
	count := distinguish(class, func(i int) string { return local[i] })
	for {
		next := make([]int, len(all))
		var key []byte
		more := distinguish(next, func(i int) string {
			key = binary.AppendUvarint(key[:0], uint64(class[i]))
			for _, e := range edges[i] {
				key = binary.AppendUvarint(key, uint64(class[index[e.to]]))
			}
			return string(key)
		})
		class = next
		if more == count {
			break
		}
		count = more
	}
	c := &classes{nodes: make([]*node, count), of: make(map[*node]int, len(all))}
	for i, n := range all {
		c.of[n] = class[i]
		if c.nodes[class[i]] == nil {
			c.nodes[class[i]] = n
		}
	}
	return c
}

// enumerate numbers by key, in the order met, and returns how many there are.
func distinguish(class []int, key func(int) string) int {
	known := make(map[string]int)
	for i := range class {
		k := key(i)
		n, ok := known[k]
		if !ok {
			n = len(known)
			known[k] = n
		}
		class[i] = n
	}
	return len(known)
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
