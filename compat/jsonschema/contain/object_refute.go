package contain

// sort puts the atoms on members in order, for refutesMember.
func (s *state) sort() {
	s.said, s.wide = make(map[Formula][]Formula), s.wide[:0]
	s.g.spend(len(s.atoms) / 4)
	for _, f := range s.atoms {
		t := &s.g.terms[f]
		if t.op != opSomeMember && t.op != opEachMember {
			continue
		}
		s.said[t.region] = append(s.said[t.region], f)
		if _, single := s.g.single(t.region); !single && t.op == opEachMember {
			s.wide = append(s.wide, f)
		}
	}
}

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
	for _, a := range s.said[t.region] {
		other := &g.terms[a]
		// Two members of a region need not be the same one.
		if other.op == opSomeMember {
			if some && !one {
				continue
			}
			some = true
		}
		schemas = append(schemas, other.schema)
	}
	for _, a := range s.wide {
		other := &g.terms[a]
		if !one || other.region == t.region {
			continue
		}
		if in, doubt := g.named(other.region, name); in && !doubt {
			schemas = append(schemas, other.schema)
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
