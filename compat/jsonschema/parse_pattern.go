package jsonschema

import (
	"errors"
	"regexp"
	"regexp/syntax"

	"github.com/muster-registry/muster/compat"
)

// compilePattern translates and compiles a pattern of n. A lenient reading
// keeps a pattern that RE2 cannot express, without a program.
func (p *parser) compilePattern(n *node, source string, offset int) (*pattern, error) {
	if len(source) > maxPattern {
		return nil, compat.Limitf("too complex: a pattern has more than %d bytes", maxPattern)
	}
	compiled := &pattern{source: source}
	translated, err := translate(source)
	if errors.Is(err, errTooLarge) {
		return nil, compat.Limitf("too complex: a pattern repeats too much")
	}
	if err != nil {
		return compiled, p.refuse(n.doc, offset, "pattern: %v", err)
	}
	compiled.translated = translated
	tree, err := syntax.Parse(translated, syntax.Perl)
	if err != nil {
		var bad *syntax.Error
		if errors.As(err, &bad) && (bad.Code == syntax.ErrLarge || bad.Code == syntax.ErrInvalidRepeatSize || bad.Code == syntax.ErrNestingDepth) {
			return nil, compat.Limitf("too complex: a pattern repeats or nests too much")
		}
		return compiled, p.refuse(n.doc, offset, "pattern: %v", err)
	}
	compiled.size = instructions(tree)
	if compiled.size > maxInstructions {
		return nil, compat.Limitf("too complex: a pattern needs more than %d instructions", maxInstructions)
	}
	compiled.program, err = regexp.Compile(translated)
	if err != nil {
		return compiled, p.refuse(n.doc, offset, "pattern: %v", err)
	}
	return compiled, nil
}

// instructions bounds from above what a tree compiles to, before anything is
// compiled.
func instructions(re *syntax.Regexp) int {
	sum := 0
	for _, sub := range re.Sub {
		sum = min(sum+instructions(sub), maxInstructions+1)
	}
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpRepeat:
		most := re.Max
		if most < 0 {
			most = re.Min + 1
		}
		return min(re.Min*sum+(most-re.Min)*(sum+1)+1, maxInstructions+1)
	case syntax.OpAlternate:
		return sum + len(re.Sub)
	case syntax.OpConcat:
		return sum
	}
	return sum + 2
}
