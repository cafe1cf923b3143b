package contain

// refutation gathers what the search for an object or an array counts on, for
// the case that it finds none.
type refutation struct {
	g    *Graph
	rest result // Unknown when any part was
}

// ask solves a cell and keeps what its refutation counts on.
func (f *refutation) ask(schemas []Schema) result {
	r := f.g.solve(schemas)
	f.keep(r)
	return r
}

func (f *refutation) keep(r result) {
	switch r.outcome {
	case Empty:
		f.rest.rests(r)
	case Unknown:
		f.rest.outcome = Unknown
	}
}
