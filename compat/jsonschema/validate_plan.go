package jsonschema

import (
	"math/big"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// plan is a node made ready for judging text in place. It knows whether a value
// fits, not why it does not: that is for the library to say, which also judges
// what plans leave out, and is the judge both are held to.
type plan struct {
	types types
	none  bool // nothing fits
	// negates: this plan or one within it asks for a misfit. It is set on the
	// plan of a whole schema alone.
	negates bool

	enum    map[string]bool // strings of enum; nil without enum
	words   types           // null, and booleans through truths
	truths  [2]bool         // false, true
	numbers []*numeral
	mixed   bool // enum lists arrays or objects

	minimum, maximum, above, below *numeral
	multipleOf                     *big.Rat
	numeric                        bool // one of those is set

	minLength, maxLength int
	measured             bool
	pattern              *matcher

	minItems, maxItems       int
	unique                   bool
	prefix                   []*plan
	rest                     *plan // nil when free
	contains                 *plan
	minContains, maxContains int

	minProperties, maxProperties int
	counted                      bool
	properties                   map[string]property
	required                     nameSet
	needs                        []dependency
	patterns                     []patternPlan
	additional                   *plan // nil when free
	names                        *plan

	inPlace              bool // one of those that follow is set
	all, any, one        []*plan
	not, condition       *plan
	consequence, refusal *plan // then, else
}

// property is a name that the plan knows: declared, required or asked for.
type property struct {
	bit      int
	declared bool
	plan     *plan // of a declared one, nil when free
}

type dependency struct {
	bit   int
	needs nameSet
}

type patternPlan struct {
	pattern *matcher
	plan    *plan
}

// nameSet marks names by their bits.
type nameSet [4]uint64

const maxNames = 64 * len(nameSet{})

func (s *nameSet) add(bit int)      { s[bit/64] |= 1 << (bit % 64) }
func (s *nameSet) has(bit int) bool { return s[bit/64]&(1<<(bit%64)) != 0 }

// contains tells whether every name of other is in s.
func (s *nameSet) contains(other *nameSet) bool {
	for i := range s {
		if other[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}

// unbounded stands for a count that is not limited.
const unbounded = 1 << 40

// planner compiles nodes, each once.
type planner struct {
	plans  map[*node]*plan
	beyond bool // something is left to the library
}

// newPlan compiles a schema; it is nil when the schema has keywords that plans
// leave to the library: unevaluated members, dependencies on schemas, what leads
// back to itself without end.
func newPlan(root *node) *plan {
	c := planner{plans: make(map[*node]*plan)}
	p := c.plan(root)
	if c.beyond {
		return nil
	}
	if p == nil {
		p = newFree()
	}
	for _, of := range c.plans {
		p.negates = p.negates || len(of.one) > 0 || of.not != nil || of.condition != nil || of.contains != nil
	}
	return p
}

// newFree is the plan that everything fits.
func newFree() *plan {
	return &plan{types: allTypes, maxLength: unbounded, maxItems: unbounded, maxProperties: unbounded}
}

func (c *planner) plan(n *node) *plan {
	if n == nil {
		return nil
	}
	n = n.target()
	if n.free() {
		return nil
	}
	if p, ok := c.plans[n]; ok {
		return p
	}
	p := &plan{types: n.types, none: n.truth == never}
	c.plans[n] = p
	if n.opaque != "" || n.unevaluated != nil || n.unevaluatedItems != nil || len(n.needsSchema) > 0 {
		c.beyond = true
		return p
	}
	c.scalars(p, n)
	c.array(p, n)
	c.object(p, n)
	c.combined(p, n)
	return p
}

func (c *planner) list(nodes []*node) []*plan {
	var list []*plan
	for _, n := range nodes {
		p := c.plan(n)
		if p == nil {
			p = newFree()
		}
		list = append(list, p)
	}
	return list
}

// count reads a keyword that counts.
func (c *planner) count(r *big.Rat, absent int) int {
	switch {
	case r == nil:
		return absent
	case !r.IsInt():
		c.beyond = true
	case !r.Num().IsInt64() || r.Num().Int64() > unbounded:
		return unbounded
	}
	return int(r.Num().Int64())
}

func (c *planner) scalars(p *plan, n *node) {
	p.minimum, p.maximum, p.above, p.below = newNumeral(n.minimum), newNumeral(n.maximum), newNumeral(n.above), newNumeral(n.below)
	p.multipleOf = n.multipleOf
	p.numeric = p.minimum != nil || p.maximum != nil || p.above != nil || p.below != nil || p.multipleOf != nil
	p.minLength, p.maxLength = c.count(n.minLength, 0), c.count(n.maxLength, unbounded)
	p.measured = n.minLength != nil || n.maxLength != nil
	if n.pattern != nil {
		p.pattern = newMatcher(n.pattern)
	}
	if n.enum == nil {
		return
	}
	p.enum = make(map[string]bool, len(n.enum))
	for _, v := range n.enum {
		switch v.Kind {
		case jsondoc.String:
			p.enum[v.Text] = true
		case jsondoc.Number:
			p.numbers = append(p.numbers, newNumeral(v.Rational()))
		case jsondoc.Null:
			p.words |= nullType
		case jsondoc.False:
			p.truths[0] = true
		case jsondoc.True:
			p.truths[1] = true
		default:
			p.mixed = true
		}
	}
}

func (c *planner) array(p *plan, n *node) {
	p.minItems, p.maxItems = c.count(n.minItems, 0), c.count(n.maxItems, unbounded)
	p.unique = n.unique
	for _, item := range n.prefix {
		p.prefix = append(p.prefix, c.plan(item))
	}
	p.rest = c.plan(n.rest)
	if n.contains != nil {
		p.contains = c.list([]*node{n.contains})[0]
		p.minContains, p.maxContains = c.count(n.minContains, 1), c.count(n.maxContains, unbounded)
	}
}

func (c *planner) object(p *plan, n *node) {
	p.minProperties, p.maxProperties = c.count(n.minProperties, 0), c.count(n.maxProperties, unbounded)
	p.counted = n.minProperties != nil || n.maxProperties != nil
	p.properties = make(map[string]property, len(n.properties))
	bit := func(name string) int {
		known, ok := p.properties[name]
		if !ok {
			known.bit = len(p.properties)
			p.properties[name] = known
		}
		if known.bit >= maxNames {
			c.beyond = true
			return 0
		}
		return known.bit
	}
	for _, m := range n.properties {
		at := bit(m.name)
		p.properties[m.name] = property{bit: at, declared: true, plan: c.plan(n.byName[m.name])}
	}
	for _, name := range n.required {
		p.required.add(bit(name))
	}
	for _, need := range n.needs {
		d := dependency{bit: bit(need.name)}
		for _, name := range need.names {
			d.needs.add(bit(name))
		}
		p.needs = append(p.needs, d)
	}
	for _, m := range n.patterns {
		p.patterns = append(p.patterns, patternPlan{newMatcher(m.pattern), c.plan(m.node)})
	}
	p.additional, p.names = c.plan(n.additional), c.plan(n.names)
}

func (c *planner) combined(p *plan, n *node) {
	p.all, p.any, p.one = c.list(n.allOf), c.list(n.anyOf), c.list(n.oneOf)
	if n.ref != nil {
		if of := c.plan(n.ref); of != nil {
			p.all = append(p.all, of)
		}
	}
	if n.not != nil {
		p.not = c.list([]*node{n.not})[0]
	}
	if n.condition != nil {
		p.condition = c.list([]*node{n.condition})[0]
		p.consequence, p.refusal = c.plan(n.then), c.plan(n.otherwise)
	}
	p.inPlace = len(p.all)+len(p.any)+len(p.one) > 0 || p.not != nil || p.condition != nil
}
