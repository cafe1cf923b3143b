package jsondoc

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat"
)

// Scan checks that text is one JSON value within opts. It returns nil, a
// *compat.ParseError or a *compat.LimitError.
func Scan(text string, opts Options) error {
	s := scanner{text: text, opts: opts}
	_, err := s.document()
	return err
}

// Parse reads text as Scan does and returns its tree.
func Parse(text string, opts Options) (*Value, error) {
	s := scanner{text: text, opts: opts, build: true}
	return s.document()
}

// scanner walks text once. It recurses once per level of nesting, which
// Limits.Depth bounds; callers that leave Depth at zero must bound it
// themselves.
type scanner struct {
	text   string
	opts   Options
	build  bool
	pos    int
	depth  int
	tokens int
}

func (s *scanner) document() (*Value, error) {
	if limit := s.opts.Limits.Bytes; limit > 0 && len(s.text) > limit {
		return nil, compat.Limitf("the text has %d bytes, the limit is %d", len(s.text), limit)
	}
	if err := s.space(); err != nil {
		return nil, err
	}
	v, err := s.value()
	if err != nil {
		return nil, err
	}
	if err := s.space(); err != nil {
		return nil, err
	}
	if s.pos < len(s.text) {
		return nil, s.bad(s.pos, "text after the JSON value")
	}
	return v, nil
}

func (s *scanner) bad(offset int, format string, args ...any) error {
	line, column := Position(s.text, offset)
	return &compat.ParseError{Line: line, Column: column, Message: fmt.Sprintf(format, args...)}
}

// token counts one value, key or bracket.
func (s *scanner) token() error {
	s.tokens++
	if limit := s.opts.Limits.Tokens; limit > 0 && s.tokens > limit {
		return compat.Limitf("the text has more than %d JSON tokens", limit)
	}
	return nil
}

func (s *scanner) space() error {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			s.pos++
		case c == '/' && s.opts.Comments:
			if err := s.comment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (s *scanner) comment() error {
	rest := s.text[s.pos:]
	switch {
	case strings.HasPrefix(rest, "//"):
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			s.pos += end + 1
		} else {
			s.pos = len(s.text)
		}
		return nil
	case strings.HasPrefix(rest, "/*"):
		if end := strings.Index(rest[2:], "*/"); end >= 0 {
			s.pos += end + 4
			return nil
		}
		return s.bad(s.pos, "a comment that does not end")
	}
	return s.bad(s.pos, "unexpected character '/'")
}

func (s *scanner) value() (*Value, error) {
	if err := s.token(); err != nil {
		return nil, err
	}
	if s.pos >= len(s.text) {
		return nil, s.bad(s.pos, "unexpected end of JSON text")
	}
	start := s.pos
	switch c := s.text[s.pos]; {
	case c == '{':
		return s.object()
	case c == '[':
		return s.array()
	case c == '"':
		text, err := s.string()
		if err != nil {
			return nil, err
		}
		return s.leaf(String, text, start), nil
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	}
	for _, word := range [...]struct {
		text string
		kind Kind
	}{{"null", Null}, {"true", True}, {"false", False}} {
		if strings.HasPrefix(s.text[s.pos:], word.text) {
			s.pos += len(word.text)
			return s.leaf(word.kind, "", start), nil
		}
	}
	c, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	return nil, s.bad(s.pos, "unexpected character %q", c)
}

func (s *scanner) leaf(kind Kind, text string, start int) *Value {
	if !s.build {
		return nil
	}
	return &Value{Kind: kind, Text: text, Offset: start}
}

// enter steps over an opening bracket.
func (s *scanner) enter() error {
	s.pos++
	s.depth++
	if limit := s.opts.Limits.Depth; limit > 0 && s.depth > limit {
		return compat.Limitf("the text nests deeper than %d levels", limit)
	}
	return s.space()
}

// next steps over a comma, or over the closing bracket, which ends the list.
func (s *scanner) next(closing byte) (end bool, err error) {
	if err := s.space(); err != nil {
		return false, err
	}
	if s.pos >= len(s.text) {
		return false, s.bad(s.pos, "unexpected end of JSON text")
	}
	switch s.text[s.pos] {
	case closing:
		s.pos++
		s.depth--
		return true, s.token()
	case ',':
		s.pos++
		return false, s.space()
	}
	return false, s.bad(s.pos, "expected ',' or '%c'", closing)
}

func (s *scanner) array() (*Value, error) {
	v := s.leaf(Array, "", s.pos)
	if err := s.enter(); err != nil {
		return nil, err
	}
	if s.pos < len(s.text) && s.text[s.pos] == ']' {
		_, err := s.next(']')
		return v, err
	}
	for {
		item, err := s.value()
		if err != nil {
			return nil, err
		}
		if s.build {
			v.Items = append(v.Items, item)
		}
		if end, err := s.next(']'); end || err != nil {
			return v, err
		}
	}
}

func (s *scanner) object() (*Value, error) {
	v := s.leaf(Object, "", s.pos)
	if err := s.enter(); err != nil {
		return nil, err
	}
	if s.pos < len(s.text) && s.text[s.pos] == '}' {
		_, err := s.next('}')
		return v, err
	}
	var seen map[string]bool
	if s.opts.UniqueKeys {
		seen = make(map[string]bool)
	}
	for {
		m, err := s.member(seen)
		if err != nil {
			return nil, err
		}
		if s.build {
			v.Members = append(v.Members, m)
		}
		if end, err := s.next('}'); end || err != nil {
			return v, err
		}
	}
}

func (s *scanner) member(seen map[string]bool) (Member, error) {
	if err := s.token(); err != nil {
		return Member{}, err
	}
	start := s.pos
	if s.pos >= len(s.text) || s.text[s.pos] != '"' {
		return Member{}, s.bad(s.pos, "expected a key in quotes")
	}
	name, err := s.string()
	if err != nil {
		return Member{}, err
	}
	if seen != nil {
		if seen[name] {
			return Member{}, s.bad(start, "duplicate key %q", clip(name))
		}
		seen[name] = true
	}
	if err := s.space(); err != nil {
		return Member{}, err
	}
	if s.pos >= len(s.text) || s.text[s.pos] != ':' {
		return Member{}, s.bad(s.pos, "expected ':'")
	}
	s.pos++
	if err := s.space(); err != nil {
		return Member{}, err
	}
	value, err := s.value()
	return Member{Name: name, Offset: start, Value: value}, err
}

// clip keeps messages short, whatever the input.
func clip(s string) string {
	const limit = 64
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// string reads a string and returns its characters when they are wanted: for
// the tree, or to compare keys.
func (s *scanner) string() (string, error) {
	start := s.pos
	s.pos++
	plain := s.pos
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == '"':
			text := s.text[plain:s.pos]
			s.pos++
			return text, nil
		case c == '\\':
			return s.escaped(start, plain)
		default:
			if err := s.char(c); err != nil {
				return "", err
			}
		}
	}
	return "", s.bad(start, "a string that does not end")
}

// char steps over one unescaped character.
func (s *scanner) char(c byte) error {
	switch {
	case c < 0x20:
		return s.bad(s.pos, "a control character in a string")
	case c < utf8.RuneSelf:
		s.pos++
		return nil
	}
	r, size := utf8.DecodeRuneInString(s.text[s.pos:])
	if r == utf8.RuneError && size == 1 {
		return s.bad(s.pos, "the text is not valid UTF-8")
	}
	s.pos += size
	return nil
}

// escaped reads the rest of a string from its first backslash.
func (s *scanner) escaped(start, plain int) (string, error) {
	var b strings.Builder
	b.WriteString(s.text[plain:s.pos])
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == '"':
			s.pos++
			return b.String(), nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		default:
			from := s.pos
			if err := s.char(c); err != nil {
				return "", err
			}
			b.WriteString(s.text[from:s.pos])
		}
	}
	return "", s.bad(start, "a string that does not end")
}

func (s *scanner) escape() (rune, error) {
	if s.pos+1 >= len(s.text) {
		return 0, s.bad(s.pos, "a string that does not end")
	}
	c := s.text[s.pos+1]
	if c == 'u' {
		return s.unicodeEscape()
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	i := strings.IndexByte(from, c)
	if i < 0 {
		return 0, s.bad(s.pos, "unknown escape in a string")
	}
	s.pos += 2
	return rune(to[i]), nil
}

// unicodeEscape reads \uXXXX, or two of them that make a surrogate pair. A
// lone surrogate becomes U+FFFD unless the options refuse it.
func (s *scanner) unicodeEscape() (rune, error) {
	start := s.pos
	r, ok := s.hex()
	if !ok {
		return 0, s.bad(start, "expected four hexadecimal digits after \\u")
	}
	if utf16.IsSurrogate(r) {
		mark := s.pos
		if low, ok := s.hex(); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, nil
			}
		}
		s.pos = mark
		if s.opts.Storable || s.opts.Characters {
			return 0, s.bad(start, "a lone surrogate in a string")
		}
		return utf8.RuneError, nil
	}
	if r == 0 && s.opts.Storable {
		return 0, s.bad(start, "U+0000 in a string")
	}
	return r, nil
}

// hex reads \uXXXX; it moves only when it is there.
func (s *scanner) hex() (rune, bool) {
	if s.pos+6 > len(s.text) || s.text[s.pos] != '\\' || s.text[s.pos+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s.text[s.pos+2:s.pos+6], 16, 16)
	if err != nil {
		return 0, false
	}
	s.pos += 6
	return rune(n), true
}
