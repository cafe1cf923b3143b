package jsonschema

import (
	"encoding/binary"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// view is what is known of a value: it is valid under all of holds and under
// none of fails, and its type is among mask. Views are interned by the checker.
type view struct {
	holds []*node
	fails []*node
	mask  types
	used  []*node // whose alternatives are already told apart
	split int

	counted bool // values and finite are computed
	values  []*jsondoc.Value
	finite  bool
	empty   bool            // known to have no values
	probed  bool            // that was looked into
	sure    map[string]bool // members that every object has, once asked for
}

// view is the conjunction of nodes: what they refer to, their allOf, and a
// sole member of anyOf or oneOf belong to it.
func (c *checker) view(nodes ...*node) *view {
	return c.extend(&view{mask: allTypes}, nodes, nil)
}

// extend adds what is known to hold and to fail.
func (c *checker) extend(w *view, holds, fails []*node) *view {
	c.spend(4 + len(w.holds) + len(w.fails) + (len(w.holds)+len(holds))*len(holds)/8 + (len(w.fails)+len(fails))*len(fails)/8)
	more := &view{mask: w.mask, split: w.split, used: w.used}
	more.holds = append(more.holds, w.holds...)
	more.fails = append(more.fails, w.fails...)
	for _, n := range holds {
		more.assume(n)
	}
	for _, n := range fails {
		more.deny(n)
	}
	return c.intern(more)
}

func (w *view) assume(n *node) {
	if n == nil || n.truth == always {
		return
	}
	n = n.target()
	for _, known := range w.holds {
		if known == n {
			return
		}
	}
	w.holds = append(w.holds, n)
	w.assume(n.ref)
	for _, member := range n.allOf {
		w.assume(member)
	}
	if len(n.anyOf) == 1 {
		w.assume(n.anyOf[0])
	}
	if len(n.oneOf) == 1 {
		w.assume(n.oneOf[0])
	}
	if n.not != nil {
		w.deny(n.not)
	}
}

// deny adds that n fails; what fails to be a not, holds.
func (w *view) deny(n *node) {
	n = n.target()
	for _, known := range w.fails {
		if known == n {
			return
		}
	}
	w.fails = append(w.fails, n)
	if n.not != nil && len(n.children) == 1 && n.assertions == "" && n.opaque == "" {
		w.assume(n.not)
	}
}

func (c *checker) intern(w *view) *view {
	var key []byte
	for _, list := range [][]*node{w.holds, w.fails, w.used} {
		for _, n := range list {
			number, ok := c.numbers[n]
			if !ok {
				number = len(c.numbers)
				c.numbers[n] = number
			}
			key = binary.AppendUvarint(key, uint64(number)+1)
		}
		key = append(key, 0)
	}
	key = append(key, byte(w.mask), byte(w.split))
	if known := c.views[string(key)]; known != nil {
		return known
	}
	c.views[string(key)] = w
	return w
}

// cases lists the ways to tell a view's values apart; each way covers all of
// them.
func (c *checker) cases(w *view) [][]*view {
	if w.split >= maxCases || c.splits > maxSplits || !c.spend(4) {
		return nil
	}
	var ways [][]*view
	for _, n := range w.holds {
		if w.told(n) {
			continue
		}
		next := w.copy()
		next.split++
		next.used = append(append([]*node(nil), w.used...), n)
		if len(n.anyOf) > 1 {
			var way []*view
			for _, member := range n.anyOf {
				if !c.spend(1) {
					return nil
				}
				way = append(way, c.extend(next, []*node{member}, nil))
			}
			ways = append(ways, way)
		}
		if len(n.oneOf) > 1 {
			var way []*view
			for i, member := range n.oneOf {
				if !c.spend(len(n.oneOf)) {
					return nil
				}
				others := append(append([]*node(nil), n.oneOf[:i]...), n.oneOf[i+1:]...)
				way = append(way, c.extend(next, []*node{member}, others))
			}
			ways = append(ways, way)
		}
		if n.condition != nil {
			ways = append(ways, []*view{
				c.extend(next, []*node{n.condition, n.then}, nil),
				c.extend(next, []*node{n.otherwise}, []*node{n.condition}),
			})
		}
	}
	return append(ways, c.byType(w)...)
}

// copy is w without what was computed from it.
func (w *view) copy() *view {
	return &view{holds: w.holds, fails: w.fails, mask: w.mask, used: w.used, split: w.split}
}

func (w *view) told(n *node) bool {
	for _, used := range w.used {
		if used == n {
			return true
		}
	}
	return false
}

// byType tells a view's types apart, integers and other numbers together.
func (c *checker) byType(w *view) [][]*view {
	mask := w.types()
	var way []*view
	for _, t := range []types{nullType, booleanType, numberType, stringType, arrayType, objectType} {
		if mask&t != 0 && mask&t != mask {
			next := w.copy()
			next.split++
			next.mask = mask & t
			way = append(way, c.intern(next))
		}
	}
	if way == nil {
		return nil
	}
	return [][]*view{way}
}

// types are those a value of the view may have.
func (w *view) types() types {
	mask := w.mask
	for _, n := range w.holds {
		mask &= n.types
		if n.truth == never {
			mask = 0
		}
		if n.enum != nil {
			mask &= n.enumTypes
		}
		if n.multipleOf != nil && n.multipleOf.IsInt() {
			mask &^= fractionType
		}
	}
	for _, n := range w.fails {
		if n.typesOnly() {
			mask &^= n.types
		}
	}
	return mask
}

// typesOnly tells whether n asserts nothing but types.
func (n *node) typesOnly() bool {
	return n.truth == neither && n.listed > 0 && len(n.children) == 0 && n.opaque == "" &&
		n.assertions == "type"+n.value.Get("type").Sorted()
}

func typeOfValue(v *jsondoc.Value) types {
	switch v.Kind {
	case jsondoc.Number:
		if r := v.Rational(); r != nil && r.IsInt() {
			return integerType
		}
		return fractionType
	}
	return typeOf(v.Kind.String())
}
