package avro

import (
	"fmt"
	"slices"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// takers are the types of a reader by the names that their aliases say. Before
// Java's decoder compares anything it renames the writer's types by them, of
// whatever kind either is and whether or not another type of the reader has the
// name (Schema.applyAliases, measured with 1.11.4 and 1.12.0): that other type
// then meets a stranger. Of several with one alias the last in the text counts.
type takers map[string]*node

// takersOf collects the aliases of all types that root is made of; nil when
// there are none.
func takersOf(root *node) takers {
	var found takers
	seen := make(map[*node]bool)
	var visit func(n *node)
	visit = func(n *node) {
		if n == nil || n.kind <= kindString || seen[n] {
			return
		}
		seen[n] = true
		for _, alias := range n.aliases {
			if found == nil {
				found = make(takers)
			}
			found[alias.full] = n
		}
		visit(n.items)
		for _, branch := range n.members {
			visit(branch)
		}
		for _, f := range n.fields {
			visit(f.typ)
		}
	}
	visit(root)
	return found
}

// identical is how Java tells that there is nothing to rename (Schema.equals):
// the schemas are the same but for docs and aliases. Numbers are the same when
// they are spelled alike.
func identical(r, w *node, seen map[pair]bool) bool {
	p := pair{r, w}
	switch {
	case r == w || seen[p]:
		return true
	case r.kind != w.kind || r.name != w.name || r.size != w.size || r.fallback != w.fallback || r.isError != w.isError:
		return false
	case !slices.Equal(r.symbols, w.symbols) || !sameProps(r.props, w.props):
		return false
	}
	seen[p] = true
	if r.items != nil && !identical(r.items, w.items, seen) {
		return false
	}
	return slices.EqualFunc(r.members, w.members, func(a, b *node) bool { return identical(a, b, seen) }) &&
		slices.EqualFunc(r.fields, w.fields, func(a, b *field) bool {
			return a.name == b.name && a.order == b.order && sameProps(a.props, b.props) &&
				(a.value == nil) == (b.value == nil) && (a.value == nil || a.value.Sorted() == b.value.Sorted()) &&
				identical(a.typ, b.typ, seen)
		})
}

func sameProps(a, b []jsondoc.Member) bool {
	if len(a) != len(b) {
		return false
	}
	values := make(map[string]string, len(b))
	for _, m := range b {
		values[m.Name] = m.Value.Sorted()
	}
	return !slices.ContainsFunc(a, func(m jsondoc.Member) bool { return values[m.Name] != m.Value.Sorted() })
}

// nameOf is the name that the reader knows w by, a named type of the writer.
func (ts takers) nameOf(w *node) name {
	if taker, ok := ts[w.name.full]; ok {
		return taker.name
	}
	return w.name
}

// named tells whether r is a name for w's type outside of unions. The decoder
// does not look at names of records there.
func (ts takers) named(r, w *node) bool {
	if r.kind != kindRecord {
		return r.name.short == ts.nameOf(w).short
	}
	return r.name.short == w.name.short || hasAlias(r, w)
}

// taken reports that an alias of another type of the reader has w's name.
func (c *checker) taken(r, w *node, t *trail) {
	path := slash(t.path(), "name")
	c.report(compat.Difference{Rule: nameTakenByAlias, Path: path, Info: "expected: " + w.name.full, Message: fmt.Sprintf(
		"The name of the type at path '%s' in the %s schema is an alias of another type for readers of the %s schema",
		path, c.opts.Reader, c.opts.Writer),
		Fix: c.freeName(r, w)}, target{pair: pair{r, w}, what: "name"}, t)
}

// freeName takes the alias away that took w's name from r; nil when none did.
func (c *checker) freeName(r, w *node) *compat.Fix {
	taker := c.solver.takers[w.name.full]
	if taker == nil || !c.candidateReads() {
		return nil
	}
	return fix("remove-alias", taker.pointer(), quotedList([]string{w.name.full}),
		"remove the alias `%s` of %s: %s still needs the name", w.name.full, label(taker), label(r))
}
