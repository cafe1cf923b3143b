package jsonschema

import (
	"encoding/binary"
	"math/big"

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
	empty   bool // known to have no values
	probed  bool // that was looked into
}

// view is the conjunction of nodes: what they refer to, their allOf, and a
// sole member of anyOf or oneOf belong to it.
func (c *checker) view(nodes ...*node) *view {
	return c.extend(&view{mask: allTypes}, nodes, nil)
}

// extend adds what is known to hold and to fail.
func (c *checker) extend(w *view, holds, fails []*node) *view {
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
	if w.split >= maxCases || c.splits > maxSplits {
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
				way = append(way, c.extend(next, []*node{member}, nil))
			}
			ways = append(ways, way)
		}
		if len(n.oneOf) > 1 {
			var way []*view
			for i, member := range n.oneOf {
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
			var listed types
			for _, v := range n.enum {
				listed |= typeOfValue(v)
			}
			mask &= listed
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
		if r := number(v); r != nil && r.IsInt() {
			return integerType
		}
		return fractionType
	}
	return typeOf(v.Kind.String())
}

// values lists the values of a view that has finitely many.
func (c *checker) values(w *view) ([]*jsondoc.Value, bool) {
	if !w.counted {
		w.values, w.finite = c.enumerate(w)
		w.counted = true
	}
	return w.values, w.finite
}

func (c *checker) enumerate(w *view) ([]*jsondoc.Value, bool) {
	var shortest []*jsondoc.Value
	found := false
	for _, n := range w.holds {
		if n.enum != nil && (!found || len(n.enum) < len(shortest)) {
			shortest, found = n.enum, true
		}
	}
	if mask := w.types(); !found && mask&^(nullType|booleanType) == 0 {
		found = true
		for _, kind := range []jsondoc.Kind{jsondoc.Null, jsondoc.False, jsondoc.True} {
			if v := (&jsondoc.Value{Kind: kind}); typeOfValue(v)&mask != 0 {
				shortest = append(shortest, v)
			}
		}
	}
	if low, high := w.interval(); !found && w.types()&^numberType == 0 && low.value != nil && high.value != nil &&
		!low.open && !high.open && low.value.Cmp(high.value) == 0 {
		shortest, found = []*jsondoc.Value{{Kind: jsondoc.Number, Text: decimal(low.value)}}, true
	}
	if !found {
		return nil, false
	}
	var left []*jsondoc.Value
	for _, v := range shortest {
		if c.err = c.opts.Work.Spend(1); c.err != nil {
			return nil, true
		}
		if typeOfValue(v)&w.mask != 0 && !w.excludes(v) {
			left = append(left, v)
		}
	}
	return left, true
}

// excludes tells whether v is known not to be a value of w.
func (w *view) excludes(v *jsondoc.Value) bool {
	for _, n := range w.holds {
		if accepts, known := n.accepts(v); known && !accepts {
			return true
		}
	}
	for _, n := range w.fails {
		if accepts, known := n.accepts(v); known && accepts {
			return true
		}
	}
	return false
}

// accepts asks the compiled schema about a value; known is false when there is
// none or when it depends on where it is evaluated from.
func (n *node) accepts(v *jsondoc.Value) (accepts, known bool) {
	switch {
	case n.truth != neither:
		return n.truth == always, true
	case n.judge == nil || !n.outermost() && n.dynamic(make(map[*node]bool)):
		return false, false
	}
	return valid(n.judge, decode(v)), true
}

// outermost tells whether n is where evaluation starts: no dynamic scope lies
// around it.
func (n *node) outermost() bool { return n.path == "" && n.doc != nil && n.doc.name == "" }

// dynamic tells whether what n means depends on the dynamic scope.
func (n *node) dynamic(seen map[*node]bool) bool {
	if seen[n] {
		return false
	}
	seen[n] = true
	for _, m := range n.children {
		if m.name == "$dynamicRef" || m.name == "$recursiveRef" {
			if n.opaque != "" {
				return true
			}
		}
		if m.node.dynamic(seen) {
			return true
		}
	}
	return false
}

// finite decides a pair whose writer has finitely many values by asking for
// each of them; done is false when that cannot be decided.
func (c *checker) finite(r *node, w *view) (done bool) {
	values, ok := c.values(w)
	if !ok {
		return false
	}
	if c.err = c.opts.Work.Spend(len(values)); c.err != nil {
		return true
	}
	for _, v := range values {
		accepts, known := r.accepts(v)
		if !known || !accepts {
			return false
		}
	}
	return true
}

// impossible tells whether a view is known to have no values.
func (c *checker) impossible(w *view) bool {
	if !w.probed {
		w.probed = true
		w.empty = c.contradicts(w)
	}
	return w.empty
}

func (c *checker) contradicts(w *view) bool {
	if w.types() == 0 {
		return true
	}
	if values, ok := c.values(w); ok && len(values) == 0 && c.err == nil {
		return true
	}
	for _, n := range w.fails {
		if n.free() || c.contains(w, n) {
			return true
		}
	}
	return c.clashes(w)
}

// clashes finds the everyday contradictions of a view of one type: bounds that
// cross, and required members that cannot be.
func (c *checker) clashes(w *view) bool {
	mask := w.types()
	if mask&^numberType == 0 {
		low, high := w.interval()
		if low.value != nil && high.value != nil {
			if order := low.value.Cmp(high.value); order > 0 || order == 0 && (low.open || high.open) {
				return true
			}
		}
	}
	if mask == stringType && crossed(w.most(minLengthOf), w.least(maxLengthOf)) {
		return true
	}
	if mask == arrayType && crossed(w.most(minItemsOf), w.itemLimit()) {
		return true
	}
	if mask != objectType || c.probes >= maxProbes {
		return false
	}
	c.probes++
	defer func() { c.probes-- }()
	for _, n := range w.holds {
		for _, name := range n.required {
			if c.impossible(c.at(w, name)) {
				return true
			}
		}
	}
	return false
}

func crossed(low, high *big.Rat) bool {
	return low != nil && high != nil && low.Cmp(high) > 0
}

// disjoint tells whether no value of w is one of n.
func (c *checker) disjoint(w *view, n *node) bool {
	key := pair{n, w}
	known, ok := c.apart[key]
	if !ok {
		known = c.separate(w, n)
		c.apart[key] = known
	}
	return known
}

func (c *checker) separate(w *view, n *node) bool {
	for _, denied := range w.fails {
		if denied == n || c.equal(denied, n) || c.splits <= maxSplits && c.proves(denied, c.view(n)) {
			return true
		}
	}
	both := c.extend(w, []*node{n}, nil)
	if c.impossible(both) {
		return true
	}
	if c.probes >= maxProbes {
		return false
	}
	c.probes++
	defer func() { c.probes-- }()
	for _, way := range c.cases(both) {
		empty := true
		for _, one := range way {
			c.splits++
			if empty = c.impossible(one); !empty {
				break
			}
		}
		if empty {
			return true
		}
	}
	return false
}

// contains tells whether w holds r itself, or a node that says the same.
func (c *checker) contains(w *view, r *node) bool {
	for _, n := range w.holds {
		if n == r || c.equal(n, r) {
			return true
		}
	}
	return false
}

// equal tells whether two nodes are spelled the same, annotations apart, and
// refer to nodes that are. What depends on the dynamic scope is equal only as
// a whole document.
func (c *checker) equal(a, b *node) bool {
	if a == b {
		return true
	}
	if a.truth != b.truth || a.assertions != b.assertions || len(a.children) != len(b.children) || !c.same(a, b) {
		return false
	}
	return a.path == "" && b.path == "" || !a.dynamic(make(map[*node]bool))
}

// same is equal without regard to the dynamic scope. A pair under way counts
// as the same; when that turns out wrong, what rested on it is forgotten.
func (c *checker) same(a, b *node) bool {
	if a == b {
		return true
	}
	if a.truth != b.truth || a.draft != b.draft && !sameMeaning(a, b) || a.assertions != b.assertions ||
		a.opaque != b.opaque || len(a.children) != len(b.children) {
		return false
	}
	key := [2]*node{a, b}
	if known, ok := c.equals[key]; ok {
		return known
	}
	mark := len(c.trail)
	c.equals[key] = true
	c.trail = append(c.trail, key)
	for _, m := range a.children {
		other := b.held(m.name)
		if other != nil && c.same(m.node, other) {
			continue
		}
		for _, assumed := range c.trail[mark:] {
			delete(c.equals, assumed)
		}
		c.trail = c.trail[:mark]
		c.equals[key] = false
		return false
	}
	return true
}

// sameMeaning tells whether two drafts read these nodes the same way.
func sameMeaning(a, b *node) bool {
	return a.draft >= draft6 && b.draft >= draft6 && len(a.children) == 0 && len(b.children) == 0
}

// held finds the sub-schema under a keyword.
func (n *node) held(label string) *node {
	for _, m := range n.children {
		if m.name == label {
			return m.node
		}
	}
	return nil
}
