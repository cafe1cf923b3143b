package avro

import (
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// mend gives a new field the default that the edit has, or makes one optional
// whose type has no short default, and gives a type that was renamed its
// earlier name as an alias. The alias of a field rests on a guess:
// a wrong one has readers take one field's data for another's. What else Check
// offers takes back a part of what was changed.
func mend(text string, edit compat.Edit) []compat.Change {
	root := read(text)
	if root == nil {
		return nil
	}
	s := sketchOf(root)
	v, _, left := s.find(root, edit.Path)
	if len(left) > 0 {
		return nil
	}
	switch {
	case edit.Op == "add-default" && v.Get("name") != nil && v.Get("default") == nil:
		return []compat.Change{v.AddMember(text, "", "default", edit.Value)}
	case edit.Op == "make-optional" && v.Get("name") != nil && v.Get("default") == nil:
		return makeOptional(text, v)
	case edit.Op == "add-alias" && !ofField(edit.Path):
		return s.addAlias(text, v, edit.Value)
	}
	return nil
}

// makeOptional puts the type of a field behind null, which is its default then.
// A union has an order of its own and is left alone.
func makeOptional(text string, field *jsondoc.Value) []compat.Change {
	of := field.Get("type")
	if of == nil || of.Kind == jsondoc.Array {
		return nil
	}
	changes := of.Enclose(text, `["null", `, "]")
	byDefault := field.AddMember(text, "", "default", "null")
	if last := &changes[1]; last.Start == byDefault.Start {
		last.Text += byDefault.Text
		return changes
	}
	return append(changes, byDefault)
}

// ofField tells the path of a field from that of a type.
func ofField(path string) bool {
	steps := jsondoc.Steps(path)
	return len(steps) > 1 && steps[len(steps)-2] == "fields"
}

// addAlias adds a name, in quotes, to the aliases of the type at v.
func (s *sketch) addAlias(text string, v *jsondoc.Value, alias string) []compat.Change {
	if v.Kind == jsondoc.String {
		v = s.definition(v)
	}
	for v != nil && v.Get("name") == nil && v.Get("type") != nil && v.Get("type").Kind == jsondoc.Object {
		v = v.Get("type")
	}
	if v.Get("name") == nil || s.qualified(v) && !strings.Contains(alias, ".") {
		return nil // a name without dots cannot be said within a namespace
	}
	aliases := v.Get("aliases")
	switch {
	case aliases == nil:
		return []compat.Change{v.AddMember(text, "name", "aliases", "["+alias+"]")}
	case aliases.Kind != jsondoc.Array || strings.Contains(aliases.Compact(), alias):
		return nil
	}
	return []compat.Change{aliases.AddItem(text, alias)}
}

// qualified tells whether a type is defined in a namespace.
func (s *sketch) qualified(v *jsondoc.Value) bool {
	for full, at := range s.defined {
		if at == v {
			return strings.Contains(full, ".")
		}
	}
	return false
}
