package protobuf

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/muster-registry/muster/compat"
)

// binary judges a serialized message. Walks without bookkeeping find nothing in
// a valid payload; only then another one says what and where.
func (v *validator) binary(payload []byte, plan *messagePlan) (compat.Verdict, error) {
	if fitsPlan(plan, payload) {
		return compat.Verdict{}, nil
	}
	first := walker{}
	if rest := first.message(payload, plan, 0, 1, nil); rest != nil {
		return compat.Verdict{}, nil
	}
	second := walker{report: new(report)}
	second.message(payload, plan, 0, 1, &place{path: plan.path})
	switch {
	case !second.onlyRequired():
	case second.searched > maxSearched:
		return compat.Verdict{}, compat.Limitf("too complex: merging the fields of the payload takes more than %d steps", maxSearched)
	case v.merged(payload, plan):
		return compat.Verdict{}, nil
	}
	return second.report.verdict, nil
}

// maxSearched bounds what decoding a payload may cost: the descriptors search
// all fields of a message for each that the payload has.
const maxSearched = 1 << 25

// merged tells whether payload is complete once equal fields are merged: the
// occurrences of a message may each bring some of its required fields, and
// those replaced within a oneof or a map do not count. The decoder may see only
// what the walk has found sound: it panics on a map key of another wire type
// (protobuf-go 1.36), and must know no extension that the plan does not.
func (v *validator) merged(payload []byte, plan *messagePlan) bool {
	opts := proto.UnmarshalOptions{Resolver: v.schema.files.AsResolver(), AllowPartial: true}
	m := dynamicpb.NewMessage(plan.desc)
	return opts.Unmarshal(payload, m) == nil && !lacks(plan, m)
}

// lacks tells whether m or a message in it lacks a field it requires. The
// linker's descriptors know no required fields of editions.
func lacks(plan *messagePlan, m protoreflect.Message) bool {
	for _, f := range plan.required {
		if !m.Has(f.desc) {
			return true
		}
	}
	lacking := false
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		inner := plan.field(fd.Number()).message
		switch {
		case inner == nil:
		case fd.IsMap():
			if value := inner.field(2).message; value != nil {
				v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
					lacking = lacks(value, v.Message())
					return !lacking
				})
			}
		case fd.IsList():
			for i := range v.List().Len() {
				lacking = lacking || lacks(inner, v.List().Get(i).Message())
			}
		default:
			lacking = lacks(inner, v.Message())
		}
		return !lacking
	})
	return lacking
}

// walker steps through the wire format in place. Without report it stops at
// the first violation, and allocates nothing unless a message has more
// required fields than fit in requiredSet.
type walker struct {
	report   *report
	searched int // see maxSearched
}

// requiredSet marks required fields seen.
type requiredSet struct {
	low  uint64
	high []uint64
}

func (s *requiredSet) mark(i int) {
	if i < 64 {
		s.low |= 1 << i
		return
	}
	for len(s.high) < i/64 {
		s.high = append(s.high, 0)
	}
	s.high[i/64-1] |= 1 << (i % 64)
}

func (s *requiredSet) has(i int) bool {
	if i < 64 {
		return s.low&(1<<i) != 0
	}
	return i/64-1 < len(s.high) && s.high[i/64-1]&(1<<(i%64)) != 0
}

// place is where the second walk stands; nil in the first.
type place struct {
	parent *place
	field  *fieldPlan // nil for the whole payload
	path   string     // in the schema
	index  int        // among the occurrences of a list
	counts map[*fieldPlan]int
}

// enter returns the place of the next occurrence of f.
func (at *place) enter(f *fieldPlan) *place {
	if at == nil {
		return nil
	}
	if at.counts == nil {
		at.counts = make(map[*fieldPlan]int)
	}
	index := at.counts[f]
	at.counts[f]++
	return &place{parent: at, field: f, path: f.path, index: index}
}

func (at *place) pointer() string {
	if at.field == nil {
		return ""
	}
	p := at.parent.pointer() + "/" + pointerToken(at.field.name)
	if at.field.list || at.field.isMap {
		p += "/" + strconv.Itoa(at.index)
	}
	return p
}

// fail reports; it tells whether the walk goes on.
func (w *walker) fail(at *place, code, expected, actual, message string) bool {
	if w.report == nil {
		return false
	}
	return w.report.add(compat.Violation{
		Code: code, Pointer: at.pointer(), SchemaPointer: at.path, Expected: expected, Actual: actual, Message: message,
	})
}

func (w *walker) onlyRequired() bool {
	if w.report.full() {
		return false
	}
	for _, v := range w.report.verdict.Violations {
		if v.Code != codeRequired {
			return false
		}
	}
	return true
}

// message walks the fields of one message, to the end of b or, inside a group,
// to the end tag of that number. It returns what follows, nil when the walk
// cannot go on.
func (w *walker) message(b []byte, plan *messagePlan, group protowire.Number, depth int, at *place) []byte {
	if depth > maxPayloadDepth {
		w.fail(at, codeTooDeep, "", "", tooDeep)
		return nil
	}
	var seen requiredSet
	for {
		if len(b) == 0 {
			if group != 0 {
				w.fail(at, codeMalformed, "an end-group tag", "the end of the payload", "A group does not end")
				return nil
			}
			break
		}
		num, typ, n := protowire.ConsumeTag(b)
		if !w.tag(num, n, at) {
			return nil
		}
		b = b[n:]
		if typ == protowire.EndGroupType {
			if num != group {
				w.fail(at, codeMalformed, "", "", "An end-group tag matches no start")
				return nil
			}
			break
		}
		w.searched += len(plan.fields)
		f := plan.field(num)
		if f == nil {
			if b = w.unknown(b, num, typ, depth, at); b == nil {
				return nil
			}
			continue
		}
		if f.required > 0 {
			seen.mark(f.required - 1)
		}
		if b = w.field(b, f, num, typ, depth, at); b == nil {
			return nil
		}
	}
	if !w.complete(plan, &seen, at) {
		return nil
	}
	if b == nil {
		return []byte{}
	}
	return b
}

// tag tells whether a tag that took n bytes is one.
func (w *walker) tag(num protowire.Number, n int, at *place) bool {
	switch {
	case n < 0:
		w.fail(at, codeMalformed, "a tag", "malformed bytes", "A tag is truncated, or its field number is out of range")
		return false
	case num > protowire.MaxValidNumber:
		w.fail(at, codeFieldNumber, "a field number", "a number out of range", "A field number is out of range")
		return false
	}
	return true
}

const tooDeep = "Messages nest deeper than 100 levels"

func (w *walker) complete(plan *messagePlan, seen *requiredSet, at *place) bool {
	if len(plan.required) == 0 {
		return true
	}
	for i, f := range plan.required {
		if seen.has(i) {
			continue
		}
		if w.report == nil {
			return false
		}
		missing := at.enter(f)
		if !w.fail(missing, codeRequired, "a required field", "nothing", "The required field "+f.name+" is missing") {
			return false
		}
	}
	return true
}

// unknown steps over a field the schema lacks, groups included.
func (w *walker) unknown(b []byte, num protowire.Number, typ protowire.Type, depth int, at *place) []byte {
	if typ != protowire.StartGroupType {
		n := protowire.ConsumeFieldValue(num, typ, b)
		if n < 0 {
			w.malformed(at)
			return nil
		}
		return b[n:]
	}
	if depth+1 > maxPayloadDepth {
		w.fail(at, codeTooDeep, "", "", tooDeep)
		return nil
	}
	for {
		inner, innerType, n := protowire.ConsumeTag(b)
		if !w.tag(inner, n, at) {
			return nil
		}
		b = b[n:]
		if innerType == protowire.EndGroupType {
			if inner != num {
				w.fail(at, codeMalformed, "", "", "An end-group tag matches no start")
				return nil
			}
			return b
		}
		if b = w.unknown(b, inner, innerType, depth+1, at); b == nil {
			return nil
		}
	}
}

func (w *walker) malformed(at *place) {
	w.fail(at, codeMalformed, "a field's value", "malformed bytes", "A value is truncated, overlong or of an unknown wire type")
}

// field walks one occurrence of a known field.
func (w *walker) field(b []byte, f *fieldPlan, num protowire.Number, typ protowire.Type, depth int, at *place) []byte {
	here := at
	if at != nil && (typ == f.wire || !f.packable) {
		here = at.enter(f)
	}
	switch {
	case typ != f.wire && f.packable && typ == protowire.BytesType:
		return w.packed(b, f, at)
	case typ != f.wire && typ <= protowire.Fixed32Type:
		if !w.fail(here, codeWireType, wireName(f.wire), wireName(typ), "The field is encoded with another wire type") {
			return nil
		}
		return w.unknown(b, num, typ, depth, here)
	case typ == protowire.StartGroupType:
		return w.message(b, f.message, num, depth+1, here)
	case typ != protowire.BytesType: // ConsumeFieldValue refuses the types above the last
		n := protowire.ConsumeFieldValue(num, typ, b)
		if n < 0 {
			w.malformed(here)
			return nil
		}
		return b[n:]
	}
	value, n := protowire.ConsumeBytes(b)
	if n < 0 {
		w.malformed(here)
		return nil
	}
	b = b[n:]
	switch {
	case f.message != nil:
		if w.message(value, f.message, 0, depth+1, here) == nil && w.report == nil {
			return nil
		}
	case f.utf8 && !utf8.Valid(value):
		if !w.fail(here, codeUTF8, "UTF-8", "other bytes", "The string is not valid UTF-8") {
			return nil
		}
	}
	if b == nil || w.report != nil && w.report.full() {
		return nil
	}
	return b
}

// packed walks a list of numbers in one value.
func (w *walker) packed(b []byte, f *fieldPlan, at *place) []byte {
	value, n := protowire.ConsumeBytes(b)
	if n < 0 {
		w.malformed(at.enter(f))
		return nil
	}
	for len(value) > 0 {
		here := at.enter(f)
		size := protowire.ConsumeFieldValue(0, f.wire, value)
		if size < 0 {
			if !w.fail(here, codeMalformed, "packed values", "malformed bytes", "A packed list ends within a value") {
				return nil
			}
			break
		}
		value = value[size:]
	}
	return b[n:]
}

func wireName(t protowire.Type) string {
	switch t {
	case protowire.VarintType:
		return "varint"
	case protowire.Fixed32Type:
		return "32-bit"
	case protowire.Fixed64Type:
		return "64-bit"
	case protowire.BytesType:
		return "length-delimited"
	case protowire.StartGroupType:
		return "group"
	}
	return fmt.Sprintf("wire type %d", t)
}
