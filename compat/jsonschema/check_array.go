package jsonschema

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/muster-registry/muster/compat"
)

func minItemsOf(n *node) *big.Rat { return n.minItems }
func maxItemsOf(n *node) *big.Rat { return n.maxItems }

// itemLimit is the most items a writer's array can have: its maxItems, or the
// length of a tuple that nothing may follow.
func (w *view) itemLimit() *big.Rat {
	limit := w.least(maxItemsOf)
	for _, n := range w.holds {
		if n.rest.closed() {
			if length := big.NewRat(int64(len(n.prefix)), 1); limit == nil || length.Cmp(limit) < 0 {
				limit = length
			}
		}
	}
	return limit
}

// item is what is known of the item at index i; past every tuple it is the
// same for all.
func (c *checker) item(w *view, i int) *view {
	var known []*node
	for _, n := range w.holds {
		switch {
		case i < len(n.prefix):
			known = append(known, n.prefix[i])
		case n.rest != nil:
			known = append(known, n.rest)
		case n.unevaluatedItems != nil && len(n.inPlace()) == 0 && n.contains == nil:
			known = append(known, n.unevaluatedItems)
		}
	}
	if limit := w.itemLimit(); limit != nil && limit.Cmp(big.NewRat(int64(i), 1)) <= 0 {
		known = append(known, c.never)
	}
	return c.view(known...)
}

// tuple is the length of the writer's longest tuple.
func (w *view) tuple() int {
	longest := 0
	for _, n := range w.holds {
		longest = max(longest, len(n.prefix))
	}
	return longest
}

// openItems tells whether nothing is known of the writer's items past tuples.
func (w *view) openItems() bool {
	for _, n := range w.holds {
		if !n.rest.free() {
			return false
		}
	}
	return true
}

func checkItems(c *checker, r *node, w *view, path string) {
	if w.types()&arrayType == 0 || len(r.prefix) == 0 && r.rest.free() {
		return
	}
	longest := max(len(r.prefix), w.tuple())
	for i := range longest {
		item := c.item(w, i)
		if c.impossibleChild(item) {
			return // nor is there any item after it
		}
		at := path + "/" + r.prefixWord + "/" + strconv.Itoa(i)
		switch {
		case i < len(r.prefix) && i < w.tuple():
			c.child(r.prefix[i], item, at)
		case i < len(r.prefix):
			c.itemAdded(r.prefix[i], item, w, at)
		default:
			c.itemRemoved(r.rest, item, path+"/items/"+strconv.Itoa(i))
		}
	}
	rest := c.item(w, longest)
	if r.rest.free() || c.impossibleChild(rest) {
		return
	}
	at := path + "/" + r.restWord
	if c.provesChild(r.rest, rest) {
		return
	}
	switch {
	case len(r.prefix) == 0 && w.openItems() && r.restWord == "items" && r.holdsList():
		c.emit(schemaAdded, at, c.drop(at))
	case r.rest.closed():
		c.emit(additionalItemsRemoved, at, c.drop(at))
	case w.openItems():
		c.emit(additionalItemsNarrowed, at, c.drop(at))
	default:
		c.child(r.rest, rest, at)
	}
}

// holdsList tells whether one schema, not false, is for all items.
func (n *node) holdsList() bool { return !n.rest.closed() && len(n.prefix) == 0 }

func (c *checker) provesChild(r *node, w *view) bool {
	c.level++
	holds := c.proves(r, w)
	c.level--
	return holds
}

func (c *checker) impossibleChild(w *view) bool {
	c.level++
	empty := c.impossible(w)
	c.level--
	return empty
}

func (c *checker) itemAdded(r *node, item, w *view, path string) {
	if c.provesChild(r, item) {
		return
	}
	if w.openItems() {
		c.emit(itemAddedToOpen, path, nil)
		return
	}
	c.emit(itemAddedNotCovered, path, nil)
}

func (c *checker) itemRemoved(rest *node, item *view, path string) {
	if rest.free() || c.provesChild(rest, item) {
		return
	}
	if rest.closed() {
		c.emit(itemRemovedFromClosed, path, nil)
		return
	}
	c.emit(itemRemovedNotCovered, path, nil)
}

func checkArray(c *checker, r *node, w *view, path string) {
	if w.types()&arrayType == 0 {
		return
	}
	limit := w.itemLimit()
	c.checkCounts(r, w, path, minItemsOf, maxItemsOf, w.most(minItemsOf), limit,
		[2]string{"/minItems", "/maxItems"}, [4]compat.RuleID{minItemsAdded, minItemsIncreased, maxItemsAdded, maxItemsDecreased})
	if r.unique && (limit == nil || limit.Cmp(big.NewRat(1, 1)) > 0) && !w.uniqueItems() {
		c.emit(uniqueItemsAdded, path+"/uniqueItems", c.drop(path+"/uniqueItems"))
	}
}

func (w *view) uniqueItems() bool {
	for _, n := range w.holds {
		if n.unique {
			return true
		}
	}
	return false
}

// checkUnevaluatedItems takes as evaluated only what r itself says of items;
// what sub-schemas evaluate depends on the value.
func checkUnevaluatedItems(c *checker, r *node, w *view, path string) {
	if r.unevaluatedItems.free() || r.rest != nil || w.types()&arrayType == 0 {
		return
	}
	path += "/unevaluatedItems"
	longest := max(len(r.prefix), w.tuple())
	for i := len(r.prefix); i <= longest; i++ {
		item := c.item(w, i)
		if c.impossibleChild(item) {
			return
		}
		if c.provesChild(r.unevaluatedItems, item) {
			continue
		}
		if r.unevaluatedItems.closed() {
			c.emit(unevaluatedItemsRemoved, path, c.drop(path))
		} else {
			c.emit(unevaluatedItemsNarrowed, path, c.drop(path))
		}
		return
	}
}

func checkContains(c *checker, r *node, w *view, path string) {
	if r.contains == nil || w.types()&arrayType == 0 {
		return
	}
	one := big.NewRat(1, 1)
	enough := r.minContains.Sign() == 0
	few := r.maxContains == nil
	if limit := w.itemLimit(); limit != nil && r.maxContains != nil && limit.Cmp(r.maxContains) <= 0 {
		few = true
	}
	if least := w.most(minItemsOf); least != nil && least.Cmp(r.minContains) >= 0 && c.allItems(r.contains, w) {
		enough = true
	}
	var other *node
	for _, n := range w.holds {
		if n.contains == nil {
			continue
		}
		other = n
		enough = enough || n.minContains.Cmp(r.minContains) >= 0 && c.provesChild(r.contains, c.view(n.contains))
		few = few || n.maxContains != nil && n.maxContains.Cmp(r.maxContains) <= 0 && c.provesChild(n.contains, c.view(r.contains))
	}
	counted := r.value.Get("minContains") != nil
	switch {
	case enough:
	case other == nil && counted:
		c.emit(minContainsAdded, path+"/minContains", c.drop(path+"/minContains"))
	case other == nil:
		c.emit(containsAdded, path+"/contains", c.drop(path+"/contains"))
	case other.minContains.Cmp(r.minContains) < 0 && (counted || other.minContains.Cmp(one) != 0):
		c.emit(minContainsIncreased, path+"/minContains", c.keepBound(path+"/minContains", other.minContains))
	default:
		c.emit(containsChanged, path+"/contains", nil)
	}
	switch {
	case few:
	case other == nil || other.maxContains == nil:
		c.emit(maxContainsAdded, path+"/maxContains", c.drop(path+"/maxContains"))
	case other.maxContains.Cmp(r.maxContains) > 0:
		c.emit(maxContainsDecreased, path+"/maxContains", c.keepBound(path+"/maxContains", other.maxContains))
	default:
		c.emit(containsChanged, path+"/contains", nil)
	}
}

// allItems tells whether every item of w is known to satisfy r.
func (c *checker) allItems(r *node, w *view) bool {
	for i := range w.tuple() + 1 {
		item := c.item(w, i)
		if c.impossibleChild(item) {
			return true
		}
		if !c.provesChild(r, item) {
			return false
		}
	}
	return true
}

// presence is a node that says an object has a member of that name.
func (c *checker) presence(name string) *node {
	n := c.present[name]
	if n == nil {
		n = &node{types: allTypes, required: []string{name}, path: fmt.Sprintf("?%s", name), assertions: "present" + name}
		c.present[name] = n
	}
	return n
}
