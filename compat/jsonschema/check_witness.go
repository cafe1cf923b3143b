package jsonschema

import (
	"errors"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Bounds on the search for witnesses beyond the first.
const (
	maxParts      = 64      // ways to break the reader that are looked at
	maxTries      = 400     // documents in one comparison
	maxNamed      = 1000    // failures in one rejection
	maxWitness    = 4 << 10 // bytes of a witness
	maxSampleWork = 600_000 // steps of judging, as counted for payloads
)

// search turns what the engine finds into witnesses. Each document is judged by
// what judges payloads, and shown with the difference that its rejection names.
type search struct {
	opts           compat.CheckOptions
	reader, writer *schema
	differences    []compat.Difference
	tries          int
	work           int
	seen           map[string]bool
}

// attachWitnesses looks for a document for each difference: the one that
// decided, and one for each way to break the reader. Where the rules have no name
// for what it shows, it is a changed type.
func attachWitnesses(q *question, first *jsondoc.Value, reader, writer *schema, differences []compat.Difference, opts compat.CheckOptions) []compat.Difference {
	s := &search{opts: opts, reader: reader, writer: writer, differences: differences, work: maxSampleWork, seen: make(map[string]bool)}
	if len(differences) == 0 {
		d := compat.Difference{Rule: typeChanged, Path: location("")}
		d.Message = message(typeChanged, d.Path, opts)
		s.differences = append(s.differences, d)
	}
	for _, part := range q.graph.Split(q.reader.Not(), maxParts) {
		if !s.lacking() {
			break
		}
		if answer := q.graph.Solve(q.writer, part); answer.Value != nil {
			s.try(decode(answer.Value))
		}
	}
	document := decode(first)
	s.try(document)
	for _, d := range s.differences {
		if d.Witness != nil {
			return s.differences
		}
	}
	s.attach(document, 0) // however large: it decided
	return s.differences
}

// lacking tells whether a difference has no witness yet.
func (s *search) lacking() bool {
	for _, d := range s.differences {
		if d.Witness == nil {
			return true
		}
	}
	return false
}

// rejects judges a document; the error is the reader's when the writer allows
// what the reader rejects.
func (s *search) rejects(doc any) (rejection *jsonschema.ValidationError) {
	// A rejection names every sub-schema in place, with the way there.
	cost := estimate{left: s.work - 128*s.reader.root.weight}
	cost.spend(s.writer.root, doc)
	cost.spend(s.reader.root, doc)
	if s.work = cost.left; s.work < 0 || !valid(s.writer.compiled, doc) {
		return nil
	}
	errors.As(s.reader.compiled.Validate(doc), &rejection)
	return rejection
}

// try attaches a document, made smaller, to each difference that it shows and
// that has none yet.
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
	for {
		at := s.shown(rejection, doc)
		if s.work < 0 || at < 0 || s.differences[at].Witness != nil || !s.attach(s.shrink(doc, at), at) {
			return
		}
	}
}

// attach shows a document with a difference, unless the reader accepts it.
func (s *search) attach(doc any, at int) bool {
	violations := s.reader.judge(doc).Violations
	if len(violations) == 0 {
		return false
	}
	telling := violations[0]
	place := s.differences[at].Path
	for _, v := range violations {
		if v.Pointer != "" && strings.HasSuffix(place, v.Pointer[strings.LastIndexByte(v.Pointer, '/'):]) {
			telling = v
			break
		}
	}
	s.differences[at].Witness = &compat.Witness{JSON: render(doc), Outcome: outcome(telling)}
	return true
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
	var named [][]string
	s.named(rejection, doc, &named)
	for _, paths := range named {
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
// it could have, the nearest first. It stops at maxNamed failures.
func (s *search) named(e *jsonschema.ValidationError, doc any, all *[][]string) {
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
		if s.named(cause, doc, all); len(*all) >= maxNamed {
			return
		}
	}
	steps := keywords(e.KeywordLocation)
	if len(steps) == 0 {
		return
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
	for _, keyword := range []string{"/dependentRequired/", "/dependentSchemas/"} {
		for _, p := range paths {
			if strings.Contains(p, keyword) {
				paths = append(paths, strings.Replace(p, keyword, "/dependencies/", 1))
			}
		}
	}
	for i, p := range paths {
		paths[i] = location(p)
	}
	*all = append(*all, paths)
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
