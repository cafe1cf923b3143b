package contain

import "slices"

// And holds where all of list do.
func (g *Graph) And(list ...Formula) Formula { return g.junction(opAnd, True, False, list) }

// Or holds where any of list does.
func (g *Graph) Or(list ...Formula) Formula { return g.junction(opOr, False, True, list) }

func (g *Graph) junction(of op, neutral, zero Formula, list []Formula) Formula {
	var kids []Formula
	for _, f := range list {
		switch {
		case f == zero:
			return zero
		case f == neutral:
		case g.terms[f].op == of:
			kids = append(kids, g.terms[f].kids...)
		default:
			kids = append(kids, f)
		}
	}
	slices.Sort(kids)
	kids = slices.Compact(kids)
	for _, f := range kids {
		if not := g.terms[f].not; not >= 0 {
			if _, both := slices.BinarySearch(kids, not); both {
				return zero
			}
		}
	}
	switch len(kids) {
	case 0:
		return neutral
	case 1:
		return kids[0]
	}
	return g.intern(term{op: of, kids: kids})
}

// One holds where exactly one of list does.
func (g *Graph) One(list ...Formula) Formula {
	kids := slices.Clone(list)
	slices.Sort(kids)
	var left, never []Formula
	for i, f := range kids {
		switch {
		case f == False:
		case i > 0 && kids[i-1] == f || i+1 < len(kids) && kids[i+1] == f:
			never = append(never, g.Not(f)) // what is listed twice never counts as one
		default:
			left = append(left, f)
		}
	}
	switch {
	case slices.Contains(left, True):
		for _, f := range left {
			if f != True {
				never = append(never, g.Not(f))
			}
		}
		return g.And(never...)
	case len(left) < 2:
		return g.And(append(never, g.Or(left...))...)
	}
	return g.And(append(never, g.intern(term{op: opOne, kids: left}))...)
}

// Not holds where f does not.
func (g *Graph) Not(f Formula) Formula {
	if not := g.terms[f].not; not >= 0 {
		return not
	}
	not := g.negate(g.terms[f])
	g.terms[f].not = not
	if g.terms[not].not < 0 {
		g.terms[not].not = f
	}
	return not
}

func (g *Graph) negate(t term) Formula {
	duals := [...]struct{ a, b op }{
		{opOne, opNotOne}, {opOpaque, opNotOpaque}, {opIn, opNotIn}, {opMultiple, opNotMultiple}, {opPattern, opNotPattern},
		{opMin, opMax}, {opMinLength, opMaxLength}, {opMinMembers, opMaxMembers}, {opMinItems, opMaxItems}, {opMinContains, opMaxContains},
		{opEachMember, opSomeMember}, {opItem, opHasItem}, {opEachItem, opSomeItem}, {opUnique, opRepeated},
	}
	switch t.op {
	case opAnd, opOr:
		kids := make([]Formula, len(t.kids))
		for i, k := range t.kids {
			kids[i] = g.Not(k)
		}
		if t.op == opAnd {
			return g.Or(kids...)
		}
		return g.And(kids...)
	}
	was := t.op
	for _, d := range duals {
		switch was {
		case d.a:
			t.op = d.b
		case d.b:
			t.op = d.a
		}
	}
	switch was {
	case opMin, opMax:
		t.open = !t.open
	case opMinLength, opMinMembers, opMinItems, opMinContains:
		t.n--
	case opMaxLength, opMaxMembers, opMaxItems, opMaxContains:
		t.n++
	case opEachMember, opSomeMember, opItem, opHasItem, opEachItem, opSomeItem:
		t.schema = t.schema.Not()
	}
	return g.intern(t)
}

// maxBranches bounds the branches of which exactly one shall hold; they are
// written out in pairs.
const maxBranches = 300

// alternatives writes an Or, One or NotOne as the formulas of which one holds.
func (g *Graph) alternatives(f Formula) []Formula {
	t := g.terms[f]
	switch {
	case t.op == opOr:
		return t.kids
	case t.spread < 0:
		spread := g.spread(t)
		if g.spent {
			return nil
		}
		g.terms[f].spread = spread
		t.spread = spread
	}
	if g.terms[t.spread].op == opOr {
		return g.terms[t.spread].kids
	}
	return []Formula{t.spread}
}

func (g *Graph) spread(t term) Formula {
	if len(t.kids) > maxBranches || !g.spend(len(t.kids)*len(t.kids)/8) {
		g.exhaust("more branches exclude each other than are told apart")
		return True
	}
	nots := make([]Formula, len(t.kids))
	for i, k := range t.kids {
		nots[i] = g.Not(k)
	}
	var ways []Formula
	if t.op == opNotOne {
		ways = append(ways, g.And(nots...))
		for i, a := range t.kids {
			for _, b := range t.kids[:i] {
				ways = append(ways, g.And(a, b))
			}
		}
		return g.Or(ways...)
	}
	for i, k := range t.kids {
		way := slices.Clone(nots)
		way[i] = k
		ways = append(ways, g.And(way...))
	}
	return g.Or(ways...)
}
