package contain

import "github.com/muster-registry/muster/compat/jsondoc"

// state is a search for a value of one type: what is assumed of it so far.
type state struct {
	g      *Graph
	t      Type
	holds  map[Formula]bool
	closed map[Formula]bool // refuted by the atoms
	trail  []Formula        // what holds, in the order assumed
	shut   []Formula        // what is closed
	atoms  []Formula
	ors    []Formula // Or, One, NotOne
	opaque int
	rest   result                // what refutations count on
	said   map[Formula][]Formula // of objects: the atoms by the region they speak of
	wide   []Formula             // those that say something of many names
}

// mark is a point to return to.
type mark struct{ trail, shut, atoms, ors, opaque int }

// search looks for a value of type t of which all formulas hold.
func (g *Graph) search(t Type, formulas []Formula) result {
	s := &state{g: g, t: t, rest: empty, holds: make(map[Formula]bool, len(formulas)), closed: make(map[Formula]bool)}
	if !s.assume(formulas...) {
		return empty
	}
	r := s.run()
	if r.outcome == Empty {
		r.rests(s.rest)
	}
	return r
}

func (s *state) has(f Formula) bool {
	return f == True || s.holds[f]
}

// assume adds formulas; it is false when one contradicts what holds.
func (s *state) assume(formulas ...Formula) bool {
	for _, f := range formulas {
		if f == True || s.has(f) {
			continue
		}
		if !s.g.spend(1) {
			return true // in vain, but no contradiction
		}
		if f == False || s.has(s.g.Not(f)) {
			return false
		}
		s.holds[f] = true
		s.trail = append(s.trail, f)
		switch t := s.g.terms[f]; t.op {
		case opAnd:
			if !s.assume(t.kids...) {
				return false
			}
		case opOr, opOne, opNotOne:
			s.ors = append(s.ors, f)
		case opOpaque, opNotOpaque:
			s.opaque++
		case opNotIn:
			if s.t != Array && s.t != Object {
				s.atoms = append(s.atoms, f)
				continue
			}
			for _, v := range t.values.list {
				if !s.assume(s.g.differs(v)) {
					return false
				}
			}
		default:
			s.atoms = append(s.atoms, f)
		}
	}
	return true
}

func (s *state) mark() mark {
	return mark{len(s.trail), len(s.shut), len(s.atoms), len(s.ors), s.opaque}
}

func (s *state) undo(to mark) {
	for _, f := range s.trail[to.trail:] {
		delete(s.holds, f)
	}
	for _, f := range s.shut[to.shut:] {
		delete(s.closed, f)
	}
	s.trail, s.shut, s.atoms, s.ors, s.opaque = s.trail[:to.trail], s.shut[:to.shut], s.atoms[:to.atoms], s.ors[:to.ors], to.opaque
}

// run finds a model of the atoms and, while that breaks an Or, tells the
// alternatives of the Or apart.
func (s *state) run() result {
	if !s.g.spend(1 + len(s.ors)) {
		return s.g.unknown("")
	}
	if !s.propagate() {
		return empty
	}
	m := s.model()
	if m.outcome == Empty {
		return m
	}
	branch := s.choose(m)
	if branch < 0 {
		if m.outcome == Found && s.opaque > 0 {
			m.outcome = Doubtful
		}
		return m
	}
	total := empty
	for _, alternative := range s.g.alternatives(branch) {
		if !s.g.spend(1) {
			return s.g.unknown("")
		}
		if s.shutOut(alternative) {
			continue
		}
		before := s.mark()
		r := empty
		if s.assume(alternative) {
			r = s.run()
		}
		s.undo(before)
		total.join(r)
		if total.outcome == Found || s.g.spent {
			break
		}
		// From here on the alternative can be taken not to hold; that is only
		// worth while where it is short.
		if s.atomic(alternative) && r.outcome == Empty && !s.assume(s.g.Not(alternative)) {
			break
		}
	}
	return total
}

func (s *state) atomic(f Formula) bool {
	switch s.g.terms[f].op {
	case opAnd, opOr, opOne, opNotOne:
		return false
	}
	return true
}

// choose picks the Or that the model breaks with the fewest alternatives left;
// it is negative when the model breaks none.
func (s *state) choose(m result) Formula {
	best, fewest := Formula(-1), 0
	for _, or := range s.ors {
		if m.found() {
			if holds, _ := s.g.eval(or, m.value); holds {
				continue
			}
		}
		open, satisfied := 0, false
		alternatives := s.g.alternatives(or)
		if !s.g.spend(len(alternatives) / 4) {
			return or
		}
		for _, a := range alternatives {
			satisfied = satisfied || s.has(a)
			if !s.shutOut(a) {
				open++
			}
		}
		if !satisfied && (best < 0 || open < fewest) {
			best, fewest = or, open
		}
	}
	return best
}

// shutOut tells whether an alternative is known not to hold.
func (s *state) shutOut(f Formula) bool {
	if f == False || s.closed[f] || s.has(s.g.Not(f)) {
		return true
	}
	if t := &s.g.terms[f]; t.op == opAnd {
		s.g.spend(len(t.kids) / 8)
		for _, k := range t.kids {
			if s.closed[k] || s.has(s.g.Not(k)) {
				return true
			}
		}
	}
	return false
}

// propagate assumes the last alternative where all others are shut out, first
// by what holds, then by what the atoms refute. It is false when none is left.
func (s *state) propagate() bool {
	for s.g.spend(1) {
		changed := false
		for i := 0; i < len(s.ors); i++ {
			left, last := 0, False
			alternatives := s.g.alternatives(s.ors[i])
			if !s.g.spend(len(alternatives) / 4) {
				return true
			}
			for _, a := range alternatives {
				if s.has(a) {
					left = 2
					break
				}
				if !s.shutOut(a) {
					left++
					last = a
				}
			}
			if left == 0 || left == 1 && !s.assume(last) {
				return false
			}
			changed = changed || left == 1
		}
		if changed {
			continue
		}
		if !s.refuteAlternatives() {
			break
		}
	}
	return true
}

// refuteAlternatives closes what the atoms refute, and tells whether it closed
// anything.
func (s *state) refuteAlternatives() bool {
	closed := false
	if s.t == Object {
		s.sort()
	}
	for i := 0; i < len(s.ors); i++ {
		alternatives := s.g.alternatives(s.ors[i])
		if !s.g.spend(len(alternatives) / 4) {
			return false
		}
		satisfied := false
		for _, a := range alternatives {
			satisfied = satisfied || s.has(a)
		}
		if satisfied {
			continue
		}
		for _, a := range alternatives {
			if s.shutOut(a) {
				continue
			}
			kids := []Formula{a}
			if t := &s.g.terms[a]; t.op == opAnd {
				kids = t.kids
			}
			for _, k := range kids {
				if !s.has(k) && s.atomic(k) && s.refutes(k) {
					s.closed[k] = true
					s.shut = append(s.shut, k)
					closed = true
					break
				}
			}
		}
	}
	return closed
}

// refutes tells whether an atom cannot hold beside those that do. It looks at
// little: what it misses the model finds.
func (s *state) refutes(f Formula) bool {
	if !s.g.spend(1) {
		return false
	}
	switch s.t {
	case Integer, Fraction:
		return s.solve(append(s.atoms[:len(s.atoms):len(s.atoms)], f)).outcome == Empty
	case Object:
		return s.refutesMember(f)
	case Array:
		return s.refutesItem(f)
	}
	return false
}

// model finds a value for the atoms alone, or where values are few, one for
// all that holds.
func (s *state) model() result {
	if few, ok := s.few(); ok {
		doubtful := empty
		for _, v := range few {
			if !s.g.spend(1) {
				return s.g.unknown("")
			}
			holds, doubt := true, false
			for _, f := range s.trail {
				one, unsure := s.g.eval(f, v)
				doubt = doubt || unsure
				if holds = one; !holds {
					break
				}
			}
			switch {
			case holds && !doubt:
				return found(v)
			case holds:
				doubtful = found(v)
				doubtful.outcome = Doubtful
			}
		}
		return doubtful
	}
	return s.solve(s.atoms)
}

// few lists the values when there are only so many.
func (s *state) few() ([]*jsondoc.Value, bool) {
	switch s.t {
	case Null:
		return []*jsondoc.Value{{Kind: jsondoc.Null}}, true
	case Boolean:
		return []*jsondoc.Value{{Kind: jsondoc.False}, {Kind: jsondoc.True}}, true
	}
	var shortest *values
	for _, f := range s.atoms {
		if t := &s.g.terms[f]; t.op == opIn && (shortest == nil || len(t.values.list) < len(shortest.list)) {
			shortest = t.values
		}
	}
	if shortest == nil {
		return nil, false
	}
	return shortest.list, true
}

// solve finds a value for a conjunction of atoms.
func (s *state) solve(atoms []Formula) result {
	switch s.t {
	case Integer, Fraction:
		return s.g.solveNumber(s.t, atoms)
	case String:
		return s.g.solveText(atoms)
	case Array:
		return s.g.solveArray(atoms)
	}
	return s.g.solveObject(atoms)
}
