package jsonschema

import (
	"math/big"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

func checkType(c *checker, r *node, w *view, path string) {
	mask := w.types()
	missing := mask &^ r.types
	switch {
	case missing == 0:
	case missing == fractionType && r.types&integerType != 0:
		c.emit(typeNarrowed, path, c.keepType(r, w, path))
	case r.listed > 1 && w.listed() > 1 && r.types&^mask == 0:
		c.emit(sumTypeNarrowed, path, c.keepType(r, w, path))
	case r.listed > 1 && w.listed() > 1:
		c.emit(combinedTypeSubschemasChanged, path, c.keepType(r, w, path))
	default:
		c.emit(typeChanged, path, c.keepType(r, w, path))
	}
}

// listed is how many types the writer's type keyword lists.
func (w *view) listed() int {
	most := 0
	for _, n := range w.holds {
		most = max(most, n.listed)
	}
	return most
}

func checkEnum(c *checker, r *node, w *view, path string) {
	if r.enum == nil {
		return
	}
	keyword := "/enum"
	if r.fixed {
		keyword = "/const"
	}
	values, finite := c.values(w)
	if !finite {
		c.emit(typeChanged, path, nil)
		return
	}
	missing, shared := missingValues(values, r.enum)
	switch {
	case len(missing) == 0:
	case shared == len(r.enum) && !r.fixed:
		c.emit(enumNarrowed, path+keyword, c.keepValues(r, path+keyword, missing, w))
	default:
		c.emit(enumChanged, path+keyword, c.keepValues(r, path+keyword, missing, w))
	}
}

// missingValues lists the values that are not among accepted, and counts how
// many of accepted are values.
func missingValues(values, accepted []*jsondoc.Value) (missing []*jsondoc.Value, shared int) {
	known := keys(accepted)
	for _, v := range values {
		if !known[v.Key()] {
			missing = append(missing, v)
		}
	}
	known = keys(values)
	for _, v := range accepted {
		if known[v.Key()] {
			shared++
		}
	}
	return missing, shared
}

func keys(values []*jsondoc.Value) map[string]bool {
	set := make(map[string]bool, len(values))
	for _, v := range values {
		set[v.Key()] = true
	}
	return set
}

// bound is one end of an interval.
type bound struct {
	value *big.Rat // nil when there is none
	open  bool
}

// interval is what the writer's bounds leave of the numbers. Over integers
// both ends are made closed, which brings x > 0 and x >= 1 together.
func (w *view) interval() (low, high bound) {
	for _, n := range w.holds {
		for _, b := range []bound{{n.minimum, false}, {n.above, true}} {
			if b.value != nil && (low.value == nil || b.value.Cmp(low.value) > 0 || b.open && b.value.Cmp(low.value) == 0) {
				low = b
			}
		}
		for _, b := range []bound{{n.maximum, false}, {n.below, true}} {
			if b.value != nil && (high.value == nil || b.value.Cmp(high.value) < 0 || b.open && b.value.Cmp(high.value) == 0) {
				high = b
			}
		}
	}
	if w.types()&fractionType != 0 {
		return low, high
	}
	one := big.NewRat(1, 1)
	if low.value != nil {
		whole := floor(low.value)
		if !low.value.IsInt() || low.open {
			whole.Add(whole, one)
		}
		low = bound{whole, false}
	}
	if high.value != nil {
		whole := floor(high.value)
		if high.value.IsInt() && high.open {
			whole.Sub(whole, one)
		}
		high = bound{whole, false}
	}
	return low, high
}

func floor(r *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(r.Num(), r.Denom()))
}

func checkNumber(c *checker, r *node, w *view, path string) {
	if w.types()&numberType == 0 {
		return
	}
	low, high := w.interval()
	for _, b := range []struct {
		asked, end *big.Rat
		holds      bool
		keyword    string
		of         func(*node) *big.Rat
		added      compat.RuleID
		tightened  compat.RuleID
	}{
		{r.minimum, low.value, low.value != nil && r.minimum != nil && low.value.Cmp(r.minimum) >= 0,
			"/minimum", func(n *node) *big.Rat { return n.minimum }, minimumAdded, minimumIncreased},
		{r.above, low.value, low.value != nil && r.above != nil && beyond(low.value.Cmp(r.above), low.open),
			"/exclusiveMinimum", func(n *node) *big.Rat { return n.above }, exclusiveMinimumAdded, exclusiveMinimumIncreased},
		{r.maximum, high.value, high.value != nil && r.maximum != nil && high.value.Cmp(r.maximum) <= 0,
			"/maximum", func(n *node) *big.Rat { return n.maximum }, maximumAdded, maximumDecreased},
		{r.below, high.value, high.value != nil && r.below != nil && beyond(-high.value.Cmp(r.below), high.open),
			"/exclusiveMaximum", func(n *node) *big.Rat { return n.below }, exclusiveMaximumAdded, exclusiveMaximumDecreased},
	} {
		if b.asked == nil || b.holds {
			continue
		}
		c.emitBound(w.any(b.of), b.added, b.tightened, path+b.keyword)
	}
	c.checkMultiple(r, w, path)
}

// beyond tells whether an end lies past an exclusive limit.
func beyond(order int, open bool) bool { return order > 0 || order == 0 && open }

// any returns what the first of the writer's nodes that has a keyword says.
func (w *view) any(of func(*node) *big.Rat) *big.Rat {
	for _, n := range w.holds {
		if v := of(n); v != nil {
			return v
		}
	}
	return nil
}

// emitBound reports a bound that is tightened, or added when the writer has
// none of its kind.
func (c *checker) emitBound(old *big.Rat, added, tightened compat.RuleID, path string) {
	if old == nil {
		c.emit(added, path, c.drop(path))
		return
	}
	c.emit(tightened, path, c.keepBound(path, old))
}

func (c *checker) checkMultiple(r *node, w *view, path string) {
	if r.multipleOf == nil {
		return
	}
	var old *big.Rat
	expanded := false
	holds := w.types()&fractionType == 0 && new(big.Rat).Inv(r.multipleOf).IsInt()
	for _, n := range w.holds {
		if n.multipleOf == nil {
			continue
		}
		old = n.multipleOf
		holds = holds || new(big.Rat).Quo(n.multipleOf, r.multipleOf).IsInt()
		expanded = expanded || new(big.Rat).Quo(r.multipleOf, n.multipleOf).IsInt()
	}
	path += "/multipleOf"
	switch {
	case holds:
	case old == nil:
		c.emit(multipleOfAdded, path, c.drop(path))
	case expanded:
		c.emit(multipleOfExpanded, path, c.keepBound(path, old))
	default:
		c.emit(multipleOfChanged, path, c.keepBound(path, old))
	}
}

func minLengthOf(n *node) *big.Rat { return n.minLength }
func maxLengthOf(n *node) *big.Rat { return n.maxLength }

// most and least find the tightest of a bound among the writer's nodes.
func (w *view) most(of func(*node) *big.Rat) *big.Rat {
	var found *big.Rat
	for _, n := range w.holds {
		if v := of(n); v != nil && (found == nil || v.Cmp(found) > 0) {
			found = v
		}
	}
	return found
}

func (w *view) least(of func(*node) *big.Rat) *big.Rat {
	var found *big.Rat
	for _, n := range w.holds {
		if v := of(n); v != nil && (found == nil || v.Cmp(found) < 0) {
			found = v
		}
	}
	return found
}

func checkString(c *checker, r *node, w *view, path string) {
	if w.types()&stringType == 0 {
		return
	}
	c.checkCounts(r, w, path, minLengthOf, maxLengthOf, w.most(minLengthOf), w.least(maxLengthOf),
		[2]string{"/minLength", "/maxLength"}, [4]compat.RuleID{minLengthAdded, minLengthIncreased, maxLengthAdded, maxLengthDecreased})
	if r.pattern == nil || r.pattern.matchesAll() {
		return
	}
	changed := false
	for _, n := range w.holds {
		if n.pattern == nil {
			continue
		}
		if n.pattern.same(r.pattern) {
			return
		}
		changed = true
	}
	path += "/pattern"
	if changed {
		c.emit(patternChanged, path, nil)
		return
	}
	c.emit(patternAdded, path, c.drop(path))
}

// same tells whether two patterns are the same text before or after
// translation.
func (p *pattern) same(q *pattern) bool {
	return p.source == q.source || p.program != nil && q.program != nil && p.translated == q.translated
}

// matchesAll recognises a pattern that cannot fail: one without assertions
// that matches the empty string, which is found in every string.
func (p *pattern) matchesAll() bool {
	if p.program == nil {
		return false
	}
	switch p.source {
	case "", ".*", "^.*", "^", ".*?", "$":
		return true
	}
	return false
}

// checkCounts compares a lower and an upper bound on a count. low and high are
// what the writer's schema implies, from whatever keywords.
func (c *checker) checkCounts(r *node, w *view, path string, least, most func(*node) *big.Rat, low, high *big.Rat, keywords [2]string, rules [4]compat.RuleID) {
	if asked := least(r); asked != nil && asked.Sign() > 0 && (low == nil || low.Cmp(asked) < 0) {
		c.emitBound(w.any(least), rules[0], rules[1], path+keywords[0])
	}
	if asked := most(r); asked != nil && (high == nil || high.Cmp(asked) > 0) {
		c.emitBound(w.any(most), rules[2], rules[3], path+keywords[1])
	}
}
