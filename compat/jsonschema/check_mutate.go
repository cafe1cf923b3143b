package jsonschema

import (
	"math/big"
	"strconv"
	"strings"
)

// place is a part of a document: what the writer knows of it, what the reader
// may ask of it, and how to put another value there.
type place struct {
	value  any
	writer *view
	reader []*node
	put    func(any) any
}

// aim changes a document at the place a difference is about.
func (s *search) aim(doc any, path string, limit int) {
	at := place{doc, s.c.view(s.writer.root), s.readers, func(v any) any { return v }}
	steps := keywords(strings.TrimPrefix(path, "#"))
	focus := ""
	for i := 0; i < len(steps); i++ {
		word := steps[i]
		next := ""
		if i+1 < len(steps) {
			next = segments("/" + steps[i+1])[0]
		}
		switch {
		case next != "" && (word == "properties" || word == "required" || word == "dependencies"):
			i++
			focus = next
			// The object is changed as well as the member in it.
			s.change(at, next, limit)
			switch word {
			case "properties":
				at = s.member(at, next)
			case "dependencies":
				at = s.triggered(at, next)
			}
		case word == "items" || word == "prefixItems" || word == "additionalItems" || word == "unevaluatedItems":
			s.change(at, "", limit)
			index := 0
			if n, err := strconv.Atoi(next); err == nil && n < maxSampleItems {
				index = n
				i++
			} else if word == "additionalItems" || word == "unevaluatedItems" {
				index = at.writer.tuple()
			}
			at = s.element(at, index)
		case word == "additionalProperties" || word == "unevaluatedProperties":
			s.change(at, "", limit)
			at = s.member(at, "x")
		case word == "patternProperties" && next != "":
			i++
			s.change(at, "", limit)
			at = s.member(at, s.nameMatching(at.reader, next))
		case word == "contains" || word == "propertyNames":
			s.change(at, "", limit)
			return
		}
	}
	s.change(at, focus, limit)
}

// triggered is the same place with a member that asks for others, and what the
// writer has it ask for.
func (s *search) triggered(at place, name string) place {
	holds := []*node{s.c.presence(name)}
	for _, n := range at.writer.holds {
		for _, m := range n.needsSchema {
			if m.name == name {
				holds = append(holds, m.node)
			}
		}
	}
	object := at.writer.copy()
	object.mask &= objectType
	at.writer = s.c.extend(object, holds, nil)
	if v, ok := s.make(at.writer, style{full: true}, 0); ok {
		at.value = v
	}
	return at
}

// nameMatching samples a name that a reader's pattern matches.
func (s *search) nameMatching(nodes []*node, source string) string {
	for _, n := range nodes {
		for _, m := range n.patterns {
			if m.pattern.source == source && m.pattern.program != nil {
				return matching(m.pattern, 1)
			}
		}
	}
	return source
}

// member is the place of a member; a missing one is made, so that what is put
// there has the rest of the document around it.
func (s *search) member(at place, name string) place {
	object, ok := at.value.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	writer := s.c.at(at.writer, name)
	value, ok := object[name]
	if !ok {
		value, _ = s.make(writer, style{}, 1)
	}
	return place{value, writer, s.readersAt(at.reader, name), func(v any) any { return at.put(withMember(object, name, v)) }}
}

func (s *search) readersAt(nodes []*node, name string) []*node {
	var list []*node
	for _, n := range nodes {
		list = append(list, s.c.governing(n, name)...)
	}
	return spread(list...)
}

// element is the place of an item; missing ones before it are made.
func (s *search) element(at place, index int) place {
	list, _ := at.value.([]any)
	list = append([]any{}, list...)
	for len(list) < index {
		v, _ := s.make(s.c.item(at.writer, len(list)), style{}, 1)
		list = append(list, v)
	}
	writer := s.c.item(at.writer, index)
	var value any
	if index < len(list) {
		value = list[index]
	} else {
		value, _ = s.make(writer, style{}, 1)
	}
	var readers []*node
	for _, n := range at.reader {
		switch {
		case index < len(n.prefix):
			readers = append(readers, n.prefix[index])
		case n.rest != nil:
			readers = append(readers, n.rest)
		}
		if n.contains != nil {
			readers = append(readers, n.contains)
		}
	}
	return place{value, writer, spread(readers...), func(v any) any { return at.put(withItem(list, index, v)) }}
}

// change tries other values at a place, those about focus first.
func (s *search) change(at place, focus string, limit int) {
	for _, v := range s.variants(at, focus) {
		if s.tries >= limit || s.work < 0 {
			return
		}
		s.try(at.put(v))
	}
}

// variants of a value: other members or items, then other values altogether.
func (s *search) variants(at place, focus string) []any {
	var list []any
	switch value := at.value.(type) {
	case map[string]any:
		list = s.objectVariants(at, value, focus)
	case []any:
		list = s.arrayVariants(at, value)
	}
	return append(list, s.literals(at.writer, at.reader)...)
}

func (s *search) objectVariants(at place, object map[string]any, focus string) []any {
	var list []any
	if focus != "" {
		list = append(list, withoutMember(object, focus))
		value := s.c.at(at.writer, focus)
		for _, v := range s.literals(value, s.readersAt(at.reader, focus)) {
			list = append(list, withMember(object, focus, v))
		}
		return list
	}
	names := map[string]bool{"x": true, "xxxxxxxx": true}
	order := []string{"x", "xxxxxxxx"}
	add := func(name string) {
		if !names[name] && len(order) < 24 {
			names[name] = true
			order = append(order, name)
		}
	}
	for _, n := range append(append([]*node(nil), at.reader...), at.writer.holds...) {
		for _, m := range n.patterns {
			if m.pattern.program != nil {
				add(matching(m.pattern, 1))
			}
		}
		for _, d := range n.needs {
			add(d.name)
		}
		for _, d := range n.needsSchema {
			add(d.name)
		}
		if n.maxProperties != nil && n.maxProperties.Cmp(big.NewRat(maxSampleItems, 1)) < 0 {
			list = append(list, s.crowd(at, object, int(n.maxProperties.Num().Int64())+1))
		}
	}
	list = append(list, map[string]any{})
	for _, name := range order {
		value := s.c.at(at.writer, name)
		for choice := range 2 {
			if v, ok := s.make(value, style{choice: choice}, 1); ok {
				list = append(list, withMember(object, name, v))
			}
		}
		list = append(list, withMember(object, name, nil), withMember(object, name, "x"))
	}
	for i, name := range sortedNames(object) {
		if i < 24 {
			list = append(list, withoutMember(object, name))
		}
	}
	return list
}

// crowd adds members up to a count.
func (s *search) crowd(at place, object map[string]any, count int) any {
	for _, name := range at.writer.declared() {
		if _, ok := object[name]; !ok && len(object) < count {
			if v, ok := s.make(s.c.at(at.writer, name), style{}, 1); ok {
				object = withMember(object, name, v)
			}
		}
	}
	for i := 0; len(object) < count && i < maxSampleItems; i++ {
		name := "x" + strconv.Itoa(i)
		v, _ := s.make(s.c.at(at.writer, name), style{}, 1)
		object = withMember(object, name, v)
	}
	return object
}

func (s *search) arrayVariants(at place, items []any) []any {
	list := []any{[]any{}}
	for _, n := range at.reader {
		for _, count := range []*big.Rat{n.minItems, n.maxItems, n.minContains, n.maxContains} {
			if count == nil || count.Cmp(big.NewRat(maxSampleItems-1, 1)) > 0 {
				continue
			}
			for _, step := range []int{-1, 0, 1} {
				list = append(list, s.lengthen(at, items, int(count.Num().Int64())+step, step == 1))
			}
		}
	}
	list = append(list, s.lengthen(at, items, 1, false), s.lengthen(at, items, 2, false), s.lengthen(at, items, 2, true),
		s.lengthen(at, items, at.writer.tuple()+1, false))
	if len(items) > 0 {
		list = append(list, append(append([]any{}, items...), items[len(items)-1]))
	}
	return list
}

// lengthen gives an array so many items, different ones if it can.
func (s *search) lengthen(at place, items []any, count int, vary bool) any {
	list := append([]any{}, items[:min(len(items), max(count, 0))]...)
	for len(list) < count {
		how := style{}
		if vary {
			how.choice = len(list)
		}
		v, _ := s.make(s.c.item(at.writer, len(list)), how, 1)
		list = append(list, v)
	}
	return list
}

// scatter changes documents all over, where no difference says where.
func (s *search) scatter(bases []any) {
	for _, doc := range bases {
		root := place{doc, s.c.view(s.writer.root), s.readers, func(v any) any { return v }}
		s.change(root, "", maxUnaimed)
		object, ok := doc.(map[string]any)
		if !ok {
			continue
		}
		for _, name := range sortedNames(object) {
			s.change(s.member(root, name), "", maxUnaimed)
		}
	}
}
