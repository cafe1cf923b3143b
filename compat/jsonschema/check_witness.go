package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat"
)

// Bounds on the search for witnesses. It is an extra: running out leaves
// differences without one and never changes their number.
const (
	maxTries      = 400     // documents in one comparison
	maxAimed      = 80      // documents for one difference
	maxUnaimed    = 48      // documents where no difference is known
	maxWitness    = 4 << 10 // bytes of a witness
	maxSampleWork = 600_000 // steps of judging, as counted for payloads
)

// attachWitnesses looks for documents that the writer allows and the reader
// rejects. Both are judged by what judges payloads. A document is shown with
// the difference that its rejection names. One that is found where no
// difference was is a break all the same, and reported as one.
func attachWitnesses(reader, writer *schema, differences []compat.Difference, opts compat.CheckOptions) []compat.Difference {
	if reader.compiled == nil || writer.compiled == nil {
		return differences
	}
	if len(differences) == 0 && opts.Policy == compat.Lenient {
		return nil // the policy accepts what documents would refute
	}
	s := newSearch(reader, writer, differences, opts)
	bases := s.bases()
	for _, doc := range bases {
		s.try(doc)
	}
	for i := range s.differences {
		limit := s.tries + maxAimed
		for _, doc := range bases {
			if s.differences[i].Witness == nil && s.tries < limit {
				s.aim(doc, s.differences[i].Path, limit)
			}
		}
	}
	if len(s.differences) == 0 && len(bases) > 0 {
		s.scatter(bases)
	}
	return s.differences
}

// search tries documents, each once.
type search struct {
	*sampler
	opts           compat.CheckOptions
	reader, writer *schema
	differences    []compat.Difference
	tries          int
	work           int
	seen           map[string]bool
}

func newSearch(reader, writer *schema, differences []compat.Difference, opts compat.CheckOptions) *search {
	return &search{opts: opts, sampler: newSampler(reader, writer), reader: reader, writer: writer, differences: differences,
		work: maxSampleWork, seen: make(map[string]bool)}
}

// rejects judges a document; the error is the reader's when the writer allows
// what the reader rejects.
func (s *search) rejects(doc any) (rejection *jsonschema.ValidationError) {
	cost := estimate{left: s.work}
	cost.spend(s.writer.root, doc)
	cost.spend(s.reader.root, doc)
	if s.work = cost.left; s.work < 0 || !valid(s.writer.compiled, doc) {
		return nil
	}
	errors.As(s.reader.compiled.Validate(doc), &rejection)
	return rejection
}

// try attaches a document, made smaller, to the difference it shows.
func (s *search) try(doc any) {
	text := render(doc)
	if s.tries >= maxTries || s.work < 0 || len(text) > maxWitness || s.seen[text] {
		return
	}
	s.seen[text] = true
	s.tries++
	rejection := s.rejects(doc)
	if rejection == nil {
		return
	}
	if len(s.differences) == 0 {
		d := compat.Difference{Rule: typeChanged, Path: location("")}
		d.Message = message(typeChanged, d.Path, s.opts)
		s.differences = append(s.differences, d)
	}
	at := s.shown(rejection, doc)
	if at < 0 || s.differences[at].Witness != nil {
		return
	}
	doc = s.shrink(doc, at)
	verdict := s.reader.judge(doc)
	if len(verdict.Violations) == 0 {
		return
	}
	s.differences[at].Witness = &compat.Witness{JSON: render(doc), Outcome: outcome(verdict.Violations[0])}
}

// outcome says in words what the reader makes of a witness.
func outcome(v compat.Violation) string {
	where := v.Pointer
	if v.Code == "REQUIRED" || v.Code == "ADDITIONAL_PROPERTIES" {
		where = where[:strings.LastIndexByte(where, '/')]
	}
	if where == "" {
		where = "/"
	}
	return v.Message + " at " + where
}

// shown finds the difference that a rejection names, preferring one that has
// no witness yet; else the first without, when nothing it names is known.
func (s *search) shown(rejection *jsonschema.ValidationError, doc any) int {
	witnessed := -1
	for _, paths := range s.named(rejection, doc) {
		for _, path := range paths {
			for i, d := range s.differences {
				if d.Path != path {
					continue
				}
				if d.Witness == nil {
					return i
				}
				witnessed = i
			}
		}
	}
	if witnessed < 0 && s.differences[0].Witness == nil {
		return 0
	}
	return witnessed
}

// named lists, for each failure in a rejection, the paths a difference about
// it could have, the nearest first.
func (s *search) named(e *jsonschema.ValidationError, doc any) [][]string {
	var all [][]string
	// The library's order changes from run to run.
	causes := append([]*jsonschema.ValidationError(nil), e.Causes...)
	sort.SliceStable(causes, func(i, j int) bool {
		a, b := causes[i], causes[j]
		if a.InstanceLocation != b.InstanceLocation {
			return a.InstanceLocation < b.InstanceLocation
		}
		return a.KeywordLocation < b.KeywordLocation
	})
	for _, cause := range causes {
		all = append(all, s.named(cause, doc)...)
	}
	steps := keywords(e.KeywordLocation)
	if len(steps) == 0 {
		return all
	}
	var paths []string
	place := segments(e.InstanceLocation)
	parent := joined(steps[:len(steps)-1])
	object, _ := find(doc, place).(map[string]any)
	n, keyword := s.reader.keyword(e.AbsoluteKeywordLocation)
	switch keyword {
	case "required":
		for _, name := range n.required {
			paths = append(paths, parent+"/required/"+escape(name), parent+"/properties/"+escape(name))
		}
	case "additionalProperties":
		for _, name := range sortedNames(object) {
			paths = append(paths, parent+"/properties/"+escape(name))
		}
	}
	if len(place) > 0 && (n == nil || n.holder == "additionalProperties" || n.holder == "unevaluatedProperties") {
		paths = append(paths, parent+"/properties/"+escape(place[len(place)-1]))
	}
	for i := len(steps); i >= 0; i-- {
		paths = append(paths, joined(steps[:i]))
	}
	for i, p := range paths {
		paths[i] = location(p)
	}
	return append(all, paths)
}

// keywords splits a keyword location without the references it went through.
func keywords(location string) []string {
	var steps []string
	for _, step := range segments(location) {
		if step != "$ref" {
			steps = append(steps, escape(step))
		}
	}
	return steps
}

func joined(steps []string) string {
	if len(steps) == 0 {
		return ""
	}
	return "/" + strings.Join(steps, "/")
}

// shrink drops members and items while the document still shows the same
// difference.
func (s *search) shrink(doc any, at int) any {
	still := func(smaller any) bool {
		rejection := s.rejects(smaller)
		return rejection != nil && s.shown(rejection, smaller) == at
	}
	for round := 0; round < 4 && s.work > 0; round++ {
		smaller, changed := drop(doc, still, func(v any) any { return v })
		if !changed {
			break
		}
		doc = smaller
	}
	return doc
}

// drop tries the parts of a value one by one; whole puts a part's new value
// into the document.
func drop(v any, still func(any) bool, whole func(any) any) (smaller any, changed bool) {
	switch at := v.(type) {
	case map[string]any:
		for _, name := range sortedNames(at) {
			if without := withoutMember(at, name); still(whole(without)) {
				at, changed = without, true
				continue
			}
			part, shrunk := drop(at[name], still, func(p any) any { return whole(withMember(at, name, p)) })
			if shrunk {
				at, changed = withMember(at, name, part), true
			}
		}
		return at, changed
	case []any:
		for i := len(at) - 1; i >= 0; i-- {
			if without := append(append([]any{}, at[:i]...), at[i+1:]...); still(whole(without)) {
				at, changed = without, true
				continue
			}
			part, shrunk := drop(at[i], still, func(p any) any { return whole(withItem(at, i, p)) })
			if shrunk {
				at, changed = withItem(at, i, part), true
			}
		}
		return at, changed
	}
	return v, false
}

// render writes a document compactly, keys sorted.
func render(doc any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(doc); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
