package avro

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// logical is what a type means beyond its kind. The zero logical means nothing
// more: such a type takes any meaning and gives any.
type logical struct {
	name             string
	precision, scale int // of a decimal
}

func (l logical) String() string {
	if l.name == "decimal" {
		return fmt.Sprintf("decimal(%d,%d)", l.precision, l.scale)
	}
	return l.name
}

// logicalOf is the logical type of n. One that its kind cannot have, or that is
// not valid, is none (specification, Logical Types).
func logicalOf(n *node) logical {
	if len(n.props) == 0 {
		return logical{}
	}
	attributes := &jsondoc.Value{Kind: jsondoc.Object, Members: n.props}
	name := text(attributes, "logicalType")
	if name == nil {
		return logical{}
	}
	fits := false
	switch *name {
	case "decimal":
		return decimalOf(n, attributes)
	case "big-decimal":
		fits = n.kind == kindBytes
	case "date", "time-millis":
		fits = n.kind == kindInt
	case "time-micros", "timestamp-millis", "timestamp-micros", "timestamp-nanos",
		"local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos":
		fits = n.kind == kindLong
	case "uuid":
		fits = n.kind == kindString || n.kind == kindFixed && n.size == 16
	case "duration":
		fits = n.kind == kindFixed && n.size == 12
	}
	if !fits {
		return logical{}
	}
	return logical{name: *name}
}

func decimalOf(n *node, attributes *jsondoc.Value) logical {
	precision, ok := number(attributes.Get("precision"))
	scale, scaled := 0, true
	if given := attributes.Get("scale"); given != nil {
		scale, scaled = number(given)
	}
	switch {
	case !ok || !scaled || precision < 1 || scale < 0 || scale > precision:
		return logical{}
	case n.kind == kindFixed && float64(precision) > math.Floor(math.Log10(2)*float64(8*n.size-1)):
		return logical{}
	case n.kind != kindFixed && n.kind != kindBytes:
		return logical{}
	}
	return logical{name: "decimal", precision: precision, scale: scale}
}

func number(v *jsondoc.Value) (int, bool) {
	if v == nil || v.Kind != jsondoc.Number {
		return 0, false
	}
	i, err := strconv.Atoi(v.Text)
	return i, err == nil
}

// means tells whether a reader understands by r what a writer meant by w. A
// decimal of the same scale and more digits holds the same numbers, although
// the specification asks for the same precision.
func (l logical) means(w logical) bool {
	if l.name == "decimal" && w.name == "decimal" {
		return l.scale == w.scale && l.precision >= w.precision
	}
	return l == w || l.name == "" || w.name == ""
}

// meaning compares the logical types of a pair that is read, under the policy
// that asks for it.
func (c *checker) meaning(r, w *node, t *trail) {
	if c.opts.Policy != compat.Logical {
		return
	}
	reads, wrote := logicalOf(r), logicalOf(w)
	if reads.means(wrote) {
		return
	}
	c.report(compat.Difference{Rule: logicalTypeMismatch, Path: t.path(),
		Info: fmt.Sprintf("reader logical type: %s not compatible with writer logical type: %s", reads, wrote),
		Message: fmt.Sprintf("The logical type (path '%s') of a field in the %s schema does not match with the %s schema",
			t.path(), c.opts.Reader, c.opts.Writer),
		Fix: c.keepLogicalType(r, w, t)}, target{pair: pair{r, w}, what: meaning}, t)
}

// meaning is what of a pair a witness of this rule has to run into.
const meaning = "logicalType"

// within compares the meanings within the branch of the reader's union that
// reads w; it is nil once the budget is spent.
func (c *checker) within(chosen, w *node, t *trail) {
	if chosen != nil {
		c.walk(chosen, w, t)
	}
}

func (c *checker) keepLogicalType(r, w *node, t *trail) *compat.Fix {
	was := logicalOf(c.earlier(r, w))
	value := `{"logicalType":` + quoted(was.name) + `}`
	if was.name == "decimal" {
		value = fmt.Sprintf(`{"logicalType":"decimal","precision":%d,"scale":%d}`, was.precision, was.scale)
	}
	return fix("keep-logical-type", c.candidatePath(t), value,
		"keep the logical type %s of `%s`", was, t.subject(c.earlier(r, w)))
}

// telling is a value of w that r takes for another one.
func telling(r, w *node) (whole int64, bytes []byte) {
	reads, wrote := logicalOf(r), logicalOf(w)
	switch {
	case wrote.name == "decimal":
		unscaled := big.NewInt(1)
		if reads.name == "decimal" && reads.scale == wrote.scale {
			unscaled.Exp(big.NewInt(10), big.NewInt(int64(wrote.precision)), nil).Sub(unscaled, big.NewInt(1))
		}
		bytes = append([]byte{0}, unscaled.Bytes()...) // the sign
		for len(bytes) > 1 && bytes[0] == 0 && bytes[1] < 0x80 {
			bytes = bytes[1:]
		}
	case wrote.name == "big-decimal":
		bytes = []byte{2, 1, 2} // one byte of digits, and the scale 1
	case w.kind == kindString:
		bytes = []byte("00000000-0000-0000-0000-000000000001")
	}
	if w.kind == kindFixed {
		padded := make([]byte, w.size)
		copy(padded[w.size-max(1, len(bytes)):], append(bytes, 1)[:max(1, len(bytes))])
		bytes = padded
	}
	return 1, bytes
}

// say spells a value as a person reads it who takes it for an l.
func (l logical) say(whole int64, bytes []byte) string {
	const local = "2006-01-02T15:04:05.999999999"
	unit := map[string]time.Duration{"millis": time.Millisecond, "micros": time.Microsecond, "nanos": time.Nanosecond}
	at := time.Unix(0, 0).UTC()
	if i := strings.LastIndexByte(l.name, '-'); i >= 0 {
		at = at.Add(time.Duration(whole) * unit[l.name[i+1:]])
	}
	switch {
	case l.name == "decimal":
		return l.decimal(bytes)
	case l.name == "date":
		return at.AddDate(0, 0, int(whole)).Format(time.DateOnly)
	case strings.HasPrefix(l.name, "time-"):
		return at.Format("15:04:05.999999999")
	case strings.HasPrefix(l.name, "timestamp-"):
		return at.Format(local) + "Z"
	case strings.HasPrefix(l.name, "local-"):
		return at.Format(local)
	case l.name == "uuid" && len(bytes) != 16:
		return string(bytes)
	case l.name == "duration" && len(bytes) == 12:
		return fmt.Sprintf("%d months, %d days, %d ms", binary.LittleEndian.Uint32(bytes),
			binary.LittleEndian.Uint32(bytes[4:]), binary.LittleEndian.Uint32(bytes[8:]))
	}
	return fmt.Sprintf("%s %x", l, bytes)
}

func (l logical) decimal(bytes []byte) string {
	unscaled := new(big.Int).SetBytes(bytes)
	if len(bytes) > 0 && bytes[0] >= 0x80 {
		unscaled.Sub(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(8*len(bytes))))
	}
	sign := ""
	if unscaled.Sign() < 0 {
		sign = "-"
	}
	digits := unscaled.Abs(unscaled).String()
	if l.scale == 0 {
		return sign + digits
	}
	if len(digits) <= l.scale {
		digits = strings.Repeat("0", l.scale+1-len(digits)) + digits
	}
	return sign + digits[:len(digits)-l.scale] + "." + digits[len(digits)-l.scale:]
}
