package contain

import (
	"encoding/binary"
	"slices"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// Bounds on one array.
const (
	maxItems    = 300
	maxCounters = 6
	maxPairs    = 200
)

// counter says how many items from an index on are of schema: at least so many,
// or at most.
type counter struct {
	schema Schema
	from   int
	n      int
	most   bool
}

// arrays is the conjunction of atoms on arrays.
type arrays struct {
	refutation
	low, high int
	items     map[int][]Schema // of single positions
	each      []counter        // n and most have no meaning
	counters  []counter
	tail      int // from here on all positions are alike
	unique    bool
	repeated  bool
	doubt     bool
	failed    map[string]bool             // places in the choice that led nowhere
	choices   map[string][]*jsondoc.Value // distinct values by their schemas
}

// slot is a position, or two that hold equal items.
type slot struct {
	at, twin int // twin is negative when there is none
	schemas  []Schema
}

func (g *Graph) newArrays(atoms []Formula) *arrays {
	a := &arrays{refutation: refutation{g: g, rest: empty}, high: -1, items: make(map[int][]Schema), choices: make(map[string][]*jsondoc.Value)}
	for _, f := range atoms {
		t := &g.terms[f]
		switch t.op {
		case opMinItems:
			a.low = max(a.low, t.n)
		case opMaxItems:
			if a.high < 0 || t.n < a.high {
				a.high = t.n
			}
		case opItem, opHasItem:
			a.items[t.n] = append(a.items[t.n], t.schema)
			a.tail = max(a.tail, t.n+1)
			if t.op == opHasItem {
				a.low = max(a.low, t.n+1)
			}
		case opEachItem:
			a.each = append(a.each, counter{schema: t.schema, from: t.n})
			a.tail = max(a.tail, t.n)
		case opSomeItem:
			a.counters = append(a.counters, counter{schema: t.schema, from: t.n, n: 1})
			a.tail = max(a.tail, t.n)
		case opMinContains, opMaxContains:
			a.counters = append(a.counters, counter{schema: t.schema, n: t.n, most: t.op == opMaxContains})
		case opUnique:
			a.unique = true
		case opRepeated:
			a.repeated = true
		}
	}
	return a
}

// base is what an item at a position has to be of.
func (a *arrays) base(at int) []Schema {
	list := slices.Clone(a.items[at])
	for _, e := range a.each {
		if e.from <= at {
			list = append(list, e.schema)
		}
	}
	return list
}

// solveArray tries lengths from the shortest on. Past the last position that is
// told apart, and one more for each item that is asked for, a longer array has
// nothing that a shorter one lacks.
func (g *Graph) solveArray(atoms []Formula) result {
	a := g.newArrays(atoms)
	if len(a.counters) > maxCounters {
		return g.unknown("too many contains to count together")
	}
	longest := max(a.tail, a.low)
	for _, c := range a.counters {
		if !c.most {
			longest += min(c.n, maxItems)
		}
	}
	if a.repeated {
		longest += 2
	}
	// A position without values ends the array before it.
	for at := 0; at <= min(a.tail, maxItems); at++ {
		if a.high >= 0 && at >= a.high {
			break
		}
		if r := a.ask(a.base(at)); r.outcome == Empty {
			a.high = at
		}
	}
	if a.high >= 0 {
		longest = min(longest, a.high)
	}
	for length := a.low; length <= longest; length++ {
		if length > maxItems || !g.spend(1) {
			a.keep(g.unknown("an array of that length is not built"))
			break
		}
		if r := a.ofLength(length); r.found() {
			return r
		}
	}
	return a.rest
}

func (a *arrays) ofLength(length int) result {
	slots := make([]slot, length)
	a.g.spend(length + length*len(a.each)/4)
	for i := range slots {
		slots[i] = slot{i, -1, a.base(i)}
	}
	if !a.repeated {
		a.failed = make(map[string]bool)
		return a.choose(slots, 0, nil)
	}
	if a.unique {
		return a.rest
	}
	// Past the tail positions are alike, so two of them stand for all.
	end := min(length, a.tail+2)
	pairs := 0
	for i := range end {
		for j := i + 1; j < end; j++ {
			if pairs++; pairs > maxPairs {
				a.keep(a.g.unknown("too many items that may be equal"))
				return a.rest
			}
			if !a.g.spend(1 + length/8) {
				return a.g.unknown("")
			}
			merged := slices.Clone(slots)
			merged[i].twin = j
			merged[i].schemas = append(slices.Clone(slots[i].schemas), slots[j].schemas...)
			merged = slices.Delete(merged, j, j+1)
			a.failed = make(map[string]bool)
			if r := a.choose(merged, 0, nil); r.found() {
				return r
			}
		}
	}
	return a.rest
}

// choose decides for each slot which counters its item counts for.
func (a *arrays) choose(slots []slot, i int, counts []int) result {
	if counts == nil {
		counts = make([]int, len(a.counters))
	}
	if !a.g.spend(1 + len(slots)/8) {
		return a.g.unknown("")
	}
	if i == len(slots) {
		for k, c := range a.counters {
			if !c.most && counts[k] < c.n {
				return a.rest
			}
		}
		return a.fillIn(slots)
	}
	key := binary.AppendUvarint(nil, uint64(i))
	for k, c := range a.counters {
		key = binary.AppendUvarint(key, uint64(min(counts[k], c.n+1)))
	}
	if a.failed[string(key)] {
		return a.rest
	}
	for _, way := range a.ways(slots[i], counts) {
		next := slices.Clone(slots)
		next[i].schemas = way.schemas
		if r := a.choose(next, i+1, way.counts); r.found() {
			return r
		}
	}
	// With uniqueness it also matters which items were chosen before.
	if !a.unique {
		a.failed[string(key)] = true
	}
	return a.rest
}

// way is one choice for a slot.
type way struct {
	schemas []Schema
	counts  []int
}

// ways lists the choices for a slot, those that count for more first.
func (a *arrays) ways(s slot, counts []int) []way {
	ways := []way{{s.schemas, counts}}
	for k, c := range a.counters {
		weight := 0
		if s.at >= c.from {
			weight++
		}
		if s.twin >= c.from && s.twin >= 0 {
			weight++
		}
		if weight == 0 {
			continue
		}
		var next []way
		for _, w := range ways {
			if with := append(slices.Clone(w.schemas), c.schema); !(c.most && w.counts[k]+weight > c.n) && (c.most || w.counts[k] < c.n) {
				if r := a.ask(with); r.found() {
					counted := slices.Clone(w.counts)
					counted[k] += weight
					next = append(next, way{with, counted})
				}
			}
			without := w.schemas
			if c.most {
				without = append(slices.Clone(without), c.schema.Not())
				if r := a.ask(without); !r.found() {
					continue
				}
			}
			next = append(next, way{without, w.counts})
		}
		ways = next
	}
	return ways
}

// fillIn finds the items, distinct ones where that is asked.
func (a *arrays) fillIn(slots []slot) result {
	items := make([]*jsondoc.Value, 0, len(slots)+1)
	doubt := a.doubt
	if a.unique && len(slots) > 1 {
		distinct, ok := a.distinct(slots)
		if !ok {
			return a.rest
		}
		items = distinct
	} else {
		for _, s := range slots {
			r := a.ask(s.schemas)
			if !r.found() {
				return a.rest
			}
			doubt = doubt || r.outcome == Doubtful
			items = append(items, r.value)
		}
	}
	for i, s := range slots {
		if s.twin >= 0 {
			items = slices.Insert(items, s.twin, items[i])
		}
	}
	r := found(&jsondoc.Value{Kind: jsondoc.Array, Items: items})
	if doubt {
		r.outcome = Doubtful
	}
	return r
}
