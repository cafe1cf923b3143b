package contain

// maxSplitDepth bounds how far into a value the parts are told apart.
const maxSplitDepth = 6

// Split lists parts of s that cover it: one for each alternative by which a
// value can be of s, told apart down to members and items. It stops at limit
// parts, and then covers only some of s.
func (g *Graph) Split(s Schema, limit int) []Schema {
	var parts []Schema
	g.split(s, maxSplitDepth, func(part Schema) bool {
		parts = append(parts, part)
		return len(parts) < limit
	})
	return parts
}

// split yields parts of s until yield is false, and tells whether it never was.
func (g *Graph) split(s Schema, depth int, yield func(Schema) bool) bool {
	if !g.spend(1) {
		return false
	}
	if s == Any || s == None || depth == 0 {
		return yield(s)
	}
	for t := Null; t < types; t++ {
		more := g.splitFormula(g.Of(s, t), depth, func(f Formula) bool {
			return yield(g.narrow(t, f))
		})
		if !more {
			return false
		}
	}
	return true
}

func (g *Graph) splitFormula(f Formula, depth int, yield func(Formula) bool) bool {
	t := g.terms[f]
	switch t.op {
	case opFalse:
		return true
	case opOr:
		for _, k := range t.kids {
			if g.spent {
				return false
			}
			if !g.splitFormula(k, depth, yield) {
				return false
			}
		}
		return true
	case opSomeMember, opHasItem, opSomeItem:
		return g.split(t.schema, depth-1, func(part Schema) bool {
			inner := t
			inner.schema = part
			return yield(g.intern(inner))
		})
	}
	return yield(f)
}

// narrow is the schema of the values of one type of which f holds.
func (g *Graph) narrow(t Type, f Formula) Schema {
	at := narrowing{t, f}
	s, ok := g.narrowed[at]
	if !ok {
		s = g.make(made{only: &at})
		g.narrowed[at] = s
	}
	return s
}

// narrowing is a formula together with the type it is for.
type narrowing struct {
	t Type
	f Formula
}
