package jsonschema

import (
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/compat/samples"
)

// Infer writes s in draft-07, objects open. See [samples.Inferrer].
func (format) Infer(s *samples.Shape, name string) (string, error) {
	members := []jsondoc.Member{jsondoc.Pair("$schema", jsondoc.NewString("http://json-schema.org/draft-07/schema#"))}
	if name != "" {
		members = append(members, jsondoc.Pair("title", jsondoc.NewString(name)))
	}
	return jsondoc.NewObject(append(members, inferred(s)...)...).Indented(), nil
}

// inferred is the schema of one place.
func inferred(s *samples.Shape) []jsondoc.Member {
	var members []jsondoc.Member
	switch types := typesOf(s); len(types) {
	case 0:
		return nil
	case 1:
		members = append(members, jsondoc.Pair("type", types[0]))
	default:
		members = append(members, jsondoc.Pair("type", jsondoc.NewArray(types...)))
	}
	if values, ok := s.Enum(); ok && s.Kinds() == 1 {
		members = append(members, jsondoc.Pair("enum", enumOf(values, s.Nulls > 0)))
	} else if format := s.Format(); format != "" {
		members = append(members, jsondoc.Pair("format", jsondoc.NewString(format)))
	}
	if s.Items != nil {
		members = append(members, jsondoc.Pair("items", jsondoc.NewObject(inferred(s.Items)...)))
	}
	var properties []jsondoc.Member
	var required []*jsondoc.Value
	for _, f := range s.Fields {
		properties = append(properties, jsondoc.Pair(f.Name, jsondoc.NewObject(inferred(f.Shape)...)))
		if s.Always(f) {
			required = append(required, jsondoc.NewString(f.Name))
		}
	}
	if properties != nil {
		members = append(members, jsondoc.Pair("properties", jsondoc.NewObject(properties...)))
	}
	if required != nil {
		members = append(members, jsondoc.Pair("required", jsondoc.NewArray(required...)))
	}
	return members
}

// typesOf names the types that were seen. An integer is a number, so that both
// are one type.
func typesOf(s *samples.Shape) []*jsondoc.Value {
	var types []*jsondoc.Value
	for _, t := range []struct {
		name string
		seen bool
	}{
		{"object", s.Objects > 0}, {"array", s.Arrays > 0}, {"string", s.Strings > 0},
		{"number", s.Numbers > 0}, {"integer", s.Integers > 0 && s.Numbers == 0},
		{"boolean", s.Booleans > 0}, {"null", s.Nulls > 0},
	} {
		if t.seen {
			types = append(types, jsondoc.NewString(t.name))
		}
	}
	return types
}

func enumOf(values []string, nullable bool) *jsondoc.Value {
	enum := jsondoc.NewArray()
	for _, value := range values {
		enum.Items = append(enum.Items, jsondoc.NewString(value))
	}
	if nullable {
		enum.Items = append(enum.Items, &jsondoc.Value{Kind: jsondoc.Null})
	}
	return enum
}
