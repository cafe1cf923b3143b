package jsonschema

import (
	"encoding/json"
	"math/big"
	"math/bits"
	"strconv"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// quoted steps over the string that begins here. It returns the characters
// between the quotes; plain is false when there is an escape among them, and
// when the string is none.
func (w *walk) quoted() (inner []byte, plain bool) {
	w.pos++
	start := w.pos
	ascii := true
	for i := start; i < len(w.data); i++ {
		switch c := w.data[i]; {
		case c == '"':
			inner = w.data[start:i]
			w.pos = i + 1
			w.work -= len(inner) / 8
			return inner, ascii || utf8.Valid(inner)
		case c == '\\' || c < ' ':
			w.pos = i
			return nil, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	w.pos = len(w.data)
	return nil, false
}

// text judges a string.
func (w *walk) text(p *plan) fit {
	start := w.pos
	inner, plain := w.quoted()
	if !plain {
		var ok bool
		if inner, ok = w.escaped(start); !ok {
			return unsure
		}
	}
	if p == nil {
		return fits
	}
	if p.types&stringType == 0 || p.enum != nil && !p.enum[string(inner)] {
		return misfit
	}
	if p.measured {
		if n := utf8.RuneCount(inner); n < p.minLength || n > p.maxLength {
			return misfit
		}
	}
	if p.pattern != nil {
		w.work -= p.pattern.cost(inner)
		if w.work < 0 {
			return unsure
		}
		if !p.pattern.matches(inner) {
			return misfit
		}
	}
	return fits
}

// escaped reads the string that begins at start and has escapes, as the
// decoder does.
func (w *walk) escaped(start int) ([]byte, bool) {
	for w.pos < len(w.data) && w.data[w.pos] != '"' {
		if w.data[w.pos] == '\\' {
			w.pos++
		}
		w.pos++
	}
	if w.pos >= len(w.data) {
		return nil, false
	}
	w.pos++
	quoted := w.data[start:w.pos]
	w.work -= len(quoted)
	var decoded string
	// The decoder mends what is not UTF-8, which is no JSON.
	if !utf8.Valid(quoted) || json.Unmarshal(quoted, &decoded) != nil {
		return nil, false
	}
	return []byte(decoded), true
}

// decimalNumber is a number as it is written: digits times ten to the power of
// minus scale, when it is short enough; else text alone.
type decimalNumber struct {
	text   []byte
	digits int64
	scale  int
	short  bool
}

// number judges a number.
func (w *walk) number(p *plan) fit {
	n, ok := w.literal()
	if !ok {
		return unsure
	}
	if p == nil {
		return fits
	}
	if p.types&numberType != numberType {
		of := fractionType
		if n.whole() {
			of = integerType
		}
		if p.types&of == 0 {
			return misfit
		}
	}
	if p.enum != nil && !n.among(p.numbers) {
		return misfit
	}
	if p.numeric && !n.within(p) {
		return misfit
	}
	return fits
}

// literal reads a number under the limits of payloads.
func (w *walk) literal() (n decimalNumber, ok bool) {
	start := w.pos
	negative := w.data[w.pos] == '-'
	if negative {
		w.pos++
	}
	whole := w.digits(&n)
	if whole == 0 || whole > 1 && w.data[w.pos-whole] == '0' {
		return n, false
	}
	digits := whole
	if w.pos < len(w.data) && w.data[w.pos] == '.' {
		w.pos++
		n.scale = w.digits(&n)
		if n.scale == 0 {
			return n, false
		}
		digits += n.scale
	}
	n.short = digits <= 18
	if w.pos < len(w.data) && w.data[w.pos]|0x20 == 'e' {
		n.short = false
		if !w.exponent() {
			return n, false
		}
	}
	n.text = w.data[start:w.pos]
	if negative {
		n.digits = -n.digits
	}
	return n, len(n.text) <= jsondoc.PayloadLimits.Number
}

func (w *walk) exponent() bool {
	w.pos++
	if w.pos < len(w.data) && (w.data[w.pos] == '+' || w.data[w.pos] == '-') {
		w.pos++
	}
	start := w.pos
	if w.digits(nil) == 0 {
		return false
	}
	value, err := strconv.Atoi(string(w.data[start:w.pos]))
	return err == nil && value <= jsondoc.PayloadLimits.Exponent
}

// digits steps over decimal digits and returns how many there were. Those past
// the eighteenth make the number wrong, and no longer short.
func (w *walk) digits(n *decimalNumber) int {
	start := w.pos
	for w.pos < len(w.data) && '0' <= w.data[w.pos] && w.data[w.pos] <= '9' {
		if n != nil {
			n.digits = n.digits*10 + int64(w.data[w.pos]-'0')
		}
		w.pos++
	}
	return w.pos - start
}

func (n *decimalNumber) rat() *big.Rat { return rational(json.Number(n.text)) }

func (n *decimalNumber) whole() bool {
	if !n.short {
		return n.rat().IsInt()
	}
	digits := n.digits
	for range n.scale {
		if digits%10 != 0 {
			return false
		}
		digits /= 10
	}
	return true
}

// numeral is a number of the schema, ready to be compared with.
type numeral struct {
	exact *big.Rat
	whole int64
	short bool // whole is all of it
}

func newNumeral(r *big.Rat) *numeral {
	if r == nil {
		return nil
	}
	b := &numeral{exact: r}
	if r.IsInt() && r.Num().IsInt64() && r.Num().Int64() > -1<<62 && r.Num().Int64() < 1<<62 {
		b.whole, b.short = r.Num().Int64(), true
	}
	return b
}

// compare is negative when n is less than b.
func (n *decimalNumber) compare(b *numeral) int {
	if !n.short || !b.short {
		return n.rat().Cmp(b.exact)
	}
	scaled := b.whole
	for range n.scale {
		high, low := bits.Mul64(uint64(abs(scaled)), 10)
		if high != 0 || low > 1<<62 {
			return n.rat().Cmp(b.exact)
		}
		scaled *= 10
	}
	switch {
	case n.digits < scaled:
		return -1
	case n.digits > scaled:
		return 1
	}
	return 0
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

func (n *decimalNumber) among(list []*numeral) bool {
	for _, b := range list {
		if n.compare(b) == 0 {
			return true
		}
	}
	return false
}

func (n *decimalNumber) within(p *plan) bool {
	switch {
	case p.minimum != nil && n.compare(p.minimum) < 0,
		p.maximum != nil && n.compare(p.maximum) > 0,
		p.above != nil && n.compare(p.above) <= 0,
		p.below != nil && n.compare(p.below) >= 0:
		return false
	case p.multipleOf != nil:
		return new(big.Rat).Quo(n.rat(), p.multipleOf).IsInt()
	}
	return true
}
