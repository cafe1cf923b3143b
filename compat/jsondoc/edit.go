package jsondoc

import (
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
)

// Edits keep every other byte of the text as it is, and write what they add
// as its neighbours are written. Each v is of the tree that Parse made of text.

// end is the offset after the last byte of v.
func (v *Value) end(text string) int {
	s := scanner{text: text, pos: v.Offset, opts: Options{Comments: true}}
	if _, err := s.value(); err != nil {
		return v.Offset // not of this text
	}
	return s.pos
}

// AddMember adds a member to v, an object that has some, after the one of the
// name before or, where it has none of that name, as the last. value is JSON.
func (v *Value) AddMember(text, before, name, value string) compat.Change {
	i := slices.IndexFunc(v.Members, func(m Member) bool { return m.Name == before })
	if i < 0 {
		i = len(v.Members) - 1
	}
	beside := v.Members[max(i, 1)%len(v.Members)] // the first has a bracket before it
	colon := ":"
	if strings.HasSuffix(text[:beside.Value.Offset], " ") {
		colon = ": "
	}
	var b strings.Builder
	b.WriteString("," + gap(text, beside.Offset))
	Quote(&b, name)
	b.WriteString(colon + value)
	at := v.Members[i].Value.end(text)
	return compat.Change{Start: at, End: at, Text: b.String()}
}

// AddItem adds an item, which is JSON, at the end of v, an array.
func (v *Value) AddItem(text, item string) compat.Change {
	if len(v.Items) == 0 {
		return compat.Change{Start: v.Offset + 1, End: v.Offset + 1, Text: item}
	}
	last := v.Items[len(v.Items)-1]
	between := " "
	if len(v.Items) > 1 {
		between = gap(text, last.Offset)
	}
	at := last.end(text)
	return compat.Change{Start: at, End: at, Text: "," + between + item}
}

// Enclose writes before and after around v.
func (v *Value) Enclose(text, before, after string) []compat.Change {
	end := v.end(text)
	return []compat.Change{{Start: v.Offset, End: v.Offset, Text: before}, {Start: end, End: end, Text: after}}
}

// RemoveItem takes item i out of v, an array, with the comma that parts it from
// the others.
func (v *Value) RemoveItem(text string, i int) compat.Change {
	starts, ends := make([]int, len(v.Items)), make([]int, len(v.Items))
	for k, item := range v.Items {
		starts[k], ends[k] = item.Offset, item.end(text)
	}
	return remove(starts, ends, i)
}

// RemoveMember takes member i out of v, an object, as RemoveItem does.
func (v *Value) RemoveMember(text string, i int) compat.Change {
	starts, ends := make([]int, len(v.Members)), make([]int, len(v.Members))
	for k, m := range v.Members {
		starts[k], ends[k] = m.Offset, m.Value.end(text)
	}
	return remove(starts, ends, i)
}

func remove(starts, ends []int, i int) compat.Change {
	switch {
	case i+1 < len(starts):
		return compat.Change{Start: starts[i], End: starts[i+1]}
	case i > 0:
		return compat.Change{Start: ends[i-1], End: ends[i]}
	}
	return compat.Change{Start: starts[i], End: ends[i]}
}

// gap is the white space before an offset.
func gap(text string, offset int) string {
	return text[len(strings.TrimRight(text[:offset], " \t\r\n")):offset]
}
