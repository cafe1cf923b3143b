package jsonschema

import (
	"bytes"
	"encoding/json"
	"sort"
	"strings"
)

// shrink drops members and items while the document still shows the same
// difference.
func (s *search) shrink(doc any, at int) any {
	still := func(smaller any) bool {
		rejection := s.rejects(smaller)
		return rejection != nil && s.shown(rejection, smaller) == at
	}
	for round := 0; round < 4 && s.work > 0; round++ {
		smaller, changed := drop(doc, still, func(v any) any { return v })
		if !changed {
			break
		}
		doc = smaller
	}
	return doc
}

// drop tries the parts of a value one by one; whole puts a part's new value
// into the document.
func drop(v any, still func(any) bool, whole func(any) any) (smaller any, changed bool) {
	switch at := v.(type) {
	case map[string]any:
		for _, name := range sortedNames(at) {
			if without := withoutMember(at, name); still(whole(without)) {
				at, changed = without, true
				continue
			}
			part, shrunk := drop(at[name], still, func(p any) any { return whole(withMember(at, name, p)) })
			if shrunk {
				at, changed = withMember(at, name, part), true
			}
		}
		return at, changed
	case []any:
		for i := len(at) - 1; i >= 0; i-- {
			if without := append(append([]any{}, at[:i]...), at[i+1:]...); still(whole(without)) {
				at, changed = without, true
				continue
			}
			part, shrunk := drop(at[i], still, func(p any) any { return whole(withItem(at, i, p)) })
			if shrunk {
				at, changed = withItem(at, i, part), true
			}
		}
		return at, changed
	}
	return v, false
}

// render writes a document compactly, keys sorted.
func render(doc any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(doc); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func sortedNames(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func withMember(m map[string]any, name string, v any) map[string]any {
	next := make(map[string]any, len(m)+1)
	for k, old := range m {
		next[k] = old
	}
	next[name] = v
	return next
}

func withoutMember(m map[string]any, name string) map[string]any {
	next := make(map[string]any, len(m))
	for k, old := range m {
		if k != name {
			next[k] = old
		}
	}
	return next
}

func withItem(list []any, i int, v any) []any {
	next := append([]any{}, list...)
	if i == len(next) {
		return append(next, v)
	}
	next[i] = v
	return next
}
