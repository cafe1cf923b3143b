package protobuf

import (
	"strings"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Limits on text, checked before protocompile sees it (reliability.md 5.3).
const (
	maxBytes      = 512 << 10
	maxDepth      = 32
	maxTokens     = 200_000
	maxMessages   = 2_000
	maxEnums      = 2_000
	maxFields     = 4_000 // methods and oneofs count too
	maxEnumValues = 10_000
	maxImports    = 64
	maxOptions    = 8_000 // an option takes as long as ten fields
	maxRanges     = 4_000 // reserved and extension ranges and names
	maxNameBytes  = 512
	maxNameParts  = 32 // every part is one more scope to search
)

// scan bounds text without building anything.
func scan(text string) error {
	if len(text) > maxBytes {
		return compat.Limitf("the schema has %d bytes, the limit is %d", len(text), maxBytes)
	}
	if i := badCharacter(text); i >= 0 {
		line, column := jsondoc.Position(text, i)
		message := "the schema is not valid UTF-8"
		if text[i] == 0 {
			message = "U+0000 in the schema"
		}
		return &compat.ParseError{Line: line, Column: column, Message: message}
	}
	s := scanner{lexer: lexer{text: text}}
	for {
		t := s.next()
		if t.kind == endToken {
			return nil
		}
		if err := s.token(t); err != nil {
			return err
		}
	}
}

// badCharacter returns the place of the first byte that is U+0000 or not UTF-8,
// or -1.
func badCharacter(text string) int {
	if i := strings.IndexByte(text, 0); i >= 0 {
		return i
	}
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// block is what a bracket opened.
type block byte

const (
	fileBlock block = iota
	messageBlock
	enumBlock
	fieldsBlock // oneof, extend: statements are fields
	serviceBlock
	otherBlock // option values, method bodies and everything in brackets
)

// scanner counts what a text declares. It knows just enough grammar to tell
// statements apart, and counts too much rather than too little.
type scanner struct {
	lexer
	stack [maxDepth]block
	depth int

	words   [3]string // the first identifiers of the statement
	n       int
	items   int // commas of the statement outside brackets
	options int // commas of the statement inside brackets
	parts   int // dots of the name at hand

	tokens, messages, enums, fields, values, imports, ranges, settings int
}

func (s *scanner) token(t token) error {
	if s.tokens++; s.tokens > maxTokens {
		return compat.Limitf("the schema has more than %d tokens", maxTokens)
	}
	if t.kind == nameToken {
		return s.word(s.text[t.start:t.end])
	}
	if t.kind != symbolToken {
		s.parts = 0
		return nil
	}
	c := s.text[t.start]
	if c == '.' {
		if s.parts++; s.parts >= maxNameParts {
			return compat.Limitf("a name has more than %d parts", maxNameParts)
		}
		return nil
	}
	s.parts = 0
	switch c {
	case '{', '[', '(', '<':
		return s.open(c)
	case '}', ']', ')', '>':
		s.close(c)
	case ',':
		if s.in() == otherBlock {
			s.options++
		} else {
			s.items++
		}
	case '=':
		// Outside of brackets it stands before a tag, or in an option statement.
		if s.in() == otherBlock || s.words[0] == "option" {
			s.settings++
		}
	case ';':
		return s.statement()
	}
	return nil
}

func (s *scanner) word(word string) error {
	if len(word) > maxNameBytes {
		return compat.Limitf("a name has %d bytes, the limit is %d", len(word), maxNameBytes)
	}
	if s.in() != otherBlock && s.n < len(s.words) {
		s.words[s.n] = word
		s.n++
	}
	return nil
}

func (s *scanner) in() block {
	if s.depth == 0 {
		return fileBlock
	}
	return s.stack[s.depth-1]
}

func (s *scanner) open(c byte) error {
	if s.depth == maxDepth {
		return compat.Limitf("the schema nests deeper than %d levels", maxDepth)
	}
	opened := otherBlock
	if c == '{' && s.in() != otherBlock {
		opened = s.declare()
	}
	s.stack[s.depth] = opened
	s.depth++
	if opened != otherBlock {
		s.reset()
	}
	return s.check()
}

// declare tells what the block declares that the statement's words begin.
func (s *scanner) declare() block {
	switch s.words[0] {
	case "message":
		s.messages++
		return messageBlock
	case "enum":
		s.enums++
		return enumBlock
	case "service":
		s.messages++
		return serviceBlock
	case "extend", "oneof":
		s.fields++
		return fieldsBlock
	case "rpc":
		s.fields++
		return otherBlock
	}
	for _, word := range s.words {
		if word == "group" {
			s.messages++
			s.fields++
			return messageBlock
		}
	}
	return otherBlock
}

func (s *scanner) close(c byte) {
	if s.depth == 0 {
		return
	}
	closed := s.in()
	s.depth--
	// A body without semicolon ends its statement; an option value does not.
	if closed != otherBlock || c == '}' && s.words[0] == "rpc" {
		s.reset()
	}
}

// statement counts what a semicolon ends.
func (s *scanner) statement() error {
	if s.in() == otherBlock {
		return nil
	}
	first := s.words[0]
	switch {
	case s.n == 0 || first == "option":
	case first == "reserved" || first == "extensions":
		// The parser repeats the options of a statement for every range.
		s.ranges += (s.items + 1) * (s.options + 1)
	case s.in() == enumBlock:
		s.values++
	case s.in() != fileBlock:
		s.fields++
	case first == "import":
		s.imports++
	}
	s.reset()
	return s.check()
}

func (s *scanner) reset() {
	s.words, s.n, s.items, s.options = [3]string{}, 0, 0, 0
}

func (s *scanner) check() error {
	for _, c := range [...]struct {
		count, limit int
		what         string
	}{
		{s.messages, maxMessages, "messages"},
		{s.enums, maxEnums, "enums"},
		{s.fields, maxFields, "fields"},
		{s.values, maxEnumValues, "enum values"},
		{s.imports, maxImports, "imports"},
		{s.settings, maxOptions, "options"},
		{s.ranges, maxRanges, "reserved or extension ranges"},
	} {
		if c.count > c.limit {
			return compat.Limitf("the schema has more than %d %s", c.limit, c.what)
		}
	}
	return nil
}
