package jsondoc

import (
	"sort"
	"strings"
)

// Kind is what a value is.
type Kind byte

// The kinds of a value.
const (
	Null Kind = iota
	False
	True
	Number
	String
	Array
	Object
)

// String names the kind as JSON does: null, boolean, number, string, array or
// object.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case False, True:
		return "boolean"
	case Number:
		return "number"
	case String:
		return "string"
	case Array:
		return "array"
	}
	return "object"
}

// Value is one JSON value. It is not changed once Parse has returned it.
type Value struct {
	Kind    Kind
	Text    string   // a String's characters; a Number's literal as written
	Items   []*Value // of an Array
	Members []Member // of an Object, in the order written
	Offset  int      // of its first byte in the text
}

// Member is one name and value of an object.
type Member struct {
	Name   string
	Offset int // of the name's opening quote
	Value  *Value
}

// Get returns the member of that name, nil when v is no object or lacks it.
// Of a name given twice the last counts.
func (v *Value) Get(name string) *Value {
	if v == nil {
		return nil
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			return v.Members[i].Value
		}
	}
	return nil
}

// Strings makes an array of strings.
func Strings(texts []string) *Value {
	list := &Value{Kind: Array, Items: make([]*Value, len(texts))}
	for i, text := range texts {
		list.Items[i] = &Value{Kind: String, Text: text}
	}
	return list
}

// Compact renders v without white space, keys in the order written, numbers as
// written, strings with the fewest escapes.
func (v *Value) Compact() string {
	var b strings.Builder
	v.write(&b, false)
	return b.String()
}

// Sorted renders v as Compact does, with the keys of every object in
// code-point order.
func (v *Value) Sorted() string {
	var b strings.Builder
	v.write(&b, true)
	return b.String()
}

func (v *Value) write(b *strings.Builder, sorted bool) {
	switch v.Kind {
	case Null:
		b.WriteString("null")
	case False:
		b.WriteString("false")
	case True:
		b.WriteString("true")
	case Number:
		b.WriteString(v.Text)
	case String:
		Quote(b, v.Text)
	case Array:
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.write(b, sorted)
		}
		b.WriteByte(']')
	case Object:
		members := v.Members
		if sorted {
			members = append([]Member(nil), members...)
			sort.SliceStable(members, func(i, j int) bool { return members[i].Name < members[j].Name })
		}
		b.WriteByte('{')
		for i, m := range members {
			if i > 0 {
				b.WriteByte(',')
			}
			Quote(b, m.Name)
			b.WriteByte(':')
			m.Value.write(b, sorted)
		}
		b.WriteByte('}')
	}
}

const hexDigits = "0123456789abcdef"

// Quote writes s as a JSON string. Only what RFC 8259 section 7 requires is
// escaped; a byte that is not UTF-8 is written as it is.
func Quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b.WriteString(s[start:i])
		start = i + 1
		switch c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		default:
			b.WriteString(`\u00`)
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	b.WriteString(s[start:])
	b.WriteByte('"')
}

// Position turns an offset into line and column, both from 1; the column
// counts bytes.
func Position(text string, offset int) (line, column int) {
	offset = min(offset, len(text))
	line = 1 + strings.Count(text[:offset], "\n")
	return line, offset - strings.LastIndexByte(text[:offset], '\n')
}
