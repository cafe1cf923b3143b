package jsonschema

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// whiteSpace is what \s means in ECMA-262, as the inside of a class.
const (
	whiteSpace = `\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	blackSpace = `\x00-\x08\x0e-\x1f!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
)

var errTooLarge = errors.New("a repetition beyond the limit")

// translator turns an ECMA-262 pattern (with the u flag, lenient where all
// engines agree) into RE2 of the same language.
type translator struct {
	in   string
	pos  int
	out  strings.Builder
	last int   // where the last atom starts in out, negative when there is none
	open []int // where the groups that are open start in out
}

func translate(source string) (string, error) {
	t := &translator{in: source, last: -1}
	for t.pos < len(t.in) {
		if err := t.next(); err != nil {
			return "", err
		}
	}
	if len(t.open) > 0 {
		return "", errors.New("a group that does not end")
	}
	return t.out.String(), nil
}

// atom writes one atom, to which a quantifier may apply.
func (t *translator) atom(s string) {
	t.last = t.out.Len()
	t.out.WriteString(s)
}

func (t *translator) next() error {
	switch c := t.in[t.pos]; c {
	case '\\':
		return t.escape()
	case '[':
		return t.class()
	case '(':
		return t.group()
	case ')':
		if len(t.open) == 0 {
			return errors.New("a closing parenthesis without a group")
		}
		t.last = t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.out.WriteByte(c)
		t.pos++
	case '.':
		t.atom(`[^\n\r\x{2028}\x{2029}]`)
		t.pos++
	case '^':
		t.last = -1
		t.out.WriteByte('^')
		t.pos++
	case '$':
		t.last = -1
		t.out.WriteString(`\z`)
		t.pos++
	case '|':
		t.last = -1
		t.out.WriteByte(c)
		t.pos++
	case '*', '+', '?':
		t.out.WriteByte(c)
		t.pos++
	case '{':
		return t.repeat()
	default:
		_, size := utf8.DecodeRuneInString(t.in[t.pos:])
		t.atom(regexp.QuoteMeta(t.in[t.pos : t.pos+size]))
		t.pos += size
	}
	return nil
}

func (t *translator) group() error {
	rest := t.in[t.pos:]
	open := "("
	for _, kind := range []struct{ prefix, open, refused string }{
		{"(?:", "(?:", ""}, {"(?i:", "(?i:", ""},
		{"(?=", "", "look-ahead (?="}, {"(?!", "", "negative look-ahead (?!"},
		{"(?<=", "", "look-behind (?<="}, {"(?<!", "", "negative look-behind (?<!"},
		{"(?>", "", "atomic group (?>"},
	} {
		if !strings.HasPrefix(rest, kind.prefix) {
			continue
		}
		if kind.refused != "" {
			return fmt.Errorf("%s is not supported", kind.refused)
		}
		return t.begin(len(kind.prefix), kind.open)
	}
	// Not ECMA-262, yet every engine that is used for JSON Schema knows it.
	if t.pos == 0 && strings.HasPrefix(rest, "(?i)") {
		t.out.WriteString("(?i)")
		t.pos += 4
		return nil
	}
	if strings.HasPrefix(rest, "(?<") || strings.HasPrefix(rest, "(?P<") {
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			return errors.New("a group name that does not end")
		}
		return t.begin(end+1, open)
	}
	if strings.HasPrefix(rest, "(?") {
		return errors.New("the group (? is not supported")
	}
	return t.begin(1, open)
}

func (t *translator) begin(size int, open string) error {
	t.open = append(t.open, t.out.Len())
	t.out.WriteString(open)
	t.pos += size
	t.last = -1
	return nil
}

// repeat reads {n}, {n,} or {n,m}; a brace that starts none of these stands
// for itself. RE2 repeats at most 1000 times, so more is split up.
func (t *translator) repeat() error {
	least, most, size, ok := counts(t.in[t.pos:])
	if !ok {
		t.atom(`\{`)
		t.pos++
		return nil
	}
	if t.last < 0 {
		return errors.New("a repetition of nothing")
	}
	t.pos += size
	if most >= 0 && most < least {
		return errors.New("a repetition out of order")
	}
	const step = 1000
	if least <= step && most <= step {
		t.out.WriteString(t.in[t.pos-size : t.pos])
		return nil
	}
	if max(least, most) > maxInstructions {
		return errTooLarge
	}
	whole := t.out.String()
	before, of := whole[:t.last], whole[t.last:]
	var b strings.Builder
	b.WriteString("(?:")
	extra := most - least
	for ; least > step; least -= step {
		fmt.Fprintf(&b, "%s{%d}", of, step)
	}
	fmt.Fprintf(&b, "%s{%d}", of, least)
	if most < 0 {
		b.WriteString(of + "*")
	}
	for ; extra > 0; extra -= step {
		fmt.Fprintf(&b, "%s{0,%d}", of, min(extra, step))
	}
	b.WriteString(")")
	t.out.Reset()
	t.out.WriteString(before + b.String())
	return nil
}

func counts(s string) (least, most, size int, ok bool) {
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return 0, 0, 0, false
	}
	low, high, ranged := strings.Cut(s[1:end], ",")
	least, err := strconv.Atoi(low)
	if err != nil || low[0] < '0' || low[0] > '9' {
		return 0, 0, 0, false
	}
	most = least
	if ranged {
		most = -1
		if high != "" {
			if most, err = strconv.Atoi(high); err != nil || high[0] < '0' || high[0] > '9' {
				return 0, 0, 0, false
			}
		}
	}
	return least, most, end + 1, true
}

// escape reads an escape outside a class.
func (t *translator) escape() error {
	if t.pos+1 >= len(t.in) {
		return errors.New("a backslash at the end")
	}
	switch c := t.in[t.pos+1]; c {
	case 'b', 'B':
		t.last = -1
		t.out.WriteString(t.in[t.pos : t.pos+2])
		t.pos += 2
		return nil
	case '1', '2', '3', '4', '5', '6', '7', '8', '9', 'k':
		return fmt.Errorf(`back-reference \%c is not supported`, c)
	case 's':
		t.atom("[" + whiteSpace + "]")
		t.pos += 2
		return nil
	case 'S':
		t.atom("[^" + whiteSpace + "]")
		t.pos += 2
		return nil
	}
	if set, size := t.set(); size > 0 {
		t.atom(set)
		t.pos += size
		return nil
	}
	r, err := t.char()
	if err != nil {
		return err
	}
	t.atom(quoteRune(r))
	return nil
}

// set reads an escape that stands for a set of characters and is spelled the
// same inside and outside a class; its size is zero when there is none.
func (t *translator) set() (string, int) {
	rest := t.in[t.pos:]
	switch rest[1] {
	case 'd', 'D', 'w', 'W':
		return rest[:2], 2
	case 'p', 'P':
		end := strings.IndexByte(rest, '}')
		if end < 0 || len(rest) < 3 || rest[2] != '{' {
			return "", 0
		}
		name := rest[3:end]
		for _, key := range []string{"Script=", "sc=", "General_Category=", "gc="} {
			name = strings.TrimPrefix(name, key)
		}
		return rest[:3] + name + "}", end + 1
	}
	return "", 0
}

// char reads an escape, or a bare character, that stands for one character.
func (t *translator) char() (rune, error) {
	r, size := utf8.DecodeRuneInString(t.in[t.pos:])
	if r != '\\' {
		t.pos += size
		return r, nil
	}
	if t.pos+1 >= len(t.in) {
		return 0, errors.New("a backslash at the end")
	}
	c := t.in[t.pos+1]
	if i := strings.IndexByte("tnvfr", c); i >= 0 {
		t.pos += 2
		return rune("\t\n\v\f\r"[i]), nil
	}
	switch {
	case c == '0':
		t.pos += 2
		return 0, nil
	case c == 'c':
		if t.pos+2 >= len(t.in) || !letter(t.in[t.pos+2]) {
			return 0, errors.New(`\c without a letter`)
		}
		t.pos += 3
		return rune(t.in[t.pos-1] & 31), nil
	case c == 'x' || c == 'u':
		return t.hex(c)
	case letter(c) || c >= '1' && c <= '9':
		return 0, fmt.Errorf(`the escape \%c is not supported`, c)
	}
	r, size = utf8.DecodeRuneInString(t.in[t.pos+1:])
	t.pos += 1 + size
	return r, nil
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// hex reads \xHH, \uHHHH, a pair of surrogates, or \u{H…}.
func (t *translator) hex(c byte) (rune, error) {
	if strings.HasPrefix(t.in[t.pos:], `\u{`) {
		end := strings.IndexByte(t.in[t.pos:], '}')
		if end < 0 {
			return 0, errors.New(`\u{ that does not end`)
		}
		n, err := strconv.ParseUint(t.in[t.pos+3:t.pos+end], 16, 32)
		if err != nil || n > utf8.MaxRune || utf16.IsSurrogate(rune(n)) {
			return 0, errors.New(`\u{ without a character`)
		}
		t.pos += end + 1
		return rune(n), nil
	}
	digits := 4
	if c == 'x' {
		digits = 2
	}
	r, ok := t.digits(t.pos, digits)
	if !ok {
		return 0, fmt.Errorf(`\%c without %d hexadecimal digits`, c, digits)
	}
	t.pos += 2 + digits
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if strings.HasPrefix(t.in[t.pos:], `\u`) {
		if low, ok := t.digits(t.pos, 4); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
			t.pos += 6
			return utf16.DecodeRune(r, low), nil
		}
	}
	return 0, errors.New("a lone surrogate is not supported")
}

func (t *translator) digits(at, n int) (rune, bool) {
	if at+2+n > len(t.in) {
		return 0, false
	}
	v, err := strconv.ParseUint(t.in[at+2:at+2+n], 16, 32)
	return rune(v), err == nil
}

func quoteRune(r rune) string {
	if r < ' ' || r > '~' {
		return fmt.Sprintf(`\x{%x}`, r)
	}
	return regexp.QuoteMeta(string(r))
}
