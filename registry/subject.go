package registry

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ContextName names a context: "." for the default one, else a dot and a name.
type ContextName string

// The contexts with a meaning of their own.
const (
	DefaultContext ContextName = "."
	// GlobalContext holds the settings every context falls back to. It holds no
	// subjects.
	GlobalContext ContextName = ".__GLOBAL"
)

// Subject is a named sequence of versions within a context.
//
// With an empty Name it also stands for its context as a whole, where settings
// are concerned: the contract gives both the same spelling (":.ctx:").
type Subject struct {
	Context ContextName
	Name    string
}

// ParseSubject reads a qualified name, ":.ctx:name" or "name" for the default
// context (contract 3.7). A name that starts with ':' but not with ":." is a
// plain name. It checks nothing: see [Subject.Validate].
func ParseSubject(qualified string) Subject {
	rest, ok := strings.CutPrefix(qualified, ":.")
	if !ok {
		return Subject{Context: DefaultContext, Name: qualified}
	}
	context, name, _ := strings.Cut(rest, ":")
	return Subject{Context: ContextName("." + context), Name: name}
}

// String is the qualified name: plain in the default context. It parses back
// to the same subject for every subject that ParseSubject returns.
func (s Subject) String() string {
	if s.Context == DefaultContext && !strings.HasPrefix(s.Name, ":.") && s.Name != "" {
		return s.Name
	}
	return ":" + string(s.Context) + ":" + s.Name
}

// maxSubject is the length of a qualified name, in bytes.
const maxSubject = 512

// Validate returns an InvalidSubject error for a name that cannot be
// registered: too long, reserved, or holding control or bidirectional
// formatting characters, which would make one name look like another.
func (s Subject) Validate() error {
	qualified := s.String()
	switch {
	case !nameable(qualified),
		s.Name == "__GLOBAL" || s.Name == "__EMPTY",
		s.Context == GlobalContext && s.Name != "":
		return invalidSubject(qualified)
	}
	return nil
}

// nameable tells whether a name could be that of anything: a store need not be
// asked for others, and Postgres fails on some.
func nameable(name string) bool {
	return len(name) <= maxSubject && utf8.ValidString(name) && !strings.ContainsFunc(name, hidden)
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
