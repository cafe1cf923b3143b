package jsonschema

import (
	"math/big"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// at is what is known of the member of that name, if there is one.
func (c *checker) at(w *view, name string) *view {
	var known []*node
	for _, n := range w.holds {
		known = append(known, c.governing(n, name)...)
	}
	if w.full(name) {
		known = append(known, c.never)
	}
	return c.view(known...)
}

// full tells whether the required members leave no room for that one.
func (w *view) full(name string) bool {
	most := w.least(maxPropertiesOf)
	return most != nil && !w.requires(name) && most.Cmp(big.NewRat(int64(len(w.sure)), 1)) <= 0
}

// governing lists the schemas that n applies to a member. A pattern that RE2
// cannot express may match or not, so nothing follows from it.
func (c *checker) governing(n *node, name string) []*node {
	var known []*node
	matched := false
	if p := n.property(name); p != nil {
		known, matched = append(known, p), true
	}
	for _, m := range n.patterns {
		switch {
		case m.pattern.program == nil:
			matched = true
		case m.pattern.matches(name):
			known, matched = append(known, m.node), true
		}
	}
	if !matched && n.additional != nil {
		known = append(known, n.additional)
	}
	if n.unevaluated != nil {
		if e := evaluated(n, true); !e.covers(name, true) {
			known = append(known, n.unevaluated)
		}
	}
	if n.names != nil {
		if accepts, ok := c.accepts(n.names, &jsondoc.Value{Kind: jsondoc.String, Text: name}); ok && !accepts {
			known = append(known, c.never)
		}
	}
	return known
}

// evaluation is which members the keywords of a node evaluate, for
// unevaluatedProperties.
type evaluation struct {
	all      bool
	names    []string
	patterns []*pattern
}

// covers tells whether name is evaluated; a pattern without a program counts
// as maybe says.
func (e evaluation) covers(name string, maybe bool) bool {
	if e.all {
		return true
	}
	for _, known := range e.names {
		if known == name {
			return true
		}
	}
	for _, p := range e.patterns {
		if p.program == nil && maybe || p.matches(name) {
			return true
		}
	}
	return false
}

// evaluated finds what is evaluated: by any sub-schema that may apply, or only
// by those that always do.
func evaluated(n *node, any bool) evaluation {
	var e evaluation
	e.add(n, any, true, make(map[*node]bool))
	return e
}

func (e *evaluation) add(n *node, any, top bool, seen map[*node]bool) {
	if seen[n] {
		return
	}
	seen[n] = true
	for _, m := range n.properties {
		e.names = append(e.names, m.name)
	}
	for _, m := range n.patterns {
		e.patterns = append(e.patterns, m.pattern)
	}
	if n.additional != nil || !top && n.unevaluated != nil || n.opaque != "" && any {
		e.all = true
	}
	subs := n.inPlace()
	if !any {
		subs = append([]*node(nil), n.allOf...)
		if n.ref != nil {
			subs = append(subs, n.ref)
		}
	}
	for _, sub := range subs {
		if !e.all {
			e.add(sub, any, false, seen)
		}
	}
}

// declares finds a member among the writer's properties.
func (w *view) declares(name string) *node {
	for _, n := range w.holds {
		if p := n.property(name); p != nil {
			return p
		}
	}
	return nil
}

// declared lists the names that some node of the writer treats on their own.
func (w *view) declared() []string {
	var list []string
	seen := make(map[string]bool)
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	for _, n := range w.holds {
		for _, m := range n.properties {
			add(m.name)
		}
		if n.unevaluated != nil {
			for _, name := range evaluated(n, true).names {
				add(name)
			}
		}
	}
	return list
}

// requires tells whether every object of w has the member, dependencies
// followed; given are names that it has besides.
func (w *view) requires(name string, given ...string) bool {
	if len(given) == 0 {
		if w.sure == nil {
			w.sure = w.required(nil)
		}
		return w.sure[name]
	}
	return w.required(given)[name]
}

// required are the members that every object of w has beside the given ones.
func (w *view) required(given []string) map[string]bool {
	has := make(map[string]bool)
	for _, g := range given {
		has[g] = true
	}
	for _, n := range w.holds {
		for _, r := range n.required {
			has[r] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, n := range w.holds {
			for _, d := range n.needs {
				for _, also := range d.names {
					if has[d.name] && !has[also] {
						has[also], grown = true, true
					}
				}
			}
		}
	}
	return has
}
