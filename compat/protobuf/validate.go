package protobuf

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat"
)

// Codes of violations.
const (
	codeMalformed     = "MALFORMED"
	codeFieldNumber   = "BAD_FIELD_NUMBER"
	codeTooDeep       = "TOO_DEEP"
	codeWireType      = "WRONG_WIRE_TYPE"
	codeUTF8          = "INVALID_UTF8"
	codeRequired      = "MISSING_REQUIRED"
	codeIndexes       = "BAD_MESSAGE_INDEXES"
	codeJSON          = "MALFORMED_JSON"
	codeTooComplex    = "TOO_COMPLEX"
	codeType          = "WRONG_TYPE"
	codeValue         = "BAD_VALUE"
	codeUnknownField  = "UNKNOWN_FIELD"
	codeUnknownSymbol = "UNKNOWN_ENUM_VALUE"
	codeDuplicate     = "DUPLICATE_FIELD"
	codeOneof         = "SEVERAL_ONEOF_FIELDS"
)

// maxPayloadDepth bounds the nesting of messages in a payload, the message
// itself included (reliability.md 5.3).
const maxPayloadDepth = 100

// validator judges payloads of one message, and with the wire format those of
// every message of its file.
type validator struct {
	schema *schema
	plans  *plans
	plan   *messagePlan
}

func newValidator(s *schema, opts compat.ValidatorOptions) (compat.Validator, error) {
	m, err := s.message(opts.Message)
	if err != nil {
		return nil, err
	}
	if s.stubs {
		return nil, &compat.ParseError{Message: "the schema names types that are found nowhere, so no payload can be judged"}
	}
	plans := newPlans(s)
	v := &validator{schema: s, plans: plans, plan: plans.of(m)}
	plans.all(s.file.Messages())
	return v, nil
}

func (v *validator) Validate(payload []byte, enc compat.Encoding) (compat.Verdict, error) {
	switch enc {
	case compat.Binary:
		return v.binary(payload, v.plan)
	case compat.JSONText:
		return v.json(payload), nil
	case compat.Wire:
		return v.wire(payload)
	}
	return compat.Verdict{}, compat.ErrEncoding
}

// report collects violations up to the limit.
type report struct{ verdict compat.Verdict }

// add tells whether another violation would still be listed.
func (r *report) add(v compat.Violation) bool {
	if len(r.verdict.Violations) == compat.MaxViolations {
		r.verdict.Truncated = true
		return false
	}
	r.verdict.Violations = append(r.verdict.Violations, v)
	return true
}

func (r *report) full() bool { return r.verdict.Truncated }

// wire judges message indexes and the binary after them (confluent-api.md 5).
func (v *validator) wire(payload []byte) (compat.Verdict, error) {
	indexes, n := messageIndexes(payload)
	if n < 0 {
		return single(compat.Violation{
			Code: codeIndexes, Expected: "message indexes", Actual: "malformed bytes",
			Message: "The payload does not begin with message indexes",
			Hint:    "A payload of the first message begins with one zero byte",
		}), nil
	}
	m := messageAt(v.schema.file, indexes)
	if m == nil {
		return single(compat.Violation{
			Code: codeIndexes, Expected: "indexes of a message", Actual: "indexes of no message",
			Message: fmt.Sprintf("The schema has no message at indexes %v", indexes),
		}), nil
	}
	return v.binary(payload[n:], v.plans.of(m))
}

func single(v compat.Violation) compat.Verdict {
	return compat.Verdict{Violations: []compat.Violation{v}}
}

// messageIndexes reads a count and as many indexes, all zig-zag varints; count
// zero stands for the first message. It returns the bytes read, or -1.
func messageIndexes(payload []byte) ([]int, int) {
	count, n := zigzag(payload)
	if n < 0 || count < 0 || count > maxDepth {
		return nil, -1
	}
	if count == 0 {
		return []int{0}, n
	}
	indexes := make([]int, count)
	for i := range indexes {
		index, size := zigzag(payload[n:])
		if size < 0 || index < 0 || index > maxMessages+maxFields {
			return nil, -1
		}
		indexes[i] = int(index)
		n += size
	}
	return indexes, n
}

func zigzag(b []byte) (int64, int) {
	u, n := protowire.ConsumeVarint(b)
	return protowire.DecodeZigZag(u), n
}

// messageAt follows indexes from the file inwards. Clients that compile the
// schema count the entries of maps among nested messages, those that read its
// text do not: an index that leads to an entry or past the end is of the
// latter kind.
func messageAt(file protoreflect.FileDescriptor, indexes []int) protoreflect.MessageDescriptor {
	if m := follow(file.Messages(), indexes, true); m != nil {
		return m
	}
	return follow(file.Messages(), indexes, false)
}

func follow(scope protoreflect.MessageDescriptors, indexes []int, entries bool) protoreflect.MessageDescriptor {
	var found protoreflect.MessageDescriptor
	for _, index := range indexes {
		found = nil
		for i := range scope.Len() {
			m := scope.Get(i)
			if m.IsMapEntry() && !entries {
				continue
			}
			if index == 0 {
				found = m
				break
			}
			index--
		}
		if found == nil || found.IsMapEntry() {
			return nil
		}
		scope = found.Messages()
	}
	return found
}

// pointerToken escapes a member's name for an RFC 6901 pointer.
func pointerToken(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
