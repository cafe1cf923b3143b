package jsonschema

import (
	"bytes"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// fit is what a walk found. Unsure is for the library to decide: text that is
// no JSON or beyond a limit, and the few comparisons that would need a decoded
// value.
type fit byte

const (
	unsure fit = iota
	misfit
	fits
)

// walkWork bounds the bytes and values that one walk looks at, those looked at
// again for another branch included. Past it the library's own estimate says
// whether the payload is too costly.
const walkWork = 1 << 23

// walk is a position in JSON text. It reads exactly what jsondoc.Payload lets
// pass, and allocates nothing unless a string with escapes is compared or a
// number is not short.
type walk struct {
	data  []byte
	pos   int
	depth int
	work  int
	// negates: some keyword asks for a misfit.
	negates bool
}

// fitsPlan judges a whole payload.
func fitsPlan(p *plan, payload []byte) fit {
	if len(payload) > jsondoc.PayloadLimits.Bytes {
		return unsure
	}
	w := walk{data: payload, work: walkWork, negates: p.negates}
	w.space()
	found := w.value(p)
	if w.space(); found == fits && w.pos < len(w.data) {
		return unsure
	}
	return found
}

func (w *walk) space() {
	for w.pos < len(w.data) {
		switch w.data[w.pos] {
		case ' ', '\t', '\r', '\n':
			w.pos++
		default:
			return
		}
	}
}

// value judges the value that begins here, and stands behind it when it fits.
// A nil plan takes everything. What follows a misfit is not looked at, so the
// text may yet be no JSON; a value is tried on a branch only when it was read
// to its end before.
func (w *walk) value(p *plan) fit {
	start := w.pos
	found := w.alone(p)
	if found != fits || p == nil || !p.inPlace {
		return found
	}
	end := w.pos
	found = w.combined(p, start)
	w.pos = end
	return found
}

// alone judges a value by the keywords that need no sub-schema in place.
func (w *walk) alone(p *plan) fit {
	if w.work--; w.work < 0 || w.pos >= len(w.data) {
		return unsure
	}
	if p != nil && p.none {
		return misfit
	}
	switch c := w.data[w.pos]; {
	case c == '"':
		return w.text(p)
	case c == '{':
		return w.nested(p, objectType)
	case c == '[':
		return w.nested(p, arrayType)
	case c == '-' || '0' <= c && c <= '9':
		return w.number(p)
	case c == 't':
		return w.word(p, "true", booleanType)
	case c == 'f':
		return w.word(p, "false", booleanType)
	case c == 'n':
		return w.word(p, "null", nullType)
	}
	return unsure
}

func (w *walk) word(p *plan, word string, of types) fit {
	if !bytes.HasPrefix(w.data[w.pos:], []byte(word)) {
		return unsure
	}
	w.pos += len(word)
	switch {
	case p == nil:
		return fits
	case p.types&of == 0:
		return misfit
	case p.enum == nil, of == nullType && p.words&nullType != 0, word == "false" && p.truths[0], word == "true" && p.truths[1]:
		return fits
	}
	return misfit
}

// nested judges an object or an array.
func (w *walk) nested(p *plan, of types) (found fit) {
	switch {
	case w.depth == jsondoc.PayloadLimits.Depth:
		return unsure
	case p != nil && p.types&of == 0:
		return misfit
	case p != nil && p.enum != nil && p.mixed:
		return unsure
	case p != nil && p.enum != nil:
		return misfit
	}
	w.depth++
	if of == objectType {
		found = w.object(p)
	} else {
		found = w.array(p)
	}
	w.depth--
	return found
}

// next steps over a comma, or over the bracket that ends the list.
func (w *walk) next(closing byte) (more, ok bool) {
	w.space()
	if w.pos >= len(w.data) {
		return false, false
	}
	switch w.data[w.pos] {
	case closing:
		w.pos++
		return false, true
	case ',':
		w.pos++
		w.space()
		return true, true
	}
	return false, false
}

// open steps over an opening bracket; empty tells whether the list ends there.
func (w *walk) open(closing byte) (empty bool) {
	w.pos++
	w.space()
	if w.pos < len(w.data) && w.data[w.pos] == closing {
		w.pos++
		return true
	}
	return false
}

// combined judges the value from start to here by the sub-schemas in place.
func (w *walk) combined(p *plan, start int) fit {
	w.work -= (w.pos - start) / 8
	try := func(sub *plan) fit {
		w.pos = start
		return w.value(sub)
	}
	for _, sub := range p.all {
		if found := try(sub); found != fits {
			return found
		}
	}
	if len(p.any) > 0 {
		best := misfit
		for _, sub := range p.any {
			found := try(sub)
			if found == fits {
				best = fits
				break
			}
			if found == unsure {
				return unsure
			}
		}
		if best != fits {
			return best
		}
	}
	if len(p.one) > 0 {
		matched := 0
		for _, sub := range p.one {
			switch try(sub) {
			case fits:
				matched++
			case unsure:
				return unsure
			}
		}
		if matched != 1 {
			return misfit
		}
	}
	if p.not != nil {
		switch try(p.not) {
		case fits:
			return misfit
		case unsure:
			return unsure
		}
	}
	return w.conditional(p, try)
}

func (w *walk) conditional(p *plan, try func(*plan) fit) fit {
	if p.condition == nil {
		return fits
	}
	branch := p.consequence
	switch try(p.condition) {
	case unsure:
		return unsure
	case misfit:
		branch = p.refusal
	}
	if branch == nil {
		return fits
	}
	return try(branch)
}
