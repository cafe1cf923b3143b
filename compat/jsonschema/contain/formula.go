package contain

import (
	"encoding/binary"
	"math/big"
	"slices"
	"sort"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// Type is a JSON type; numbers that are integers are apart from the others.
type Type byte

// The types, in the order in which values are looked for.
const (
	Null Type = iota
	Boolean
	Integer
	String
	Array
	Object
	Fraction
	types
)

// Schema names a set of JSON values. Its complement is Not of it.
type Schema int32

// The schemas that every graph has.
const (
	Any  Schema = 0
	None Schema = 1
)

// Not is the complement of s.
func (s Schema) Not() Schema { return s ^ 1 }

// Formula is a condition on values of one type, interned in its graph: equal
// formulas have equal numbers.
type Formula int32

// The formulas that every graph has.
const (
	True  Formula = 0
	False Formula = 1
)

type op byte

const (
	opTrue op = iota
	opFalse
	opAnd
	opOr
	opOne    // exactly one of kids
	opNotOne // none or at least two of kids
	opOpaque
	opNotOpaque
	opIn
	opNotIn
	opMin // number >= limit, or > when open
	opMax
	opMultiple
	opNotMultiple
	opMinLength
	opMaxLength
	opPattern
	opNotPattern
	opMinMembers
	opMaxMembers
	opEachMember // every member whose name is in region is of schema
	opSomeMember
	opMinItems
	opMaxItems
	opItem    // the item at index n, if any, is of schema
	opHasItem // there is an item at index n, of schema
	opEachItem
	opSomeItem // some item from index n on is of schema
	opMinContains
	opMaxContains
	opUnique
	opRepeated
)

// term is what a Formula stands for.
type term struct {
	op     op
	kids   []Formula
	limit  *big.Rat
	open   bool
	n      int
	text   string // of an opaque atom
	values *values
	pat    *pattern
	region Formula
	schema Schema
	not    Formula // its negation, once asked for, else -1
	spread Formula // of opOne and opNotOne: the same as an Or, else -1
}

// values is a set of JSON values of one type.
type values struct {
	list []*jsondoc.Value
	keys map[string]bool
}

func newValues(list []*jsondoc.Value) *values {
	v := &values{keys: make(map[string]bool, len(list))}
	for _, one := range list {
		if key := one.Key(); !v.keys[key] {
			v.keys[key] = true
			v.list = append(v.list, one)
		}
	}
	return v
}

// Graph holds the formulas and cells of one question. Not safe for concurrent
// use.
type Graph struct {
	open     func(n int, t Type) Formula
	terms    []term
	interned map[string]Formula
	opened   map[opening]Formula
	made     []made
	excepted map[string]Schema
	unions   map[string]Schema
	narrowed map[narrowing]Schema
	patterns map[string]*pattern
	cells    map[string]*cell
	places   map[*jsondoc.Member]map[string]int // of the members of objects that are judged
	frames   []*frame
	steps    int
	left     int
	spent    bool
	doubt    bool
	reason   string
}

type opening struct {
	schema Schema
	t      Type
}

// made is a schema that the graph builds itself.
type made struct {
	any    []Schema // of any of these
	except *values  // or: anything but these values
	only   *narrowing
}

// NewGraph returns an empty graph. open gives the formula of the schema numbered
// n, from 0, for values of one type; it is called once for each. steps bounds
// the work.
func NewGraph(steps int, open func(n int, t Type) Formula) *Graph {
	g := &Graph{open: open, interned: make(map[string]Formula), opened: make(map[opening]Formula), patterns: make(map[string]*pattern),
		excepted: make(map[string]Schema), unions: make(map[string]Schema), narrowed: make(map[narrowing]Schema),
		cells: make(map[string]*cell), places: make(map[*jsondoc.Member]map[string]int), left: steps, steps: steps}
	g.terms = []term{{op: opTrue, not: False, spread: -1}, {op: opFalse, not: True, spread: -1}}
	return g
}

// Numbered is the schema that open knows as n.
func Numbered(n int) Schema { return Schema(4 * (n + 1)) }

// make returns a schema of the graph's own.
func (g *Graph) make(m made) Schema {
	g.made = append(g.made, m)
	return Schema(4*len(g.made) + 2)
}

// Union is every value of any of list.
func (g *Graph) Union(list ...Schema) Schema {
	var left []Schema
	for _, s := range list {
		switch s {
		case Any:
			return Any
		case None:
		default:
			left = append(left, s)
		}
	}
	slices.Sort(left)
	left = slices.Compact(left)
	switch len(left) {
	case 0:
		return None
	case 1:
		return left[0]
	}
	var key []byte
	for _, s := range left {
		key = binary.AppendUvarint(key, uint64(s))
	}
	s, ok := g.unions[string(key)]
	if !ok {
		s = g.make(made{any: left})
		g.unions[string(key)] = s
	}
	return s
}

// Except is every value that is not listed.
func (g *Graph) Except(list ...*jsondoc.Value) Schema {
	g.spend(len(list))
	except := newValues(list)
	key := (&term{values: except}).key()
	s, ok := g.excepted[key]
	if !ok {
		s = g.make(made{except: except})
		g.excepted[key] = s
	}
	return s
}

// Of is the formula of s for values of type t.
func (g *Graph) Of(s Schema, t Type) Formula {
	switch s {
	case Any:
		return True
	case None:
		return False
	}
	at := opening{s, t}
	f, ok := g.opened[at]
	if ok {
		return f
	}
	switch {
	case s&1 != 0:
		f = g.Not(g.Of(s^1, t))
	case s&2 != 0:
		f = g.ofMade(g.made[s/4-1], t)
	default:
		f = g.open(int(s/4-1), t)
	}
	g.opened[at] = f
	return f
}

func (g *Graph) ofMade(m made, t Type) Formula {
	if m.except != nil {
		return g.Not(g.In(t, m.except.list))
	}
	if m.only != nil {
		if m.only.t != t {
			return False
		}
		return m.only.f
	}
	var kids []Formula
	for _, s := range m.any {
		kids = append(kids, g.Of(s, t))
	}
	return g.Or(kids...)
}

// intern finds or adds a term.
func (g *Graph) intern(t term) Formula {
	g.spend(1 + len(t.kids)/16)
	if t.values != nil {
		g.spend(len(t.values.list))
	}
	key := t.key()
	if f, ok := g.interned[key]; ok {
		return f
	}
	t.not, t.spread = -1, -1
	f := Formula(len(g.terms))
	g.terms = append(g.terms, t)
	g.interned[key] = f
	return f
}

// key tells terms apart.
func (t *term) key() string {
	b := []byte{byte(t.op)}
	if t.open {
		b = append(b, 1)
	}
	b = binary.AppendVarint(b, int64(t.n))
	b = binary.AppendVarint(b, int64(t.region))
	b = binary.AppendVarint(b, int64(t.schema))
	b = binary.AppendUvarint(b, uint64(len(t.kids)))
	for _, k := range t.kids {
		b = binary.AppendVarint(b, int64(k))
	}
	if t.limit != nil {
		b = append(b, t.limit.RatString()...)
	}
	if t.pat != nil {
		b = append(b, t.pat.source...)
	}
	if t.values != nil {
		keys := make([]string, 0, len(t.values.keys))
		for k := range t.values.keys {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			b = binary.AppendUvarint(b, uint64(len(k)))
			b = append(b, k...)
		}
		return string(b)
	}
	return string(append(b, t.text...))
}
