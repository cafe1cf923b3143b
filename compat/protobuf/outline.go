package protobuf

import (
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// outline reads the package, the first message and the imports that a
// registry has to resolve.
func outline(text string) compat.Outline {
	if scan(text) != nil {
		return compat.Outline{}
	}
	s := sketchOf(text)
	o := compat.Outline{Name: s.first, Namespace: s.space}
	for _, path := range s.imports {
		if !isBuiltin(path) && !slices.Contains(o.Needs, path) {
			o.Needs = append(o.Needs, path)
		}
	}
	return o
}

// isBuiltin tells the files that need no reference.
func isBuiltin(path string) bool {
	if strings.HasPrefix(path, "google/protobuf/") {
		return true
	}
	_, err := builtin.ReadFile("builtin/" + path)
	return err == nil
}

// locate follows a path of message names, oneofs and tags as far as the text
// declares them.
func locate(text, path string) (line, column int) {
	s := sketchOf(text)
	at, offset := "", s.spaceAt
	for _, step := range jsondoc.Steps(path) {
		next, ok := s.places[at+"/"+step]
		if !ok {
			break
		}
		at, offset = at+"/"+step, next
	}
	return jsondoc.Position(text, offset)
}

// sketch is what the tokens of a text show without parsing it.
type sketch struct {
	space, first string
	spaceAt      int // of the package statement, else of the first one
	imports      []string
	places       map[string]int // offsets of declarations by their path
}

// sketcher reads statements: their names, their first string and their tag.
type sketcher struct {
	sketch
	lexer
	scopes  []string // paths of the blocks that are open; "" is one without declarations
	start   int      // of the statement, negative between statements
	words   []string
	literal string
	tag     string
	equals  bool
	nested  int // brackets that are open
}

func sketchOf(text string) sketch {
	s := sketcher{lexer: lexer{text: text}, start: -1}
	s.places = make(map[string]int)
	s.spaceAt = -1
	for {
		t := s.next()
		if t.kind == endToken {
			s.spaceAt = max(s.spaceAt, 0)
			return s.sketch
		}
		s.token(t)
	}
}

func (s *sketcher) token(t token) {
	word := s.text[t.start:t.end]
	if s.start < 0 && word != ";" && word != "}" {
		s.start = t.start
		if s.spaceAt < 0 {
			s.spaceAt = t.start
		}
	}
	switch {
	case t.kind == nameToken && s.nested == 0:
		s.words = append(s.words, word)
	case t.kind == stringToken && s.literal == "":
		s.literal = unquote(word)
	case t.kind == numberToken && s.equals && s.nested == 0 && s.tag == "":
		s.tag = word
	}
	switch word {
	case "=":
		s.equals = true
	case "[", "(", "<":
		s.nested++
	case "]", ")", ">":
		s.nested--
	case "{":
		s.open()
	case "}":
		if len(s.scopes) > 0 {
			s.scopes = s.scopes[:len(s.scopes)-1]
		}
		s.end()
	case ";":
		s.statement()
		s.end()
	}
}

func (s *sketcher) end() {
	s.start, s.words, s.literal, s.tag, s.equals, s.nested = -1, nil, "", "", false, 0
}

func (s *sketcher) scope() string {
	if len(s.scopes) == 0 {
		return ""
	}
	return s.scopes[len(s.scopes)-1]
}

// open enters a block. The body of a group declares a message and a field.
func (s *sketcher) open() {
	name := ""
	switch {
	case len(s.words) < 2 || s.words[0] == "option":
	case slices.Contains([]string{"message", "enum", "oneof", "service"}, s.words[0]):
		name = s.words[1]
	case slices.Contains(s.words, "group"):
		s.statement()
		name = s.words[len(s.words)-1]
	}
	if s.words != nil && s.words[0] == "message" && s.first == "" {
		s.first = name
	}
	path := s.scope() + "/" + name
	if name != "" {
		s.places[path] = s.start
	}
	s.scopes = append(s.scopes, path)
	s.end()
}

func (s *sketcher) statement() {
	switch {
	case len(s.words) == 0:
	case s.words[0] == "import":
		s.imports = append(s.imports, s.literal)
	case s.words[0] == "package" && len(s.scopes) == 0:
		s.sketch.space, s.spaceAt = strings.Join(s.words[1:], "."), s.start
	case s.tag != "" && s.words[0] != "option":
		s.places[s.scope()+"/"+s.tag] = s.start
	}
}
