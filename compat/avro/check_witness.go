package avro

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Limits on witnesses: they are for people to look at, so a large one is none.
const (
	maxWitnesses     = 8   // in one comparison
	maxWitnessParts  = 512 // values in one datum
	maxWitnessFixed  = 64  // bytes of a fixed
	maxWitnessDigits = 128 // of a decimal
)

// examples makes the witnesses of one comparison. It is shared by a checker
// and those that search for fixes.
type examples struct {
	reader, writer *node
	plan           *plan
	left           int
}

func newExamples(r, w *node) *examples {
	return &examples{reader: r, writer: w, left: maxWitnesses}
}

// at builds the smallest datum of the writer that reaches t and there runs into
// what it is to show. It is shown only when the payload validator takes it and
// the reading rules, followed byte by byte, stop at that very thing.
func (e *examples) at(goal target, t *trail) *compat.Witness {
	if e.left == 0 {
		return nil
	}
	e.left--
	var steps []*trail
	for ; t != nil; t = t.up {
		if t.from != nil {
			steps = append(steps, t)
		}
	}
	slices.Reverse(steps)
	b := &builder{goal: &goal, left: maxWitnessParts, open: make(map[*node]bool)}
	d, ok := b.build(e.writer, steps)
	if !ok {
		return nil
	}
	payload := d.append(nil)
	if e.plan == nil {
		e.plan = newValidator(e.writer).plan
	}
	if verdict, err := walkBinary(e.plan, payload); err != nil || len(verdict.Violations) > 0 {
		return nil
	}
	outcome := outcomeOf(e.reader, e.writer, payload, &goal)
	if outcome == "" {
		return nil
	}
	var text strings.Builder
	d.write(&text)
	return &compat.Witness{JSON: text.String(), Binary: payload, Outcome: outcome}
}

// datum is a value: zero but for its parts, its branch, its symbol, and what
// tells one logical type from another.
type datum struct {
	typ   *node
	index int // of the branch or symbol
	parts []datum
	whole int64  // of an int or long
	bytes []byte // of a bytes, string or fixed
}

type builder struct {
	goal *target // nil off the way to it
	left int
	open map[*node]bool // records being built off the steps: a smallest value has none twice
}

// build makes the smallest value of n along steps, which lead on from n.
func (b *builder) build(n *node, steps []*trail) (datum, bool) {
	if b.left--; b.left < 0 {
		return datum{}, false
	}
	var step *trail
	if len(steps) > 0 {
		step, steps = steps[0], steps[1:]
	}
	d := datum{typ: n}
	if step == nil && b.goal != nil && b.goal.what == meaning {
		if max(logicalOf(b.goal.reader).precision, logicalOf(n).precision) > maxWitnessDigits {
			return d, false
		}
		d.whole, d.bytes = telling(b.goal.reader, n)
	}
	switch n.kind {
	case kindFixed:
		return d, n.size <= maxWitnessFixed
	case kindEnum:
		d.index = 0
		if step == nil && b.goal != nil && b.goal.symbol != "" {
			d.index = max(0, slices.Index(n.symbols, b.goal.symbol))
		}
		return d, len(n.symbols) > 0
	case kindArray, kindMap:
		if step == nil {
			return d, true
		}
		item, ok := b.build(n.items, steps)
		d.parts = []datum{item}
		return d, ok
	case kindUnion:
		return b.union(d, step, steps)
	case kindRecord:
		return b.record(d, step, steps)
	}
	return d, true
}

// union takes the branch that step asks for, else the first that has a value,
// the simplest first.
func (b *builder) union(d datum, step *trail, steps []*trail) (datum, bool) {
	if step != nil {
		d.index = step.index
		part, ok := b.build(d.typ.members[d.index], steps)
		d.parts = []datum{part}
		return d, ok
	}
	for k := range kinds {
		for i, branch := range d.typ.members {
			if branch.kind != k {
				continue
			}
			if part, ok := b.plain(branch); ok {
				d.index, d.parts = i, []datum{part}
				return d, true
			}
		}
	}
	return d, false
}

// plain builds a value off the way to the target.
func (b *builder) plain(n *node) (datum, bool) {
	goal := b.goal
	b.goal = nil
	defer func() { b.goal = goal }()
	return b.build(n, nil)
}

func (b *builder) record(d datum, step *trail, steps []*trail) (datum, bool) {
	if step == nil {
		if b.open[d.typ] {
			return d, false
		}
		b.open[d.typ] = true
		defer func() { b.open[d.typ] = false }()
	}
	for i, f := range d.typ.fields {
		build := b.plain
		if step != nil && i == step.index {
			build = func(n *node) (datum, bool) { return b.build(n, steps) }
		}
		part, ok := build(f.typ)
		if !ok {
			return d, false
		}
		d.parts = append(d.parts, part)
	}
	return d, true
}

// append writes the datum in binary.
func (d datum) append(out []byte) []byte {
	switch d.typ.kind {
	case kindBoolean:
		return append(out, 0)
	case kindInt, kindLong:
		return binary.AppendVarint(out, d.whole)
	case kindBytes, kindString:
		return append(binary.AppendVarint(out, int64(len(d.bytes))), d.bytes...)
	case kindFloat:
		return append(out, make([]byte, 4)...)
	case kindDouble:
		return append(out, make([]byte, 8)...)
	case kindFixed:
		return append(out, d.fixed()...)
	case kindEnum, kindUnion:
		out = binary.AppendVarint(out, int64(d.index))
	case kindArray, kindMap:
		if len(d.parts) > 0 {
			out = append(out, 2)
		}
		if len(d.parts) > 0 && d.typ.kind == kindMap {
			out = append(out, 2, 'k')
		}
	}
	for _, part := range d.parts {
		out = part.append(out)
	}
	if d.typ.kind == kindArray || d.typ.kind == kindMap {
		out = append(out, 0)
	}
	return out
}

func (d datum) fixed() []byte {
	if d.bytes != nil {
		return d.bytes
	}
	return make([]byte, d.typ.size)
}

// latin spells bytes as Avro's JSON encoding does, a character each.
func latin(bytes []byte) string {
	runes := make([]rune, len(bytes))
	for i, b := range bytes {
		runes[i] = rune(b)
	}
	return string(runes)
}

// write writes the datum in Avro's JSON encoding.
func (d datum) write(out *strings.Builder) {
	switch d.typ.kind {
	case kindNull:
		out.WriteString("null")
	case kindBoolean:
		out.WriteString("false")
	case kindInt, kindLong:
		out.WriteString(strconv.FormatInt(d.whole, 10))
	case kindFloat, kindDouble:
		out.WriteString("0.0")
	case kindBytes:
		jsondoc.Quote(out, latin(d.bytes))
	case kindString:
		jsondoc.Quote(out, string(d.bytes))
	case kindFixed:
		jsondoc.Quote(out, latin(d.fixed()))
	case kindEnum:
		jsondoc.Quote(out, d.typ.symbols[d.index])
	case kindArray:
		d.list(out, "[", "]", func(int) {})
	case kindMap:
		d.list(out, "{", "}", func(int) { out.WriteString(`"k":`) })
	case kindRecord:
		d.list(out, "{", "}", func(i int) { out.WriteString(quoted(d.typ.fields[i].name) + ":") })
	case kindUnion:
		if d.parts[0].typ.kind == kindNull {
			out.WriteString("null")
			return
		}
		d.list(out, "{", "}", func(int) { out.WriteString(quoted(d.parts[0].typ.branchName()) + ":") })
	}
}

func (d datum) list(out *strings.Builder, opening, closing string, before func(int)) {
	out.WriteString(opening)
	for i, part := range d.parts {
		if i > 0 {
			out.WriteByte(',')
		}
		before(i)
		part.write(out)
	}
	out.WriteString(closing)
}
