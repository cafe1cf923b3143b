package avro

import (
	"fmt"

	"github.com/muster-registry/muster/compat"
)

// fields asks that every field of the reader has a source: a field of the
// writer or a default. Fields of the writer alone are skipped in reading.
func (c *checker) fields(r, w *node, t *trail) {
	for i, f := range r.fields {
		step := fmt.Sprintf("/fields/%d", i)
		source, ambiguous := writerField(f, w)
		switch {
		case ambiguous:
			c.ambiguous(r, w, f, t.missing(step))
		case source != nil:
			c.walk(f.typ, source.typ, &trail{
				up: t, from: w, index: source.index, field: f.name,
				reader: step + "/type", writer: fmt.Sprintf("/fields/%d/type", source.index),
			})
		case !c.solver.usable(f):
			c.missingField(r, w, f, t.missing(step))
		}
	}
}

// writerField finds the field of w that f reads: of f's name, or of one of its
// aliases. Java throws when several are there, so that nothing can be read.
func writerField(f *field, w *node) (source *field, ambiguous bool) {
	source = w.byName[f.name]
	for _, alias := range f.aliases {
		other := w.byName[alias]
		switch {
		case other == nil || other == source:
		case source != nil:
			return nil, true
		default:
			source = other
		}
	}
	return source, false
}

func (c *checker) ambiguous(r, w *node, f *field, t *trail) {
	c.report(compat.Difference{Rule: ambiguousFieldAlias, Path: t.path(), Info: f.name, Message: fmt.Sprintf(
		"The field '%s' at path '%s' in the %s schema has the names of several fields in the %s schema",
		f.name, t.path(), c.opts.Reader, c.opts.Writer),
		Fix: c.dropAlias(f, t)}, target{pair: pair{r, w}, what: f.name}, t)
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
