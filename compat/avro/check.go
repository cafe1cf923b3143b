package avro

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
)

// maxWalkDepth bounds the recursion over pairs of types: two cycles of named
// types can have a common walk as long as the product of their lengths.
const maxWalkDepth = 10_000

// check lists what a reader of schema r cannot read of what was written under
// w. The answer is decided, never guessed.
func check(r, w *node, opts compat.CheckOptions) (compat.Comparison, error) {
	c := &checker{opts: opts, solver: newSolver(r, w, opts.Work), seen: make(map[pair]bool)}
	c.reported, c.examples = c.solver.reported, newExamples(r, w)
	c.walk(r, w, &trail{})
	if c.solver.err != nil {
		return compat.Comparison{}, c.solver.err
	}
	return compat.Comparison{Differences: c.found, Evidence: compat.Proof}, nil
}

// pair is a type of the reader and the type of the writer that it meets.
type pair struct {
	reader, writer *node
}

// checker walks both schemas together and reports every difference once, at
// the first place it is met. Whether a branch of a union fits is for its
// solver to say.
type checker struct {
	opts   compat.CheckOptions
	solver *solver
	seen   map[pair]bool
	found  []compat.Difference
	depth  int
	// reported holds the pairs of records whose differences are in found or
	// will be. It is nil in the search for a fix.
	reported map[pair]bool
	// explain holds the pairs walked in search of a fix within a union.
	explain  map[pair]bool
	guesses  int // at renamed fields
	examples *examples
}

// target is what a witness has to run into: a pair, what of it, and with which
// symbol of an enum.
type target struct {
	pair
	what, symbol string
}

// report notes a difference. Its four texts repeat the way to it.
func (c *checker) report(d compat.Difference, at target, t *trail) {
	if !c.solver.take(4 * c.depth) {
		return
	}
	if d.Witness == nil {
		d.Witness = c.examples.at(at, t)
	}
	c.found = append(c.found, d)
}

// walk reports what separates r from w.
func (c *checker) walk(r, w *node, t *trail) {
	if !c.solver.spend(c.depth) || c.opts.Policy != compat.Logical && c.solver.takers.equal(r, w, 0) {
		return
	}
	if p := (pair{r, w}); r.kind > kindString || w.kind > kindString {
		if c.seen[p] {
			return
		}
		c.seen[p] = true
	}
	c.depth++
	defer func() { c.depth-- }()
	switch {
	case r.kind == kindUnion && w.kind == kindUnion:
		c.unions(r, w, t)
	case w.kind == kindUnion:
		for i, branch := range w.members {
			c.walk(r, branch, t.into(w, i))
		}
	case r.kind == kindUnion:
		if !c.solver.reads(r, w) {
			c.missingBranch(r, w, t)
			return
		}
		if c.opts.Policy == compat.Logical {
			c.within(c.solver.choose(r, w), w, t)
		}
	case r.kind == w.kind:
		c.same(r, w, t)
		c.meaning(r, w, t)
	case promotes(r.kind, w.kind):
		c.meaning(r, w, t)
	default:
		c.mismatch(r, w, t)
	}
}

// same compares two types of one kind.
func (c *checker) same(r, w *node, t *trail) {
	switch r.kind {
	case kindArray, kindMap:
		c.walk(r.items, w.items, t.down(w))
	case kindFixed:
		c.names(r, w, t)
		c.sizes(r, w, t)
	case kindEnum:
		c.names(r, w, t)
		c.symbols(r, w, t)
	case kindRecord:
		if c.reported != nil {
			c.reported[pair{r, w}] = true
		}
		if !c.solver.take(r.renames) {
			return
		}
		c.names(r, w, t)
		c.fields(r, w, t)
	}
}

// promotes tells whether a primitive of the writer is read as another one.
func promotes(r, w kind) bool {
	switch r {
	case kindLong:
		return w == kindInt
	case kindFloat:
		return w == kindInt || w == kindLong
	case kindDouble:
		return w == kindInt || w == kindLong || w == kindFloat
	case kindBytes:
		return w == kindString
	case kindString:
		return w == kindBytes
	}
	return false
}

func (c *checker) mismatch(r, w *node, t *trail) {
	info := fmt.Sprintf("reader type: %s not compatible with writer type: %s", upper(r.kind), upper(w.kind))
	c.report(compat.Difference{Rule: typeMismatch, Path: t.path(), Info: info, Message: fmt.Sprintf(
		"The type (path '%s') of a field in the %s schema does not match with the %s schema",
		t.path(), c.opts.Reader, c.opts.Writer),
		Fix: c.keepType(r, w, t)}, target{pair: pair{r, w}}, t)
}

func upper(k kind) string { return strings.ToUpper(k.String()) }

// names holds the writer's name against the reader's. Namespaces count for
// aliases alone, as in Java.
func (c *checker) names(r, w *node, t *trail) {
	switch {
	case c.solver.takers.named(r, w):
		return
	case r.name.short == w.name.short, hasAlias(r, w):
		c.taken(r, w, t)
		return
	}
	path := slash(t.path(), "name")
	c.report(compat.Difference{Rule: nameMismatch, Path: path, Info: "expected: " + w.name.full,
		Message: fmt.Sprintf("The name of the schema has changed (path '%s')", path),
		Fix:     c.keepName(r, w, t)}, target{pair: pair{r, w}, what: "name"}, t)
}

func hasAlias(r, w *node) bool {
	return slices.ContainsFunc(r.aliases, func(alias name) bool { return alias.full == w.name.full })
}

func (c *checker) sizes(r, w *node, t *trail) {
	if r.size == w.size {
		return
	}
	path := slash(t.path(), "size")
	info := fmt.Sprintf("expected: %d, found: %d", w.size, r.size)
	c.report(compat.Difference{Rule: fixedSizeMismatch, Path: path, Info: info, Message: fmt.Sprintf(
		"The size of FIXED type field at path '%s' in the %s schema does not match with the %s schema",
		path, c.opts.Reader, c.opts.Writer),
		Fix: c.keepSize(r, w, t)}, target{pair: pair{r, w}, what: "size"}, t)
}

func (c *checker) symbols(r, w *node, t *trail) {
	missing := missingSymbols(r, w)
	if len(missing) == 0 {
		return
	}
	path, list := slash(t.path(), "symbols"), "["+strings.Join(missing, ", ")+"]"
	c.report(compat.Difference{Rule: missingEnumSymbols, Path: path, Info: list, Message: fmt.Sprintf(
		"The %s schema is missing enum symbols '%s' at path '%s' in the %s schema",
		c.opts.Reader, list, path, c.opts.Writer),
		Fix: c.keepSymbols(r, w, missing, t)}, target{pair: pair{r, w}, symbol: missing[0]}, t)
}

// missingSymbols are the writer's symbols that r can make nothing of, sorted.
func missingSymbols(r, w *node) []string {
	if r.fallback != "" {
		return nil
	}
	var missing []string
	for _, symbol := range w.symbols {
		if !r.isSymbol[symbol] {
			missing = append(missing, symbol)
		}
	}
	slices.Sort(missing)
	return missing
}

// unions asks that each branch of the writer is read by the reader's union as
// a whole.
func (c *checker) unions(r, w *node, t *trail) {
	ok := c.solver.reads(r, w)
	if ok && c.opts.Policy != compat.Logical {
		return
	}
	for i, branch := range w.members {
		switch {
		case !ok && !c.solver.reads(r, branch):
			c.missingBranch(r, branch, t.into(w, i))
		case c.opts.Policy != compat.Logical:
		case ok && c.solver.equivalent(r, w):
			c.within(r.members[i], branch, t.into(w, i))
		default:
			c.within(c.solver.choose(r, branch), branch, t.into(w, i))
		}
	}
}

func (c *checker) missingBranch(r, w *node, t *trail) {
	if near := c.solver.nearBranch(r, w); c.reported == nil && near != nil && c.seen[pair{near, w}] {
		return // the search for a fix is within that branch already
	}
	fix, witness := c.keepBranch(r, w, t)
	c.report(compat.Difference{Rule: missingUnionBranch, Path: t.path(),
		Info: "reader union lacking writer type: " + upper(w.kind), Message: fmt.Sprintf(
			"The %s schema is missing a type inside a union field at path '%s' in the %s schema",
			c.opts.Reader, t.path(), c.opts.Writer),
		Fix: fix, Witness: witness}, target{pair: pair{r, w}}, t)
}
