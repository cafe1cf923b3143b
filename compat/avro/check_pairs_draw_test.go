package avro

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// shape is a type while it is drawn and edited. Printing defines a name where
// it first stands, so that a shape may hold itself and any edit leaves a text
// in the right order.
type shape struct {
	kind     kind
	name     string // full
	aliases  []string
	items    *shape
	members  []*shape
	fields   []*shapeField
	symbols  []string
	fallback string
	size     int
	isError  bool
	props    string // attributes of a logical type, "" without
}

type shapeField struct {
	name, value string // value is the default, "" without
	typ         *shape
	aliases     []string
}

// drawPair draws a schema and what became of it after a few edits, one of them
// as the reader and the other as the writer.
func drawPair(rnd *rand.Rand) textPair {
	d := &drawing{Rand: rnd}
	older := d.typ(3)
	newer := older.clone(make(map[*shape]*shape))
	for range 1 + rnd.IntN(3) {
		newer = d.edit(newer)
	}
	p := textPair{reader: newer.text(), writer: older.text()}
	if rnd.IntN(2) == 0 {
		p.reader, p.writer = p.writer, p.reader
	}
	return p
}

// drawing draws shapes. Names come from small pools, so that they meet again.
type drawing struct {
	*rand.Rand
	named []*shape
}

func pick[T any](rnd *rand.Rand, of ...T) T { return of[rnd.IntN(len(of))] }

func (d *drawing) typ(depth int) *shape {
	last := int(kinds)
	if depth <= 0 {
		last = int(kindArray)
	}
	k := kind(d.IntN(last))
	if depth == 3 && d.IntN(2) == 0 {
		k = kindRecord
	}
	if len(d.named) > 0 && d.IntN(8) == 0 {
		return pick(d.Rand, d.named...)
	}
	return d.of(k, depth)
}

func (d *drawing) of(k kind, depth int) *shape {
	s := &shape{kind: k}
	if k.named() {
		s.name = d.name()
		d.named = append(d.named, s)
	}
	switch k {
	case kindArray, kindMap:
		s.items = d.typ(depth - 1)
	case kindUnion:
		for range 1 + d.IntN(4) {
			if member := d.typ(depth - 1); s.takes(member) {
				s.members = append(s.members, member)
			}
		}
		if len(s.members) == 0 {
			s.members = []*shape{{kind: kindNull}}
		}
	case kindFixed:
		s.size = d.IntN(4)
	case kindEnum:
		s.symbols = d.symbols()
		if d.IntN(3) == 0 {
			s.fallback = pick(d.Rand, s.symbols...)
		}
	case kindRecord:
		s.isError = d.IntN(10) == 0
		for range d.IntN(4) {
			s.addField(d.field(depth))
		}
	}
	return s
}

// name is one that no shape has yet.
func (d *drawing) name() string {
	for {
		name := pick(d.Rand, "", "x.", "y.", "x.y.") + pick(d.Rand, "A", "B", "C", "D", "E", "F", "G", "H")
		if !d.taken(name) {
			return name
		}
		if len(d.named) > 16 {
			return fmt.Sprintf("x.N%d", len(d.named))
		}
	}
}

func (d *drawing) taken(name string) bool {
	return slices.ContainsFunc(d.named, func(s *shape) bool { return s.name == name })
}

func (d *drawing) symbols() []string {
	all := []string{"S0", "S1", "S2", "S3"}
	d.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+d.IntN(len(all))]
}

func (d *drawing) fieldName() string { return pick(d.Rand, "a", "b", "c", "d", "e") }

func (d *drawing) field(depth int) *shapeField {
	f := &shapeField{name: d.fieldName(), typ: d.typ(depth - 1)}
	if d.IntN(3) == 0 {
		f.value = d.value(f.typ, 3)
	}
	if d.IntN(8) == 0 {
		f.aliases = []string{d.fieldName()}
	}
	return f
}

// value is the text of a default, "" when the type is too deep for one.
func (d *drawing) value(s *shape, depth int) string {
	if depth == 0 {
		return ""
	}
	switch s.kind {
	case kindNull:
		return "null"
	case kindBoolean:
		return "true"
	case kindInt, kindLong:
		return fmt.Sprint(d.IntN(100))
	case kindFloat, kindDouble:
		return pick(d.Rand, "1", "1.5", "-2e3")
	case kindBytes, kindString:
		return pick(d.Rand, `""`, `"x"`, `"é"`)
	case kindFixed:
		return quoted(strings.Repeat("z", max(0, s.size-d.IntN(10)/9)))
	case kindEnum:
		return quoted(pick(d.Rand, append(s.symbols, "S0")...))
	case kindArray:
		return "[]"
	case kindMap:
		return "{}"
	case kindUnion:
		return d.value(s.members[0], depth-1)
	}
	var parts []string
	for _, f := range s.fields {
		value := d.value(f.typ, depth-1)
		if value == "" {
			return ""
		}
		parts = append(parts, quoted(f.name)+":"+value)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// takes tells whether a union may have this branch.
func (s *shape) takes(member *shape) bool {
	return member.kind != kindUnion && !slices.ContainsFunc(s.members, func(m *shape) bool {
		return m.kind == member.kind && m.name == member.name
	})
}

func (s *shape) addField(f *shapeField) {
	if !slices.ContainsFunc(s.fields, func(g *shapeField) bool { return g.name == f.name }) {
		s.fields = append(s.fields, f)
	}
}

func (s *shape) clone(done map[*shape]*shape) *shape {
	if s == nil || done[s] != nil {
		return done[s]
	}
	out := *s
	done[s] = &out
	out.aliases, out.symbols = slices.Clone(s.aliases), slices.Clone(s.symbols)
	out.items = s.items.clone(done)
	out.members, out.fields = nil, nil
	for _, m := range s.members {
		out.members = append(out.members, m.clone(done))
	}
	for _, f := range s.fields {
		g := *f
		g.aliases, g.typ = slices.Clone(f.aliases), f.typ.clone(done)
		out.fields = append(out.fields, &g)
	}
	return &out
}

func (s *shape) text() string {
	var b strings.Builder
	_, shapes := slots(s)
	for _, each := range shapes {
		each.tidy()
	}
	s.write(&b, make(map[*shape]bool))
	return b.String()
}

// tidy drops what edits left that no schema may have.
func (s *shape) tidy() {
	members := s.members
	s.members = nil
	for _, m := range members {
		if s.takes(m) {
			s.members = append(s.members, m)
		}
	}
	for _, f := range s.fields {
		f.aliases = slices.DeleteFunc(f.aliases, func(alias string) bool {
			return slices.ContainsFunc(s.fields, func(g *shapeField) bool {
				return g != f && (g.name == alias || slices.Contains(g.aliases, alias))
			})
		})
	}
}

func (s *shape) write(b *strings.Builder, written map[*shape]bool) {
	switch {
	case s.kind == kindUnion:
		b.WriteByte('[')
		for i, m := range s.members {
			comma(b, i)
			m.write(b, written)
		}
		b.WriteByte(']')
		return
	case s.kind.named() && written[s]:
		b.WriteString(quoted(dotted(s.name)))
		return
	}
	written[s] = true
	word := s.kind.String()
	if s.isError {
		word = "error"
	}
	b.WriteString(`{"type":` + quoted(word) + s.props)
	if s.kind.named() {
		b.WriteString(`,"name":` + quoted(dotted(s.name)))
	}
	if len(s.aliases) > 0 {
		b.WriteString(`,"aliases":` + quotedList(s.aliases))
	}
	switch s.kind {
	case kindArray, kindMap:
		b.WriteString(map[kind]string{kindArray: `,"items":`, kindMap: `,"values":`}[s.kind])
		s.items.write(b, written)
	case kindFixed:
		fmt.Fprintf(b, `,"size":%d`, s.size)
	case kindEnum:
		b.WriteString(`,"symbols":` + quotedList(s.symbols))
		if s.fallback != "" {
			b.WriteString(`,"default":` + quoted(s.fallback))
		}
	case kindRecord:
		b.WriteString(`,"fields":[`)
		for i, f := range s.fields {
			comma(b, i)
			f.write(b, written)
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
}

func (f *shapeField) write(b *strings.Builder, written map[*shape]bool) {
	b.WriteString(`{"name":` + quoted(f.name) + `,"type":`)
	f.typ.write(b, written)
	if f.value != "" {
		b.WriteString(`,"default":` + f.value)
	}
	if len(f.aliases) > 0 {
		b.WriteString(`,"aliases":` + quotedList(f.aliases))
	}
	b.WriteByte('}')
}

// dotted spells a full name so that no enclosing namespace is put before it.
func dotted(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return "." + name
}

func comma(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}
