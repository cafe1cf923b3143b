package protobuf

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// json judges a payload in ProtoJSON. It accepts what the reference parsers
// accept: JSON names and field names, enum names and numbers, 64-bit integers
// as strings or numbers, the JSON forms of the well-known types.
func (v *validator) json(payload []byte) compat.Verdict {
	doc, err := jsondoc.Parse(string(payload), jsondoc.Payload)
	if err != nil {
		return single(jsonError(err))
	}
	w := jsonWalk{plans: v.plans, report: new(report), required: true}
	w.message(doc, v.plan, &step{path: v.plan.path})
	return w.report.verdict
}

func jsonError(err error) compat.Violation {
	var limit *compat.LimitError
	if errors.As(err, &limit) {
		return compat.Violation{Code: codeTooComplex, Message: "The payload is not judged: " + limit.Message}
	}
	v := compat.Violation{Code: codeJSON, Expected: "JSON", Actual: "other text", Message: "The payload is not JSON"}
	// What the parser says may quote the payload; where it says so may not.
	var parse *compat.ParseError
	if errors.As(err, &parse) {
		v.Message = fmt.Sprintf("The payload is not JSON: see line %d, column %d", parse.Line, parse.Column)
	}
	return v
}

// jsonWalk walks the tree of a payload along the plan. The tree's depth is
// bounded by jsondoc.
type jsonWalk struct {
	plans    *plans
	report   *report
	required bool // whether required fields must be there; not within Any
}

// step is one member or item on the way to a value.
type step struct {
	parent *step // nil for the whole payload
	name   string
	index  int
	item   bool   // index counts, not name
	path   string // in the schema
}

func (s *step) member(name, path string) *step {
	return &step{parent: s, name: name, path: path}
}

func (s *step) at(index int) *step {
	return &step{parent: s, index: index, item: true, path: s.path}
}

func (s *step) pointer() string {
	if s.parent == nil {
		return ""
	}
	if s.item {
		return s.parent.pointer() + "/" + strconv.Itoa(s.index)
	}
	return s.parent.pointer() + "/" + pointerToken(s.name)
}

func (w *jsonWalk) fail(at *step, code, expected, actual, message string) {
	w.failHint(at, code, expected, actual, message, "")
}

func (w *jsonWalk) failHint(at *step, code, expected, actual, message, hint string) {
	// A long key is no place to point at: point at what holds it.
	for len(at.name) > maxNameBytes {
		at = at.parent
	}
	w.report.add(compat.Violation{
		Code: code, Pointer: at.pointer(), SchemaPointer: at.path, Expected: expected, Actual: actual, Message: message, Hint: hint,
	})
}

func (w *jsonWalk) wrongType(at *step, expected string, v *jsondoc.Value) {
	w.fail(at, codeType, expected, v.Kind.String(), fmt.Sprintf("Expected %s, found %s", expected, v.Kind))
}

func (w *jsonWalk) badValue(at *step, expected string, v *jsondoc.Value, message string) {
	w.fail(at, codeValue, expected, v.Kind.String(), message)
}

// message judges a value of a message type.
func (w *jsonWalk) message(v *jsondoc.Value, plan *messagePlan, at *step) {
	if w.report.full() {
		return
	}
	if judge := wellKnown(plan.desc); judge != nil {
		judge(w, v, plan, at)
		return
	}
	if v.Kind != jsondoc.Object {
		w.wrongType(at, "object", v)
		return
	}
	w.fields(v, plan, at, "")
}

// fields judges the members of an object; one of the name ignored is passed
// over.
func (w *jsonWalk) fields(v *jsondoc.Value, plan *messagePlan, at *step, ignored string) {
	seen := make(map[*fieldPlan]bool, len(v.Members))
	set := make(map[*fieldPlan]bool, len(v.Members))
	oneofs := make(map[protoreflect.Name]bool)
	for _, m := range v.Members {
		if w.report.full() {
			return
		}
		if ignored != "" && m.Name == ignored {
			continue
		}
		f, ok := plan.byName[m.Name]
		if !ok {
			w.unknownField(plan, m.Name, at)
			continue
		}
		here := at.member(m.Name, f.path)
		if seen[f] {
			w.fail(here, codeDuplicate, "one member", "another", "The field is given twice")
			continue
		}
		seen[f] = true
		if m.Value.Kind == jsondoc.Null && !f.takesNull() {
			continue
		}
		set[f] = true
		if f.oneof != nil {
			if oneofs[f.oneof.Name()] {
				w.fail(here, codeOneof, "one field of oneof "+string(f.oneof.Name()), "another", "Another field of the same oneof is set")
			}
			oneofs[f.oneof.Name()] = true
		}
		w.field(m.Value, f, here)
	}
	if !w.required {
		return
	}
	for _, f := range plan.required {
		if !set[f] {
			w.fail(at.member(f.name, f.path), codeRequired, "a required field", "nothing", "The required field "+f.name+" is missing")
		}
	}
}

// takesNull tells whether null is a value of the field; elsewhere it means
// that the field is not set.
func (f *fieldPlan) takesNull() bool {
	return f.message != nil && f.message.desc.FullName() == "google.protobuf.Value" || isNullEnum(f.desc)
}

func isNullEnum(fd protoreflect.FieldDescriptor) bool {
	return fd.Enum() != nil && fd.Enum().FullName() == "google.protobuf.NullValue"
}

func (w *jsonWalk) unknownField(plan *messagePlan, name string, at *step) {
	hint := ""
	if near := nearest(name, plan); near != "" {
		hint = fmt.Sprintf("Did you mean %q?", near)
	}
	w.failHint(at.member(name, plan.path), codeUnknownField, "a field of "+string(plan.desc.FullName()), "another name",
		"The message has no such field", hint)
}

func (w *jsonWalk) field(v *jsondoc.Value, f *fieldPlan, at *step) {
	switch {
	case f.isMap:
		w.mapField(v, f, at)
	case f.list:
		if v.Kind != jsondoc.Array {
			w.wrongType(at, "array", v)
			return
		}
		for i, item := range v.Items {
			if w.report.full() {
				return
			}
			w.single(item, f, at.at(i))
		}
	default:
		w.single(v, f, at)
	}
}

func (w *jsonWalk) single(v *jsondoc.Value, f *fieldPlan, at *step) {
	if f.message != nil {
		w.message(v, f.message, at)
		return
	}
	w.scalar(v, f, at)
}

func (w *jsonWalk) mapField(v *jsondoc.Value, f *fieldPlan, at *step) {
	if v.Kind != jsondoc.Object {
		w.wrongType(at, "object", v)
		return
	}
	key, value := f.message.field(1), f.message.field(2)
	seen := make(map[string]bool, len(v.Members))
	for _, m := range v.Members {
		if w.report.full() {
			return
		}
		here := at.member(m.Name, f.path)
		canonical, ok := mapKey(key.desc.Kind(), m.Name)
		switch {
		case !ok:
			w.fail(here, codeValue, "a key of type "+key.desc.Kind().String(), "another text", "The key does not fit the map's key type")
		case seen[canonical]:
			w.fail(here, codeDuplicate, "one member", "another", "The key is given twice")
		}
		seen[canonical] = true
		w.single(m.Value, value, here)
	}
}

// mapKey reads a key and returns one spelling for all of its value.
func mapKey(k protoreflect.Kind, text string) (string, bool) {
	switch k {
	case protoreflect.StringKind:
		return text, true
	case protoreflect.BoolKind:
		return text, text == "true" || text == "false"
	}
	bits := 64
	switch k {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind, protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		bits = 32
	}
	if unsigned(k) {
		n, err := strconv.ParseUint(text, 10, bits)
		return strconv.FormatUint(n, 10), err == nil
	}
	n, err := strconv.ParseInt(text, 10, bits)
	return strconv.FormatInt(n, 10), err == nil
}

func unsigned(k protoreflect.Kind) bool {
	switch k {
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind, protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return true
	}
	return false
}

// nearest finds the field whose name is most like name, if one is.
func nearest(name string, plan *messagePlan) string {
	if len(name) > 64 {
		return ""
	}
	plainName := plainText(name)
	best, bestDistance := "", 3
	for _, f := range plan.fields {
		if plainText(f.name) == plainName {
			return f.name
		}
		if d := distance(name, f.name); d < bestDistance && d < len(f.name) {
			best, bestDistance = f.name, d
		}
	}
	return best
}

func plainText(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// distance counts the letters to add, drop or change, up to three.
func distance(a, b string) int {
	if len(a)-len(b) > 2 || len(b)-len(a) > 2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
