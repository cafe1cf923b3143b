package contain

import (
	"encoding/binary"
	"slices"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// Outcome is what is known of a cell.
type Outcome byte

// The outcomes.
const (
	Unknown Outcome = iota
	Empty
	Found
	Doubtful // found, by way of something opaque
)

// Answer is what [Graph.Solve] found.
type Answer struct {
	Outcome Outcome
	Value   *jsondoc.Value // when Found or Doubtful
	Reason  string         // when Unknown or Doubtful
}

// result is an answer within a search. An Empty that counts on cells under way
// says which: the outermost and the innermost of their frames.
type result struct {
	outcome   Outcome
	value     *jsondoc.Value
	low, high int // frames counted on; high < 0 is none
}

const noFrame = -1

var empty = result{outcome: Empty, low: noFrame, high: noFrame}

func found(v *jsondoc.Value) result {
	return result{outcome: Found, value: v, low: noFrame, high: noFrame}
}

func (g *Graph) unknown(reason string) result {
	if g.reason == "" {
		g.reason = reason
	}
	return result{outcome: Unknown, low: noFrame, high: noFrame}
}

// found tells whether there is a value, doubtful or not.
func (r result) found() bool { return r.outcome == Found || r.outcome == Doubtful }

// rests adds what another empty result counts on.
func (r *result) rests(on result) {
	if on.high < 0 {
		return
	}
	if r.high < 0 || on.low < r.low {
		r.low = on.low
	}
	r.high = max(r.high, on.high)
}

// join makes one result of two ways to a value: found by either, empty when
// both are.
func (r *result) join(other result) {
	switch {
	case r.outcome == Found:
	case other.found() && r.outcome != Doubtful, other.outcome == Found:
		*r = other
	case r.outcome == Doubtful:
	case other.outcome == Unknown:
		r.outcome = Unknown
	case r.outcome == Empty:
		r.rests(other)
	}
}

// cell is what is remembered of a set of schemas.
type cell struct {
	result
	known bool
	frame *frame // while it is under way
}

// frame is a cell under way, and the empty cells that count on it.
type frame struct {
	depth    int
	provisos []*cell
}

// spend takes steps and tells whether any are left.
func (g *Graph) spend(n int) bool {
	if g.left -= n; g.left < 0 {
		g.exhaust("the comparison takes more steps than its budget allows")
	}
	return !g.spent
}

// exhaust ends the search: what is not found by now stays unknown.
func (g *Graph) exhaust(reason string) {
	if !g.spent {
		g.spent, g.reason = true, reason
	}
}

// Steps is how many were taken.
func (g *Graph) Steps() int { return g.steps - g.left }

// Solve looks for a value of all of list.
func (g *Graph) Solve(list ...Schema) Answer {
	r := g.solve(list)
	a := Answer{Outcome: r.outcome, Value: r.value, Reason: g.reason}
	if g.spent {
		a.Outcome, a.Value = Unknown, nil
	}
	if a.Outcome == Doubtful && a.Reason == "" {
		a.Reason = "the schemas hold something that is not looked into"
	}
	return a
}

// maxDepth bounds the nesting of cells; a value that deep is refused as a
// payload.
const maxDepth = 100

func (g *Graph) solve(list []Schema) result {
	set := make([]Schema, 0, len(list))
	for _, s := range list {
		if s == None {
			return empty
		}
		if s != Any {
			set = append(set, s)
		}
	}
	slices.Sort(set)
	set = slices.Compact(set)
	var key []byte
	if !g.spend(len(set) / 8) {
		return g.unknown("")
	}
	for i, s := range set {
		if i > 0 && set[i-1] == s.Not() {
			return empty
		}
		key = binary.AppendUvarint(key, uint64(s))
	}
	c := g.cells[string(key)]
	switch {
	case c == nil:
		c = &cell{}
		g.cells[string(key)] = c
	case c.known:
		return c.result
	case c.frame != nil:
		return result{outcome: Empty, low: c.frame.depth, high: c.frame.depth}
	}
	if !g.spend(1) || len(g.frames) >= maxDepth {
		return g.unknown("the schemas nest too deep")
	}
	c.frame = &frame{depth: len(g.frames)}
	g.frames = append(g.frames, c.frame)
	r := g.byType(set)
	g.frames = g.frames[:c.frame.depth]
	return g.settle(c, r)
}

// settle remembers what was found of a cell that was under way; what was found
// while no steps were left may be wrong, and is not. Below it, what
// counted on the cell being empty is so for good, or forgotten, or counts on
// what the cell counts on.
func (g *Graph) settle(c *cell, r result) result {
	f := c.frame
	c.frame = nil
	if g.spent {
		for _, p := range f.provisos {
			p.known = false
		}
		return g.unknown("")
	}
	if r.outcome != Empty {
		for _, p := range f.provisos {
			p.known = false
		}
		c.result, c.known = r, true
		return r
	}
	if r.high >= f.depth {
		r.high = f.depth - 1
		if r.low >= f.depth {
			r.low, r.high = noFrame, noFrame
		}
	}
	c.result, c.known = r, true
	if r.high >= 0 {
		g.frames[r.high].provisos = append(g.frames[r.high].provisos, c)
	}
	for _, p := range f.provisos {
		p.low = min(p.low, f.depth)
		if r.high >= 0 {
			p.low = min(p.low, r.low)
		}
		if p.low >= f.depth {
			p.low, p.high = noFrame, noFrame
			continue
		}
		p.high = f.depth - 1
		g.frames[p.high].provisos = append(g.frames[p.high].provisos, p)
	}
	return r
}

// byType looks for a value type by type, the ones without doubt first.
func (g *Graph) byType(set []Schema) result {
	r := empty
	for t := Null; t < types && r.outcome != Found && !g.spent; t++ {
		formulas := make([]Formula, 0, len(set))
		for _, s := range set {
			f := g.Of(s, t)
			formulas = append(formulas, f)
			if f == False {
				break
			}
		}
		if len(formulas) > 0 && formulas[len(formulas)-1] == False {
			continue
		}
		r.join(g.search(t, formulas))
	}
	return r
}
