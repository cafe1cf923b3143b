package guard

import "fmt"

// Mode says what becomes of an event that does not fit.
type Mode string

// The modes.
const (
	Enforce Mode = "enforce" // it is rejected
	Report  Mode = "report"  // it is published and counted
	Mark    Mode = "mark"    // it is published with headers that say why, see [Verdict.Headers]
)

// Down says what becomes of an event that cannot be judged, because the
// registry is out of reach and neither memory nor bundle has its schema. It
// matters in mode [Enforce]: the others let every event through.
type Down string

// What to do when the registry is down.
const (
	Closed Down = "closed" // reject
	Open   Down = "open"   // publish
)

// Policy is how the events of one destination are treated. The zero Policy
// enforces, accepts every live version and is closed while the registry is
// down.
type Policy struct {
	Mode     Mode   // default Enforce
	Down     Down   // default Closed
	Versions Window // which versions may judge
}

// Window is the versions of a subject that a destination accepts. Its members
// hold together; the zero Window accepts every live version.
type Window struct {
	Min, Max int // version numbers, inclusive; zero is without bound
	Last     int // so many of the newest live versions; zero is all
}

// accepts tells whether the window holds version number n, the i-th newest
// from zero.
func (w Window) accepts(n, i int) bool {
	return n >= w.Min && (w.Max == 0 || n <= w.Max) && (w.Last == 0 || i < w.Last)
}

// checked returns p with its defaults, or why it makes no sense.
func (p Policy) checked() (Policy, error) {
	if p.Mode == "" {
		p.Mode = Enforce
	}
	if p.Down == "" {
		p.Down = Closed
	}
	w := p.Versions
	switch {
	case p.Mode != Enforce && p.Mode != Report && p.Mode != Mark:
		return p, fmt.Errorf("mode %q: want %q, %q or %q", p.Mode, Enforce, Report, Mark)
	case p.Down != Closed && p.Down != Open:
		return p, fmt.Errorf("down %q: want %q or %q", p.Down, Closed, Open)
	case w.Min < 0 || w.Max < 0 || w.Last < 0 || w.Max != 0 && w.Max < w.Min:
		return p, fmt.Errorf("versions from %d to %d, the last %d: no version can be among them", w.Min, w.Max, w.Last)
	}
	return p, nil
}
