package avro

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat"
)

// walkBinary walks Avro binary in place and says what does not fit, and where.
func walkBinary(root *plan, payload []byte) (compat.Verdict, error) {
	w := binaryWalk{data: payload, work: maxWork, empty: maxEmpty}
	if w.value(root) && w.pos < len(w.data) {
		w.fail(root.node, codeTrailingBytes, "end of payload", "more bytes",
			fmt.Sprintf("%d bytes after the value", len(w.data)-w.pos))
	}
	if w.work < 0 {
		return compat.Verdict{}, compat.Limitf("too complex: judging the payload takes more than %d steps", maxWork)
	}
	return w.found.Verdict, nil
}

// binaryWalk is a position in a payload. Its methods return false when the rest
// cannot be read; a wrong value whose end is known is noted and passed over.
type binaryWalk struct {
	data  []byte
	pos   int
	work  int
	empty int
	found findings
	path  [maxDepth]step
	depth int
}

// step is where the walk is in one record, array or map.
type step struct {
	of       *plan
	index    int // of the field or item
	from, to int // of a map's key in the payload
}

func (w *binaryWalk) value(p *plan) bool {
	if w.work--; w.work < 0 {
		return false
	}
	switch p.kind {
	case kindNull:
		return true
	case kindBoolean:
		return w.boolean(p)
	case kindInt:
		return w.int(p)
	case kindLong:
		_, ok := w.varint(p.node, 10)
		return ok
	case kindFloat:
		return w.skip(p, 4)
	case kindDouble:
		return w.skip(p, 8)
	case kindBytes:
		_, ok := w.length(p)
		return ok
	case kindString:
		return w.string(p)
	case kindFixed:
		return w.skip(p, p.size)
	case kindEnum:
		return w.enum(p)
	case kindUnion:
		return w.union(p)
	}
	if w.depth == maxDepth {
		return w.fail(p.node, codeTooDeep, expects(p.node), "deeper nesting",
			fmt.Sprintf("values nest deeper than %d levels", maxDepth))
	}
	w.path[w.depth] = step{of: p}
	w.depth++
	ok := w.compound(p)
	if ok {
		w.depth--
	}
	return ok
}

func (w *binaryWalk) compound(p *plan) bool {
	if p.kind != kindRecord {
		return w.blocks(p)
	}
	for _, i := range p.sized {
		w.path[w.depth-1].index = i
		if !w.value(p.fields[i]) {
			return false
		}
	}
	return true
}

// blocks walks an array or a map. Each block has a count; a negative one is
// followed by the block's size in bytes, which has to be right.
func (w *binaryWalk) blocks(p *plan) bool {
	for {
		count, end, ok := w.block(p)
		if !ok || count == 0 {
			return ok
		}
		for range count {
			if p.kind == kindMap && !w.key(p) {
				return false
			}
			if !p.items.empty && !w.value(p.items) {
				return false
			}
			w.path[w.depth-1].index++
		}
		if end >= 0 && end != w.pos {
			w.depth--
			return w.fail(p.node, codeBlockSize, "a block of the size it declares", "a block of another size",
				"a block's items end elsewhere than its size says")
		}
	}
}

// block reads the head of a block. end is -1 when the block does not say its
// size. A count that the rest of the payload cannot hold is refused at once.
func (w *binaryWalk) block(p *plan) (count int64, end int, ok bool) {
	w.depth-- // what is wrong with it is wrong with the whole
	defer func() { w.depth++ }()
	count, ok = w.varint(p.node, 10)
	if !ok {
		return 0, 0, false
	}
	end = -1
	if count < 0 {
		size, ok := w.varint(p.node, 10)
		if !ok {
			return 0, 0, false
		}
		if size < 0 || size > int64(len(w.data)-w.pos) {
			return 0, 0, w.fail(p.node, codeInvalidLength, "a block within the payload", "a longer block",
				"a block's size passes the end of the payload")
		}
		end = w.pos + int(size)
		if count == math.MinInt64 {
			return 0, 0, w.tooMany(p)
		}
		count = -count
	}
	if p.kind == kindArray && p.items.empty {
		if count > int64(w.empty) {
			return 0, 0, w.fail(p.node, codeTooManyItems, fmt.Sprintf("at most %d items without bytes", maxEmpty), "more items",
				"a block counts more items without bytes than are accepted")
		}
		w.empty -= int(count)
		return count, end, true
	}
	if count > int64(len(w.data)-w.pos) {
		return 0, 0, w.tooMany(p)
	}
	return count, end, true
}

func (w *binaryWalk) tooMany(p *plan) bool {
	return w.fail(p.node, codeInvalidCount, "a block within the payload", "a larger count",
		"a block counts more items than the payload has bytes")
}

func (w *binaryWalk) key(p *plan) bool {
	at := &w.path[w.depth-1]
	at.from, at.to = 0, 0
	length, ok := w.length(p)
	if !ok {
		return false
	}
	at.from, at.to = w.pos-length, w.pos
	if !utf8.Valid(w.data[at.from:at.to]) {
		w.fail(p.node, codeInvalidUTF8, "UTF-8", "other bytes", "a map key is not valid UTF-8")
	}
	return !w.found.full
}

func (w *binaryWalk) boolean(p *plan) bool {
	if !w.skip(p, 1) {
		return false
	}
	if w.data[w.pos-1] > 1 {
		w.fail(p.node, codeOutOfRange, "boolean", "another byte", "a boolean is the byte 0 or 1")
	}
	return !w.found.full
}

// int is at most five bytes long, which is where Java stops reading.
func (w *binaryWalk) int(p *plan) bool {
	value, ok := w.varint(p.node, 5)
	if !ok {
		return false
	}
	if value != int64(int32(value)) {
		w.fail(p.node, codeOutOfRange, "int", "long", "the number does not fit in 32 bits")
	}
	return !w.found.full
}

func (w *binaryWalk) string(p *plan) bool {
	length, ok := w.length(p)
	if !ok {
		return false
	}
	if !utf8.Valid(w.data[w.pos-length : w.pos]) {
		w.fail(p.node, codeInvalidUTF8, "string", "bytes", "the string is not valid UTF-8")
	}
	return !w.found.full
}

func (w *binaryWalk) enum(p *plan) bool {
	index, ok := w.varint(p.node, 5)
	if !ok {
		return false
	}
	if index < 0 || index >= int64(len(p.symbols)) {
		w.fail(p.node, codeUnknownSymbol, expects(p.node), "another index",
			fmt.Sprintf("the enum has %d symbols, and none at this index", len(p.symbols)))
	}
	return !w.found.full
}

func (w *binaryWalk) union(p *plan) bool {
	index, ok := w.varint(p.node, 5)
	if !ok {
		return false
	}
	if index < 0 || index >= int64(len(p.branches)) {
		return w.fail(p.node, codeUnknownBranch, expects(p.node), "another index",
			fmt.Sprintf("the union has %d branches, and none at this index", len(p.branches)))
	}
	return w.value(p.branches[index])
}

// length reads a length and steps over so many bytes.
func (w *binaryWalk) length(p *plan) (int, bool) {
	length, ok := w.varint(p.node, 10)
	if !ok {
		return 0, false
	}
	if length < 0 {
		return 0, w.fail(p.node, codeInvalidLength, expects(p.node), "a negative length", "a length is negative")
	}
	if length > int64(len(w.data)-w.pos) {
		return 0, w.fail(p.node, codeInvalidLength, expects(p.node), "a greater length",
			"a length passes the end of the payload")
	}
	w.pos += int(length)
	return int(length), true
}

func (w *binaryWalk) skip(p *plan, n int) bool {
	if n > len(w.data)-w.pos {
		return w.end(p.node)
	}
	w.pos += n
	return true
}

// varint reads a zig-zag number of at most so many bytes and 64 bits.
func (w *binaryWalk) varint(n *node, most int) (int64, bool) {
	var bits uint64
	for i := range most {
		if w.pos == len(w.data) {
			return 0, w.end(n)
		}
		b := w.data[w.pos]
		w.pos++
		if i == 9 && b > 1 {
			break
		}
		bits |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return int64(bits>>1) ^ -int64(bits&1), true
		}
	}
	return 0, w.fail(n, codeInvalidVarint, expects(n), "a longer number", "a variable-length number is too long")
}

func (w *binaryWalk) end(n *node) bool {
	return w.fail(n, codeUnexpectedEnd, expects(n), "end of payload", "the payload ends within the value")
}

// fail notes a violation where the walk stands. It returns false.
func (w *binaryWalk) fail(n *node, code, expected, actual, message string) bool {
	w.found.add(compat.Violation{
		Code: code, Pointer: w.pointer(), SchemaPointer: n.pointer(),
		Expected: expected, Actual: actual, Message: message,
	})
	return false
}

func (w *binaryWalk) pointer() string {
	var b strings.Builder
	for _, at := range w.path[:w.depth] {
		b.WriteByte('/')
		switch at.of.kind {
		case kindRecord:
			b.WriteString(at.of.node.fields[at.index].name)
		case kindMap:
			b.WriteString(escape(string(bytes.ToValidUTF8(w.data[at.from:at.to], []byte("\ufffd")))))
		default:
			b.WriteString(strconv.Itoa(at.index))
		}
	}
	return b.String()
}
