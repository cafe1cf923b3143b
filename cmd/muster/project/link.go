package project

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// link resolves what schemas need among themselves.
func link(schemas []*Schema) {
	providers := make(map[string]*Schema)
	for _, s := range schemas {
		for _, name := range s.outline.Provides {
			if providers[name] == nil {
				providers[name] = s
			}
		}
	}
	for _, s := range schemas {
		for _, need := range s.outline.Needs {
			to := kept(schemas, s, need)
			if to == nil {
				to = providers[need]
			}
			if to == nil || to == s || to.Type != s.Type {
				s.Unresolved = append(s.Unresolved, need)
				continue
			}
			s.References = append(s.References, Reference{need, to})
		}
	}
}

// kept finds a schema by where it is kept: beside the one that needs it, at
// the root, or below the only folder that makes the name a path.
func kept(schemas []*Schema, s *Schema, need string) *Schema {
	var found *Schema
	for _, wanted := range []string{path.Join(path.Dir(s.Path), need), path.Clean(need)} {
		for _, other := range schemas {
			if other.Path == wanted && other != s {
				return other
			}
		}
	}
	for _, other := range schemas {
		if strings.HasSuffix(other.Path, "/"+path.Clean(need)) && other != s {
			if found != nil {
				return nil
			}
			found = other
		}
	}
	return found
}

// Closure lists the texts that the schema refers to, each before those that
// refer to it and each name once, as registries order them.
func (s *Schema) Closure() []compat.Reference {
	var closure []compat.Reference
	seen := make(map[string]bool)
	var add func(*Schema)
	add = func(s *Schema) {
		for _, r := range s.References {
			if !seen[r.Name] {
				seen[r.Name] = true
				add(r.To)
				closure = append(closure, compat.Reference{Name: r.Name, Text: r.To.Text})
			}
		}
	}
	add(s)
	return closure
}

// Equal tells whether two schemas have the same text and refer to the same
// texts, byte for byte.
func (s *Schema) Equal(other *Schema) bool {
	return s.Type == other.Type && s.Text == other.Text && slices.Equal(s.Closure(), other.Closure())
}

// Same tells whether two schemas say the same: they and what they refer to
// differ in formatting at most. One that cannot be parsed is the same as none.
func (s *Schema) Same(other *Schema) bool {
	if s.Type != other.Type || len(s.References) != len(other.References) {
		return false
	}
	for i, r := range s.References {
		if r.Name != other.References[i].Name || !r.To.Same(other.References[i].To) {
			return false
		}
	}
	mine, err := s.ParseLenient()
	if err != nil {
		return false
	}
	theirs, err := other.ParseLenient()
	return err == nil && mine.Canonical() == theirs.Canonical()
}

// Parse reads the schema with the engine the registry uses. Text that is not a
// schema is a *compat.ParseError or a *compat.LimitError.
func (s *Schema) Parse() (compat.Schema, error) { return s.parse(false) }

// ParseLenient reads a schema that was accepted before.
func (s *Schema) ParseLenient() (compat.Schema, error) { return s.parse(true) }

func (s *Schema) parse(lenient bool) (compat.Schema, error) {
	format, _ := all.Formats().Lookup(s.Type)
	return format.Parse(compat.Source{Text: s.Text, References: s.Closure(), Lenient: lenient})
}

// Ordered lists schemas so that each comes after those it refers to. A circle
// of references, which no registry can hold, is an error.
func Ordered(schemas []*Schema) ([]*Schema, error) {
	var ordered []*Schema
	const entered, done = 1, 2
	state := make(map[*Schema]int)
	var visit func(*Schema) error
	visit = func(s *Schema) error {
		switch state[s] {
		case entered:
			return fmt.Errorf("%s refers to itself through others", s.Path)
		case done:
			return nil
		}
		state[s] = entered
		for _, r := range s.References {
			if err := visit(r.To); err != nil {
				return err
			}
		}
		state[s] = done
		ordered = append(ordered, s)
		return nil
	}
	for _, s := range schemas {
		if err := visit(s); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}
