package contain

import (
	"encoding/binary"
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode"
)

// pattern is a regular expression as an automaton over strings that finds a
// match anywhere. Its states are built when they are reached.
type pattern struct {
	source  string
	matcher *regexp.Regexp
	always  bool // matches every string
	program *syntax.Prog
	words   bool    // asks for word boundaries, so the last character counts
	cuts    []rune  // first characters of the classes, sorted, from 0
	states  []stand // by number
	known   map[string]int
	next    map[edge]int
}

type edge struct{ state, class int }

// stand is where a program may be before it looks at the next character.
type stand struct {
	at      []uint32
	matched bool // whatever follows
	last    rune // the character before, -1 at the start
	ends    int8 // whether it accepts here: 0 not known, 1 yes, 2 no
}

// startState and foundState are states that every pattern has.
const (
	startState = 0
	foundState = 1
)

func newPattern(matcher *regexp.Regexp) *pattern {
	p := &pattern{source: matcher.String(), matcher: matcher, known: make(map[string]int), next: make(map[edge]int)}
	tree, err := syntax.Parse(p.source, syntax.Perl)
	if err != nil {
		return p
	}
	p.program, err = syntax.Compile(tree.Simplify())
	if err != nil {
		p.program = nil
		return p
	}
	p.classes()
	p.states = []stand{{at: []uint32{uint32(p.program.Start)}, last: -1}, {matched: true}}
	p.always = p.trivial(tree)
	return p
}

// trivial recognises a pattern that cannot fail: it matches the empty string,
// and asks for nothing around it.
func (p *pattern) trivial(tree *syntax.Regexp) bool {
	var anchored func(re *syntax.Regexp) bool
	anchored = func(re *syntax.Regexp) bool {
		switch re.Op {
		case syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpEndLine, syntax.OpBeginLine:
			return true
		}
		return slices.ContainsFunc(re.Sub, anchored)
	}
	return p.source == `\z` || p.source == "^" || !anchored(tree) && p.matcher.MatchString("")
}

// classes cuts the characters where any instruction tells them apart.
func (p *pattern) classes() {
	cuts := map[rune]bool{0: true, 0xD800: true, 0xE000: true}
	add := func(low, high rune) {
		cuts[low] = true
		if high < unicode.MaxRune {
			cuts[high+1] = true
		}
	}
	for i := range p.program.Inst {
		inst := &p.program.Inst[i]
		switch inst.Op {
		case syntax.InstRune, syntax.InstRune1:
			if len(inst.Rune) == 1 {
				for r := inst.Rune[0]; ; {
					add(r, r)
					if syntax.Flags(inst.Arg)&syntax.FoldCase == 0 {
						break
					}
					if r = unicode.SimpleFold(r); r == inst.Rune[0] {
						break
					}
				}
				continue
			}
			for j := 0; j+1 < len(inst.Rune); j += 2 {
				add(inst.Rune[j], inst.Rune[j+1])
			}
		case syntax.InstRuneAnyNotNL:
			add('\n', '\n')
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0 {
				p.words = true
				add('0', '9')
				add('A', 'Z')
				add('a', 'z')
				add('_', '_')
			}
			if syntax.EmptyOp(inst.Arg)&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0 {
				p.words = true
				add('\n', '\n')
			}
		}
	}
	for r := range cuts {
		p.cuts = append(p.cuts, r)
	}
	slices.Sort(p.cuts)
}

// step is the state after a character; cost is how many instructions were
// looked at.
func (p *pattern) step(from int, r rune) (to, cost int) {
	if from == foundState {
		return foundState, 0
	}
	class, exact := slices.BinarySearch(p.cuts, r)
	if !exact {
		class--
	}
	at := edge{from, class}
	if to, ok := p.next[at]; ok {
		return to, 0
	}
	s := p.states[from]
	seen, found := p.closure(s, r)
	to = foundState
	if !found {
		next := []uint32{uint32(p.program.Start)}
		for _, pc := range seen {
			if inst := &p.program.Inst[pc]; reads(inst) && inst.MatchRune(r) {
				next = append(next, inst.Out)
			}
		}
		slices.Sort(next)
		next = slices.Compact(next)
		last := rune(0)
		if p.words {
			last = p.cuts[class]
		}
		to = p.stand(next, last)
	}
	p.next[at] = to
	return to, len(seen) + 1
}

func reads(inst *syntax.Inst) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

func (p *pattern) stand(at []uint32, last rune) int {
	key := binary.AppendVarint(nil, int64(last))
	for _, pc := range at {
		key = binary.AppendUvarint(key, uint64(pc))
	}
	n, ok := p.known[string(key)]
	if !ok {
		n = len(p.states)
		p.known[string(key)] = n
		p.states = append(p.states, stand{at: at, last: last})
	}
	return n
}

// closure follows what reads no character, before next; -1 is the end.
func (p *pattern) closure(s stand, next rune) (seen []uint32, found bool) {
	flags := syntax.EmptyOpContext(s.last, next)
	visited := make(map[uint32]bool)
	stack := slices.Clone(s.at)
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if visited[pc] {
			continue
		}
		visited[pc] = true
		seen = append(seen, pc)
		switch inst := &p.program.Inst[pc]; inst.Op {
		case syntax.InstMatch:
			return seen, true
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^flags == 0 {
				stack = append(stack, inst.Out)
			}
		}
	}
	return seen, false
}

// accepts tells whether a string that ends in a state has a match.
func (p *pattern) accepts(n int) bool {
	s := &p.states[n]
	if s.matched {
		return true
	}
	if s.ends == 0 {
		s.ends = 2
		if _, found := p.closure(*s, -1); found {
			s.ends = 1
		}
	}
	return s.ends == 1
}
