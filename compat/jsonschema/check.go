package jsonschema

import (
	"github.com/muster-registry/muster/compat"
)

// check asks whether the writer's schema is contained in the reader's. That
// decides under policy STRICT. The structural rules name what is wrong as
// clients know it; they decide under LENIENT, and where containment stays
// unknown, which the evidence then says.
func check(reader, writer *schema, opts compat.CheckOptions) (compat.Comparison, error) {
	if reader.closure == writer.closure {
		return compat.Comparison{Evidence: compat.Proof}, nil
	}
	v := decide(reader, writer)
	if err := opts.Work.Spend(v.steps()); err != nil {
		return compat.Comparison{}, err
	}
	if v.proven {
		return compat.Comparison{Evidence: compat.Proof}, nil
	}
	c := newChecker(opts)
	c.question = v.question
	differences := c.differences(reader.root, writer.root)
	if c.err != nil {
		return compat.Comparison{}, c.err
	}
	waived := opts.Policy == compat.Lenient && len(differences) == 0
	if v.witness == nil || waived {
		return compat.Comparison{Differences: differences, Evidence: compat.RulesEvidence}, nil
	}
	differences = attachWitnesses(v.question, v.witness, reader, writer, differences, opts)
	return compat.Comparison{Differences: differences, Evidence: compat.Proof}, nil
}

// checker proves that what a writer asserts implies what a reader asserts. It
// works on a reader's node and a view of the writer: the nodes a value is known
// to satisfy, and those it is known not to.
//
// Recursive schemas are decided by a greatest fixpoint: a pair under way
// counts as proven once the walk has stepped into a value since, for a value is
// finite. A pair refuted after it was counted on starts the walk over; each
// round refutes at least one pair more.
type checker struct {
	opts     compat.CheckOptions
	question *question // nil when containment cannot be asked
	held     []held
	parts    map[part]*node
	err      error
	numbers  map[*node]int
	views    map[string]*view
	refuted  map[pair]bool
	proven   map[pair]*claim
	apart    map[pair]bool // pairs without a common value, or not known to be
	equals   map[[2]*node]bool
	trail    [][2]*node
	present  map[string]*node
	never    *node
	stale    bool
	level    int // steps into the value
	splits   int // cases told apart so far
	left     int // steps until nothing more is proven or named
	depth    int // of proofs under way
	probes   int // depth of the search for contradictions

	reporting bool
	failed    bool
	found     []compat.Difference
	active    map[pair]bool // pairs being reported
	walks     int
}

type pair struct {
	reader *node
	writer *view
}

// claim is a pair that is proven, or under way since a level.
type claim struct {
	level   int
	open    bool
	counted bool
}

// Bounds on one comparison; beyond them a proof is not looked for, which can
// only add differences.
const (
	maxDifferences = 100
	maxSplits      = 50_000
	maxRuleSteps   = 300_000 // of proving, and again of reporting
	maxCases       = 3
	maxNesting     = 400
	maxProbes      = 24
	maxRounds      = 50
	maxWalks       = 2000 // of reporting
)

func newChecker(opts compat.CheckOptions) *checker {
	return &checker{
		opts:    opts,
		held:    assertionsHeld(),
		parts:   make(map[part]*node),
		numbers: make(map[*node]int),
		views:   make(map[string]*view),
		refuted: make(map[pair]bool),
		proven:  make(map[pair]*claim),
		apart:   make(map[pair]bool),
		equals:  make(map[[2]*node]bool),
		present: make(map[string]*node),
		never:   &node{truth: never, types: allTypes},
		active:  make(map[pair]bool),
	}
}

// differences lists why reader does not follow from writer.
func (c *checker) differences(reader, writer *node) []compat.Difference {
	reader, w := reader.target(), c.view(writer)
	holds := false
	c.left = maxRuleSteps
	for range maxRounds {
		c.stale, c.splits = false, 0
		c.proven, c.apart = make(map[pair]*claim), make(map[pair]bool)
		holds = c.proves(reader, w)
		if !c.stale || c.err != nil {
			break
		}
	}
	if holds && !c.stale || c.err != nil {
		return nil
	}
	c.reporting, c.left = true, maxRuleSteps
	c.walk(reader, w, "")
	c.left = 1
	if len(c.found) == 0 && c.err == nil {
		c.emit(typeChanged, "", nil)
	}
	return c.found
}

// child compares schemas of a part of the value.
func (c *checker) child(r *node, w *view, path string) {
	c.level++
	c.inPlace(r, w, path)
	c.level--
}

// inPlace compares schemas of the same value.
func (c *checker) inPlace(r *node, w *view, path string) {
	r = r.target()
	if c.proves(r, w) {
		return
	}
	c.failed = true
	key := pair{r, w}
	if !c.reporting || c.active[key] || c.walks > maxWalks || c.left <= 0 {
		return
	}
	c.walks++
	c.active[key] = true
	c.walk(r, w, path)
	delete(c.active, key)
}

// proves tells whether every value of w is one of r, without reporting.
func (c *checker) proves(r *node, w *view) bool {
	if c.err != nil || r.free() {
		return true
	}
	r = r.target()
	key := pair{r, w}
	if c.refuted[key] {
		return false
	}
	if known := c.proven[key]; known != nil {
		if known.open && c.level <= known.level {
			return false // a circle around the same value proves nothing
		}
		known.counted = known.counted || known.open
		return true
	}
	if c.err = c.opts.Work.Spend(1); c.err != nil {
		return true
	}
	if c.depth >= maxNesting || !c.spend(8) {
		return false
	}
	claimed := &claim{level: c.level, open: true}
	c.proven[key] = claimed
	failed, reporting := c.failed, c.reporting
	c.failed, c.reporting = false, false
	c.depth++
	c.walk(r, w, "")
	c.depth--
	holds := !c.failed
	c.failed, c.reporting = failed, reporting
	claimed.open = false
	if !holds {
		delete(c.proven, key)
		c.refuted[key] = true
		c.stale = c.stale || claimed.counted
	}
	return holds
}

// assertion is what one keyword, or a few that belong together, ask of a
// value; it emits a difference for each part that does not follow from w.
type assertion func(c *checker, r *node, w *view, path string)

// walk holds every assertion of r against w.
func (c *checker) walk(r *node, w *view, path string) {
	if c.contains(w, r) || c.impossible(w) {
		return
	}
	if r.truth == never {
		c.emit(typeChanged, path, nil)
		return
	}
	if c.finite(r, w) {
		return
	}
	before := len(c.found)
	for i := range c.held {
		c.hold(i, r, w, path)
		if c.failed && !c.reporting || c.err != nil {
			return
		}
		if i == 0 && c.failed && len(c.found) > before && w.types()&r.types == 0 {
			return
		}
	}
}

// hold makes one assertion and, where it does not follow at once, tells the
// writer's cases apart: those of an anyOf, a oneOf, an if, a list of types.
func (c *checker) hold(i int, r *node, w *view, path string) {
	assert := c.held[i].assert
	if c.try(assert, r, w) || c.reporting && c.follows(part{r, i}, w) {
		return
	}
	failing := w
	if c.depth < maxNesting {
		for _, cases := range c.cases(w) {
			bad := c.failing(assert, r, cases)
			if bad == nil {
				return
			}
			if failing == w {
				failing = bad
			}
		}
	}
	c.failed = true
	if !c.reporting {
		return
	}
	before := len(c.found)
	// What the whole writer misses is named as peers name it; what only one
	// of its cases misses is looked for in that case.
	assert(c, r, w, path)
	if len(c.found) == before && failing != w {
		assert(c, r, failing, path)
	}
}

// failing returns the first case in which an assertion does not hold.
func (c *checker) failing(assert assertion, r *node, cases []*view) *view {
	for _, w := range cases {
		c.splits++
		if !c.spend(8) {
			return w
		}
		if c.err == nil {
			c.err = c.opts.Work.Spend(1)
		}
		if c.splits > maxSplits || c.err != nil {
			return w
		}
		if c.impossible(w) || c.contains(w, r) || c.finite(r, w) || c.try(assert, r, w) {
			continue
		}
		if w.split >= maxCases {
			return w
		}
		deeper := false
		for _, more := range c.cases(w) {
			if deeper = c.failing(assert, r, more) == nil; deeper {
				break
			}
		}
		if !deeper {
			return w
		}
	}
	return nil
}

// try makes an assertion without reporting.
func (c *checker) try(assert assertion, r *node, w *view) bool {
	failed, reporting := c.failed, c.reporting
	c.failed, c.reporting = false, false
	c.spend(4)
	assert(c, r, w, "")
	holds := !c.failed
	c.failed, c.reporting = failed, reporting
	return holds
}

// spend takes steps and tells whether any are left. Without any nothing is
// proven, which can only add differences, and none is named.
func (c *checker) spend(n int) bool {
	c.left -= n
	return c.left > 0
}

// emit records a difference, unless the policy waves its rule through.
func (c *checker) emit(rule compat.RuleID, path string, fix *compat.Fix) {
	if c.opts.Policy == compat.Lenient && waved(rule) {
		return
	}
	c.failed = true
	if !c.reporting || len(c.found) >= maxDifferences || c.left <= 0 {
		return
	}
	d := compat.Difference{Rule: rule, Path: location(path), Fix: fix}
	for _, known := range c.found {
		if known.Rule == d.Rule && known.Path == d.Path {
			return
		}
	}
	d.Message = message(rule, d.Path, c.opts)
	c.found = append(c.found, d)
}

// location writes a path as peers do: "#/" for the root.
func location(path string) string {
	if path == "" {
		return "#/"
	}
	return "#" + path
}
