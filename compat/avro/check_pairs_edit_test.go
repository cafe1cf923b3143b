package avro

import (
	"slices"
	"strings"
)

// slot is a place that holds a type.
type slot struct {
	get func() *shape
	set func(*shape)
}

// slots lists every place of a type below root, and every shape once.
func slots(root *shape) (places []slot, shapes []*shape) {
	seen := make(map[*shape]bool)
	var visit func(s *shape)
	enter := func(at **shape) {
		places = append(places, slot{func() *shape { return *at }, func(s *shape) { *at = s }})
		visit(*at)
	}
	visit = func(s *shape) {
		if seen[s] {
			return
		}
		seen[s] = true
		shapes = append(shapes, s)
		if s.items != nil {
			enter(&s.items)
		}
		for i := range s.members {
			enter(&s.members[i])
		}
		for _, f := range s.fields {
			enter(&f.typ)
		}
	}
	visit(root)
	return places, shapes
}

// edit changes one thing as people do, or as they should not. It returns the
// root, which may be another one.
func (d *drawing) edit(root *shape) *shape {
	holder := &shape{kind: kindArray, items: root}
	places, shapes := slots(holder)
	d.named = nil
	for _, s := range shapes {
		if s.kind.named() {
			d.named = append(d.named, s)
		}
	}
	if d.IntN(2) == 0 {
		d.editPlace(places[d.IntN(len(places))])
	} else {
		d.editShape(shapes[1+d.IntN(len(shapes)-1)])
	}
	return holder.items
}

// editPlace puts another type in a place.
func (d *drawing) editPlace(at slot) {
	was := at.get()
	switch d.IntN(8) {
	case 0:
		at.set(d.typ(2))
	case 1:
		at.set(d.of(kind(d.IntN(int(kindArray))), 0))
	case 2:
		at.set(&shape{kind: kindArray, items: was})
	case 3:
		if was.kind == kindUnion {
			at.set(d.pickOf(was))
		}
	case 4:
		if len(d.named) > 0 {
			at.set(pick(d.Rand, d.named...))
		}
	case 5, 6:
		d.makeUnion(at, was)
	case 7:
		d.widen(at, was)
	}
}

func (d *drawing) pickOf(union *shape) *shape { return pick(d.Rand, union.members...) }

func (d *drawing) makeUnion(at slot, was *shape) {
	if was.kind == kindUnion {
		d.editShape(was)
		return
	}
	union := &shape{kind: kindUnion, members: []*shape{{kind: kindNull}}}
	if other := d.typ(1); d.IntN(2) == 0 && union.takes(other) {
		union.members = append(union.members, other)
	}
	if union.takes(was) {
		union.members = slices.Insert(union.members, d.IntN(len(union.members)+1), was)
	}
	at.set(union)
}

// widen promotes a type, or takes a promotion back.
func (d *drawing) widen(at slot, was *shape) {
	var others []*shape
	for k := kindNull; k <= kindString; k++ {
		if promotes(k, was.kind) || promotes(was.kind, k) {
			others = append(others, &shape{kind: k})
		}
	}
	if len(others) > 0 {
		at.set(pick(d.Rand, others...))
	}
}

// editShape changes a type wherever it is used.
func (d *drawing) editShape(s *shape) {
	if s.kind.named() && d.IntN(3) == 0 {
		d.rename(s)
		return
	}
	switch s.kind {
	case kindFixed:
		s.size = d.IntN(4)
	case kindEnum:
		d.editEnum(s)
	case kindRecord:
		d.editRecord(s)
	case kindUnion:
		d.editUnion(s)
	case kindArray, kindMap:
		s.kind = pick(d.Rand, kindArray, kindMap, s.kind)
	default:
		s.kind = pick(d.Rand, kindInt, kindLong, kindFloat, kindDouble, kindBytes, kindString)
	}
}

func (d *drawing) rename(s *shape) {
	was := s.name
	switch d.IntN(3) {
	case 0:
		s.name = d.name()
	case 1: // the namespace alone
		if name := "z." + was[strings.LastIndexByte(was, '.')+1:]; !d.taken(name) {
			s.name = name
		}
	}
	switch d.IntN(3) {
	case 0:
		s.aliases = []string{dotted(was)}
	case 1:
		s.aliases = append(s.aliases, dotted(d.name()), pick(d.Rand, "A", "B", "x.C", ".D"))
	case 2: // which another type may still need
		if len(d.named) > 0 {
			s.aliases = append(s.aliases, dotted(pick(d.Rand, d.named...).name))
		}
	}
}

func (d *drawing) editEnum(s *shape) {
	switch d.IntN(4) {
	case 0:
		s.symbols = d.symbols()
	case 1:
		if !slices.Contains(s.symbols, "T") {
			s.symbols = append(s.symbols, "T")
		}
	case 2:
		s.symbols = s.symbols[:max(1, len(s.symbols)-1)]
	}
	s.fallback = ""
	if d.IntN(2) == 0 {
		s.fallback = pick(d.Rand, s.symbols...)
	}
}

func (d *drawing) editUnion(s *shape) {
	switch d.IntN(4) {
	case 3:
		d.addNamesake(s, pick(d.Rand, s.members...))
	case 0:
		if member := d.typ(2); s.takes(member) {
			s.members = slices.Insert(s.members, d.IntN(len(s.members)+1), member)
		}
	case 1:
		if len(s.members) > 1 {
			i := d.IntN(len(s.members))
			s.members = slices.Delete(s.members, i, i+1)
		}
	case 2:
		d.Shuffle(len(s.members), func(i, j int) { s.members[i], s.members[j] = s.members[j], s.members[i] })
	}
}

// addNamesake adds a branch that its namespace tells from another, and an edit.
func (d *drawing) addNamesake(s, of *shape) {
	member := *of
	if !of.kind.named() {
		return
	}
	member.name = pick(d.Rand, "v.", "w.") + of.name[strings.LastIndexByte(of.name, '.')+1:]
	if d.taken(member.name) || !s.takes(&member) {
		return
	}
	member.fields = nil
	for _, f := range of.fields {
		g := *f
		g.aliases = slices.Clone(f.aliases)
		member.fields = append(member.fields, &g)
	}
	s.members = slices.Insert(s.members, d.IntN(len(s.members)+1), &member)
	d.editShape(&member)
}

func (d *drawing) editRecord(s *shape) {
	if len(s.fields) == 0 || d.IntN(4) == 0 {
		s.addField(d.field(2))
		return
	}
	i := d.IntN(len(s.fields))
	f := s.fields[i]
	switch d.IntN(6) {
	case 0:
		s.fields = slices.Delete(s.fields, i, i+1)
	case 1:
		d.Shuffle(len(s.fields), func(i, j int) { s.fields[i], s.fields[j] = s.fields[j], s.fields[i] })
	case 2, 3:
		was := f.name
		s.fields = slices.Delete(s.fields, i, i+1)
		f.name = d.fieldName()
		if d.IntN(2) == 0 {
			f.aliases = append(f.aliases, was)
		}
		s.addField(f)
	case 4:
		f.value = ""
	case 5:
		f.value = d.value(f.typ, 3)
	}
}
