package contain

import (
	"math/big"
	"regexp"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// Opaque is an atom of which nothing is known but its name: two of the same
// name are the same.
func (g *Graph) Opaque(name string) Formula { return g.intern(term{op: opOpaque, text: name}) }

// In holds for the values of type t among list.
func (g *Graph) In(t Type, list []*jsondoc.Value) Formula {
	var of []*jsondoc.Value
	for _, v := range list {
		if TypeOf(v) == t {
			of = append(of, v)
		}
	}
	if len(of) == 0 {
		return False
	}
	return g.intern(term{op: opIn, values: newValues(of)})
}

// Minimum holds for numbers of at least limit, or more than it when open.
func (g *Graph) Minimum(limit *big.Rat, open bool) Formula {
	return g.intern(term{op: opMin, limit: limit, open: open})
}

// Maximum holds for numbers of at most limit, or less than it when open.
func (g *Graph) Maximum(limit *big.Rat, open bool) Formula {
	return g.intern(term{op: opMax, limit: limit, open: open})
}

// Multiple holds for numbers that are a multiple of a positive one.
func (g *Graph) Multiple(of *big.Rat) Formula { return g.intern(term{op: opMultiple, limit: of}) }

// Length holds for strings of min to max characters; a negative max is none.
func (g *Graph) Length(min, max int) Formula { return g.between(opMinLength, opMaxLength, min, max) }

// Members holds for objects of min to max members; a negative max is none.
func (g *Graph) Members(min, max int) Formula { return g.between(opMinMembers, opMaxMembers, min, max) }

// Items holds for arrays of min to max items; a negative max is none.
func (g *Graph) Items(min, max int) Formula { return g.between(opMinItems, opMaxItems, min, max) }

func (g *Graph) between(low, high op, min, max int) Formula {
	var list []Formula
	if min > 0 {
		list = append(list, g.intern(term{op: low, n: min}))
	}
	if max >= 0 {
		list = append(list, g.intern(term{op: high, n: max}))
	}
	return g.And(list...)
}

// Pattern holds for strings that program finds a match in.
func (g *Graph) Pattern(program *regexp.Regexp) Formula {
	source := program.String()
	p := g.patterns[source]
	if p == nil {
		p = newPattern(program)
		g.patterns[source] = p
	}
	if p.always {
		return True
	}
	return g.intern(term{op: opPattern, pat: p})
}

// Name is the region of one name.
func (g *Graph) Name(name string) Formula {
	return g.In(String, []*jsondoc.Value{{Kind: jsondoc.String, Text: name}})
}

// EachMember holds for objects whose members with names in region, a formula
// over strings, are all of s.
func (g *Graph) EachMember(region Formula, s Schema) Formula {
	if region == False || s == Any {
		return True
	}
	return g.intern(term{op: opEachMember, region: region, schema: s})
}

// Required holds for objects that have a member of that name.
func (g *Graph) Required(name string) Formula { return g.Not(g.EachMember(g.Name(name), None)) }

// Item holds for arrays whose item at index, if there is one, is of s.
func (g *Graph) Item(index int, s Schema) Formula {
	if s == Any {
		return True
	}
	return g.intern(term{op: opItem, n: index, schema: s})
}

// EachItem holds for arrays whose items from an index on are all of s.
func (g *Graph) EachItem(from int, s Schema) Formula {
	if s == Any {
		return True
	}
	return g.intern(term{op: opEachItem, n: from, schema: s})
}

// Contains holds for arrays that have min to max items of s; a negative max is
// none.
func (g *Graph) Contains(s Schema, min, max int) Formula {
	var list []Formula
	if min > 0 {
		list = append(list, g.intern(term{op: opMinContains, n: min, schema: s}))
	}
	if max >= 0 {
		list = append(list, g.intern(term{op: opMaxContains, n: max, schema: s}))
	}
	return g.And(list...)
}

// Unique holds for arrays without two equal items.
func (g *Graph) Unique() Formula { return g.intern(term{op: opUnique}) }
