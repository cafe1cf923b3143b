package protobuf

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/types/descriptorpb"
)

func optionName(o *descriptorpb.UninterpretedOption) string {
	parts := make([]string, len(o.Name))
	for i, part := range o.Name {
		parts[i] = part.GetNamePart()
		if part.GetIsExtension() {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, ".")
}

func optionValue(o *descriptorpb.UninterpretedOption) string {
	switch {
	case o.IdentifierValue != nil:
		return o.GetIdentifierValue()
	case o.PositiveIntValue != nil:
		return strconv.FormatUint(o.GetPositiveIntValue(), 10)
	case o.NegativeIntValue != nil:
		return strconv.FormatInt(o.GetNegativeIntValue(), 10)
	case o.DoubleValue != nil:
		return float(o.GetDoubleValue())
	case o.AggregateValue != nil:
		return aggregate(o.GetAggregateValue())
	}
	return quote(string(o.StringValue))
}

// bracketed writes the options of a field, default and json_name last.
func bracketed(list []*descriptorpb.UninterpretedOption) string {
	if len(list) == 0 {
		return ""
	}
	var first, last []string
	for _, o := range list {
		name := optionName(o)
		text := fmt.Sprintf("%s = %s", name, optionValue(o))
		if name == "default" || name == "json_name" {
			last = append(last, text)
		} else {
			first = append(first, text)
		}
	}
	if len(last) == 2 && strings.HasPrefix(last[0], "json_name") {
		last[0], last[1] = last[1], last[0]
	}
	return " [" + strings.Join(append(first, last...), ", ") + "]"
}

// float writes a number so that it reads back as a float.
func float(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// aggregate writes the tokens of a message value, one space between two.
func aggregate(tokens string) string {
	var b strings.Builder
	b.WriteByte('{')
	l := lexer{text: tokens}
	for t := l.next(); t.kind != endToken; t = l.next() {
		text := tokens[t.start:t.end]
		if t.kind == stringToken {
			text = quote(unquote(text))
		}
		if text != ":" && text != "," && text != ";" {
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	b.WriteString(" }")
	return b.String()
}

// quote writes a string literal. Only what a literal cannot hold is escaped.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		c := s[i]
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c == 0x7f || r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	b.WriteByte('"')
	return b.String()
}

// unquote reads a string literal that the parser has accepted.
func unquote(literal string) string {
	if len(literal) < 2 {
		return ""
	}
	s := literal[1 : len(literal)-1]
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		i += 2
		switch c := s[i-1]; c {
		case 'a', 'b', 'f', 'n', 'r', 't', 'v':
			b.WriteByte("\a\b\f\n\r\t\v"[strings.IndexByte("abfnrtv", c)])
		case 'x', 'X':
			i += code(&b, s[i:], 16, 2, false)
		case 'u':
			i += code(&b, s[i:], 16, 4, true)
		case 'U':
			i += code(&b, s[i:], 16, 8, true)
		case '0', '1', '2', '3', '4', '5', '6', '7':
			i--
			i += code(&b, s[i:], 8, 3, false)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// code reads at most so many digits and writes the byte or rune they name. It
// returns how many there were.
func code(b *strings.Builder, s string, base, limit int, isRune bool) int {
	n := 0
	for n < len(s) && n < limit {
		if _, err := strconv.ParseUint(s[n:n+1], base, 8); err != nil {
			break
		}
		n++
	}
	value, _ := strconv.ParseUint(s[:n], base, 32)
	if isRune {
		b.WriteRune(rune(value))
	} else {
		b.WriteByte(byte(value))
	}
	return n
}
