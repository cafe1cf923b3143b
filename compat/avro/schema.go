package avro

import (
	"strings"
	"sync"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// kind is what a type is. "error" is a record.
type kind byte

const (
	kindNull kind = iota
	kindBoolean
	kindInt
	kindLong
	kindFloat
	kindDouble
	kindBytes
	kindString
	kindArray
	kindMap
	kindUnion
	kindFixed
	kindEnum
	kindRecord
	kinds // how many there are
)

// String spells the kind as a schema does.
func (k kind) String() string {
	return [kinds]string{
		"null", "boolean", "int", "long", "float", "double", "bytes", "string",
		"array", "map", "union", "fixed", "enum", "record",
	}[k]
}

// named tells whether types of this kind have a name.
func (k kind) named() bool { return k >= kindFixed }

// primitive finds the primitive type of that name.
func primitive(word string) (kind, bool) {
	for k := kindNull; k <= kindString; k++ {
		if k.String() == word {
			return k, true
		}
	}
	return 0, false
}

// node is one type. All uses of a named type share its node, so the graph may
// hold cycles and every walk has to remember where it has been.
type node struct {
	kind    kind
	props   []jsondoc.Member // custom properties, in the order written
	items   *node            // of an array; the values of a map
	members []*node          // the branches of a union
	at      place

	// of named types alone
	name     name
	aliases  []name
	doc      *string
	external bool // defined by a reference

	isError bool              // a record spelled "error"
	fields  []*field          // of a record
	byName  map[string]*field // of a record
	renames int               // aliases of a record and of its fields

	symbols  []string        // of an enum
	isSymbol map[string]bool // of an enum
	fallback string          // the enum's default, "" without

	size int // of a fixed

	takers takers // of a root
}

// field is one field of a record.
type field struct {
	name    string
	typ     *node
	doc     *string
	value   *jsondoc.Value // the default, nil without
	order   string         // "" when ascending
	aliases []string
	props   []jsondoc.Member
	index   int // among the record's fields
}

// name is the name of a record, enum or fixed. space is empty in the null
// namespace.
type name struct {
	full, space, short string
}

// join makes a name of its parts.
func join(space, short string) name {
	if space == "" {
		return name{full: short, short: short}
	}
	full := space + "." + short
	return name{full: full, space: full[:len(space)], short: full[len(space)+1:]}
}

// branchName is what tags a value of this type in Avro's JSON encoding, and
// what no two branches of a union may share.
func (n *node) branchName() string {
	if n.kind.named() {
		return n.name.full
	}
	return n.kind.String()
}

// place is where a type is written. Pointers are put together on demand,
// since few are ever asked for.
type place struct {
	parent *node
	step   string
}

// pointer is the RFC 6901 pointer of the type's definition. Of a type defined
// by a reference it begins with the reference's name and '#'.
func (n *node) pointer() string {
	var steps []string
	for ; n != nil; n = n.at.parent {
		steps = append(steps, n.at.step)
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString(steps[i])
	}
	return b.String()
}

// schema is the parsed form. What it hands out is computed at most once.
type schema struct {
	root       *node
	shadows    map[string]bool // see [shadows]
	text       string
	canonical  string
	normalized func() string
	lookupKey  func() string
	size       int
}

func newSchema(root *node, text string, commented bool, nodes int, shadows map[string]bool) *schema {
	s := &schema{
		root:       root,
		shadows:    shadows,
		text:       text,
		canonical:  newPrinter(shadows).print(root),
		normalized: sync.OnceValue(func() string { return normalizedText(root, shadows) }),
		lookupKey:  sync.OnceValue(func() string { return lookupKey(root) }),
	}
	if commented {
		s.text = s.canonical
	}
	// A node with its share of slices, maps and the payload plan.
	const nodeBytes = 512
	s.size = len(s.text) + 3*len(s.canonical) + nodes*nodeBytes
	return s
}

func (s *schema) Type() compat.Type  { return compat.Avro }
func (s *schema) Text() string       { return s.text }
func (s *schema) Canonical() string  { return s.canonical }
func (s *schema) Normalized() string { return s.normalized() }
func (s *schema) LookupKey() string  { return s.lookupKey() }
func (s *schema) Size() int          { return s.size }

// Render knows one way, "resolved": the text with what references define
// written out, which stands on its own.
func (s *schema) Render(way string) (text string, ok bool) {
	if way != "resolved" {
		return "", false
	}
	return resolvedText(s.root, s.shadows), true
}

// Validator answers compat.ErrMessage to a message name: Avro has none.
func (s *schema) Validator(opts compat.ValidatorOptions) (compat.Validator, error) {
	if opts.Message != "" {
		return nil, compat.ErrMessage
	}
	return newValidator(s.root), nil
}
