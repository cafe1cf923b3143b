package avro

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
)

// Limits on one payload. All but the work are findings about the payload.
const (
	maxDepth     = 100     // records, arrays and maps within each other
	maxEmpty     = 1 << 16 // items that take no bytes, over the whole payload
	maxWork      = 1 << 24 // steps; past them the answer is a *compat.LimitError
	maxShownName = 512     // bytes of a payload's key in a pointer
)

// The codes of violations. They are API.
const (
	codeInvalidJSON   = "INVALID_JSON"
	codeTypeMismatch  = "TYPE_MISMATCH"
	codeMissingField  = "MISSING_FIELD"
	codeUnknownField  = "UNKNOWN_FIELD"
	codeDuplicateKey  = "DUPLICATE_KEY"
	codeUnknownSymbol = "UNKNOWN_SYMBOL"
	codeUnknownBranch = "UNKNOWN_BRANCH"
	codeOutOfRange    = "OUT_OF_RANGE"
	codeInvalidBytes  = "INVALID_BYTES"
	codeWrongSize     = "WRONG_SIZE"
	codeInvalidUTF8   = "INVALID_UTF8"
	codeUnexpectedEnd = "UNEXPECTED_END"
	codeTrailingBytes = "TRAILING_BYTES"
	codeInvalidVarint = "INVALID_VARINT"
	codeInvalidLength = "INVALID_LENGTH"
	codeInvalidCount  = "INVALID_COUNT"
	codeBlockSize     = "BLOCK_SIZE_MISMATCH"
	codeTooManyItems  = "TOO_MANY_ITEMS"
	codeTooDeep       = "TOO_DEEP"
	codePayloadLimit  = "PAYLOAD_LIMIT"
)

// validator judges payloads against a plan. It is immutable.
type validator struct {
	plan *plan
}

func newValidator(root *node) *validator {
	c := &compiler{plans: make(map[*node]*plan)}
	return &validator{plan: c.compile(root)}
}

// Validate takes every encoding of [compat.Encoding]. The wire format of a
// schema "bytes" is the raw bytes, of any other the binary.
func (v *validator) Validate(payload []byte, enc compat.Encoding) (compat.Verdict, error) {
	switch enc {
	case compat.Binary:
		return judgeBinary(v.plan, payload)
	case compat.JSONText:
		return walkJSON(v.plan, payload, true)
	case compat.PlainJSON:
		return walkJSON(v.plan, payload, false)
	case compat.Wire:
		if v.plan.kind == kindBytes {
			return compat.Verdict{}, nil
		}
		return judgeBinary(v.plan, payload)
	}
	return compat.Verdict{}, compat.ErrEncoding
}

// judgeBinary allocates nothing for a payload that is valid.
func judgeBinary(root *plan, payload []byte) (compat.Verdict, error) {
	if fitsBinary(root, payload) {
		return compat.Verdict{}, nil
	}
	return walkBinary(root, payload)
}

// plan is a type made ready for walking payloads. All uses of a named type
// share its plan.
type plan struct {
	// For the quick walk, close at hand.
	op       kind
	empty    bool    // every value takes no bytes in binary
	width    int     // bytes of a fixed, float or double; symbols of an enum
	walked   []*plan // of the fields that take bytes
	branches []*plan // of a union
	items    *plan   // of an array; the values of a map

	*node
	byBranch map[string]*plan
	fields   []*plan // of a record, as node.fields
	sized    []int   // indexes of the fields that take bytes
}

type compiler struct {
	plans map[*node]*plan
}

func (c *compiler) compile(n *node) *plan {
	if p, ok := c.plans[n]; ok {
		return p
	}
	p := &plan{node: n, op: n.kind}
	c.plans[n] = p
	switch n.kind {
	case kindFloat:
		p.width = 4
	case kindDouble:
		p.width = 8
	case kindEnum:
		p.width = len(n.symbols)
	case kindNull:
		p.empty = true
	case kindFixed:
		p.empty, p.width = n.size == 0, n.size
	case kindArray, kindMap:
		p.items = c.compile(n.items)
	case kindUnion:
		p.byBranch = make(map[string]*plan, len(n.members))
		for _, branch := range n.members {
			b := c.compile(branch)
			p.branches = append(p.branches, b)
			p.byBranch[branch.branchName()] = b
		}
	case kindRecord:
		c.record(p)
	}
	return p
}

// record leaves the fields that take no bytes out of the binary walk, so that
// every step of it moves on in the payload. A record within itself is not
// empty: it has no value at all unless something between takes bytes.
func (c *compiler) record(p *plan) {
	for i, f := range p.node.fields {
		of := c.compile(f.typ)
		p.fields = append(p.fields, of)
		if !of.empty {
			p.sized = append(p.sized, i)
			p.walked = append(p.walked, of)
		}
	}
	p.empty = len(p.sized) == 0
}

// findings collects violations up to the limit.
type findings struct {
	compat.Verdict
	full bool
}

func (f *findings) add(v compat.Violation) {
	if len(f.Violations) == compat.MaxViolations {
		f.Truncated, f.full = true, true
		return
	}
	f.Violations = append(f.Violations, v)
}

// expects is what a value of n is called in a violation.
func expects(n *node) string {
	switch n.kind {
	case kindFixed:
		return fmt.Sprintf("fixed %s of %d bytes", n.name.full, n.size)
	case kindRecord, kindEnum:
		return label(n)
	case kindUnion:
		names := make([]string, 0, len(n.members))
		for _, b := range n.members {
			names = append(names, b.branchName())
		}
		return clip("one of " + strings.Join(names, ", "))
	}
	return n.kind.String()
}

// escape makes a name a step of an RFC 6901 pointer.
func escape(s string) string {
	if len(s) > maxShownName {
		s = strings.ToValidUTF8(s[:maxShownName], "") + "…"
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1")
}

func fieldPointer(n *node, index int) string {
	return n.pointer() + "/fields/" + strconv.Itoa(index)
}
