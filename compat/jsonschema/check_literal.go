package jsonschema

import (
	"encoding/json"
	"math/big"
	"sort"
	"strings"
)

// literals are values to put in a place: one of each type, and those near the
// bounds, lengths and lists that the nodes name.
func (s *sampler) literals(w *view, nodes []*node) []any {
	var list []any
	add := func(v any) {
		if len(list) < maxLiterals {
			list = append(list, v)
		}
	}
	for choice := range 4 {
		if v, ok := s.make(w, style{choice > 1, choice % 2}, 0); ok {
			add(v)
		}
	}
	for _, n := range nodes {
		s.crossings(w, n, add)
	}
	for _, n := range append(append([]*node(nil), w.holds...), nodes...) {
		if values, ok := s.c.values(w); ok {
			for _, v := range values[:min(len(values), 16)] {
				add(decode(v))
			}
		}
		for _, v := range n.enum[:min(len(n.enum), 8)] {
			add(decode(v))
		}
		for _, bound := range []*big.Rat{n.minimum, n.maximum, n.above, n.below, n.multipleOf} {
			if bound != nil {
				for _, step := range []*big.Rat{new(big.Rat), big.NewRat(1, 1), big.NewRat(-1, 1), big.NewRat(1, 2), big.NewRat(-1, 2)} {
					add(literal(new(big.Rat).Add(bound, step)))
				}
			}
		}
		for _, length := range []*big.Rat{n.minLength, n.maxLength} {
			if length == nil || length.Cmp(big.NewRat(maxSampleText, 1)) > 0 {
				continue
			}
			for _, step := range []int{-1, 0, 1} {
				if size := int(length.Num().Int64()) + step; size >= 0 {
					add(strings.Repeat("a", size))
				}
			}
		}
		if n.multipleOf != nil {
			add(literal(new(big.Rat).Mul(n.multipleOf, big.NewRat(3, 2))))
		}
		if n.pattern != nil && n.pattern.program != nil {
			add(matching(n.pattern, 0))
			add(matching(n.pattern, 1) + "!")
		}
	}
	return append(list, nil, true, json.Number("0"), json.Number("1.5"), json.Number("-1"), "", "x", "~ 0", []any{}, map[string]any{})
}

// crossings makes values of w that meet one or two branches of a reader's
// oneOf, its not, or its if.
func (s *sampler) crossings(w *view, n *node, add func(any)) {
	meet := func(nodes ...*node) {
		if v, ok := s.make(s.c.extend(w, nodes, nil), style{}, 0); ok {
			add(v)
		}
	}
	for _, one := range []*node{n.not, n.condition} {
		if one != nil {
			meet(one)
		}
	}
	const most = 6
	for i, a := range n.oneOf[:min(len(n.oneOf), most)] {
		meet(a)
		for _, b := range n.oneOf[:i] {
			meet(a, b)
		}
	}
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
