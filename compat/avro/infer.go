package avro

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/compat/samples"
)

// Infer writes s as the type called name, a full name. What some samples lack
// may be null and is null by default. Objects with a key that is no name are
// maps. See [samples.Inferrer].
func (format) Infer(s *samples.Shape, name string) (string, error) {
	dot := strings.LastIndexByte(name, '.')
	for _, part := range strings.Split(name, ".") {
		if !isName(part) {
			return "", fmt.Errorf("%q is no full name of an Avro type", name)
		}
	}
	if s.Beyond() {
		return "", errors.New("a number is too large for Avro's double")
	}
	in := inferring{namespace: name[:max(dot, 0)], used: make(map[string]bool)}
	return in.place(s, name[dot+1:], false).Indented(), nil
}

// inferring is one schema that is being written.
type inferring struct {
	namespace string // for the next named type, which the others are within
	used      map[string]bool
}

// place is the type of one place. What is absent somewhere is nullable.
func (in *inferring) place(s *samples.Shape, called string, absent bool) *jsondoc.Value {
	var branches []*jsondoc.Value
	if s.Nulls > 0 || absent || s.Count == 0 {
		branches = append(branches, jsondoc.NewString("null"))
	}
	if s.Booleans > 0 {
		branches = append(branches, jsondoc.NewString("boolean"))
	}
	if s.Integers+s.Numbers > 0 {
		number := "double"
		if s.Range() == samples.Int64 {
			number = "long"
		}
		branches = append(branches, jsondoc.NewString(number))
	}
	if s.Strings > 0 {
		branches = append(branches, in.text(s, called))
	}
	if s.Arrays > 0 {
		items := s.Items
		if items == nil {
			items = &samples.Shape{}
		}
		of := in.place(items, called+"Item", false)
		branches = append(branches, jsondoc.NewObject(jsondoc.Pair("type", jsondoc.NewString("array")), jsondoc.Pair("items", of)))
	}
	if s.Objects > 0 {
		branches = append(branches, in.object(s, called))
	}
	if len(branches) == 1 {
		return branches[0]
	}
	return jsondoc.NewArray(branches...)
}

func (in *inferring) text(s *samples.Shape, called string) *jsondoc.Value {
	values, ok := s.Enum()
	if !ok || slices.ContainsFunc(values, func(v string) bool { return !isName(v) }) {
		return jsondoc.NewString("string")
	}
	symbols := jsondoc.NewArray()
	for _, value := range values {
		symbols.Items = append(symbols.Items, jsondoc.NewString(value))
	}
	return in.named("enum", called, jsondoc.Pair("symbols", symbols))
}

func (in *inferring) object(s *samples.Shape, called string) *jsondoc.Value {
	if slices.ContainsFunc(s.Fields, func(f *samples.Field) bool { return !isName(f.Name) }) {
		values := in.place(samples.Union(s.Fields), called+"Value", false)
		return jsondoc.NewObject(jsondoc.Pair("type", jsondoc.NewString("map")), jsondoc.Pair("values", values))
	}
	fields := jsondoc.NewArray()
	record := in.named("record", called, jsondoc.Pair("fields", fields))
	for _, f := range s.Fields {
		absent := !s.Always(f)
		of := in.place(f.Shape, typeName(f.Name), absent)
		field := jsondoc.NewObject(jsondoc.Pair("name", jsondoc.NewString(f.Name)), jsondoc.Pair("type", of))
		if absent {
			field.Members = append(field.Members, jsondoc.Pair("default", &jsondoc.Value{Kind: jsondoc.Null}))
		}
		fields.Items = append(fields.Items, field)
	}
	return record
}

// named starts a named type, whose name no other has.
func (in *inferring) named(kind, called string, content jsondoc.Member) *jsondoc.Value {
	unique := called
	for n := 2; in.used[unique]; n++ {
		unique = fmt.Sprint(called, n)
	}
	in.used[unique] = true
	members := []jsondoc.Member{jsondoc.Pair("type", jsondoc.NewString(kind)), jsondoc.Pair("name", jsondoc.NewString(unique))}
	if in.namespace != "" {
		members = append(members, jsondoc.Pair("namespace", jsondoc.NewString(in.namespace)))
		in.namespace = ""
	}
	return jsondoc.NewObject(append(members, content)...)
}

// typeName is a field's name as those of types are written.
func typeName(field string) string {
	var b strings.Builder
	for _, word := range strings.Split(field, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	if b.Len() == 0 || !isName(b.String()) {
		return "Record" + b.String()
	}
	return b.String()
}
