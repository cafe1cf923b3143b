package jsonschema

import "strconv"

func checkReference(c *checker, r *node, w *view, path string) {
	if r.ref != nil {
		c.inPlace(r.ref, w, path)
	}
	if r.opaque == "" {
		return
	}
	// What is not looked into follows only from itself.
	for _, n := range w.holds {
		if n.opaque == r.opaque {
			return
		}
	}
	c.emit(typeChanged, path, nil)
}

func checkAllOf(c *checker, r *node, w *view, path string) {
	for i, member := range r.allOf {
		at := path + "/allOf/" + strconv.Itoa(i)
		if c.proves(member, w) {
			continue
		}
		if other := w.widest(func(n *node) []*node { return n.allOf }); len(other) > 0 && len(other) < len(r.allOf) {
			c.emit(productTypeExtended, at, c.drop(at))
			continue
		}
		c.inPlace(member, w, at)
	}
}

// widest returns the longest list of sub-schemas among the writer's nodes.
func (w *view) widest(of func(*node) []*node) []*node {
	var longest []*node
	for _, n := range w.holds {
		if list := of(n); len(list) > len(longest) {
			longest = list
		}
	}
	return longest
}

func anyOf(n *node) []*node { return n.anyOf }
func oneOf(n *node) []*node { return n.oneOf }

func checkAnyOf(c *checker, r *node, w *view, path string) {
	if len(r.anyOf) == 0 {
		return
	}
	for _, member := range r.anyOf {
		if c.proves(member, w) {
			return
		}
	}
	if len(r.anyOf) == 1 {
		c.inPlace(r.anyOf[0], w, path+"/anyOf/0")
		return
	}
	if c.covers(r.anyOf, w) {
		return
	}
	c.failed = true
	if c.reporting {
		c.reportSum(r.anyOf, w.widest(anyOf), w.widest(oneOf), w, path)
	}
}

// covers tells whether the branches cover w together: what none of the others
// takes, the one left takes.
func (c *checker) covers(branches []*node, w *view) bool {
	const most = 4
	if len(branches) > most {
		return false
	}
	for i, branch := range branches {
		others := append(append([]*node(nil), branches[:i]...), branches[i+1:]...)
		rest := c.extend(w, nil, others)
		if rest != w && (c.impossible(rest) || c.proves(branch, rest)) {
			return true
		}
	}
	return false
}

// checkOneOf asks for one branch that accepts every value of w while no other
// accepts any.
func checkOneOf(c *checker, r *node, w *view, path string) {
	if len(r.oneOf) == 0 {
		return
	}
	if len(r.oneOf) == 1 {
		c.inPlace(r.oneOf[0], w, path+"/oneOf/0")
		return
	}
	accepted := false
	for i, member := range r.oneOf {
		if !c.proves(member, w) {
			continue
		}
		accepted = true
		apart := true
		for j, other := range r.oneOf {
			if apart = i == j || c.disjoint(w, other); !apart {
				break
			}
		}
		if apart {
			return
		}
	}
	c.failed = true
	switch {
	case !c.reporting:
	case accepted:
		c.emit(sumTypeOverlapped, path, nil)
	default:
		c.reportSum(r.oneOf, w.widest(oneOf), w.widest(anyOf), w, path)
	}
}

// reportSum names what is wrong with a reader's anyOf or oneOf as peers do:
// by a maximum matching between the branches of both sides.
func (c *checker) reportSum(branches, same, other []*node, w *view, path string) {
	switch {
	case len(same) > 1:
		matched := c.matching(same, branches)
		switch {
		case matched == len(branches) && len(branches) < len(same):
			c.emit(sumTypeNarrowed, path, nil)
		case matched < min(len(same), len(branches)):
			c.emit(combinedTypeSubschemasChanged, path, nil)
		default:
			c.emit(sumTypeOverlapped, path, nil)
		}
	case len(other) > 1:
		c.emit(combinedTypeChanged, path, nil)
	default:
		c.emit(typeChanged, path, c.keepSchema(path, w))
	}
}

// matching is the size of a maximum matching of the writer's branches to the
// reader's branches that accept them.
func (c *checker) matching(writer, reader []*node) int {
	taken := make([]int, len(reader))
	for j := range taken {
		taken[j] = -1
	}
	var seat func(i int, tried []bool) bool
	seat = func(i int, tried []bool) bool {
		for j, branch := range reader {
			if tried[j] || !c.spend(1) || !c.proves(branch, c.view(writer[i])) {
				continue
			}
			tried[j] = true
			if taken[j] < 0 || seat(taken[j], tried) {
				taken[j] = i
				return true
			}
		}
		return false
	}
	size := 0
	for i := range writer {
		if !c.spend(len(reader) / 8) {
			break
		}
		if seat(i, make([]bool, len(reader))) {
			size++
		}
	}
	return size
}

func checkNot(c *checker, r *node, w *view, path string) {
	if r.not != nil && !c.disjoint(w, r.not) {
		c.emit(notTypeExtended, path+"/not", c.drop(path+"/not"))
	}
}

func checkCondition(c *checker, r *node, w *view, path string) {
	if r.condition == nil {
		return
	}
	for _, branch := range []struct {
		keyword      string
		asked        *node
		holds, fails []*node
	}{
		{"/then", r.then, []*node{r.condition}, nil},
		{"/else", r.otherwise, nil, []*node{r.condition}},
	} {
		if branch.asked.free() {
			continue
		}
		with := c.extend(w, branch.holds, branch.fails)
		if c.impossible(with) || c.proves(branch.asked, with) {
			continue
		}
		rule := conditionAdded
		for _, n := range w.holds {
			if n.condition != nil {
				rule = conditionChanged
			}
		}
		c.emit(rule, path+branch.keyword, c.drop(path+branch.keyword))
	}
}
