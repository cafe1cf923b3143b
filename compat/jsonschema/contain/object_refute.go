package contain

// refutesMember looks at the members that an atom and those that hold say
// something of by the same name or region.
func (s *state) refutesMember(f Formula) bool {
	g := s.g
	t := g.terms[f]
	if t.op != opSomeMember && t.op != opEachMember {
		return false
	}
	name, one := g.single(t.region)
	schemas := []Schema{t.schema}
	some := t.op == opSomeMember
	for _, a := range s.atoms {
		other := &g.terms[a]
		if other.op != opSomeMember && other.op != opEachMember {
			continue
		}
		switch {
		case other.region == t.region:
			// Two members of a region need not be the same one.
			if other.op == opSomeMember {
				if some && !one {
					continue
				}
				some = true
			}
			schemas = append(schemas, other.schema)
		case one && other.op == opEachMember:
			if _, single := g.single(other.region); single {
				continue
			}
			if in, doubt := g.named(other.region, name); in && !doubt {
				schemas = append(schemas, other.schema)
			}
		}
	}
	if !some {
		return false
	}
	r := g.solve(schemas)
	if r.outcome != Empty {
		return false
	}
	s.rest.rests(r)
	return true
}

// refutesItem looks at what is said of the same item, or of all items.
func (s *state) refutesItem(f Formula) bool {
	g := s.g
	t := g.terms[f]
	if t.op != opSomeItem && t.op != opHasItem {
		return false
	}
	schemas := []Schema{t.schema}
	for _, a := range s.atoms {
		other := &g.terms[a]
		switch {
		case other.op == opEachItem && other.n <= t.n, t.op == opHasItem && other.n == t.n && (other.op == opItem || other.op == opHasItem):
			schemas = append(schemas, other.schema)
		}
	}
	r := g.solve(schemas)
	if r.outcome != Empty {
		return false
	}
	s.rest.rests(r)
	return true
}
