package avro

import (
	"math"
	"slices"

	"github.com/muster-registry/muster/compat"
)

// solver decides whether one type reads another. It needs the greatest
// fixpoint: types that refer to each other are compatible unless something
// proves otherwise. So a pair in progress counts as read, and a yes that rests
// on such a pair is kept only as long as the pair stands.
type solver struct {
	work   *compat.Budget
	err    error
	takers takers // of the reader
	// reported holds the records that a checker walks. They count as read:
	// what is wrong with them is reported there, and not again for every union
	// that leads back to them. When nothing at all is reported, the pairs met
	// prove each other.
	reported map[pair]bool
	answers  map[pair]answer
	// leaning lists the pairs whose yes rests on a pair in progress, in the
	// order they were answered.
	leaning  []pair
	alike    map[pair]bool // unions, see [solver.equivalent]
	sights   map[pair]bool // records, see [solver.matches]
	defaults *defaults
	depth    int
}

// answer is what is known of a pair. low is the depth of the outermost pair in
// progress that a yes rests on, firm when it rests on none.
type answer struct {
	reads bool
	low   int
}

const firm = math.MaxInt

// newSolver is for schemas whose roots are r and w.
func newSolver(r, w *node, work *compat.Budget) *solver {
	names := r.takers
	if names != nil && identical(r, w, make(map[pair]bool)) {
		names = nil
	}
	return &solver{
		work: work, takers: names, reported: make(map[pair]bool), answers: make(map[pair]answer),
		alike: make(map[pair]bool), sights: make(map[pair]bool), defaults: newDefaults(true),
	}
}

// spend takes one step of the budget; it tells whether to go on.
func (s *solver) spend(depth int) bool {
	if s.err == nil && depth > maxWalkDepth {
		s.err = compat.Limitf("too complex: the types of the two schemas meet more than %d levels deep", maxWalkDepth)
	}
	if s.err == nil {
		s.err = s.work.Spend(1)
	}
	return s.err == nil
}

// take takes n steps more, for what grows with a schema: the names that a record
// is looked up by, the way to a difference.
func (s *solver) take(n int) bool {
	if s.err == nil {
		s.err = s.work.Spend(n)
	}
	return s.err == nil
}

// reads tells whether r reads all that w writes. Its answer means nothing once
// s.err is set.
func (s *solver) reads(r, w *node) bool {
	ok, _ := s.answer(r, w)
	return ok
}

func (s *solver) answer(r, w *node) (ok bool, low int) {
	if r.kind <= kindString && w.kind <= kindString {
		return r.kind == w.kind || promotes(r.kind, w.kind), firm
	}
	if !s.spend(s.depth) {
		return false, firm
	}
	p := pair{r, w}
	if s.reported[p] {
		return true, firm
	}
	if known, ok := s.answers[p]; ok {
		return known.reads, known.low
	}
	depth, mark := s.depth, len(s.leaning)
	s.answers[p] = answer{reads: true, low: depth}
	s.depth++
	ok, low = s.decide(r, w)
	s.depth--
	switch {
	case !ok:
		// A no holds even under the most hopeful assumptions; whatever leaned
		// on p does not.
		for _, q := range s.leaning[mark:] {
			delete(s.answers, q)
		}
		s.leaning = s.leaning[:mark]
		s.answers[p] = answer{reads: false, low: firm}
		return false, firm
	case low >= depth:
		for _, q := range s.leaning[mark:] {
			s.answers[q] = answer{reads: true, low: firm}
		}
		s.leaning = s.leaning[:mark]
		s.answers[p] = answer{reads: true, low: firm}
		return true, firm
	}
	s.answers[p] = answer{reads: true, low: low}
	s.leaning = append(s.leaning, p)
	return true, low
}

func (s *solver) decide(r, w *node) (ok bool, low int) {
	switch {
	case r.kind == kindUnion && w.kind == kindUnion:
		ok, low = s.all(len(w.members), func(i int) (*node, *node) { return r, w.members[i] })
		if !ok && s.equivalent(r, w) {
			return true, firm
		}
		return ok, low
	case w.kind == kindUnion:
		return s.all(len(w.members), func(i int) (*node, *node) { return r, w.members[i] })
	case r.kind == kindUnion:
		return s.branch(r, w)
	case r.kind != w.kind:
		return false, firm
	}
	switch r.kind {
	case kindArray, kindMap:
		return s.answer(r.items, w.items)
	case kindFixed:
		return s.takers.named(r, w) && r.size == w.size, firm
	case kindEnum:
		return s.takers.named(r, w) && len(missingSymbols(r, w)) == 0, firm
	}
	return s.record(r, w)
}

// all asks for a yes to each of n pairs.
func (s *solver) all(n int, at func(int) (*node, *node)) (ok bool, low int) {
	low = firm
	for i := range n {
		ok, rests := s.answer(at(i))
		if !ok {
			return false, firm
		}
		low = min(low, rests)
	}
	return true, low
}

func (s *solver) record(r, w *node) (ok bool, low int) {
	if !s.take(r.renames) || !s.takers.named(r, w) {
		return false, firm
	}
	var pairs []pair
	for _, f := range r.fields {
		source, fault := s.takers.writerField(f, r, w)
		if fault != "" || source == nil && !s.usable(f) {
			return false, firm
		}
		if source != nil {
			pairs = append(pairs, pair{f.typ, source.typ})
		}
	}
	return s.all(len(pairs), func(i int) (*node, *node) { return pairs[i].reader, pairs[i].writer })
}

// usable tells whether a reader can really fill f from its default. Java looks
// only whether there is one; a stored schema may hold one that does not fit,
// and fails at reading.
func (s *solver) usable(f *field) bool {
	if f.value == nil {
		return false
	}
	ok := s.defaults.fits(f.value, f.typ)
	if s.defaults.steps < 0 && s.err == nil {
		s.err = compat.Limitf("too complex: checking the defaults takes more than %d steps", maxDefaultSteps)
	}
	return ok
}

// branch decides whether a branch of the union r reads w, which is none. What
// Java chooses alone counts.
func (s *solver) branch(r, w *node) (ok bool, low int) {
	chosen := s.choose(r, w)
	if chosen == nil {
		return false, firm
	}
	return s.answer(chosen, w)
}

// choose finds the branch of r that Java takes for w, in this order: the type
// itself (of a named type the one with the full name), a record of the same
// short name, a promotion. For enum and fixed a short name is not enough. Of
// several records of the short name Java takes the last that matches at first
// sight, whether it can read w or not.
func (s *solver) choose(r, w *node) (chosen *node) {
	own, short := w.branchName(), ""
	if w.kind.named() {
		known := s.takers.nameOf(w)
		own, short = known.full, known.short
	}
	for _, b := range r.members {
		if b.kind == w.kind && b.branchName() == own {
			return b
		}
	}
	if w.kind == kindRecord {
		for _, b := range r.members {
			if b.kind == kindRecord && (b.name.short == short || chosen == nil && b.name.short == w.name.short) && s.matches(b, w) {
				chosen = b
			}
		}
	}
	if chosen != nil {
		return chosen
	}
	for _, b := range r.members {
		if promotes(b.kind, w.kind) {
			return b
		}
	}
	return nil
}

// matches tells whether a record matches another at first sight: each field
// has a source or a default, and the source's own type, whatever is in it,
// resolves.
func (s *solver) matches(r, w *node) bool {
	p := pair{r, w}
	if known, ok := s.sights[p]; ok {
		return known
	}
	s.sights[p] = true // as long as it is in progress, as in Java
	s.sights[p] = s.filled(r, w) && !slices.ContainsFunc(r.fields, func(f *field) bool {
		source, _ := s.takers.writerField(f, r, w)
		return source != nil && !s.sight(f.typ, source.typ)
	})
	return s.sights[p]
}

// filled tells whether each field of a record has a source or a default.
func (s *solver) filled(r, w *node) bool {
	return s.take(r.renames) && !slices.ContainsFunc(r.fields, func(f *field) bool {
		source, fault := s.takers.writerField(f, r, w)
		return fault == ambiguousFieldAlias || source == nil && f.value == nil
	})
}

func (s *solver) sight(r, w *node) bool {
	switch {
	case !s.spend(s.depth):
		return false
	case w.kind == kindUnion:
		return true
	case r.kind == kindUnion:
		return s.choose(r, w) != nil
	case r.kind != w.kind:
		return promotes(r.kind, w.kind)
	case r.kind == kindRecord:
		return s.filled(r, w)
	}
	return !r.kind.named() || s.takers.named(r, w) && r.size == w.size
}

// equal tells at a glance that two types are the same, for the many that are:
// it looks into no record, and not far into the rest.
func (ts takers) equal(r, w *node, depth int) bool {
	const maxDepth = 3
	if r.kind != w.kind || depth > maxDepth {
		return false
	}
	switch r.kind {
	case kindArray, kindMap:
		return ts.equal(r.items, w.items, depth+1)
	case kindUnion:
		return slices.EqualFunc(r.members, w.members, func(a, b *node) bool { return ts.equal(a, b, depth+1) })
	case kindFixed:
		return r.name.full == ts.nameOf(w).full && r.size == w.size
	case kindEnum:
		return r.name.full == ts.nameOf(w).full && slices.Equal(r.symbols, w.symbols)
	}
	return r.kind <= kindString
}

// equivalent tells whether two unions are the same but for namespaces. Java
// then maps branches by position, so that an enum or fixed whose namespace
// alone changed is read all the same.
func (s *solver) equivalent(r, w *node) bool {
	p := pair{r, w}
	if _, known := s.alike[p]; !known {
		s.alike[p] = s.same(r, w, make(map[pair]bool), 0)
	}
	return s.alike[p]
}

// same compares two types but for namespaces, docs, defaults and properties.
// seen holds the pairs met before; one no is a no to all of it.
func (s *solver) same(r, w *node, seen map[pair]bool, depth int) bool {
	if r.kind != w.kind || !s.spend(depth) {
		return false
	}
	if p := (pair{r, w}); seen[p] {
		return true
	} else if r.kind > kindString {
		seen[p] = true
	}
	if r.kind.named() && r.name.short != s.takers.nameOf(w).short {
		return false
	}
	switch r.kind {
	case kindArray, kindMap:
		return s.same(r.items, w.items, seen, depth+1)
	case kindFixed:
		return r.size == w.size
	case kindEnum:
		return slices.Equal(r.symbols, w.symbols)
	case kindUnion:
		return slices.EqualFunc(r.members, w.members, func(a, b *node) bool { return s.same(a, b, seen, depth+1) })
	case kindRecord:
		return slices.EqualFunc(r.fields, w.fields, func(a, b *field) bool {
			return a.name == b.name && s.same(a.typ, b.typ, seen, depth+1)
		})
	}
	return true
}
