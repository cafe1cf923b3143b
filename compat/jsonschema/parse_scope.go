package jsonschema

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Bounds on the copies of one schema's nodes, beside the nodes themselves.
const (
	maxCopies     = 5000
	maxCopiedText = 4 << 20
)

// move notes a dynamic anchor of the resource that n belongs to.
func (p *parser) move(anchor string, n *node) {
	if p.dynamic[anchor] == nil {
		p.dynamic[anchor] = make(map[string]*node)
	}
	p.dynamic[anchor][n.base] = n
}

// moves returns the dynamic anchor by which the scope can lead a reference
// elsewhere than to its target. There is none where the target is not that
// anchor, or no other resource has it.
func (p *parser) moves(r *reference) string {
	anchor := ""
	switch r.keyword {
	case "$recursiveRef":
		anchor = recursiveAnchor
	case "$dynamicRef":
		_, anchor, _ = strings.Cut(r.value.Text, "#")
	}
	if len(p.dynamic[anchor]) <= 1 || p.dynamic[anchor][r.target.base] != r.target {
		return ""
	}
	return anchor
}

// scope is a dynamic scope, as far as references depend on it: which resource
// it entered first of those that have an anchor. Scopes are interned.
type scope struct {
	leads   []*node // by anchor; nil while no resource entered has it
	entered map[string]*scope
	copies  map[*node]*node
}

// unfolding copies the nodes from which a reference is reached that the dynamic
// scope moves, once for each scope that they are reached with. In a copy such
// a reference is a plain one.
type unfolding struct {
	*parser
	anchors []string
	reach   map[*node]bool
	scopes  map[string]*scope
	err     error
}

// unfold makes the dynamic references of a schema plain ones. What one means is
// settled by the outermost resource with its anchor (2020-12 Core 8.2.3.2,
// 2019-09 Core 8.2.4.2), so there are finitely many scopes and copies.
func (p *parser) unfold(s *schema) error {
	if !p.moved {
		return nil
	}
	u := unfolding{parser: p, reach: make(map[*node]bool), scopes: make(map[string]*scope)}
	parents := make(map[*node][]*node)
	var found []*node
	for _, n := range p.order {
		for _, m := range n.children {
			parents[m.node] = append(parents[m.node], n)
		}
		for _, r := range n.references {
			if r.anchor != "" {
				u.anchors = append(u.anchors, r.anchor)
				found = append(found, n)
			}
		}
	}
	sort.Strings(u.anchors)
	u.anchors = slices.Compact(u.anchors)
	for len(found) > 0 {
		n := found[len(found)-1]
		found = found[:len(found)-1]
		if !u.reach[n] {
			u.reach[n] = true
			found = append(found, parents[n]...)
		}
	}
	s.root = u.copy(s.root, u.intern(make([]*node, len(u.anchors))))
	p.order = append(p.order, p.copies...)
	return u.err
}

func (u *unfolding) intern(leads []*node) *scope {
	var key strings.Builder
	for _, n := range leads {
		if n != nil {
			key.WriteString(n.place)
		}
		key.WriteByte(0)
	}
	s := u.scopes[key.String()]
	if s == nil {
		s = &scope{leads: leads, entered: make(map[string]*scope), copies: make(map[*node]*node)}
		u.scopes[key.String()] = s
	}
	return s
}

// enter is the scope once a resource is entered from s.
func (u *unfolding) enter(s *scope, resource string) *scope {
	if known := s.entered[resource]; known != nil {
		return known
	}
	leads := slices.Clone(s.leads)
	for i, anchor := range u.anchors {
		if leads[i] == nil {
			leads[i] = u.dynamic[anchor][resource]
		}
	}
	s.entered[resource] = u.intern(leads)
	return s.entered[resource]
}

// copy is n as it is when reached with scope s.
func (u *unfolding) copy(n *node, s *scope) *node {
	if !u.reach[n] || u.err != nil {
		return n
	}
	s = u.enter(s, n.base)
	if known := s.copies[n]; known != nil {
		return known
	}
	if len(u.copies) == maxCopies {
		u.err = compat.Limitf("too complex: dynamic references give the schema more than %d sub-schemas", maxCopies)
		return n
	}
	c := new(node)
	*c = *n
	c.place = copied(n.draft) + "#/definitions/" + strconv.Itoa(len(u.copies))
	s.copies[n] = c
	u.copies = append(u.copies, c)
	c.replace(func(sub *node) *node { return u.copy(sub, s) })
	c.references = slices.Clone(n.references)
	for at := range c.references {
		u.follow(c, &c.references[at], s)
	}
	return c
}

// follow gives a copy what one of its references leads to.
func (u *unfolding) follow(c *node, r *reference, s *scope) {
	if r.anchor == "" {
		r.target = u.copy(r.target, s)
		return
	}
	lead := s.leads[slices.Index(u.anchors, r.anchor)]
	r.anchor = ""
	if lead == nil {
		lead = r.target
	}
	r.target = u.copy(lead, s)
	c.follow(*r)
}

// copied is where the compiled tree has the copies of one draft.
func copied(d draft) string { return fmt.Sprintf("muster:///draft/%d", d) }

// replace puts other nodes in the place of n's sub-schemas.
func (n *node) replace(with func(*node) *node) {
	for _, at := range []**node{&n.ref, &n.rest, &n.contains, &n.unevaluatedItems, &n.additional, &n.names, &n.unevaluated,
		&n.not, &n.condition, &n.then, &n.otherwise} {
		if *at != nil {
			*at = with(*at)
		}
	}
	for _, at := range []*[]*node{&n.prefix, &n.allOf, &n.anyOf, &n.oneOf} {
		*at = slices.Clone(*at)
		for i, sub := range *at {
			(*at)[i] = with(sub)
		}
	}
	for _, at := range []*[]member{&n.properties, &n.needsSchema, &n.children} {
		*at = slices.Clone(*at)
		for i, m := range *at {
			(*at)[i].node = with(m.node)
		}
	}
	n.patterns = slices.Clone(n.patterns)
	for i, m := range n.patterns {
		n.patterns[i].node = with(m.node)
	}
	n.byName = make(map[string]*node, len(n.properties))
	for _, m := range n.properties {
		n.byName[m.name] = m.node
	}
}

// writeCopies writes the copies of one draft as a document for the library.
// Each is an entry of its own, and refers to its sub-schemas.
func (p *parser) writeCopies(d draft) (string, error) {
	var b strings.Builder
	w := objectWriter{b: &b}
	w.text("$schema", d.url())
	w.key("definitions")
	entries := objectWriter{b: &b}
	for i, c := range p.copies {
		if c.draft != d {
			continue
		}
		entries.key(strconv.Itoa(i))
		r := rewriting{parser: p, copy: c, subs: make(map[*jsondoc.Value]*node, len(c.children))}
		for _, m := range c.children {
			r.subs[m.node.value] = m.node
		}
		r.object(&b, c.value, c)
		if b.Len() > maxCopiedText {
			return "", compat.Limitf("too complex: dynamic references make the schema longer than %d bytes", maxCopiedText)
		}
	}
	entries.end()
	w.end()
	return b.String(), nil
}
