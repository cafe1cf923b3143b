package contain

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// Bounds on one string.
const (
	maxText   = 64 << 10
	maxStates = 4000 // of a product
)

// texts is the conjunction of atoms on strings.
type texts struct {
	least, most int // characters; most is negative when there is no bound
	patterns    []*pattern
	wanted      []bool // whether each shall match
	except      *trie
}

// solveText finds a shortest string. A product of automata is walked breadth
// first; lengths count up to the least that is asked for.
func (g *Graph) solveText(atoms []Formula) result {
	t := texts{most: -1, except: newTrie()}
	for _, f := range atoms {
		switch a := &g.terms[f]; a.op {
		case opMinLength:
			t.least = max(t.least, a.n)
		case opMaxLength:
			if t.most < 0 || a.n < t.most {
				t.most = a.n
			}
		case opPattern, opNotPattern:
			if a.pat.program == nil {
				g.doubt = true
				continue
			}
			t.patterns = append(t.patterns, a.pat)
			t.wanted = append(t.wanted, a.op == opPattern)
		case opNotIn:
			for _, v := range a.values.list {
				g.spend(1 + len(v.Text)/4)
				t.except.add(v.Text)
			}
		}
	}
	if t.most >= 0 && t.least > t.most {
		return empty
	}
	if len(t.patterns) == 0 {
		return g.plainText(&t)
	}
	return g.walkText(&t)
}

// plainText avoids the walk where only lengths and exceptions count.
func (g *Graph) plainText(t *texts) result {
	if t.least > maxText {
		return g.unknown("a string of that length is not built")
	}
	if t.least > 0 {
		text := strings.Repeat("a", t.least)
		if !t.except.has(text) {
			return found(&jsondoc.Value{Kind: jsondoc.String, Text: text})
		}
	} else if !t.except.has("") {
		return found(&jsondoc.Value{Kind: jsondoc.String})
	}
	return g.walkText(t)
}

// place is a state of the product: of each pattern, of the exceptions, and how
// long the string is.
type place struct {
	states []int
	except int
	length int
	from   int
	by     rune
}

func (g *Graph) walkText(t *texts) result {
	var cuts []rune
	for _, p := range t.patterns {
		cuts = append(cuts, p.cuts...)
	}
	cuts = append(cuts, 0, 0xD800, 0xE000)
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	first := place{states: make([]int, len(t.patterns)), from: -1}
	places := []place{first}
	seen := map[string]bool{first.key(0): true}
	for i := 0; i < len(places); i++ {
		at := places[i]
		if at.length >= t.least && t.accepts(at) {
			return found(&jsondoc.Value{Kind: jsondoc.String, Text: spell(places, i)})
		}
		if t.most >= 0 && at.length >= t.most || t.dead(at) {
			continue
		}
		if !g.spend(len(cuts) / 4) {
			return g.unknown("")
		}
		for _, r := range t.runes(at, cuts) {
			next := place{states: make([]int, len(at.states)), except: t.except.step(at.except, r), length: at.length + 1, from: i, by: r}
			for j, p := range t.patterns {
				to, cost := p.step(at.states[j], r)
				next.states[j] = to
				g.spend(cost)
			}
			if !g.spend(1 + len(t.patterns)/4) {
				return g.unknown("the patterns take too many steps")
			}
			// A place that a shorter string has reached is as good, once the
			// least length is behind.
			key := next.key(min(next.length, t.least))
			if seen[key] {
				continue
			}
			if len(places) >= maxStates+t.least {
				return g.unknown("the patterns have too many states together")
			}
			seen[key] = true
			places = append(places, next)
		}
	}
	return empty
}

func (p *place) key(length int) string {
	b := binary.AppendVarint(nil, int64(length))
	b = binary.AppendVarint(b, int64(p.except))
	for _, s := range p.states {
		b = binary.AppendUvarint(b, uint64(s))
	}
	return string(b)
}

func (t *texts) accepts(at place) bool {
	if t.except.ends(at.except) {
		return false
	}
	for i, p := range t.patterns {
		if p.accepts(at.states[i]) != t.wanted[i] {
			return false
		}
	}
	return true
}

// dead tells whether nothing that follows can be accepted: a pattern has
// matched that must not.
func (t *texts) dead(at place) bool {
	for i := range t.patterns {
		if at.states[i] == foundState && !t.wanted[i] {
			return true
		}
	}
	return false
}

// runes are the characters to go on with: one of each class, and those that
// lead on in the exceptions.
func (t *texts) runes(at place, cuts []rune) []rune {
	special := t.except.after(at.except)
	var list []rune
	for i, low := range cuts {
		high := rune(utf8.MaxRune)
		if i+1 < len(cuts) {
			high = cuts[i+1] - 1
		}
		if low >= 0xD800 && low <= 0xDFFF {
			continue
		}
		if r, ok := pick(low, high, special); ok {
			list = append(list, r)
		}
	}
	// Readable characters first: of equally short strings the first is shown.
	slices.SortStableFunc(list, func(a, b rune) int { return plainness(a) - plainness(b) })
	return append(list, special...)
}

func plainness(r rune) int {
	switch {
	case 'a' <= r && r <= 'z':
		return 0
	case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return 1
	case ' ' <= r && r <= '~':
		return 2
	}
	return 3
}

// pick chooses a readable character of a range that is not special.
func pick(low, high rune, special []rune) (rune, bool) {
	for _, span := range [][2]rune{{'a', 'z'}, {'A', 'Z'}, {'0', '9'}, {'!', '~'}, {' ', ' '}, {0xA1, 0xD7FF}, {low, high}} {
		for r := max(low, span[0]); r <= min(high, span[1]); r++ {
			if !slices.Contains(special, r) {
				return r, true
			}
		}
	}
	return 0, false
}

func spell(places []place, i int) string {
	var list []rune
	for ; places[i].from >= 0; i = places[i].from {
		list = append(list, places[i].by)
	}
	slices.Reverse(list)
	return string(list)
}

// trie holds strings to stay away from. Node -1 is off every one of them.
type trie struct {
	next []map[rune]int
	end  []bool
}

func newTrie() *trie { return &trie{next: []map[rune]int{nil}, end: []bool{false}} }

func (t *trie) add(s string) {
	at := 0
	for _, r := range s {
		to, ok := t.next[at][r]
		if !ok {
			to = len(t.next)
			if t.next[at] == nil {
				t.next[at] = make(map[rune]int)
			}
			t.next[at][r] = to
			t.next = append(t.next, nil)
			t.end = append(t.end, false)
		}
		at = to
	}
	t.end[at] = true
}

func (t *trie) step(at int, r rune) int {
	if at >= 0 {
		if to, ok := t.next[at][r]; ok {
			return to
		}
	}
	return -1
}

func (t *trie) ends(at int) bool { return at >= 0 && t.end[at] }

func (t *trie) has(s string) bool {
	at := 0
	for _, r := range s {
		at = t.step(at, r)
	}
	return t.ends(at)
}

// after lists the characters that lead on, in order.
func (t *trie) after(at int) []rune {
	if at < 0 {
		return nil
	}
	var list []rune
	for r := range t.next[at] {
		list = append(list, r)
	}
	slices.Sort(list)
	return list
}
