package jsonschema

import (
	"math/big"

	"github.com/muster-registry/muster/compat"
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
	if most == nil {
		return false
	}
	sure := make(map[string]bool)
	for _, n := range w.holds {
		for _, r := range n.required {
			sure[r] = true
		}
	}
	return !sure[name] && most.Cmp(big.NewRat(int64(len(sure)), 1)) <= 0
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
		if accepts, ok := n.names.accepts(&jsondoc.Value{Kind: jsondoc.String, Text: name}); ok && !accepts {
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
	has := make(map[string]bool)
	for _, g := range given {
		has[g] = true
	}
	for _, n := range w.holds {
		for _, r := range n.required {
			has[r] = true
		}
	}
	for grown := true; grown && !has[name]; {
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
	return has[name]
}

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
			if m.pattern.same(q.pattern) {
				c.child(q.node, c.view(m.node), at)
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
		if other := n.others(keyword); !other.free() && !other.closed() && len(n.patterns) == 0 {
			c.child(target, c.view(other), at)
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

func checkRequired(c *checker, r *node, w *view, path string) {
	if w.types()&objectType == 0 {
		return
	}
	for _, name := range r.required {
		if w.requires(name) {
			continue
		}
		at := path + "/required/" + escape(name)
		rule := c.requiredRule(r, name, w)
		if rule != requiredAttributeAdded && rule != requiredAttributeWithDefault {
			at = path + "/properties/" + escape(name)
		}
		c.emit(rule, at, c.optional(r, w, name, path))
	}
}

// requiredRule names the difference of a member that became required.
func (c *checker) requiredRule(r *node, name string, w *view) compat.RuleID {
	declared := r.property(name)
	withDefault := declared != nil && declared.hasDefault
	open := len(c.at(w, name).holds) == 0
	switch {
	case declared == nil:
		return requiredAttributeAdded
	case w.declares(name) != nil && withDefault:
		return requiredAttributeWithDefault
	case w.declares(name) != nil:
		return requiredAttributeAdded
	case open && withDefault:
		return requiredWithDefaultAddedToOpen
	case open:
		return requiredAddedToOpen
	case withDefault:
		return requiredWithDefaultAddedToUnopen
	}
	return requiredAddedToUnopen
}

func minPropertiesOf(n *node) *big.Rat { return n.minProperties }
func maxPropertiesOf(n *node) *big.Rat { return n.maxProperties }

func checkObject(c *checker, r *node, w *view, path string) {
	if w.types()&objectType == 0 || r.minProperties == nil && r.maxProperties == nil {
		return
	}
	low, high := w.most(minPropertiesOf), w.least(maxPropertiesOf)
	sure := make(map[string]bool)
	for _, n := range w.holds {
		for _, name := range n.required {
			sure[name] = true
		}
		if !n.additional.closed() || len(n.patterns) > 0 {
			continue
		}
		if count := big.NewRat(int64(len(n.properties)), 1); high == nil || count.Cmp(high) < 0 {
			high = count
		}
	}
	if count := big.NewRat(int64(len(sure)), 1); low == nil || count.Cmp(low) > 0 {
		low = count
	}
	c.checkCounts(r, w, path, minPropertiesOf, maxPropertiesOf, low, high,
		[2]string{"/minProperties", "/maxProperties"},
		[4]compat.RuleID{minPropertiesAdded, minPropertiesIncreased, maxPropertiesAdded, maxPropertiesDecreased})
}

func checkPropertyNames(c *checker, r *node, w *view, path string) {
	if r.names.free() || w.types()&objectType == 0 {
		return
	}
	name := &view{mask: stringType}
	closed := false
	for _, n := range w.holds {
		name.assume(n.names)
		closed = closed || n.additional.closed() && len(n.patterns) == 0
	}
	known := c.intern(name)
	if c.impossibleChild(known) || c.provesChild(r.names, known) {
		return
	}
	if closed && c.namesAccepted(r, w) {
		return
	}
	path += "/propertyNames"
	if len(known.holds) == 0 {
		c.emit(propertyNamesAdded, path, c.drop(path))
		return
	}
	c.child(r.names, known, path)
}

// namesAccepted asks about every name that a closed writer can have.
func (c *checker) namesAccepted(r *node, w *view) bool {
	for _, name := range w.declared() {
		if c.impossibleChild(c.at(w, name)) {
			continue
		}
		if accepts, ok := r.names.accepts(&jsondoc.Value{Kind: jsondoc.String, Text: name}); !ok || !accepts {
			return false
		}
	}
	return true
}

func checkDependencies(c *checker, r *node, w *view, path string) {
	if w.types()&objectType == 0 {
		return
	}
	for _, d := range r.needs {
		c.checkNeed(d, w, path+"/dependencies/"+escape(d.name))
	}
	for _, d := range r.needsSchema {
		if d.node.free() || c.impossibleChild(c.at(w, d.name)) {
			continue
		}
		holds := []*node{c.presence(d.name)}
		for _, n := range w.holds {
			for _, other := range n.needsSchema {
				if other.name == d.name || w.requires(other.name, d.name) {
					holds = append(holds, other.node)
				}
			}
		}
		object := w.copy()
		object.mask &= objectType
		with := c.extend(object, holds, nil)
		if c.impossible(with) || c.proves(d.node, with) {
			continue
		}
		at := path + "/dependencies/" + escape(d.name)
		if len(holds) == 1 {
			c.emit(dependencySchemaAdded, at, c.drop(at))
			continue
		}
		c.inPlace(d.node, with, at)
	}
}

func (c *checker) checkNeed(d need, w *view, path string) {
	if c.impossibleChild(c.at(w, d.name)) {
		return
	}
	var missing []string
	for _, name := range d.names {
		if !w.requires(name, d.name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return
	}
	for _, n := range w.holds {
		for _, other := range n.needs {
			if other.name != d.name {
				continue
			}
			if len(other.names) < len(d.names) && len(missing) == len(d.names)-len(other.names) {
				c.emit(dependencyArrayExtended, path, nil)
			} else {
				c.emit(dependencyArrayChanged, path, nil)
			}
			return
		}
	}
	c.emit(dependencyArrayAdded, path, c.drop(path))
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
