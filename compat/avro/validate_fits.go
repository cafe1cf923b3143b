package avro

import (
	"math"
	"unicode/utf8"
)

// quickWalk walks Avro binary in place and tells only whether it fits, without
// keeping track of where it is. It allocates nothing. What it does not take,
// [walkBinary] looks at again and says why; the two take the same payloads.
type quickWalk struct {
	data    []byte
	empty   int // items without bytes that may still come
	records int // steps into records that may
}

// quickRecords bounds the steps into records, the only ones that may take no
// bytes. Past it the budget of the other walk decides.
const quickRecords = maxWork / 4

// fitsBinary tells whether payload is one value of the plan, to its end.
func fitsBinary(root *plan, payload []byte) bool {
	w := quickWalk{data: payload, empty: maxEmpty, records: quickRecords}
	return w.value(root, 0, 0) == len(payload)
}

// nowhere is the position behind a value that does not fit.
const nowhere = -1

// value returns the position behind the value at pos, or nowhere. Every step
// but those into records, which depth bounds, moves on.
func (w *quickWalk) value(p *plan, pos, depth int) int {
	switch p.op {
	case kindNull:
		return pos
	case kindBoolean:
		if pos < len(w.data) && w.data[pos] <= 1 {
			return pos + 1
		}
	case kindInt:
		if n, next := w.varint(pos); next > 0 && next-pos <= 5 && n == int64(int32(n)) {
			return next
		}
	case kindLong:
		if _, next := w.varint(pos); next > 0 {
			return next
		}
	case kindFloat, kindDouble, kindFixed:
		if p.width <= len(w.data)-pos {
			return pos + p.width
		}
	case kindBytes:
		_, next := w.chunk(pos)
		return next
	case kindString:
		return w.text(pos)
	case kindEnum:
		if n, next := w.varint(pos); next > 0 && next-pos <= 5 && uint64(n) < uint64(p.width) {
			return next
		}
	case kindUnion:
		if n, next := w.varint(pos); next > 0 && next-pos <= 5 && uint64(n) < uint64(len(p.branches)) {
			return w.value(p.branches[n], next, depth)
		}
	case kindRecord:
		if w.records--; depth == maxDepth || w.records < 0 {
			return nowhere
		}
		for _, of := range p.walked {
			if of.op == kindString { // the most frequent, without a step
				pos = w.text(pos)
			} else {
				pos = w.value(of, pos, depth+1)
			}
			if pos < 0 {
				return nowhere
			}
		}
		return pos
	case kindArray, kindMap:
		if depth < maxDepth {
			return w.blocks(p, pos, depth+1)
		}
	}
	return nowhere
}

// blocks walks an array or a map, whose blocks may say their size.
func (w *quickWalk) blocks(p *plan, pos, depth int) int {
	for {
		count, next := w.varint(pos)
		if next < 0 || count == 0 {
			return next
		}
		pos = next
		end := nowhere
		if count < 0 {
			size, next := w.varint(pos)
			if next < 0 || count == math.MinInt64 || size < 0 || size > int64(len(w.data)-next) {
				return nowhere
			}
			count, pos, end = -count, next, next+int(size)
		}
		if p.op == kindArray && p.items.empty {
			if count > int64(w.empty) {
				return nowhere
			}
			w.empty -= int(count)
			count = 0
		}
		if count > int64(len(w.data)-pos) {
			return nowhere
		}
		for range count {
			if p.op == kindMap {
				if pos = w.text(pos); pos < 0 {
					return nowhere
				}
			}
			if p.items.empty {
				continue
			}
			if pos = w.value(p.items, pos, depth); pos < 0 {
				return nowhere
			}
		}
		if end >= 0 && end != pos {
			return nowhere
		}
	}
}

// text steps over a string. Most are short ASCII, which takes one look at the
// length and one at each byte.
func (w *quickWalk) text(pos int) int {
	from, next := pos+1, nowhere
	if pos < len(w.data) && w.data[pos]&0x81 == 0 {
		next = from + int(w.data[pos]>>1)
		if next > len(w.data) {
			return nowhere
		}
	} else if from, next = w.chunk(pos); next < 0 {
		return nowhere
	}
	text := w.data[from:next]
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			if !utf8.Valid(text[i:]) {
				return nowhere
			}
			break
		}
	}
	return next
}

// chunk reads a length and steps over so many bytes, which begin at from.
func (w *quickWalk) chunk(pos int) (from, next int) {
	length, from := w.varint(pos)
	if from < 0 || uint64(length) > uint64(len(w.data)-from) {
		return 0, nowhere
	}
	return from, from + int(length)
}

// varint reads a zig-zag number of at most 64 bits; most have one byte.
func (w *quickWalk) varint(pos int) (int64, int) {
	if pos < len(w.data) {
		if b := w.data[pos]; b < 0x80 {
			return int64(b>>1) ^ -int64(b&1), pos + 1
		}
	}
	return longVarint(w.data, pos)
}

func longVarint(data []byte, pos int) (int64, int) {
	var bits uint64
	for i := 0; i < 10 && pos < len(data); i++ {
		b := data[pos]
		pos++
		if i == 9 && b > 1 {
			break
		}
		bits |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return int64(bits>>1) ^ -int64(bits&1), pos
		}
	}
	return 0, nowhere
}
