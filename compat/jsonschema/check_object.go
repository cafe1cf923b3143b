package jsonschema

import (
	"math/big"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

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
		if accepts, ok := c.accepts(r.names, &jsondoc.Value{Kind: jsondoc.String, Text: name}); !ok || !accepts {
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
		c.checkNeed(d, r, w, path)
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
		at := path + r.dependency(d.name, "dependentSchemas")
		if len(holds) == 1 {
			c.emit(dependencySchemaAdded, path+"/dependencies/"+escape(d.name), c.drop(at))
			continue
		}
		c.inPlace(d.node, with, at)
	}
}

// dependency is where a dependency on a name stands: peers name it by the keyword
// of the older drafts.
func (n *node) dependency(name, keyword string) string {
	if n.value.Get("dependencies").Get(name) != nil {
		keyword = "dependencies"
	}
	return "/" + keyword + "/" + escape(name)
}

func (c *checker) checkNeed(d need, r *node, w *view, path string) {
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
	at := path + "/dependencies/" + escape(d.name)
	for _, n := range w.holds {
		for _, other := range n.needs {
			if other.name != d.name {
				continue
			}
			if len(other.names) < len(d.names) && len(missing) == len(d.names)-len(other.names) {
				c.emit(dependencyArrayExtended, at, nil)
			} else {
				c.emit(dependencyArrayChanged, at, nil)
			}
			return
		}
	}
	c.emit(dependencyArrayAdded, at, c.drop(path+r.dependency(d.name, "dependentRequired")))
}
