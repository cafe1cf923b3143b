package jsonschema

import (
	"github.com/muster-registry/muster/compat"
)

func checkProperties(c *checker, r *node, w *view, path string) {
	if w.types()&objectType == 0 {
		return
	}
	for _, p := range r.properties {
		c.checkProperty(r, p, w, path)
	}
	for _, q := range r.patterns {
		c.checkPattern(r, q, w, path)
	}
	if !r.additional.free() {
		own := evaluation{}
		for _, m := range r.properties {
			own.names = append(own.names, m.name)
		}
		for _, m := range r.patterns {
			own.patterns = append(own.patterns, m.pattern)
		}
		c.checkOthers(r.additional, own, w, path, "additionalProperties", additionalPropertiesRemoved, additionalPropertiesNarrowed)
	}
}

func (c *checker) checkProperty(r *node, p member, w *view, path string) {
	if p.node.free() {
		return
	}
	at := path + "/properties/" + escape(p.name)
	value := c.at(w, p.name)
	switch {
	case c.impossibleChild(value):
	case w.declares(p.name) != nil:
		c.child(p.node, value, at)
	case c.provesChild(p.node, value):
	case r.requires(p.name) && !w.requires(p.name):
		c.failed = c.failed || !c.wavesRequired(r, p, w)
	case len(value.holds) == 0:
		c.emit(optionalPropertyAddedToOpen, at, c.relax(at))
	default:
		c.emit(propertyAddedNotCovered, at, nil)
	}
}

// wavesRequired tells whether the difference that checkRequired reports for a
// member is one the policy lets pass.
func (c *checker) wavesRequired(r *node, p member, w *view) bool {
	return c.opts.Policy == compat.Lenient && waved(c.requiredRule(r, p.name, w))
}

// checkPattern compares the members whose names a reader's pattern matches:
// those the writer declares, and those it leaves to patterns or to others.
func (c *checker) checkPattern(r *node, q patternMember, w *view, path string) {
	if q.node.free() {
		return
	}
	at := path + "/patternProperties/" + escape(q.pattern.source)
	for _, name := range w.declared() {
		if q.pattern.program != nil && !q.pattern.matches(name) {
			continue
		}
		value := c.at(w, name)
		if c.impossibleChild(value) || c.provesChild(q.node, value) {
			continue
		}
		if r.property(name) == nil {
			c.emit(propertyRemovedNotCovered, path+"/properties/"+escape(name), nil)
		} else {
			c.child(q.node, value, at)
		}
	}
	if c.provesOthers(q.node, w, q.pattern, nil) {
		return
	}
	for _, n := range w.holds {
		for _, m := range n.patterns {
			if known := c.view(m.node); m.pattern.same(q.pattern) && !c.provesChild(q.node, known) {
				c.child(q.node, known, at)
				return
			}
		}
	}
	c.emit(patternPropertyAdded, at, c.drop(at))
}

// checkOthers compares the members that a reader neither declares nor matches:
// they must satisfy target.
func (c *checker) checkOthers(target *node, own evaluation, w *view, path, keyword string, removed, narrowed compat.RuleID) {
	for _, name := range w.declared() {
		if own.covers(name, false) {
			continue
		}
		value := c.at(w, name)
		if c.impossibleChild(value) || c.provesChild(target, value) {
			continue
		}
		at := path + "/properties/" + escape(name)
		if target.closed() {
			c.emit(propertyRemovedFromClosed, at, c.keepProperty(at, w.declares(name)))
		} else {
			c.emit(propertyRemovedNotCovered, at, c.keepProperty(at, w.declares(name)))
		}
	}
	if c.provesOthers(target, w, nil, own.patterns) {
		return
	}
	at := path + "/" + keyword
	if target.closed() {
		c.emit(removed, at, c.drop(at))
		return
	}
	for _, n := range w.holds {
		other := n.others(keyword)
		if other.free() || other.closed() || len(n.patterns) > 0 {
			continue
		}
		if known := c.view(other); !c.provesChild(target, known) {
			c.child(target, known, at)
			return
		}
	}
	c.emit(narrowed, at, c.drop(at))
}

func (n *node) others(keyword string) *node {
	if keyword == "additionalProperties" {
		return n.additional
	}
	return n.unevaluated
}

// provesOthers tells whether target follows for every member whose name no one
// declares: names that match the pattern of, or names that match none of
// except. Such a member is governed by one or more of a node's patterns, or
// else by its additionalProperties.
func (c *checker) provesOthers(target *node, w *view, of *pattern, except []*pattern) bool {
	var known []*node
	var ways [][]*node
	for _, n := range w.holds {
		sure, either := others(n, of, except)
		known = append(known, sure...)
		if either != nil {
			ways = append(ways, either)
		}
	}
	if w.full("") && !w.requiresUndeclared() {
		return true
	}
	base := c.view(known...)
	if c.impossibleChild(base) || c.provesChild(target, base) {
		return true
	}
	for _, way := range ways {
		all := true
		for _, n := range way {
			one := base
			if n != nil {
				one = c.extend(base, []*node{n}, nil)
			}
			if all = c.impossibleChild(one) || c.provesChild(target, one); !all {
				break
			}
		}
		if all {
			return true
		}
	}
	return false
}

// requiresUndeclared tells whether a member is required that no properties
// keyword names.
func (w *view) requiresUndeclared() bool {
	for _, n := range w.holds {
		for _, name := range n.required {
			if w.declares(name) == nil {
				return true
			}
		}
	}
	return false
}

// others lists the schemas n applies for sure to such a member, and those of
// which at least one applies; nil among these is a member left free.
func others(n *node, of *pattern, except []*pattern) (sure, either []*node) {
	for _, m := range n.patterns {
		switch {
		case of != nil && m.pattern.same(of):
			sure = append(sure, m.node)
		case matchesSame(except, m.pattern):
		default:
			either = append(either, m.node)
		}
	}
	if len(sure) == 0 {
		either = append(either, n.additional)
	} else {
		either = nil
	}
	if n.unevaluated != nil {
		if e := evaluated(n, true); !e.all && len(e.patterns) == 0 {
			sure = append(sure, n.unevaluated)
		}
	}
	if len(either) == 1 {
		if either[0] != nil {
			sure = append(sure, either[0])
		}
		either = nil
	}
	return sure, either
}

func matchesSame(list []*pattern, p *pattern) bool {
	for _, other := range list {
		if other.same(p) {
			return true
		}
	}
	return false
}

// checkUnevaluated takes as evaluated only what always is.
func checkUnevaluated(c *checker, r *node, w *view, path string) {
	if r.unevaluated.free() || w.types()&objectType == 0 {
		return
	}
	own := evaluated(r, false)
	if own.all {
		return
	}
	c.checkOthers(r.unevaluated, own, w, path, "unevaluatedProperties", unevaluatedPropertiesRemoved, unevaluatedPropertiesNarrowed)
}
