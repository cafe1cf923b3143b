package protobuf

import (
	"math/bits"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// quickWalk walks the wire format in place and tells only whether a message
// fits, without keeping track of where it is. It allocates nothing. It is for
// what producers send: groups, messages of more than 64 required fields and
// whatever does not fit are left to [walker], which takes the same payloads.
type quickWalk struct{ data []byte }

// fitsPlan tells whether payload is one message.
func fitsPlan(plan *messagePlan, payload []byte) bool {
	w := quickWalk{payload}
	return w.message(plan, 0, len(payload), 1)
}

func (w *quickWalk) message(plan *messagePlan, pos, end, depth int) bool {
	if depth > maxPayloadDepth || len(plan.required) > 64 {
		return false
	}
	var seen uint64
	for pos < end {
		tag := uint64(w.data[pos])
		pos++
		if tag >= 0x80 {
			if tag, pos = w.varint(pos-1, end); pos < 0 {
				return false
			}
		}
		if tag < 8 || tag>>3 > uint64(protowire.MaxValidNumber) {
			return false
		}
		f := plan.field(protowire.Number(tag >> 3))
		typ := protowire.Type(tag & 7)
		if typ == protowire.BytesType {
			length, from := w.varint(pos, end)
			if from < 0 || length > uint64(end-from) {
				return false
			}
			pos = from + int(length)
			if f != nil && !w.chunk(f, from, pos, depth) {
				return false
			}
		} else {
			if f != nil && typ != f.wire {
				return false
			}
			if pos = w.scalar(typ, pos, end); pos < 0 {
				return false
			}
		}
		if f != nil && f.required > 0 {
			seen |= 1 << (f.required - 1)
		}
	}
	return bits.OnesCount64(seen) == len(plan.required)
}

// chunk judges the bytes of a known field.
func (w *quickWalk) chunk(f *fieldPlan, from, to, depth int) bool {
	switch {
	case f.wire != protowire.BytesType:
		if !f.packable {
			return false
		}
		for from < to {
			if from = w.scalar(f.wire, from, to); from < 0 {
				return false
			}
		}
		return true
	case f.message != nil:
		return w.message(f.message, from, to, depth+1)
	case f.utf8:
		text := w.data[from:to]
		for i := 0; i < len(text); i++ {
			if text[i] >= utf8.RuneSelf {
				return utf8.Valid(text[i:])
			}
		}
	}
	return true
}

// nowhere is the position behind what does not fit.
const nowhere = -1

// scalar steps over a number.
func (w *quickWalk) scalar(typ protowire.Type, pos, end int) int {
	switch typ {
	case protowire.VarintType:
		_, pos = w.varint(pos, end)
		return pos
	case protowire.Fixed32Type:
		pos += 4
	case protowire.Fixed64Type:
		pos += 8
	default:
		return nowhere
	}
	if pos > end {
		return nowhere
	}
	return pos
}

// varint reads a number of at most 64 bits; most have one byte.
func (w *quickWalk) varint(pos, end int) (uint64, int) {
	if pos < end && w.data[pos] < 0x80 {
		return uint64(w.data[pos]), pos + 1
	}
	var value uint64
	for i := 0; i < 10 && pos < end; i++ {
		b := w.data[pos]
		pos++
		if i == 9 && b > 1 {
			break
		}
		value |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return value, pos
		}
	}
	return 0, nowhere
}
