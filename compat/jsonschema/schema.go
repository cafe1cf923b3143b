package jsonschema

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// schema is a document with everything it refers to. It is not changed once
// parse has returned it.
type schema struct {
	text       string
	canonical  string
	normalized string
	// closure is equal for two schemas that are the same text with the same
	// references.
	closure   [32]byte
	root      *node
	places    map[string]*node // by where the compiled tree has them
	compiled  *jsonschema.Schema
	fault     *compat.ParseError // why compiled is nil
	endless   bool               // fault is a reference that leads back to itself
	footprint int
}

func (s *schema) Type() compat.Type  { return compat.JSON }
func (s *schema) Text() string       { return s.text }
func (s *schema) Canonical() string  { return s.canonical }
func (s *schema) Normalized() string { return s.normalized }
func (s *schema) LookupKey() string  { return s.canonical }
func (s *schema) Size() int          { return s.footprint }

// node is one schema position of a document, in one form for all drafts. Its
// fields hold assertions only; a keyword its draft does not have is not read.
type node struct {
	doc    *document
	value  *jsondoc.Value
	path   string // RFC 6901 pointer into its document
	place  string // where the compiled tree has it, as that library writes it
	base   string // URI that references resolve against
	holder string // the keyword that holds it
	draft  draft
	weight int // evaluations of one value, everything in place counted

	truth      truth
	ref        *node
	opaque     string // why the node is not looked into: it leads back to itself without end
	references []reference

	types  types // allTypes without the keyword
	listed int   // how many types the keyword lists
	enum   []*jsondoc.Value
	fixed  bool // enum comes from const
	// enumTypes are the types of the values of enum.
	enumTypes types

	minimum, maximum, above, below, multipleOf *big.Rat

	minLength, maxLength *big.Rat
	pattern              *pattern

	minItems, maxItems       *big.Rat
	unique                   bool
	prefix                   []*node
	prefixWord               string // items or prefixItems
	rest                     *node  // items after the prefix, nil when free
	restWord                 string // items or additionalItems
	contains                 *node
	minContains, maxContains *big.Rat
	unevaluatedItems         *node

	minProperties, maxProperties *big.Rat
	required                     []string
	properties                   []member
	byName                       map[string]*node
	patterns                     []patternMember
	additional                   *node // nil when free
	names                        *node
	needs                        []need   // dependencies on names
	needsSchema                  []member // dependencies on schemas
	unevaluated                  *node

	allOf, anyOf, oneOf        []*node
	not                        *node
	condition, then, otherwise *node

	// children are all sub-schemas with the keyword that holds them, and
	// assertions the rest of the keywords as text: what equality looks at.
	children   []member
	assertions string
	hasDefault bool

	judge *jsonschema.Schema // nil when the node is not compiled
}

// member is a sub-schema under a name.
type member struct {
	name string
	node *node
}

type patternMember struct {
	pattern *pattern
	node    *node
}

// need says that a member of that name asks for others.
type need struct {
	name  string
	names []string
}

// pattern is an ECMA-262 regular expression. Its program is nil when it was
// accepted leniently and RE2 cannot express it.
type pattern struct {
	source     string
	translated string
	program    *regexp.Regexp
	size       int // instructions
}

func (p *pattern) matches(s string) bool { return p.program != nil && p.program.MatchString(s) }

// truth is whether a schema is the boolean true or false.
type truth byte

const (
	neither truth = iota
	always
	never
)

// types is a set of JSON types; number is split so that integer is a subset.
type types byte

const (
	nullType types = 1 << iota
	booleanType
	integerType
	fractionType // numbers that are no integers
	stringType
	arrayType
	objectType

	numberType = integerType | fractionType
	allTypes   = nullType | booleanType | numberType | stringType | arrayType | objectType
)

func typeOf(name string) types {
	switch name {
	case "null":
		return nullType
	case "boolean":
		return booleanType
	case "integer":
		return integerType
	case "number":
		return numberType
	case "string":
		return stringType
	case "array":
		return arrayType
	case "object":
		return objectType
	}
	return 0
}

// String lists the types as the keyword would, joined by "or".
func (t types) String() string {
	var words []string
	for _, name := range []string{"null", "boolean", "number", "integer", "string", "array", "object"} {
		if of := typeOf(name); t&of == of {
			words = append(words, name)
			t &^= of
		}
	}
	return strings.Join(words, " or ")
}

// property finds a declared member.
func (n *node) property(name string) *node { return n.byName[name] }

// requires tells whether the required keyword lists name.
func (n *node) requires(name string) bool {
	for _, r := range n.required {
		if r == name {
			return true
		}
	}
	return false
}

// target is n, or what it refers to when it does nothing else.
func (n *node) target() *node {
	for n.ref != nil && n.assertions == "" && n.opaque == "" && len(n.children) == 1 {
		n = n.ref
	}
	return n
}

// free tells whether n accepts every value: no schema, true, or one without
// assertions.
func (n *node) free() bool {
	return n == nil || n.truth == always ||
		n.truth == neither && n.ref == nil && n.opaque == "" && n.assertions == "" && len(n.children) == 0
}

// closed tells whether n accepts nothing, as far as its own form shows.
func (n *node) closed() bool { return n != nil && n.truth == never }
