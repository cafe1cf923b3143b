package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// maxText bounds the text of a verdict, whatever the payload.
const maxText = 4 << 10

// validator judges JSON text; safe for concurrent use.
type validator struct {
	schema *schema
	plan   *plan // nil when the schema needs the library
}

func (s *schema) Validator(opts compat.ValidatorOptions) (compat.Validator, error) {
	if opts.Message != "" {
		return nil, compat.ErrMessage
	}
	if s.fault != nil && !s.endless {
		return nil, s.fault
	}
	v := validator{schema: s}
	if !s.endless {
		v.plan = newPlan(s.root)
	}
	return v, nil
}

// Validate takes JSON text; the wire format carries the same. Text that is no
// JSON, or beyond the limits of payloads, is a finding like any other.
func (v validator) Validate(payload []byte, enc compat.Encoding) (compat.Verdict, error) {
	if enc != compat.JSONText && enc != compat.Wire {
		return compat.Verdict{}, compat.ErrEncoding
	}
	if v.plan != nil && fitsPlan(v.plan, payload) == fits {
		return compat.Verdict{}, nil
	}
	if err := jsondoc.Scan(string(payload), jsondoc.Payload); err != nil {
		return compat.Verdict{Violations: []compat.Violation{unreadable(err)}}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	var instance any
	if err := decoder.Decode(&instance); err != nil {
		return compat.Verdict{Violations: []compat.Violation{{Code: "INVALID_JSON", Message: "the payload is not valid JSON"}}}, nil
	}
	if v.schema.endless {
		return compat.Verdict{Violations: []compat.Violation{endless}}, nil
	}
	if err := v.schema.afford(instance); err != nil {
		return compat.Verdict{}, err
	}
	return v.schema.judge(instance), nil
}

// endless is the answer where references never reach a keyword.
var endless = compat.Violation{Code: "ENDLESS_REFERENCE", Message: "the schema refers to itself without end"}

func unreadable(err error) compat.Violation {
	var bad *compat.ParseError
	if errors.As(err, &bad) {
		return compat.Violation{Code: "INVALID_JSON", Expected: "JSON text", Message: "the payload is not valid JSON: " + clip(bad.Error(), 256)}
	}
	return compat.Violation{Code: "PAYLOAD_LIMIT", Message: clip(err.Error(), 256)}
}

// judge lists the violations of a decoded payload.
func (s *schema) judge(instance any) compat.Verdict {
	err := s.compiled.Validate(instance)
	if err == nil {
		return compat.Verdict{}
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return compat.Verdict{Violations: []compat.Violation{endless}}
	}
	f := findings{schema: s, instance: instance, known: make(map[[3]string]bool)}
	f.collect(invalid)
	return f.verdict()
}

// findings turns the library's tree of errors into violations. The library's
// own texts hold values of the payload, so none of them is used.
type findings struct {
	schema   *schema
	instance any
	list     []compat.Violation
	known    map[[3]string]bool
}

// maxFindings bounds what is collected before sorting. The library's order
// changes from run to run, so the sort comes before the cut.
const maxFindings = 100_000

func (f *findings) collect(e *jsonschema.ValidationError) {
	if len(f.list) >= maxFindings {
		return
	}
	n, keyword := f.schema.keyword(e.AbsoluteKeywordLocation)
	switch {
	case len(e.Causes) == 0:
		f.add(n, keyword, e)
	case keyword == "anyOf" || keyword == "oneOf":
		if branch := likely(e); branch != nil {
			f.collect(branch)
			return
		}
		f.add(n, keyword, e)
	case keyword == "minContains" || keyword == "contains":
		f.add(n, keyword, e)
	default:
		for _, cause := range e.Causes {
			f.collect(cause)
		}
	}
}

// likely returns the one branch of an anyOf or oneOf whose type the value has,
// nil when it is not the only one.
func likely(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	var found *jsonschema.ValidationError
	for _, branch := range e.Causes {
		if wrongType(branch, e.InstanceLocation) {
			continue
		}
		if found != nil {
			return nil
		}
		found = branch
	}
	return found
}

// wrongType tells whether an error says that the value there has another type,
// or is none of the values listed.
func wrongType(e *jsonschema.ValidationError, location string) bool {
	if e.InstanceLocation != location {
		return false
	}
	for _, keyword := range []string{"/type", "/const", "/enum"} {
		if len(e.Causes) == 0 && strings.HasSuffix(e.KeywordLocation, keyword) {
			return true
		}
	}
	for _, cause := range e.Causes {
		if wrongType(cause, location) {
			return true
		}
	}
	return false
}

// keyword splits the place of an error into the node and the keyword in it.
// The keyword is empty for a schema that is false.
func (s *schema) keyword(place string) (*node, string) {
	if n := s.places[place]; n != nil && !n.inline() {
		return n, ""
	}
	for cut := strings.LastIndexByte(place, '/'); cut > 0; cut = strings.LastIndexByte(place[:cut], '/') {
		if n := s.places[place[:cut]]; n != nil {
			word, _, _ := strings.Cut(place[cut+1:], "/")
			return n, word
		}
	}
	return nil, ""
}

// inline tells whether the library keeps a boolean in the keyword that holds
// it, not as a schema of its own.
func (n *node) inline() bool {
	return n.truth != neither && (n.holder == "additionalProperties" || n.holder == "additionalItems")
}

// add makes the violations of one failed keyword: one for each member that is
// missing or too many.
func (f *findings) add(n *node, keyword string, e *jsonschema.ValidationError) {
	path := segments(e.InstanceLocation)
	value := find(f.instance, path)
	object, _ := value.(map[string]any)
	switch {
	case n == nil:
		f.one(compat.Violation{Code: "INVALID", Pointer: pointer(path), Actual: typeWord(value), Message: "the value does not fit"})
	case keyword == "required":
		for _, name := range n.required {
			if _, ok := object[name]; !ok {
				f.one(missing(n, path, name))
			}
		}
	case keyword == "additionalProperties":
		for name, extra := range object {
			if len(f.list) < maxFindings && n.property(name) == nil && !n.matched(name) {
				f.one(unexpected(n, path, name, extra, object))
			}
		}
	default:
		f.one(describe(n, keyword, e, path, value))
	}
}

func (n *node) matched(name string) bool {
	for _, m := range n.patterns {
		if m.pattern.matches(name) {
			return true
		}
	}
	return false
}

func (f *findings) one(v compat.Violation) {
	id := [3]string{v.Code, v.Pointer, v.SchemaPointer}
	if !f.known[id] {
		f.known[id] = true
		f.list = append(f.list, v)
	}
}

// verdict sorts and cuts to the limits of count and text. A pointer too long
// to show is cut to one of its ancestors.
func (f *findings) verdict() compat.Verdict {
	sort.Slice(f.list, func(i, j int) bool {
		a, b := f.list[i], f.list[j]
		if a.Pointer != b.Pointer {
			return a.Pointer < b.Pointer
		}
		if a.SchemaPointer != b.SchemaPointer {
			return a.SchemaPointer < b.SchemaPointer
		}
		return a.Code < b.Code
	})
	verdict := compat.Verdict{Truncated: len(f.list) >= maxFindings}
	left := maxText
	for i, v := range f.list {
		v.Pointer, v.SchemaPointer = ancestor(v.Pointer, maxText/4), ancestor(v.SchemaPointer, maxText/8)
		left -= len(v.Code) + len(v.Pointer) + len(v.SchemaPointer) + len(v.Expected) + len(v.Actual) + len(v.Message) + len(v.Hint)
		if len(verdict.Violations) == compat.MaxViolations || i > 0 && left < 0 {
			verdict.Truncated = true
			break
		}
		verdict.Violations = append(verdict.Violations, v)
	}
	return verdict
}

func ancestor(pointer string, limit int) string {
	if len(pointer) <= limit {
		return pointer
	}
	return pointer[:max(strings.LastIndexByte(pointer[:limit], '/'), 0)]
}

// segments splits a location that the library wrote.
func segments(location string) []string {
	if location == "" {
		return nil
	}
	list := strings.Split(strings.TrimPrefix(location, "/"), "/")
	for i, s := range list {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
		list[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
	}
	return list
}

// index reads an array index.
func index(segment string, length int) (int, bool) {
	i, err := strconv.Atoi(segment)
	return i, err == nil && i >= 0 && i < length
}

// find follows a path into a decoded value.
func find(v any, path []string) any {
	for _, segment := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[segment]
		case []any:
			i, ok := index(segment, len(at))
			if !ok {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

func pointer(path []string) string {
	var b strings.Builder
	for _, segment := range path {
		b.WriteString("/" + escape(segment))
	}
	return b.String()
}
