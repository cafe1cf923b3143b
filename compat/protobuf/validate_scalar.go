package protobuf

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// scalar judges a JSON value of a scalar or enum type.
func (w *jsonWalk) scalar(v *jsondoc.Value, f *fieldPlan, at *step) {
	switch kind := f.desc.Kind(); kind {
	case protoreflect.BoolKind:
		if v.Kind != jsondoc.True && v.Kind != jsondoc.False {
			w.wrongType(at, "boolean", v)
		}
	case protoreflect.StringKind:
		if v.Kind != jsondoc.String {
			w.wrongType(at, "string", v)
		}
	case protoreflect.BytesKind:
		w.bytes(v, at)
	case protoreflect.EnumKind:
		w.enum(v, f, at)
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		w.float(v, kind, at)
	default:
		w.integer(v, kind, at)
	}
}

// bytes are base64 in the standard or the URL alphabet, padded or not.
func (w *jsonWalk) bytes(v *jsondoc.Value, at *step) {
	if v.Kind != jsondoc.String {
		w.wrongType(at, "base64 string", v)
		return
	}
	encoding := base64.StdEncoding
	if strings.ContainsAny(v.Text, "-_") {
		encoding = base64.URLEncoding
	}
	if len(v.Text)%4 != 0 {
		encoding = encoding.WithPadding(base64.NoPadding)
	}
	if _, err := encoding.DecodeString(v.Text); err != nil {
		w.badValue(at, "base64 string", v, "The string is not base64")
	}
}

func (w *jsonWalk) enum(v *jsondoc.Value, f *fieldPlan, at *step) {
	enum := f.desc.Enum()
	expected := "a name or number of enum " + string(enum.FullName())
	switch v.Kind {
	case jsondoc.String:
		if !f.symbols[protoreflect.Name(v.Text)] {
			w.failHint(at, codeUnknownSymbol, expected, "string", "The enum has no such name", enumHint(enum))
		}
	case jsondoc.Number:
		if !fitsInteger(v.Text, protoreflect.Int32Kind) {
			w.badValue(at, expected, v, "The number is no 32-bit integer")
		}
	case jsondoc.Null:
		if !isNullEnum(f.desc) {
			w.wrongType(at, expected, v)
		}
	default:
		w.wrongType(at, expected, v)
	}
}

func enumHint(enum protoreflect.EnumDescriptor) string {
	const limit = 8
	var names []string
	for i := range min(limit, enum.Values().Len()) {
		names = append(names, string(enum.Values().Get(i).Name()))
	}
	if enum.Values().Len() > limit {
		names = append(names, "…")
	}
	return "It has " + strings.Join(names, ", ")
}

// number returns the literal of a number, or of a number in a string.
func number(v *jsondoc.Value) (string, bool) {
	switch v.Kind {
	case jsondoc.Number:
		return v.Text, true
	case jsondoc.String:
		if _, _, ok := parts(v.Text); ok {
			return v.Text, true
		}
	}
	return "", false
}

func (w *jsonWalk) float(v *jsondoc.Value, kind protoreflect.Kind, at *step) {
	if v.Kind != jsondoc.Number && v.Kind != jsondoc.String {
		w.wrongType(at, kind.String(), v)
		return
	}
	if v.Kind == jsondoc.String {
		switch v.Text {
		case "NaN", "Infinity", "-Infinity":
			return
		}
	}
	bits := 64
	if kind == protoreflect.FloatKind {
		bits = 32
	}
	text, ok := number(v)
	if ok {
		_, err := strconv.ParseFloat(text, bits)
		ok = err == nil
	}
	if !ok {
		w.badValue(at, kind.String(), v, fmt.Sprintf("The %s is no number that a %s holds", v.Kind, kind))
	}
}

func (w *jsonWalk) integer(v *jsondoc.Value, kind protoreflect.Kind, at *step) {
	if v.Kind != jsondoc.Number && v.Kind != jsondoc.String {
		w.wrongType(at, kind.String(), v)
		return
	}
	if text, ok := number(v); !ok || !fitsInteger(text, kind) {
		w.badValue(at, kind.String(), v, fmt.Sprintf("The %s is no whole number in the range of %s", v.Kind, kind))
	}
}

// fitsInteger tells whether a literal, which may have a point and an exponent,
// is a whole number in the range of kind.
func fitsInteger(text string, kind protoreflect.Kind) bool {
	digits, exponent, ok := parts(text)
	if !ok {
		return false
	}
	// The value is digits times ten to the power of exponent.
	digits = strings.TrimLeft(digits, "0")
	for exponent < 0 && strings.HasSuffix(digits, "0") {
		digits = digits[:len(digits)-1]
		exponent++
	}
	switch {
	case digits == "":
		digits, exponent = "0", 0
	case exponent < 0 || len(digits)+exponent > 20:
		return false
	}
	digits += strings.Repeat("0", exponent)
	bits := 64
	switch kind {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind, protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		bits = 32
	}
	var err error
	switch negative := strings.HasPrefix(text, "-"); {
	case unsigned(kind) && negative:
		return digits == "0"
	case unsigned(kind):
		_, err = strconv.ParseUint(digits, 10, bits)
	case negative:
		_, err = strconv.ParseInt("-"+digits, 10, bits)
	default:
		_, err = strconv.ParseInt(digits, 10, bits)
	}
	return err == nil
}

// parts splits a JSON number literal into its digits, sign and point dropped,
// and the power of ten they are multiplied with.
func parts(text string) (digits string, exponent int, ok bool) {
	// A literal this long would be refused as a number, so it is as a string.
	if len(text) > jsondoc.PayloadLimits.Number {
		return "", 0, false
	}
	rest := strings.TrimPrefix(text, "-")
	whole := leadingDigits(rest)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return "", 0, false
	}
	rest = rest[len(whole):]
	fraction := ""
	if after, found := strings.CutPrefix(rest, "."); found {
		if fraction = leadingDigits(after); fraction == "" {
			return "", 0, false
		}
		rest = after[len(fraction):]
	}
	if rest != "" {
		if rest[0]|0x20 != 'e' {
			return "", 0, false
		}
		signed := strings.TrimPrefix(rest[1:], "+")
		power := strings.TrimPrefix(signed, "-")
		if power == "" || leadingDigits(power) != power || strings.HasPrefix(rest[1:], "+-") {
			return "", 0, false
		}
		n, err := strconv.Atoi(signed)
		if err != nil || n > jsondoc.PayloadLimits.Exponent || n < -jsondoc.PayloadLimits.Exponent {
			return "", 0, false
		}
		exponent = n
	}
	return whole + fraction, exponent - len(fraction), true
}

func leadingDigits(s string) string {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return s[:n]
}
