package jsonschema

import (
	"math/big"
)

// impossible tells whether a view is known to have no values.
func (c *checker) impossible(w *view) bool {
	if !w.probed {
		w.probed = true
		w.empty = c.contradicts(w)
	}
	return w.empty
}

func (c *checker) contradicts(w *view) bool {
	if !c.spend(2 + len(w.holds) + len(w.fails)) {
		return false
	}
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
	if !ok && c.err == nil {
		c.err = c.opts.Work.Spend(1)
		known = c.separate(w, n)
		c.apart[key] = known
	}
	return known
}

func (c *checker) separate(w *view, n *node) bool {
	for _, denied := range w.fails {
		if !c.spend(2) {
			return false
		}
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
