package jsonschema

import "bytes"

// object judges the members of an object. A name that is given twice, or with
// an escape, is for the library: of equal names the last counts.
func (w *walk) object(p *plan) fit {
	var seen nameSet
	known, others := 0, 0
	if !w.open('}') {
		for {
			name, ok := w.name(p)
			if !ok {
				return unsure
			}
			if p == nil {
				if w.value(nil) != fits {
					return unsure
				}
			} else {
				of, listed := p.properties[string(name)]
				switch {
				case listed && seen.has(of.bit):
					return unsure
				case listed:
					seen.add(of.bit)
					known++
				default:
					others++
				}
				start := w.pos
				if found := w.member(p, of, name); found != fits {
					return w.last(name, start, found)
				}
			}
			more, ok := w.next('}')
			if !ok {
				return unsure
			}
			if !more {
				break
			}
		}
	}
	if p == nil {
		return fits
	}
	return p.counts(&seen, known, others)
}

// last is what to make of a member that is a misfit: it decides only if the
// object does not name it again. That matters where a misfit is what a schema
// asks for; elsewhere the library has the last word on a misfit.
func (w *walk) last(name []byte, start int, found fit) fit {
	if found != misfit || !w.negates {
		return found
	}
	w.pos = start
	for {
		if w.value(nil) != fits {
			return unsure
		}
		more, ok := w.next('}')
		switch {
		case !ok:
			return unsure
		case !more:
			return misfit
		}
		if other, ok := w.name(nil); !ok || bytes.Equal(other, name) {
			return unsure
		}
	}
}

// counts judges which members there were, and how many. Those whose names the
// plan does not know are one at least, if any, and as many as were read at most.
func (p *plan) counts(seen *nameSet, known, others int) fit {
	if !seen.contains(&p.required) {
		return misfit
	}
	for i := range p.needs {
		if seen.has(p.needs[i].bit) && !seen.contains(&p.needs[i].needs) {
			return misfit
		}
	}
	if !p.counted {
		return fits
	}
	least, most := known+min(others, 1), known+others
	switch {
	case least >= p.minProperties && most <= p.maxProperties:
		return fits
	case most < p.minProperties || least > p.maxProperties:
		return misfit
	}
	return unsure
}

// name reads a member's name and the colon after it. The name is judged by
// propertyNames.
func (w *walk) name(p *plan) (name []byte, ok bool) {
	start := w.pos
	if w.pos >= len(w.data) || w.data[w.pos] != '"' {
		return nil, false
	}
	name, plain := w.quoted()
	if !plain {
		return nil, false
	}
	if p != nil && p.names != nil {
		end := w.pos
		w.pos = start
		if w.value(p.names) != fits {
			return nil, false
		}
		w.pos = end
	}
	w.space()
	if w.pos >= len(w.data) || w.data[w.pos] != ':' {
		return nil, false
	}
	w.pos++
	w.space()
	return name, true
}

// member judges one value by what is declared for its name, by the patterns
// that match it, and if there is neither by additionalProperties.
func (w *walk) member(p *plan, of property, name []byte) fit {
	start := w.pos
	covered := of.declared
	found := fits
	if of.declared {
		found = w.value(of.plan)
	}
	for i := range p.patterns {
		if found != fits {
			return found
		}
		w.work -= len(name)
		if p.patterns[i].pattern.matches(name) {
			covered = true
			w.pos = start
			found = w.value(p.patterns[i].plan)
		}
	}
	if !covered {
		return w.value(p.additional)
	}
	return found
}

// array judges the items of an array.
func (w *walk) array(p *plan) fit {
	if p == nil {
		return w.items()
	}
	count, contained := 0, 0
	var distinct distinctItems
	if !w.open(']') {
		for {
			start := w.pos
			of := p.rest
			if count < len(p.prefix) {
				of = p.prefix[count]
			}
			if found := w.value(of); found != fits {
				return found
			}
			if p.contains != nil {
				end := w.pos
				w.pos = start
				switch w.value(p.contains) {
				case unsure:
					return unsure
				case fits:
					contained++
				}
				w.pos = end
			}
			if p.unique && !distinct.add(w, start) {
				return unsure
			}
			count++
			more, ok := w.next(']')
			if !ok {
				return unsure
			}
			if !more {
				break
			}
		}
	}
	switch {
	case count < p.minItems || count > p.maxItems:
		return misfit
	case p.contains != nil && (contained < p.minContains || contained > p.maxContains):
		return misfit
	}
	return fits
}

// items steps over the items of an array.
func (w *walk) items() fit {
	if w.open(']') {
		return fits
	}
	for {
		if w.value(nil) != fits {
			return unsure
		}
		more, ok := w.next(']')
		if !ok {
			return unsure
		}
		if !more {
			return fits
		}
	}
}
