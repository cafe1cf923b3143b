package protobuf

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat/samples"
)

// Infer writes s as a proto3 file whose message is called name, a full name.
// Fields are numbered in the order in which their keys first appeared. What
// one type cannot hold is a google.protobuf.Value. See [samples.Inferrer].
func (format) Infer(s *samples.Shape, name string) (string, error) {
	parts := strings.Split(name, ".")
	if slices.ContainsFunc(parts, func(part string) bool { return !identifier.MatchString(part) }) {
		return "", fmt.Errorf("%q is no full name of a Protobuf message", name)
	}
	if s.Objects == 0 || s.Objects < s.Count {
		return "", fmt.Errorf("every payload of Protobuf is an object, and %d of %d samples are not", s.Count-s.Objects, s.Count)
	}
	if s.Beyond() {
		return "", errors.New("a number is too large for Protobuf's double")
	}
	in := inferring{}
	if err := in.message(s, parts[len(parts)-1], ""); err != nil {
		return "", err
	}
	head := "syntax = \"proto3\";\n"
	if len(parts) > 1 {
		head += "\npackage " + strings.Join(parts[:len(parts)-1], ".") + ";\n"
	}
	if in.dynamic {
		head += "\nimport \"google/protobuf/struct.proto\";\n"
	}
	return head + "\n" + in.out.String(), nil
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// inferring is one file that is being written.
type inferring struct {
	out     strings.Builder
	dynamic bool // a google.protobuf.Value is needed
}

// message writes a message, the messages within it first.
func (in *inferring) message(s *samples.Shape, called, indent string) error {
	fmt.Fprintf(&in.out, "%smessage %s {\n", indent, called)
	names, err := in.fieldNames(s)
	if err != nil {
		return fmt.Errorf("%s: %w", called, err)
	}
	taken := make(map[string]bool) // names share one scope
	for _, n := range names {
		taken[n.name] = true
	}
	var lines []string
	for i, f := range s.Fields {
		label, kind, within := in.typeOf(f.Shape, !s.Always(f))
		if within != nil {
			kind = messageName(f.Name)
			for n := 2; taken[kind]; n++ {
				kind = fmt.Sprint(messageName(f.Name), n)
			}
			taken[kind] = true
			if err := in.message(within, kind, indent+"  "); err != nil {
				return fmt.Errorf("%s: %w", called, err)
			}
		}
		lines = append(lines, fmt.Sprintf("%s  %s%s %s = %d%s;\n", indent, label, kind, names[i].name, tag(i), names[i].option()))
	}
	in.out.WriteString(strings.Join(lines, "") + indent + "}\n")
	return nil
}

// tag is that of the nth field; the language keeps some for itself.
func tag(n int) int {
	if n++; n >= 19000 {
		return n + 1000
	}
	return n
}

// typeOf is the label and type of a field, or the shape of the message it
// holds.
func (in *inferring) typeOf(s *samples.Shape, absent bool) (label, kind string, within *samples.Shape) {
	switch {
	case s.Arrays > 0 && s.Kinds() == 1:
		items := s.Items
		if items == nil || items.Nulls > 0 || items.Arrays > 0 {
			items = &samples.Shape{} // a repeated field holds neither nulls nor lists
		}
		kind, within = in.single(items)
		if s.Nulls == 0 || within != nil || kind != dynamic {
			return "repeated ", kind, within
		}
		return "optional ", kind, nil // ProtoJSON has no null for a list of values that may be null
	case absent || s.Nulls > 0:
		label = "optional "
	}
	kind, within = in.single(s)
	return label, kind, within
}

// single is the type of one value.
func (in *inferring) single(s *samples.Shape) (kind string, within *samples.Shape) {
	if s.Kinds() == 1 {
		switch {
		case s.Booleans > 0:
			return "bool", nil
		case s.Strings > 0:
			return "string", nil
		case s.Objects > 0:
			return "", s
		case s.Integers+s.Numbers > 0:
			return []string{samples.Int64: "int64", samples.Uint64: "uint64", samples.Float64: "double"}[s.Range()], nil
		}
	}
	in.dynamic = true
	return dynamic, nil
}

// dynamic holds any JSON value.
const dynamic = "google.protobuf.Value"

// fieldNaming is a field's name and what ProtoJSON calls it, where that does not
// follow from the name.
type fieldNaming struct{ name, json string }

func (n fieldNaming) option() string {
	if n.json == "" {
		return ""
	}
	return fmt.Sprintf(" [json_name = %s]", quoted(n.json))
}

// fieldNames names the fields of a message so that ProtoJSON takes every key
// for its own field, and names neither collide nor hide the package google.
func (in *inferring) fieldNames(s *samples.Shape) ([]fieldNaming, error) {
	keys, taken := make(map[string]bool), map[string]bool{"google": true}
	for _, f := range s.Fields {
		keys[f.Name] = true
	}
	var names []fieldNaming
	for _, f := range s.Fields {
		if f.Name == "" || strings.ContainsRune(f.Name, 0) || strings.HasPrefix(f.Name, "[") && strings.HasSuffix(f.Name, "]") {
			return nil, fmt.Errorf("the key %q cannot be that of a Protobuf field", f.Name)
		}
		n := fieldNaming{name: snake(f.Name)}
		// A name that is another field's key would be ambiguous.
		for i := 2; taken[n.name] || n.name != f.Name && keys[n.name]; i++ {
			n.name = fmt.Sprint(snake(f.Name), "_", i)
		}
		taken[n.name] = true
		if camel(n.name) != f.Name {
			n.json = f.Name
		}
		names = append(names, n)
	}
	return names, nil
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// snake is a key as fields are named by custom.
func snake(key string) string {
	var b strings.Builder
	for i, r := range notInName.ReplaceAllString(key, "_") {
		if 'A' <= r && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	if name := b.String(); identifier.MatchString(name) {
		return name
	}
	return "field_" + b.String()
}

// camel is the name that ProtoJSON makes of a field's.
func camel(name string) string {
	var b strings.Builder
	upper := false
	for _, r := range name {
		switch {
		case r == '_':
			upper = true
			continue
		case upper && 'a' <= r && r <= 'z':
			r += 'A' - 'a'
		}
		upper = false
		b.WriteRune(r)
	}
	return b.String()
}

// messageName is a key as messages are named by custom.
func messageName(key string) string {
	name := camel("_" + snake(key))
	if !identifier.MatchString(name) {
		return "Message" + name
	}
	return name
}

// quoted is a string literal: what is not printable ASCII is written byte for
// byte.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c < 0x20 || c > 0x7e:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
