package jsondoc

import (
	"slices"
	"strconv"
	"strings"
)

// Find follows steps, the unescaped ones of a JSON pointer, as far as v has
// them. It returns the value it ended at, the offset of that value or of the
// key it belongs to, and the steps that are left. A step into an array is an
// index, or the text of one of its strings.
func (v *Value) Find(steps []string) (found *Value, offset int, left []string) {
	found, offset = v, v.Offset
	for i, step := range steps {
		next, at := found.child(step)
		if next == nil {
			return found, offset, steps[i:]
		}
		found, offset = next, at
	}
	return found, offset, nil
}

func (v *Value) child(step string) (*Value, int) {
	switch v.Kind {
	case Object:
		for _, m := range slices.Backward(v.Members) {
			if m.Name == step {
				return m.Value, m.Offset
			}
		}
	case Array:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v.Items) {
			return v.Items[i], v.Items[i].Offset
		}
		for _, item := range v.Items {
			if item.Kind == String && item.Text == step {
				return item, item.Offset
			}
		}
	}
	return nil, 0
}

// Steps splits a JSON pointer, with or without "#" before it, and takes the
// escapes off its steps. Empty steps, as of "/", are left out.
func Steps(pointer string) []string {
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	var steps []string
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "#"), "/") {
		if step != "" {
			steps = append(steps, unescape.Replace(step))
		}
	}
	return steps
}
