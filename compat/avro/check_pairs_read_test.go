package avro

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// resolution reads a payload as the specification's schema resolution has it,
// with Java's choice of a union's branch. It shares nothing with the checker
// nor with the reading that judges witnesses.
type resolution struct {
	data []byte
}

func (in *resolution) long() int64 {
	v, n := binary.Varint(in.data)
	in.data = in.data[n:]
	return v
}

func (in *resolution) take(n int64) []byte {
	out := in.data[:n]
	in.data = in.data[n:]
	return out
}

// read reads a value written under w into r.
func (in *resolution) read(r, w *node) (any, error) {
	if w.kind == kindUnion {
		i := int(in.long())
		if r.kind == kindUnion && alikeTypes(r, w, make(map[pair]bool)) {
			v, err := in.read(r.members[i], w.members[i])
			return branch{i, v}, err
		}
		return in.read(r, w.members[i])
	}
	if r.kind == kindUnion {
		i := choice(r, w)
		if i < 0 {
			return nil, fmt.Errorf("no branch for %s", label(w))
		}
		v, err := in.read(r.members[i], w)
		return branch{i, v}, err
	}
	if r.kind != w.kind {
		return in.promoted(r.kind, w.kind)
	}
	if w.kind.named() && !fits(r, w) {
		return nil, fmt.Errorf("%s is not %s", label(r), label(w))
	}
	switch w.kind {
	case kindFixed:
		if r.size != w.size {
			return nil, fmt.Errorf("sizes %d and %d", r.size, w.size)
		}
		return in.take(int64(w.size)), nil
	case kindEnum:
		s := w.symbols[in.long()]
		if slices.Contains(r.symbols, s) {
			return symbol(s), nil
		}
		if r.fallback == "" {
			return nil, fmt.Errorf("symbol %s", s)
		}
		return symbol(r.fallback), nil
	case kindRecord:
		return in.record(r, w)
	case kindArray, kindMap:
		return in.items(r, w)
	}
	return in.primitive(w.kind), nil
}

// aliased is the writer's schema as Java's decoder takes it: before anything is
// compared its types get the names of the reader's types that have theirs as an
// alias (Schema.applyAliases), unless the two are equal. The names they had
// stand as their aliases.
func aliased(r, w *node) *node {
	if identical(r, w, make(map[pair]bool)) {
		r = &node{}
	}
	names := make(map[string]name)
	for _, n := range typesOf(r) {
		for _, alias := range n.aliases {
			names[alias.full] = n.name
		}
	}
	made := make(map[*node]*node)
	var remade func(n *node) *node
	remade = func(n *node) *node {
		if n == nil || made[n] != nil {
			return made[n]
		}
		c := *n
		made[n] = &c
		c.aliases = []name{n.name}
		if taker, ok := names[n.name.full]; ok && n.kind.named() {
			c.name = taker
		}
		c.items, c.members, c.fields, c.byName = remade(n.items), slices.Clone(n.members), slices.Clone(n.fields), make(map[string]*field)
		for i, branch := range n.members {
			c.members[i] = remade(branch)
		}
		for i, f := range n.fields {
			g := *f
			g.typ = remade(f.typ)
			c.fields[i], c.byName[g.name] = &g, &g
		}
		return &c
	}
	return remade(w)
}

// fits tells whether r is a type for w, one of the aliased: for a record by the
// name it had, since outside of unions Java's decoder looks at no record's name.
func fits(r, w *node) bool {
	if w.kind != kindRecord {
		return r.name.short == w.name.short
	}
	was := w.aliases[0]
	return r.name.short == was.short || carries(r, was.full)
}

func carries(r *node, full string) bool {
	for _, alias := range r.aliases {
		if alias.full == full {
			return true
		}
	}
	return false
}

func (in *resolution) primitive(k kind) any {
	switch k {
	case kindBoolean:
		return in.take(1)[0] == 1
	case kindInt, kindLong:
		return in.long()
	case kindFloat:
		return math.Float32frombits(binary.LittleEndian.Uint32(in.take(4)))
	case kindDouble:
		return math.Float64frombits(binary.LittleEndian.Uint64(in.take(8)))
	case kindBytes:
		return in.take(in.long())
	case kindString:
		return string(in.take(in.long()))
	}
	return nil
}

func (in *resolution) promoted(r, w kind) (any, error) {
	switch v := in.primitive(w).(type) {
	case int64:
		switch {
		case r == kindLong && w == kindInt:
			return v, nil
		case r == kindFloat:
			return float32(v), nil
		case r == kindDouble:
			return float64(v), nil
		}
	case float32:
		if r == kindDouble {
			return float64(v), nil
		}
	case string:
		if r == kindBytes {
			return []byte(v), nil
		}
	case []byte:
		if r == kindString {
			return string(v), nil
		}
	}
	return nil, fmt.Errorf("%s for %s", w, r)
}

func (in *resolution) record(r, w *node) (any, error) {
	renames := r.name.full == w.name.full // as Java rewrites the writer's schema
	out := make(fields, len(r.fields))
	filled := make([]bool, len(r.fields))
	for _, f := range w.fields {
		to := -1
		for i, g := range r.fields {
			if g.name != f.name && !(renames && slices.Contains(g.aliases, f.name)) {
				continue
			}
			if to >= 0 || filled[i] {
				return nil, fmt.Errorf("field %s is read twice", f.name)
			}
			to = i
		}
		typ := f.typ
		if to >= 0 {
			typ = r.fields[to].typ
		}
		v, err := in.read(typ, f.typ)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if to >= 0 {
			out[to], filled[to] = v, true
		}
	}
	for i, f := range r.fields {
		if !filled[i] && f.value == nil {
			return nil, fmt.Errorf("nothing for field %s", f.name)
		}
	}
	return out, nil
}

func (in *resolution) items(r, w *node) (any, error) {
	items, entries := list{}, []keyed{}
	for count := in.long(); count != 0; count = in.long() {
		for range count {
			key := ""
			if w.kind == kindMap {
				key = string(in.take(in.long()))
			}
			v, err := in.read(r.items, w.items)
			if err != nil {
				return nil, err
			}
			items, entries = append(items, v), append(entries, keyed{key, v})
		}
	}
	if w.kind == kindMap {
		return entries, nil
	}
	return items, nil
}

// choice is Java's Resolver.firstMatchingBranch: the very type, else the last
// record of the short name whose fields all match at first sight, else the
// first promotion. The records of other names that Java tries, too, are left
// out: the specification has none of it.
func choice(r, w *node) int {
	found := -1
	for i, b := range r.members {
		switch {
		case b.kind != w.kind:
		case !w.kind.named(), b.name.full == w.name.full:
			return i
		case w.kind == kindRecord && (b.name.short == w.name.short || found < 0 && fits(b, w)) && matches(b, w, true):
			found = i
		}
	}
	if found >= 0 {
		return found
	}
	for i, b := range r.members {
		if promotes(b.kind, w.kind) {
			return i
		}
	}
	return -1
}

// matches is what Java looks at of a record in a union before it takes it;
// within those, deep is false and it looks at no types.
func matches(r, w *node, deep bool) bool {
	for _, f := range r.fields {
		source := w.byName[f.name]
		for _, alias := range f.aliases {
			if source == nil && r.name.full == w.name.full {
				source = w.byName[alias]
			}
		}
		if source == nil && f.value == nil || deep && source != nil && !atFirstSight(f.typ, source.typ) {
			return false
		}
	}
	return true
}

func atFirstSight(r, w *node) bool {
	switch {
	case w.kind == kindUnion:
		return true
	case r.kind == kindUnion:
		return choice(r, w) >= 0
	case r.kind != w.kind:
		return promotes(r.kind, w.kind)
	case r.kind == kindFixed && r.size != w.size:
		return false
	case r.kind == kindRecord:
		return matches(r, w, false)
	}
	return !w.kind.named() || fits(r, w)
}

// alikeTypes is Java's Resolver.unionEquiv.
func alikeTypes(r, w *node, seen map[pair]bool) bool {
	if r.kind != w.kind || r.kind.named() && r.name.short != w.name.short {
		return false
	}
	if seen[pair{r, w}] {
		return true
	}
	seen[pair{r, w}] = true
	switch r.kind {
	case kindArray, kindMap:
		return alikeTypes(r.items, w.items, seen)
	case kindUnion:
		return slices.EqualFunc(r.members, w.members, func(a, b *node) bool { return alikeTypes(a, b, seen) })
	case kindFixed:
		return r.size == w.size
	case kindEnum:
		return slices.Equal(r.symbols, w.symbols)
	case kindRecord:
		return slices.EqualFunc(r.fields, w.fields, func(a, b *field) bool {
			return a.name == b.name && alikeTypes(a.typ, b.typ, seen)
		})
	}
	return true
}
