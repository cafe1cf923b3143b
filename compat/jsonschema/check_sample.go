package jsonschema

import (
	"encoding/json"
	"math/big"
	"regexp/syntax"
	"strings"

	"github.com/muster-registry/muster/compat"
)

// sampler makes documents out of what two schemas say. Nothing it makes is
// trusted: the search judges every document.
type sampler struct {
	c       *checker
	readers []*node // everything that may apply to the root
	steps   int     // values made so far
}

// Bounds on one value.
const (
	maxSampleSteps = 40_000
	maxSampleDepth = 12
	maxSampleItems = 64
	maxSampleText  = 2 << 10
	maxLiterals    = 48
)

func newSampler(reader, writer *schema) *sampler {
	return &sampler{c: newChecker(compat.CheckOptions{}), readers: spread(reader.root)}
}

// spread lists the nodes that apply to the same value as any of nodes, or may.
func spread(nodes ...*node) []*node {
	var list []*node
	seen := make(map[*node]bool)
	var add func(n *node)
	add = func(n *node) {
		if n == nil || seen[n] || len(list) > 200 {
			return
		}
		seen[n] = true
		list = append(list, n)
		for _, sub := range n.inPlace() {
			add(sub)
		}
	}
	for _, n := range nodes {
		add(n)
	}
	return list
}

// style says how a value is made.
type style struct {
	full   bool // all declared members, not the required ones alone
	choice int  // which alternative, type or enum value
}

// bases are documents to start from: with required members alone, with all,
// and one or two for each of the writer's cases.
func (s *search) bases() []any {
	w := s.c.view(s.writer.root)
	var docs []any
	known := make(map[string]bool)
	for _, how := range []style{{false, 0}, {true, 0}, {true, 1}, {false, 1}, {true, 2}, {true, 3}, {true, 4}, {true, 5}} {
		doc, ok := s.make(w, how, 0)
		if text := render(doc); ok && !known[text] && len(text) <= maxWitness {
			known[text] = true
			docs = append(docs, doc)
		}
	}
	return docs
}

// make builds a value of a view, as far as its everyday keywords go.
func (s *sampler) make(w *view, how style, depth int) (any, bool) {
	s.steps++
	if s.steps > maxSampleSteps || depth > maxSampleDepth || s.c.impossible(w) {
		return nil, false
	}
	if values, ok := s.c.values(w); ok {
		if len(values) == 0 {
			return nil, false
		}
		return decode(values[how.choice%len(values)]), true
	}
	if ways := s.c.cases(w); len(ways) > 0 && w.split < maxCases {
		way := ways[0]
		for i := range way {
			one := way[(how.choice+i)%len(way)]
			next := style{how.full, how.choice / len(way)}
			if v, ok := s.make(one, next, depth+1); ok {
				return v, true
			}
		}
		return nil, false
	}
	switch mask := w.types(); {
	case mask&objectType != 0:
		return s.object(w, how, depth)
	case mask&arrayType != 0:
		return s.array(w, how, depth)
	case mask&stringType != 0:
		return s.text(w, how)
	case mask&numberType != 0:
		return s.number(w, how), true
	case mask&booleanType != 0:
		return how.choice%2 == 0, true
	}
	return nil, true
}

func (s *sampler) object(w *view, how style, depth int) (any, bool) {
	members := make(map[string]any)
	names := append([]string(nil), w.declared()...)
	for _, n := range w.holds {
		names = append(names, n.required...)
		for _, d := range n.needs {
			names = append(names, d.names...)
		}
	}
	for _, name := range names {
		if _, ok := members[name]; ok || !how.full && !w.requires(name) {
			continue
		}
		at := s.c.at(w, name)
		v, ok := s.make(at, how, depth+1)
		if !ok && how.full {
			v, ok = s.make(at, style{false, how.choice}, depth+1)
		}
		if ok {
			members[name] = v
		} else if w.requires(name) {
			return nil, false
		}
	}
	least := w.most(minPropertiesOf)
	for i := 0; least != nil && least.Cmp(big.NewRat(int64(len(members)), 1)) > 0 && i < maxSampleItems; i++ {
		name := "x" + strings.Repeat("x", i)
		if v, ok := s.make(s.c.at(w, name), how, depth+1); ok {
			members[name] = v
		}
	}
	return members, true
}

func (s *sampler) array(w *view, how style, depth int) (any, bool) {
	length := 0
	if least := w.most(minItemsOf); least != nil && least.Cmp(big.NewRat(maxSampleItems, 1)) <= 0 {
		length = int(least.Num().Int64())
	}
	if how.full {
		length = max(length, w.tuple(), 1)
	}
	var contained []*node
	for _, n := range w.holds {
		for i := 0; n.contains != nil && n.minContains.Cmp(big.NewRat(int64(i), 1)) > 0 && i < 8; i++ {
			contained = append(contained, n.contains)
		}
	}
	length = max(length, len(contained))
	items := []any{}
	for i := range min(length, maxSampleItems) {
		at := s.c.item(w, i)
		if i < len(contained) {
			at = s.c.extend(at, []*node{contained[i]}, nil)
		}
		next := how
		if w.uniqueItems() {
			next.choice += i
		}
		v, ok := s.make(at, next, depth+1)
		if !ok {
			break
		}
		items = append(items, v)
	}
	return items, true
}

func (s *sampler) number(w *view, how style) json.Number {
	low, high := w.interval()
	multiple := big.NewRat(1, 1)
	for _, n := range w.holds {
		if n.multipleOf != nil {
			multiple = n.multipleOf
		}
	}
	start := new(big.Rat)
	switch {
	case low.value != nil && low.value.Sign() >= 0:
		start.Quo(low.value, multiple)
		if !start.IsInt() || low.open {
			start = floor(start)
			start.Add(start, big.NewRat(1, 1))
		}
		start.Mul(start, multiple)
	case high.value != nil && high.value.Sign() <= 0:
		start.Quo(high.value, multiple)
		start = floor(start)
		start.Mul(start, multiple)
		if high.open && start.Cmp(high.value) == 0 {
			start.Sub(start, multiple)
		}
	}
	start.Add(start, new(big.Rat).Mul(multiple, big.NewRat(int64(how.choice), 1)))
	if high.value != nil && low.value != nil && start.Cmp(high.value) >= 0 && w.types()&fractionType != 0 {
		start.Add(low.value, high.value)
		start.Quo(start, big.NewRat(2, 1))
	}
	return literal(start)
}

func literal(r *big.Rat) json.Number { return json.Number(decimal(r)) }

func (s *sampler) text(w *view, how style) (any, bool) {
	least := 0
	if n := w.most(minLengthOf); n != nil {
		if n.Cmp(big.NewRat(maxSampleText, 1)) > 0 {
			return nil, false
		}
		least = int(n.Num().Int64())
	}
	for _, n := range w.holds {
		if n.pattern != nil && n.pattern.program != nil {
			return matching(n.pattern, least+how.choice%2), true
		}
	}
	if how.choice > 0 && least == 0 {
		least = how.choice
	}
	return strings.Repeat("a", least), true
}

// matching writes a string that a pattern matches, of at least that length
// where a repetition allows it.
func matching(p *pattern, least int) string {
	tree, err := syntax.Parse(p.translated, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	write(&b, tree, least)
	text := b.String()
	if missing := least - len(text); missing > 0 && p.matches(text+strings.Repeat("a", missing)) {
		text += strings.Repeat("a", missing)
	}
	return text
}

func write(b *strings.Builder, re *syntax.Regexp, least int) {
	if b.Len() > maxSampleText {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(printable(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			write(b, sub, least)
		}
	case syntax.OpAlternate:
		write(b, re.Sub[0], least)
	case syntax.OpPlus:
		write(b, re.Sub[0], least)
		repeat(b, re.Sub[0], least, maxSampleText)
	case syntax.OpStar:
		repeat(b, re.Sub[0], least, maxSampleText)
	case syntax.OpRepeat:
		for range re.Min {
			write(b, re.Sub[0], 0)
		}
		most := re.Max - re.Min
		if re.Max < 0 {
			most = maxSampleText
		}
		repeat(b, re.Sub[0], least, most)
	}
}

func repeat(b *strings.Builder, re *syntax.Regexp, least, most int) {
	for i := 0; i < most && b.Len() < least; i++ {
		before := b.Len()
		if write(b, re, 0); b.Len() == before {
			return
		}
	}
}

// printable picks a letter, a digit or else the first character of a class.
func printable(ranges []rune) rune {
	for _, want := range []rune{'a', 'A', '0', '-', ' '} {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= want && want <= ranges[i+1] {
				return want
			}
		}
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1] >= ' ' {
			return max(ranges[i], ' ')
		}
	}
	if len(ranges) > 0 {
		return ranges[0]
	}
	return 'a'
}
