package protobuf

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// genFile is a schema that the law's generator changes step by step. It is
// written in one of three syntaxes, which leave out what they lack.
type genFile struct {
	syntax   string // proto2, proto3 or 2023
	pkg      string
	utf8None bool // an edition's strings are not checked
	enums    []genEnum
	messages []*genMessage
	writing  int // the message that text is at
}

type genEnum struct {
	open   bool // in an edition
	values []int
}

type genMessage struct {
	name   string
	fields []*genField
}

type genField struct {
	name, label string // label: "", optional, required, repeated
	kind        string // a scalar, enum:N, message:N, map:KEY:KIND or group
	tag         int
	initial     bool   // has a default
	packed      bool   // written otherwise than the syntax has it
	delimited   bool   // in an edition
	oneof       string // "" outside
	extension   bool   // written as extend, in a range of tags
	body        []*genField
}

var genScalars = []string{
	"int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64",
	"bool", "float", "double", "string", "bytes",
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func generate(r *rand.Rand) *genFile {
	f := &genFile{syntax: pick(r, []string{"proto2", "proto3", "2023"}), pkg: pick(r, []string{"", "p", "p.q"})}
	for range 2 {
		f.enums = append(f.enums, genEnum{open: r.IntN(2) == 0, values: []int{0, 1, 2}[:1+r.IntN(3)]})
	}
	for i := range 2 + r.IntN(2) {
		m := &genMessage{name: fmt.Sprintf("M%d", i)}
		f.messages = append(f.messages, m)
	}
	for _, m := range f.messages {
		for range 1 + r.IntN(4) {
			f.add(r, m)
		}
	}
	return f
}

func (f *genFile) kind(r *rand.Rand) string {
	switch r.IntN(10) {
	case 0:
		return fmt.Sprintf("enum:%d", r.IntN(len(f.enums)))
	case 1, 2:
		return fmt.Sprintf("message:%d", r.IntN(len(f.messages)))
	case 3:
		return "map:" + pick(r, []string{"int32", "int64", "string", "bool", "sint32"}) + ":" +
			pick(r, []string{"int32", "string", "bytes", "message:0", "enum:0", "double"})
	case 4:
		return "group"
	}
	return pick(r, genScalars)
}

func (f *genFile) add(r *rand.Rand, m *genMessage) {
	tag := 1 + r.IntN(6)
	if slices.ContainsFunc(m.fields, func(g *genField) bool { return g.tag == tag }) {
		return
	}
	g := &genField{name: pick(r, []string{"a", "b", "c"}) + fmt.Sprint(tag), tag: tag}
	f.fill(r, g)
	m.fields = append(m.fields, g)
}

// fill gives a field a kind and what goes with it.
func (f *genFile) fill(r *rand.Rand, g *genField) {
	g.kind, g.label, g.body = f.kind(r), pick(r, []string{"", "", "optional", "optional", "repeated", "required"}), nil
	g.initial, g.packed, g.delimited = r.IntN(5) == 0, r.IntN(4) == 0, r.IntN(6) == 0
	g.extension = r.IntN(8) == 0
	g.oneof = pick(r, []string{"", "", "", "o", "p"})
	if g.kind == "group" {
		g.body = []*genField{{name: "x", tag: 1, label: pick(r, []string{"optional", "required"}), kind: pick(r, genScalars)}}
	}
}

// evolve changes a copy of f in one to three places.
func (f *genFile) evolve(r *rand.Rand) *genFile {
	next := *f
	next.enums = slices.Clone(f.enums)
	for i := range next.enums {
		next.enums[i].values = slices.Clone(f.enums[i].values)
	}
	next.messages = nil
	for _, m := range f.messages {
		next.messages = append(next.messages, &genMessage{name: m.name, fields: cloneFields(m.fields)})
	}
	for range 1 + r.IntN(3) {
		next.step(r)
	}
	return &next
}

func cloneFields(fields []*genField) []*genField {
	var clones []*genField
	for _, g := range fields {
		clone := *g
		clone.body = cloneFields(g.body)
		clones = append(clones, &clone)
	}
	return clones
}

// kin are kinds that a change stays among more often than not.
var kin = map[string][]string{
	"int32": {"int64", "uint32", "bool", "enum:0"}, "int64": {"int32", "uint64"}, "uint32": {"int32", "uint64"},
	"uint64": {"int64", "bool"}, "bool": {"int32", "enum:1"}, "enum:0": {"int32", "enum:1"}, "enum:1": {"int64", "enum:0"},
	"sint32": {"sint64"}, "sint64": {"sint32"}, "fixed32": {"sfixed32"}, "sfixed32": {"fixed32"},
	"fixed64": {"sfixed64"}, "sfixed64": {"fixed64"}, "string": {"bytes"}, "bytes": {"string", "message:0"},
	"message:0": {"message:1", "bytes", "group"}, "message:1": {"message:0"}, "group": {"message:0"},
	"map:int32:int32": {"map:int64:int32"}, "map:string:string": {"map:string:bytes"},
}

func (f *genFile) step(r *rand.Rand) {
	m := pick(r, f.messages)
	if len(m.fields) == 0 || r.IntN(6) == 0 {
		f.add(r, m)
		return
	}
	g := pick(r, m.fields)
	switch r.IntN(16) {
	case 0, 1:
		m.fields = slices.DeleteFunc(m.fields, func(other *genField) bool { return other == g })
	case 2:
		g.name = pick(r, []string{"a", "b", "c"}) + fmt.Sprint(g.tag)
	case 3, 4, 5:
		if near := kin[g.kind]; len(near) > 0 && g.kind != "group" {
			if g.kind = pick(r, near); g.kind == "group" {
				g.body = []*genField{{name: "x", tag: 1, label: "optional", kind: "int32"}}
			}
		}
	case 6:
		tag, name := g.tag, g.name
		f.fill(r, g)
		g.tag, g.name = tag, name
	case 7, 8:
		g.label = pick(r, []string{"", "optional", "required", "repeated"})
	case 9:
		g.initial = !g.initial
	case 10:
		g.packed = !g.packed
	case 11, 12:
		g.oneof = pick(r, []string{"", "o", "p"})
	case 13:
		e := &f.enums[r.IntN(len(f.enums))]
		switch r.IntN(3) {
		case 0:
			e.values = append(e.values, slices.Max(e.values)+1)
		case 1:
			if len(e.values) > 1 {
				e.values = e.values[:len(e.values)-1]
			}
		default:
			slices.Reverse(e.values)
		}
	case 14:
		switch r.IntN(6) {
		case 0:
			f.syntax = pick(r, []string{"proto2", "proto3", "2023"})
		case 1:
			f.pkg = pick(r, []string{"", "p"})
		case 2:
			f.utf8None = !f.utf8None
		case 3:
			f.messages[len(f.messages)-1].name = pick(r, []string{"M1", "M2", "N"}) + "x"
		default:
			g.delimited = !g.delimited
		}
	case 15:
		if len(g.body) > 0 {
			g.body[0].kind, g.body[0].label = pick(r, genScalars), pick(r, []string{"optional", "required", "repeated"})
		} else {
			g.extension = !g.extension
		}
	}
}

// text writes the file, fitted to its syntax.
func (f *genFile) text() string {
	var b strings.Builder
	if f.syntax == "2023" {
		b.WriteString("edition = \"2023\";\n")
	} else {
		fmt.Fprintf(&b, "syntax = %q;\n", f.syntax)
	}
	if f.pkg != "" {
		fmt.Fprintf(&b, "package %s;\n", f.pkg)
	}
	if f.syntax == "2023" && f.utf8None {
		b.WriteString("option features.utf8_validation = NONE;\n")
	}
	for i, e := range f.enums {
		f.enum(&b, i, e)
	}
	for i, m := range f.messages {
		f.writing = i
		fmt.Fprintf(&b, "message %s {\n", m.name)
		var extensions []*genField
		oneofs := make(map[string][]*genField)
		for _, g := range m.fields {
			switch {
			case g.extension && f.syntax != "proto3" && !strings.HasPrefix(g.kind, "map:") && g.kind != "group":
				extensions = append(extensions, g)
				fmt.Fprintf(&b, "extensions %d;\n", g.tag)
			case g.oneof != "" && !strings.HasPrefix(g.kind, "map:"):
				oneofs[g.oneof] = append(oneofs[g.oneof], g)
			default:
				f.field(&b, g, g.label)
			}
		}
		for _, name := range [...]string{"o", "p"} {
			if len(oneofs[name]) > 0 {
				fmt.Fprintf(&b, "oneof %s {\n", name)
				for _, g := range oneofs[name] {
					f.field(&b, g, "oneof")
				}
				b.WriteString("}\n")
			}
		}
		b.WriteString("}\n")
		for _, g := range extensions {
			fmt.Fprintf(&b, "extend %s {\n", m.name)
			x := *g
			if x.name = strings.ToLower(m.name) + x.name; x.label != "repeated" {
				x.label = "optional"
			}
			f.field(&b, &x, x.label)
			b.WriteString("}\n")
		}
	}
	return b.String()
}

func (f *genFile) enum(b *strings.Builder, i int, e genEnum) {
	fmt.Fprintf(b, "enum E%d {\n", i)
	values := e.values
	if f.syntax == "2023" && !e.open {
		b.WriteString("option features.enum_type = CLOSED;\n")
	} else if f.syntax != "proto2" {
		values = slices.Sorted(slices.Values(values)) // zero comes first
	}
	for _, v := range values {
		fmt.Fprintf(b, "E%d_V%d = %d;\n", i, v, v)
	}
	b.WriteString("}\n")
}

func (f *genFile) field(b *strings.Builder, g *genField, label string) {
	kind, isMessage := f.typeName(g)
	if isMessage && label == "required" && !f.later(kind) {
		label = "optional"
	}
	var options []string
	scalar := !isMessage && g.kind != "group"
	if f.syntax == "2023" {
		if label == "required" {
			options = append(options, "features.field_presence = LEGACY_REQUIRED")
		} else if label == "" && scalar {
			options = append(options, "features.field_presence = IMPLICIT")
		}
		if (g.delimited || g.kind == "group") && isMessage && !strings.HasPrefix(g.kind, "map:") {
			options = append(options, "features.message_encoding = DELIMITED")
		}
		if g.packed && label == "repeated" && scalar && kind != "string" && kind != "bytes" {
			options = append(options, "features.repeated_field_encoding = EXPANDED")
		}
	} else if g.packed && label == "repeated" && scalar && kind != "string" && kind != "bytes" {
		options = append(options, fmt.Sprintf("packed = %t", f.syntax == "proto2"))
	}
	// In editions an implicit field has no default, nor has anything in proto3.
	if g.initial && scalar && label != "repeated" && (f.syntax == "proto2" || f.syntax == "2023" && label != "") {
		switch {
		case kind == "string" || kind == "bytes":
			options = append(options, `default = "d"`)
		case kind == "bool":
			options = append(options, "default = true")
		case strings.HasPrefix(g.kind, "enum:"):
		default:
			options = append(options, "default = 3")
		}
	}
	switch {
	case label == "oneof", strings.HasPrefix(g.kind, "map:"):
		label = ""
	case f.syntax == "proto2" && label == "":
		label = "optional"
	case f.syntax == "proto3" && label == "required", f.syntax == "2023" && label != "repeated":
		label = ""
	}
	name := g.name
	if g.kind == "group" && f.syntax == "proto2" {
		name = "G" + name
	}
	fmt.Fprintf(b, "%s %s %s = %d", label, kind, name, g.tag)
	if len(options) > 0 {
		fmt.Fprintf(b, " [%s]", strings.Join(options, ", "))
	}
	if g.kind == "group" && f.syntax == "proto2" {
		b.WriteString(" {\n")
		for _, inner := range g.body {
			f.field(b, inner, inner.label)
		}
		b.WriteString("}\n")
		return
	}
	b.WriteString(";\n")
}

// later tells whether a message may be required here: those that require one
// another in a circle have no payloads.
func (f *genFile) later(name string) bool {
	return slices.ContainsFunc(f.messages[f.writing+1:], func(m *genMessage) bool { return m.name == name })
}

// typeName names what g holds and tells a message. Only proto2 has groups.
func (f *genFile) typeName(g *genField) (name string, isMessage bool) {
	var index int
	switch {
	case strings.HasPrefix(g.kind, "map:"):
		parts := strings.SplitN(g.kind, ":", 3)
		value, _ := f.typeName(&genField{kind: parts[2]})
		return fmt.Sprintf("map<%s, %s>", parts[1], value), true
	case g.kind == "group" && f.syntax == "proto2":
		return "group", false
	case g.kind == "group":
		return f.messages[0].name, true
	case strings.HasPrefix(g.kind, "enum:"):
		fmt.Sscanf(g.kind, "enum:%d", &index)
		return fmt.Sprintf("E%d", index%len(f.enums)), false
	case strings.HasPrefix(g.kind, "message:"):
		fmt.Sscanf(g.kind, "message:%d", &index)
		return f.messages[index%len(f.messages)].name, true
	}
	return g.kind, false
}
