package jsonschema

import (
	"bytes"
	"hash/maphash"
	"slices"
)

// distinctItems are the items of an array so far: as they are written while
// that tells equal ones, and past it by a hash of what they mean, under a seed
// that no payload knows.
type distinctItems struct {
	items  [16][]byte
	n      int
	seed   maphash.Seed
	hashes map[uint64]struct{}
}

// add tells whether the item from start to here, which was read to its end, is
// certain to differ from all before.
func (d *distinctItems) add(w *walk, start int) bool {
	item := w.data[start:w.pos]
	if d.hashes == nil && d.n < len(d.items) && uniform(item) {
		for _, other := range d.items[:d.n] {
			if bytes.Equal(item, other) {
				return false
			}
		}
		d.items[d.n] = item
		d.n++
		return true
	}
	if d.hashes == nil {
		d.seed, d.hashes = maphash.MakeSeed(), make(map[uint64]struct{})
		for _, other := range d.items[:d.n] {
			d.hash(w, other)
		}
	}
	return d.hash(w, item)
}

// uniform tells whether a value is of a kind that is written in one way:
// strings without escapes and short whole numbers.
func uniform(item []byte) bool {
	switch c := item[0]; {
	case c == '"':
		return bytes.IndexByte(item, '\\') < 0
	case '1' <= c && c <= '9':
		return bytes.IndexFunc(item, func(r rune) bool { return r < '0' || r > '9' }) < 0
	}
	return false
}

// hash takes an item in unless one with its hash is there, or it has none.
func (d *distinctItems) hash(w *walk, item []byte) bool {
	reader := walk{data: item, work: w.work}
	h, ok := reader.hash(d.seed)
	w.work = reader.work
	if _, taken := d.hashes[h]; taken || !ok || w.work < 0 {
		return false
	}
	d.hashes[h] = struct{}{}
	return true
}

// hashed is what is hashed of a value: its kind, and two words of it.
type hashed struct {
	kind byte
	a, b uint64
}

// hash returns the same for equal values. ok is false for those that it cannot
// compare: strings with escapes, numbers that are not short, objects with many
// members or a name given twice.
func (w *walk) hash(seed maphash.Seed) (h uint64, ok bool) {
	w.work--
	v := hashed{kind: w.data[w.pos]}
	ok = true
	switch c := v.kind; {
	case c == '"':
		var inner []byte
		if inner, ok = w.quoted(); ok {
			v.a = maphash.Bytes(seed, inner)
		}
	case c == '{':
		v.a, ok = w.hashMembers(seed)
	case c == '[':
		for empty, more := w.open(']'), true; !empty && more && ok; {
			var item uint64
			if item, ok = w.hash(seed); ok {
				v.a = maphash.Comparable(seed, hashed{',', v.a, item})
				more, ok = w.next(']')
			}
		}
	case c == 't', c == 'n':
		w.pos += len("true") // or null
	case c == 'f':
		w.pos += len("false")
	default:
		var n decimalNumber
		n, ok = w.literal()
		for n.scale > 0 && n.digits%10 == 0 {
			n.digits /= 10
			n.scale--
		}
		v = hashed{'0', uint64(n.digits), uint64(n.scale)}
		ok = ok && n.short
	}
	return maphash.Comparable(seed, v), ok
}

// maxHashed is how many members of an object are hashed: its names are compared
// with each other.
const maxHashed = 64

// hashMembers sums up the members, whose order does not count.
func (w *walk) hashMembers(seed maphash.Seed) (sum uint64, ok bool) {
	var room [16]uint64
	names := room[:0]
	if w.open('}') {
		return 0, true
	}
	for {
		text, ok := w.name(nil)
		if !ok || len(names) == maxHashed {
			return 0, false
		}
		name := maphash.Bytes(seed, text)
		if w.work -= len(names) / 8; slices.Contains(names, name) {
			return 0, false
		}
		names = append(names, name)
		value, ok := w.hash(seed)
		if !ok {
			return 0, false
		}
		sum += maphash.Comparable(seed, hashed{':', name, value})
		more, ok := w.next('}')
		if !ok || !more {
			return sum, ok
		}
	}
}
