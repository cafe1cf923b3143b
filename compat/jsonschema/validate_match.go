package jsonschema

import "regexp/syntax"

// matcher is a pattern made ready to be matched against text in place. Most
// patterns in use are a few runs of ASCII classes from the start to the end;
// those need no automaton.
type matcher struct {
	pattern *pattern
	runs    []run // nil when it takes the program
	start   bool  // the first run begins the text
	end     bool  // the last run ends it
}

// run is a class of ASCII characters, repeated.
type run struct {
	class       [2]uint64
	least, most int // most is unbounded where there is no limit
}

func (r *run) has(c byte) bool { return c < 128 && r.class[c/64]&(1<<(c%64)) != 0 }

func newMatcher(p *pattern) *matcher {
	m := &matcher{pattern: p}
	tree, err := syntax.Parse(p.translated, syntax.Perl)
	if err != nil {
		return m
	}
	var runs []run
	parts := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		parts = tree.Sub
	}
	for i, part := range parts {
		switch {
		case part.Op == syntax.OpBeginText && i == 0:
			m.start = true
		case part.Op == syntax.OpEndText && i == len(parts)-1:
			m.end = true
		default:
			more, ok := runsOf(part)
			if !ok {
				return m
			}
			runs = append(runs, more...)
		}
	}
	// Taking as much as possible is right only where what follows cannot take
	// the same, and a search would have to try every start.
	for i := range runs {
		open := runs[i].least != runs[i].most
		if open && i+1 < len(runs) && runs[i].class[0]&runs[i+1].class[0]|runs[i].class[1]&runs[i+1].class[1] != 0 ||
			open && runs[i].least == 0 && i+1 < len(runs) {
			return m
		}
	}
	if m.start && len(runs) > 0 {
		m.runs = runs
	}
	return m
}

// runsOf reads a part of a pattern; ok is false where it is no run.
func runsOf(part *syntax.Regexp) (runs []run, ok bool) {
	switch part.Op {
	case syntax.OpLiteral:
		if part.Flags&syntax.FoldCase != 0 {
			return nil, false
		}
		for _, c := range part.Rune {
			class, ok := asciiClass([]rune{c, c})
			if !ok {
				return nil, false
			}
			runs = append(runs, run{class: class, least: 1, most: 1})
		}
		return runs, true
	case syntax.OpCharClass:
		class, ok := asciiClass(part.Rune)
		return []run{{class: class, least: 1, most: 1}}, ok
	case syntax.OpPlus, syntax.OpStar, syntax.OpQuest, syntax.OpRepeat:
		inner, ok := runsOf(part.Sub[0])
		if !ok || len(inner) != 1 || inner[0].least != 1 || inner[0].most != 1 {
			return nil, false
		}
		r := inner[0]
		switch part.Op {
		case syntax.OpPlus:
			r.most = unbounded
		case syntax.OpStar:
			r.least, r.most = 0, unbounded
		case syntax.OpQuest:
			r.least = 0
		default:
			r.least, r.most = part.Min, part.Max
			if r.most < 0 {
				r.most = unbounded
			}
		}
		return []run{r}, true
	}
	return nil, false
}

// asciiClass reads ranges; ok is false when they leave ASCII.
func asciiClass(ranges []rune) (class [2]uint64, ok bool) {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1] >= 128 {
			return class, false
		}
		for c := ranges[i]; c <= ranges[i+1]; c++ {
			class[c/64] |= 1 << (c % 64)
		}
	}
	return class, true
}

func (m *matcher) matches(text []byte) bool {
	if m.runs == nil {
		return m.pattern.program != nil && m.pattern.program.Match(text)
	}
	pos := 0
	for i := range m.runs {
		r := &m.runs[i]
		n := 0
		for pos < len(text) && n < r.most && r.has(text[pos]) {
			pos++
			n++
		}
		if n < r.least {
			return false
		}
	}
	return !m.end || pos == len(text)
}

// cost is what matching takes of the work of a walk.
func (m *matcher) cost(text []byte) int {
	if m.runs != nil {
		return len(text) / 8
	}
	return 1 + len(text)*(8+m.pattern.size)/32
}
