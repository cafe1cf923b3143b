package avro

import (
	"slices"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// record asks for every field and nothing else. A default does not stand in
// for a missing field: a payload is what a writer writes.
func (w *jsonWalk) record(p *plan, v *jsondoc.Value) bool {
	if v.Kind != jsondoc.Object {
		return w.mismatch(p, v)
	}
	ok := true
	given := make([]bool, len(p.fields))
	var absent []*field // what unknown keys may mean; found out when one is met
	for _, m := range v.Members {
		f := p.byName[m.Name]
		switch {
		case f == nil:
			if absent == nil && !w.quiet {
				absent = absentFields(p, v)
			}
			ok = w.unknownField(p, m.Name, absent)
		case given[f.index]:
			ok = w.duplicate(p, m)
		default:
			given[f.index] = true
			ok = w.at(m.Name, p.fields[f.index], m.Value) && ok
		}
		if w.done(ok) {
			return ok
		}
	}
	for i, f := range p.node.fields {
		if given[i] {
			continue
		}
		ok = w.missingField(p, f)
		if w.done(ok) {
			return ok
		}
	}
	return ok
}

func (w *jsonWalk) missingField(p *plan, f *field) bool {
	if w.quiet {
		return false
	}
	w.path = append(w.path, f.name)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	return w.fail(fieldPointer(p.node, f.index), codeMissingField, expects(f.typ), "nothing", "",
		"field %s of record %s is missing", f.name, p.name.full)
}

func (w *jsonWalk) unknownField(p *plan, name string, absent []*field) bool {
	if w.quiet {
		return false
	}
	w.path = append(w.path, name)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	return w.fail(p.pointer(), codeUnknownField, "a field of "+label(p.node), "another key", misspelt(name, absent),
		"record %s has no such field", p.name.full)
}

// absentFields lists the fields of the record that v lacks.
func absentFields(p *plan, v *jsondoc.Value) []*field {
	given := make([]bool, len(p.fields))
	for _, m := range v.Members {
		if f := p.byName[m.Name]; f != nil {
			given[f.index] = true
		}
	}
	absent := []*field{}
	for i, f := range p.node.fields {
		if !given[i] {
			absent = append(absent, f)
		}
	}
	return absent
}

// misspelt finds the absent field that an unknown key seems to mean.
func misspelt(name string, absent []*field) string {
	names := make([]string, 0, len(absent))
	for _, f := range absent {
		if slices.Contains(f.aliases, name) {
			return "did you mean " + f.name + "? Aliases are for readers"
		}
		names = append(names, f.name)
	}
	if near := nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// nearest finds the name most like s, "" when none is alike. Of many names it
// looks at the first few hundred: a hint is worth no more.
func nearest(s string, names []string) string {
	const most = 256
	best, least := "", 0
	for _, n := range names[:min(len(names), most)] {
		if !alike(s, n) {
			continue
		}
		if d := distance(plain(s), plain(n)); best == "" || d < least {
			best, least = n, d
		}
	}
	return best
}
