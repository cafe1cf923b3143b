package avro

import (
	"fmt"

	"github.com/muster-registry/muster/compat"
)

// fields asks that every field of the reader has a source: a field of the
// writer or a default. Fields of the writer alone are skipped in reading.
func (c *checker) fields(r, w *node, t *trail) {
	for _, f := range r.fields {
		source, fault := c.solver.takers.writerField(f, r, w)
		switch {
		case fault == ambiguousFieldAlias:
			c.ambiguous(r, w, f, t.missing(f))
		case fault == fieldAliasIgnored:
			c.ignored(r, w, f, t.missing(f))
		case source != nil:
			c.walk(f.typ, source.typ, t.along(f, w, source))
		case !c.solver.usable(f):
			c.missingField(r, w, f, t.missing(f))
		}
	}
}

// writerField finds the field of w that f, a field of r, reads: of f's name, or
// of one of its aliases; or the rule that says why none is read. Java throws
// when several are there, so that nothing can be read.
func (ts takers) writerField(f *field, r, w *node) (source *field, fault compat.RuleID) {
	direct := w.byName[f.name]
	source = direct
	for _, alias := range f.aliases {
		other := w.byName[alias]
		switch {
		case other == nil || other == source:
		case source != nil:
			return nil, ambiguousFieldAlias
		default:
			source = other
		}
	}
	if source != direct && r.name.full != ts.nameOf(w).full {
		return nil, fieldAliasIgnored
	}
	return source, ""
}

func (c *checker) ambiguous(r, w *node, f *field, t *trail) {
	c.report(compat.Difference{Rule: ambiguousFieldAlias, Path: t.path(), Info: f.name, Message: fmt.Sprintf(
		"The field '%s' at path '%s' in the %s schema has the names of several fields in the %s schema",
		f.name, t.path(), c.opts.Reader, c.opts.Writer),
		Fix: c.dropAlias(f, t)}, target{pair: pair{r, w}, what: f.name}, t)
}

func (c *checker) ignored(r, w *node, f *field, t *trail) {
	c.report(compat.Difference{Rule: fieldAliasIgnored, Path: t.path(), Info: f.name, Message: fmt.Sprintf(
		"The aliases of field '%s' at path '%s' in the %s schema do not count for the record of another namespace in the %s schema",
		f.name, t.path(), c.opts.Reader, c.opts.Writer),
		Fix: c.keepRecordName(r, w, t)}, target{pair: pair{r, w}, what: f.name}, t)
}

// missingField reports a field that neither the writer nor a default fills.
// Java calls it a type mismatch when the field's type is an enum with a default;
// the enum's default does not fill fields either way.
func (c *checker) missingField(r, w *node, f *field, t *trail) {
	c.report(compat.Difference{Rule: missingFieldDefault, Path: t.path(), Info: f.name, Message: fmt.Sprintf(
		"The field '%s' at path '%s' in the %s schema has no default value and is missing in the %s schema",
		f.name, t.path(), c.opts.Reader, c.opts.Writer),
		Fix: c.fillField(r, w, f, t)}, target{pair: pair{r, w}, what: f.name}, t)
}
