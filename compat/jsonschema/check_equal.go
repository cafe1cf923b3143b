package jsonschema

// contains tells whether w holds r itself, or a node that says the same.
func (c *checker) contains(w *view, r *node) bool {
	for _, n := range w.holds {
		if !c.spend(1) {
			return false
		}
		if n == r || c.equal(n, r) {
			return true
		}
	}
	return false
}

// equal tells whether two nodes are spelled the same, annotations apart, and
// refer to nodes that are. A pair under way counts as the same; when that turns
// out wrong, what rested on it is forgotten.
func (c *checker) equal(a, b *node) bool {
	if a == b {
		return true
	}
	if a.truth != b.truth || a.draft != b.draft && !sameMeaning(a, b) || a.assertions != b.assertions ||
		a.opaque != b.opaque || len(a.children) != len(b.children) {
		return false
	}
	key := [2]*node{a, b}
	if known, ok := c.equals[key]; ok {
		return known
	}
	c.spend(1 + len(a.children))
	mark := len(c.trail)
	c.equals[key] = true
	c.trail = append(c.trail, key)
	for _, m := range a.children {
		other := b.held(m.name)
		if other != nil && c.equal(m.node, other) {
			continue
		}
		for _, assumed := range c.trail[mark:] {
			delete(c.equals, assumed)
		}
		c.trail = c.trail[:mark]
		c.equals[key] = false
		return false
	}
	return true
}

// sameMeaning tells whether two drafts read these nodes the same way.
func sameMeaning(a, b *node) bool {
	return a.draft >= draft6 && b.draft >= draft6 && len(a.children) == 0 && len(b.children) == 0
}

// held finds the sub-schema under a keyword.
func (n *node) held(label string) *node {
	for _, m := range n.children {
		if m.name == label {
			return m.node
		}
	}
	return nil
}
