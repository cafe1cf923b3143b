package avro

import (
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// prescan looks for lists that are too long before any tree is built, which
// for hostile text is most of the cost. It judges nothing else: where the text
// is not what it expects it stops, and the parser says why.
func prescan(text string) error {
	s := &sizes{text: text}
	s.typ()
	if s.over != nil {
		return s.over
	}
	return nil
}

// sizes walks the places of a text where types are written. Keys spelled with
// escapes pass it by; the parser holds the same limits.
type sizes struct {
	text  string
	pos   int
	depth int
	named int
	over  *compat.LimitError
	lost  bool // the text is not what was expected
}

// typ steps over a type.
func (s *sizes) typ() {
	switch s.peek() {
	case '[':
		s.list(maxBranches, "a union has more than %d branches", s.typ)
	case '{':
		s.members(func(key string) {
			switch key {
			case "type":
				s.countNamed()
				s.typ()
			case "items", "values":
				s.typ()
			case "fields":
				s.list(maxFields, "a record has more than %d fields", s.field)
			case "symbols":
				s.list(maxSymbols, "an enum has more than %d symbols", s.skip)
			default:
				s.skip()
			}
		})
	default:
		s.skip()
	}
}

func (s *sizes) field() {
	s.members(func(key string) {
		if key == "type" {
			s.typ()
			return
		}
		s.skip()
	})
}

func (s *sizes) countNamed() {
	s.peek()
	for _, word := range [...]string{`"record"`, `"error"`, `"enum"`, `"fixed"`} {
		if strings.HasPrefix(s.text[s.pos:], word) {
			s.named++
		}
	}
	if s.named > maxNamed {
		s.refuse("the schema defines more than %d named types", maxNamed)
	}
}

func (s *sizes) refuse(format string, limit int) {
	s.over, s.lost = compat.Limitf(format, limit), true
}

// peek steps over white space and comments to the next character, 0 at the
// end.
func (s *sizes) peek() byte {
	for !s.lost && s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		case '/':
			s.comment()
		default:
			return c
		}
	}
	return 0
}

func (s *sizes) comment() {
	closing := "*/"
	if strings.HasPrefix(s.text[s.pos:], "//") {
		closing = "\n"
	}
	const opening = 2
	body := s.text[min(s.pos+opening, len(s.text)):]
	end := strings.Index(body, closing)
	if end < 0 {
		s.lost = true
		return
	}
	s.pos += opening + end + len(closing)
}

// enter steps over an opening bracket; it tells whether there was one.
func (s *sizes) enter(bracket byte) bool {
	if s.peek() != bracket || s.depth == jsondoc.SchemaLimits.Depth {
		s.lost = true
		return false
	}
	s.pos++
	s.depth++
	return true
}

// next steps over a comma; without one the list ends, and it steps over the
// closing bracket.
func (s *sizes) next() bool {
	switch s.peek() {
	case ',':
		s.pos++
		return true
	case ']', '}':
		s.pos++
		s.depth--
	default:
		s.lost = true
	}
	return false
}

func (s *sizes) list(limit int, format string, item func()) {
	if s.peek() != '[' {
		s.skip()
		return
	}
	if !s.enter('[') || s.peek() == ']' && !s.next() {
		return
	}
	for count := 1; !s.lost; count++ {
		if count > limit {
			s.refuse(format, limit)
			return
		}
		item()
		if !s.next() {
			return
		}
	}
}

func (s *sizes) members(value func(key string)) {
	if s.peek() != '{' {
		s.skip()
		return
	}
	if !s.enter('{') || s.peek() == '}' && !s.next() {
		return
	}
	for !s.lost {
		if s.peek() != '"' {
			s.lost = true
			return
		}
		start := s.pos + 1
		s.string()
		if s.lost {
			return
		}
		key := s.text[start : s.pos-1]
		if s.peek() != ':' {
			s.lost = true
			return
		}
		s.pos++
		value(key)
		if !s.next() {
			return
		}
	}
}

// skip steps over any value.
func (s *sizes) skip() {
	for open := 0; ; {
		switch s.peek() {
		case 0:
			s.lost = true
			return
		case '"':
			s.string()
		case '[', '{':
			open++
			s.pos++
		case ']', '}':
			open--
			s.pos++
		case ',', ':':
			s.pos++
		default:
			for s.pos < len(s.text) && !strings.ContainsRune(" \t\r\n,:]}/", rune(s.text[s.pos])) {
				s.pos++
			}
		}
		if open <= 0 || s.lost {
			s.lost = s.lost || open < 0
			return
		}
	}
}

func (s *sizes) string() {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			s.pos++
		case '"':
			s.pos++
			return
		}
	}
	s.lost = true
}
