package avro

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// outcomeOf reads a payload, valid under w and small, as a reader of schema r
// does: the bytes under the writer's schema, resolved to the reader's value by
// value. It says what stops the reader, "" when nothing does. With a goal it
// passes over whatever else does not fit.
//
// It shares with the checker only what a name, an alias and a default mean, so
// that each is a test of the other.
func outcomeOf(r, w *node, payload []byte, goal *target) string {
	d := &decoder{data: payload, solver: newSolver(r, w, nil), goal: goal}
	if d.read(r, w); !d.stopped {
		return ""
	}
	at := ""
	if len(d.path) > 0 {
		at = " at /" + strings.Join(d.path, "/")
	}
	if d.sees != "" {
		return fmt.Sprintf("the reader sees %s%s, where %s was written", d.sees, at, d.why)
	}
	return fmt.Sprintf("the reader stops%s: %s", at, d.why)
}

type decoder struct {
	data    []byte
	solver  *solver // for what of it is about schemas alone
	goal    *target // nil when anything stops it
	path    []string
	stopped bool
	why     string
	sees    string // what the reader takes for the value written, which it reads
}

// stop notes that r cannot read w. It returns false.
func (d *decoder) stop(r, w *node, what, format string, args ...any) bool {
	if d.goal == nil || d.goal.pair == (pair{r, w}) && d.goal.what == what {
		d.stopped, d.why = true, fmt.Sprintf(format, args...)
	}
	return false
}

func (d *decoder) long() int64 {
	value, n := binary.Varint(d.data)
	d.data = d.data[n:]
	return value
}

// count reads the head of a block and passes over its size.
func (d *decoder) count() int64 {
	count := d.long()
	if count < 0 {
		d.long()
		return -count
	}
	return count
}

func (d *decoder) drop(n int) bool {
	d.data = d.data[n:]
	return true
}

// read reads one value; it returns false where the reader stops.
func (d *decoder) read(r, w *node) bool {
	rest := d.data
	if d.value(r, w) {
		return true
	}
	if d.stopped {
		return false
	}
	d.data = rest
	return d.pass(w)
}

func (d *decoder) value(r, w *node) bool {
	if w.kind == kindUnion {
		index := d.long()
		if r.kind == kindUnion && d.solver.equivalent(r, w) {
			r = r.members[index]
		}
		return d.read(r, w.members[index])
	}
	if r.kind == kindUnion {
		return d.choose(r, w)
	}
	if r.kind != w.kind && !promotes(r.kind, w.kind) {
		return d.stop(r, w, "", "it expects %s and meets %s", label(r), label(w))
	}
	if w.kind.named() && !d.solver.takers.named(r, w) && !d.stop(r, w, "name", "it knows no %s", label(w)) && d.stopped {
		return false
	}
	if d.goal != nil && d.goal.what == meaning && d.goal.pair == (pair{r, w}) {
		return d.understand(r, w)
	}
	switch w.kind {
	case kindArray, kindMap:
		return d.blocks(r.items, w)
	case kindRecord:
		return d.record(r, w)
	case kindEnum:
		symbol := w.symbols[d.long()]
		return r.isSymbol[symbol] || r.fallback != "" ||
			d.stop(r, w, "", "enum %s has no symbol %s and no default", r.name.full, symbol)
	case kindFixed:
		if r.size != w.size {
			return d.stop(r, w, "size", "fixed %s has %d bytes, not %d", r.name.full, r.size, w.size)
		}
	}
	return d.pass(w)
}

// understand compares what the reader takes a value for with what was written.
func (d *decoder) understand(r, w *node) bool {
	reads, wrote := logicalOf(r), logicalOf(w)
	rest := d.data
	var whole int64
	var bytes []byte
	switch w.kind {
	case kindInt, kindLong:
		whole = d.long()
	case kindFixed:
		bytes = d.data[:w.size]
	case kindBytes, kindString:
		n := d.long()
		bytes = d.data[:n]
	}
	d.data = rest
	said, meant := reads.say(whole, bytes), wrote.say(whole, bytes)
	switch {
	case said != meant:
		d.stopped, d.sees, d.why = true, said, meant
		return false
	case reads.name == "decimal" && len(strings.Trim(said, "-0.")) > reads.precision:
		return d.stop(r, w, meaning, "%s does not hold %s", reads, said)
	}
	return d.pass(w)
}

// choose takes the branch that Java takes.
func (d *decoder) choose(r, w *node) bool {
	if chosen := d.solver.choose(r, w); chosen != nil {
		return d.read(chosen, w)
	}
	if near := d.solver.nearBranch(r, w); near != nil && d.goal != nil {
		// What stops the reader may be within the branch that comes nearest.
		rest := d.data
		if d.read(near, w); d.stopped {
			return false
		}
		d.data = rest
	}
	return d.stop(r, w, "", "no branch of its union is for %s", label(w))
}

func (d *decoder) record(r, w *node) bool {
	target := make(map[*field]*field, len(r.fields))
	for _, f := range r.fields {
		source, fault := d.solver.takers.writerField(f, r, w)
		switch {
		case fault == ambiguousFieldAlias:
			d.stop(r, w, f.name, "field %s has the names of several fields of %s", f.name, label(w))
		case fault == fieldAliasIgnored:
			d.stop(r, w, f.name, "field %s has an alias that does not count for %s, so its value is lost", f.name, label(w))
		case source == nil && !d.solver.usable(f):
			d.stop(r, w, f.name, "field %s is not there and has no default", f.name)
		}
		if d.stopped {
			return false
		}
		target[source] = f
	}
	for _, f := range w.fields {
		if target[f] == nil {
			d.pass(f.typ)
			continue
		}
		if !d.within(f.name, target[f].typ, f.typ) {
			return false
		}
	}
	return true
}

// within reads one step down; the path stays where the reader stops.
func (d *decoder) within(step string, r, w *node) bool {
	d.path = append(d.path, step)
	ok := d.read(r, w)
	if ok {
		d.path = d.path[:len(d.path)-1]
	}
	return ok
}

// blocks reads the items of w, an array or a map.
func (d *decoder) blocks(items, w *node) bool {
	for {
		count := d.count()
		if count == 0 {
			return true
		}
		for i := range count {
			step := fmt.Sprint(i)
			if w.kind == kindMap {
				n := d.long()
				step = string(slices.Clone(d.data[:n]))
				d.drop(int(n))
			}
			if !d.within(step, items, w.items) {
				return false
			}
		}
	}
}

// pass steps over a value that the reader does not look at.
func (d *decoder) pass(w *node) bool {
	switch w.kind {
	case kindBoolean:
		return d.drop(1)
	case kindInt, kindLong, kindEnum:
		d.long()
	case kindFloat:
		return d.drop(4)
	case kindDouble:
		return d.drop(8)
	case kindBytes, kindString:
		return d.drop(int(d.long()))
	case kindFixed:
		return d.drop(w.size)
	case kindUnion:
		return d.pass(w.members[d.long()])
	case kindRecord:
		for _, f := range w.fields {
			d.pass(f.typ)
		}
	case kindArray, kindMap:
		for count := d.count(); count != 0; count = d.count() {
			for range count {
				if w.kind == kindMap {
					d.drop(int(d.long()))
				}
				d.pass(w.items)
			}
		}
	}
	return true
}
