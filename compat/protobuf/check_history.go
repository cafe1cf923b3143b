package protobuf

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat"
)

// CheckHistory finds tags that fields were removed from and other fields were
// given: what was written as the one is read as the other, although each step
// was sound (compat-rules.md 2.3 item 7). Only tags that the newest earlier
// version lacks are the candidate's doing.
func (format) CheckHistory(candidate compat.Schema, earlier []compat.Schema, opts compat.CheckOptions) (int, []compat.Difference, error) {
	if len(earlier) < 2 {
		return 0, nil, nil
	}
	var added []addedTag
	collectAdded(candidate.(*schema).shape().messages, earlier[0].(*schema).shape().messages, "#", nil, &added)
	if len(added) == 0 {
		return 0, nil, nil
	}
	for i, e := range earlier[1:] {
		if err := opts.Work.Spend(len(added)); err != nil {
			return 0, nil, err
		}
		h := newHistorian(candidate.(*schema), e.(*schema), opts)
		for _, a := range added {
			h.compare(a)
		}
		if len(h.found) > 0 {
			return i + 1, h.found, nil
		}
	}
	return 0, nil, nil
}

// addedTag is a field of the candidate that the newest earlier version lacks.
type addedTag struct {
	message *messageShape
	names   []*messageShape // the way to the message through scopes
	path    string
	field   *fieldShape
}

func collectAdded(candidate, latest declared, path string, within []*messageShape, added *[]addedTag) {
	for _, m := range candidate.list {
		at := path + "/" + string(m.desc.Name())
		names := append(within[:len(within):len(within)], m)
		before := latest.byName[m.desc.Name()]
		for _, f := range m.fields {
			if before == nil || before.field(f.tag) == nil {
				*added = append(*added, addedTag{message: m, names: names, path: at, field: f})
			}
		}
		var nested declared
		if before != nil {
			nested = before.nested
		}
		collectAdded(m.nested, nested, at, names, added)
	}
}

// historian compares the added tags with one version before the newest.
type historian struct {
	candidate, earlier *schema
	opts               compat.CheckOptions
	fixes              fixer
	examples           *examples
	found              []compat.Difference
}

func newHistorian(candidate, earlier *schema, opts compat.CheckOptions) *historian {
	h := &historian{candidate: candidate, earlier: earlier, opts: opts, fixes: newFixer(opts)}
	if h.fixes.candidateReads {
		h.examples = newExamples(candidate, earlier)
	} else {
		h.examples = newExamples(earlier, candidate)
	}
	return h
}

func (h *historian) compare(a addedTag) {
	scope := h.earlier.shape().messages
	var m *messageShape
	for _, step := range a.names {
		if m = scope.byName[step.desc.Name()]; m == nil {
			return
		}
		scope = m.nested
	}
	before := m.field(a.field.tag)
	if before == nil || before.desc.Name() == a.field.desc.Name() {
		return
	}
	at := fieldPath(a.path, a.field.desc)
	of := pair{a.message, m}
	if !h.fixes.candidateReads {
		of = pair{m, a.message}
	}
	place := site{from: of, route: route{tags: []protoreflect.FieldNumber{a.field.tag}}}
	h.examples.renamed = place.renamed()
	h.found = append(h.found, compat.Difference{
		Rule: fieldTagReused, Path: at, Message: message(fieldTagReused, at, h.opts.Reader, h.opts.Writer),
		Fix: h.fixes.moveTag(a.field.desc, before.desc, at), Witness: h.examples.show(place),
	})
}
