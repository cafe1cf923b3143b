package contain

import (
	"math/big"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// TypeOf is the type of a value.
func TypeOf(v *jsondoc.Value) Type {
	switch v.Kind {
	case jsondoc.Null:
		return Null
	case jsondoc.False, jsondoc.True:
		return Boolean
	case jsondoc.String:
		return String
	case jsondoc.Array:
		return Array
	case jsondoc.Object:
		return Object
	}
	if r := v.Rational(); r != nil && r.IsInt() {
		return Integer
	}
	return Fraction
}

// Accepts tells whether v is of s; sure is false when something opaque was
// asked.
func (g *Graph) Accepts(s Schema, v *jsondoc.Value) (accepts, sure bool) {
	accepts, doubt := g.evalSchema(s, v)
	return accepts, !doubt
}

func (g *Graph) evalSchema(s Schema, v *jsondoc.Value) (holds, doubt bool) {
	switch s {
	case Any:
		return true, false
	case None:
		return false, false
	}
	return g.eval(g.Of(s, TypeOf(v)), v)
}

// eval tells whether a formula holds of a value of its type. An opaque atom
// holds, with doubt.
func (g *Graph) eval(f Formula, v *jsondoc.Value) (holds, doubt bool) {
	if !g.spend(1) {
		return false, true
	}
	t := g.terms[f]
	switch t.op {
	case opTrue:
		return true, false
	case opFalse:
		return false, false
	case opOpaque, opNotOpaque:
		return true, true
	case opAnd:
		for _, k := range t.kids {
			one, unsure := g.eval(k, v)
			if !one {
				return false, false
			}
			doubt = doubt || unsure
		}
		return true, doubt
	case opOr:
		for _, k := range t.kids {
			one, unsure := g.eval(k, v)
			if one && !unsure {
				return true, false
			}
			holds, doubt = holds || one, doubt || unsure
		}
		return holds, doubt
	case opOne, opNotOne:
		return g.evalOne(t, v)
	case opIn, opNotIn:
		g.spend(size(v) / 4)
		return t.values.keys[v.Key()] == (t.op == opIn), false
	}
	switch v.Kind {
	case jsondoc.Number:
		return evalNumber(&t, v.Rational()), false
	case jsondoc.String:
		g.spend(len(v.Text) / 16)
		return evalText(&t, v.Text), t.pat != nil && t.pat.program == nil
	case jsondoc.Array:
		return g.evalArray(t, v.Items)
	}
	return g.evalObject(t, v.Members)
}

// evalOne counts. Where an opaque atom is asked, any count may be right.
func (g *Graph) evalOne(t term, v *jsondoc.Value) (holds, doubt bool) {
	count := 0
	for _, k := range t.kids {
		if g.spent {
			return false, true
		}
		one, _ := g.eval(k, v)
		_, unsure := g.eval(g.Not(k), v)
		if doubt = doubt || one && unsure; one {
			count++
		}
	}
	return doubt || (count == 1) == (t.op == opOne), doubt
}

func evalNumber(t *term, r *big.Rat) bool {
	switch t.op {
	case opMin:
		c := r.Cmp(t.limit)
		return c > 0 || c == 0 && !t.open
	case opMax:
		c := r.Cmp(t.limit)
		return c < 0 || c == 0 && !t.open
	}
	return new(big.Rat).Quo(r, t.limit).IsInt() == (t.op == opMultiple)
}

func evalText(t *term, s string) bool {
	switch t.op {
	case opMinLength:
		return utf8.RuneCountInString(s) >= t.n
	case opMaxLength:
		return utf8.RuneCountInString(s) <= t.n
	}
	return t.pat.matcher.MatchString(s) == (t.op == opPattern)
}

func (g *Graph) evalObject(t term, members []jsondoc.Member) (holds, doubt bool) {
	switch t.op {
	case opMinMembers:
		return len(members) >= t.n, false
	case opMaxMembers:
		return len(members) <= t.n, false
	}
	each := t.op == opEachMember
	if name, ok := g.single(t.region); ok && len(members) > fewMembers {
		members = g.member(members, name)
	}
	for _, m := range members {
		if g.spent {
			return false, true
		}
		in, unsureName := g.named(t.region, m.Name)
		if !in {
			continue
		}
		one, unsure := g.evalSchema(t.schema, m.Value)
		switch {
		case unsureName || unsure && one:
			doubt = true
		case one != each:
			return one, false
		}
	}
	return each || doubt, doubt
}

// fewMembers are looked through one by one.
const fewMembers = 8

// member is the part of an object's members that has a name. The graph remembers
// where the names of an object are: each of its assertions asks.
func (g *Graph) member(members []jsondoc.Member, name string) []jsondoc.Member {
	places, known := g.places[&members[0]]
	if !known {
		g.spend(len(members))
		places = make(map[string]int, len(members))
		for i, m := range members {
			places[m.Name] = i
		}
		g.places[&members[0]] = places
	}
	if i, ok := places[name]; ok {
		return members[i : i+1]
	}
	return nil
}

// named tells whether a name is of a region.
func (g *Graph) named(region Formula, name string) (in, doubt bool) {
	if region == True {
		return true, false
	}
	return g.eval(region, &jsondoc.Value{Kind: jsondoc.String, Text: name})
}

func (g *Graph) evalArray(t term, items []*jsondoc.Value) (holds, doubt bool) {
	switch t.op {
	case opMinItems:
		return len(items) >= t.n, false
	case opMaxItems:
		return len(items) <= t.n, false
	case opUnique, opRepeated:
		g.spend(len(items))
		seen := make(map[string]bool, len(items))
		for _, item := range items {
			seen[item.Key()] = true
		}
		return (len(seen) == len(items)) == (t.op == opUnique), false
	case opItem, opHasItem:
		if t.n >= len(items) {
			return t.op == opItem, false
		}
		return g.evalSchema(t.schema, items[t.n])
	case opEachItem:
		for _, item := range items[min(t.n, len(items)):] {
			one, unsure := g.evalSchema(t.schema, item)
			if !one {
				return false, false
			}
			doubt = doubt || unsure
		}
		return true, doubt
	case opSomeItem:
		for _, item := range items[min(t.n, len(items)):] {
			one, unsure := g.evalSchema(t.schema, item)
			if one && !unsure {
				return true, false
			}
			holds, doubt = holds || one, doubt || unsure
		}
		return holds, doubt
	}
	sure, perhaps := 0, 0
	for _, item := range items {
		one, _ := g.evalSchema(t.schema, item)
		other, _ := g.evalSchema(t.schema.Not(), item)
		switch {
		case one && other:
			perhaps++
		case one:
			sure++
		}
	}
	if t.op == opMinContains {
		return sure+perhaps >= t.n, sure < t.n && sure+perhaps >= t.n
	}
	return sure <= t.n, sure <= t.n && sure+perhaps > t.n
}

// size is how many values v has within it.
func size(v *jsondoc.Value) int {
	n := len(v.Items) + len(v.Members)
	for _, item := range v.Items {
		n += size(item)
	}
	for _, m := range v.Members {
		n += size(m.Value)
	}
	return n
}
