package avro

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// walkJSON judges Avro's JSON encoding when tagged, else JSON with bare union
// values. A key given twice is a violation in both: parsers differ on which
// value counts.
func walkJSON(root *plan, payload []byte, tagged bool) (compat.Verdict, error) {
	opts := jsondoc.Payload
	opts.Limits.Bytes = 0 // the caller bounds the payload
	w := &jsonWalk{tagged: tagged, work: maxWork, fits: make(map[probe]bool)}
	v, err := jsondoc.Parse(string(payload), opts)
	if err != nil {
		return unreadable(err), nil
	}
	w.value(root, v)
	if w.work < 0 {
		return compat.Verdict{}, compat.Limitf("too complex: judging the payload takes more than %d steps", maxWork)
	}
	return w.found.Verdict, nil
}

// unreadable is the verdict on a payload that is no JSON or passes a limit.
func unreadable(err error) compat.Verdict {
	v := compat.Violation{Code: codeInvalidJSON, Expected: "JSON", Actual: "other text", Message: err.Error()}
	if limit := (*compat.LimitError)(nil); errors.As(err, &limit) {
		v.Code, v.Expected, v.Actual = codePayloadLimit, "JSON within the limits", "JSON"
	}
	return compat.Verdict{Violations: []compat.Violation{v}}
}

type jsonWalk struct {
	tagged bool
	work   int
	found  findings
	path   []string // the steps of the pointer, not escaped
	quiet  bool     // probing: the first misfit ends it, and nothing is noted
	fits   map[probe]bool
}

// probe is a value tried against a branch of a union.
type probe struct {
	plan  *plan
	value *jsondoc.Value
}

// done tells whether what is left can change nothing.
func (w *jsonWalk) done(ok bool) bool {
	return !ok && w.quiet || w.found.full || w.work < 0
}

// fail notes a violation where the walk stands. It returns false.
func (w *jsonWalk) fail(schemaPointer, code, expected, actual, hint, format string, args ...any) bool {
	if w.quiet || w.found.full {
		return false
	}
	var b strings.Builder
	for _, s := range w.path {
		b.WriteByte('/')
		b.WriteString(escape(s))
	}
	w.found.add(compat.Violation{
		Code: code, Pointer: b.String(), SchemaPointer: schemaPointer,
		Expected: expected, Actual: actual, Message: fmt.Sprintf(format, args...), Hint: hint,
	})
	return false
}

// at judges a value one step further down.
func (w *jsonWalk) at(step string, p *plan, v *jsondoc.Value) bool {
	w.path = append(w.path, step)
	ok := w.value(p, v)
	w.path = w.path[:len(w.path)-1]
	return ok
}

func (w *jsonWalk) value(p *plan, v *jsondoc.Value) bool {
	if w.work--; w.work < 0 {
		return false
	}
	switch p.kind {
	case kindNull:
		return v.Kind == jsondoc.Null || w.mismatch(p, v)
	case kindBoolean:
		return v.Kind == jsondoc.True || v.Kind == jsondoc.False || w.mismatch(p, v)
	case kindInt:
		return w.integer(p, v, 32)
	case kindLong:
		return w.integer(p, v, 64)
	case kindFloat:
		return w.float(p, v, 32)
	case kindDouble:
		return w.float(p, v, 64)
	case kindString:
		return v.Kind == jsondoc.String || w.mismatch(p, v)
	case kindBytes, kindFixed:
		return w.bytes(p, v)
	case kindEnum:
		return w.enum(p, v)
	case kindArray:
		return w.array(p, v)
	case kindMap:
		return w.mapping(p, v)
	case kindRecord:
		return w.record(p, v)
	}
	if w.tagged {
		return w.taggedUnion(p, v)
	}
	return w.bareUnion(p, v)
}

func (w *jsonWalk) mismatch(p *plan, v *jsondoc.Value) bool {
	if w.quiet {
		return false
	}
	return w.fail(p.pointer(), codeTypeMismatch, expects(p.node), v.Kind.String(), "",
		"expected %s, found %s", expects(p.node), v.Kind)
}

func (w *jsonWalk) integer(p *plan, v *jsondoc.Value, bits int) bool {
	if v.Kind != jsondoc.Number {
		return w.mismatch(p, v)
	}
	_, err := strconv.ParseInt(v.Text, 10, bits)
	switch {
	case err == nil:
		return true
	case errors.Is(err, strconv.ErrRange):
		return w.fail(p.pointer(), codeOutOfRange, p.kind.String(), "a greater integer", "",
			"the number does not fit in %d bits", bits)
	}
	return w.fail(p.pointer(), codeTypeMismatch, p.kind.String(), "a number with a fraction or exponent", "",
		"expected %s, found a number with a fraction or exponent", p.kind)
}

// float takes, as Java does, the values JSON has no numbers for as strings.
func (w *jsonWalk) float(p *plan, v *jsondoc.Value, bits int) bool {
	if v.Kind == jsondoc.String && (v.Text == "NaN" || v.Text == "Infinity" || v.Text == "-Infinity") {
		return true
	}
	if v.Kind != jsondoc.Number {
		return w.mismatch(p, v)
	}
	if _, err := strconv.ParseFloat(v.Text, bits); err != nil {
		return w.fail(p.pointer(), codeOutOfRange, p.kind.String(), "a greater number", "",
			"the number does not fit in a %s", p.kind)
	}
	return true
}

// bytes are written as text, a character up to U+00FF for each.
func (w *jsonWalk) bytes(p *plan, v *jsondoc.Value) bool {
	if v.Kind != jsondoc.String {
		return w.mismatch(p, v)
	}
	if !isLatin(v.Text) {
		return w.fail(p.pointer(), codeInvalidBytes, expects(p.node), "string", "write each byte as the character U+0000 to U+00FF of its value",
			"a character beyond U+00FF stands for no byte")
	}
	if n := utf8.RuneCountInString(v.Text); p.kind == kindFixed && n != p.size {
		return w.fail(p.pointer(), codeWrongSize, expects(p.node), fmt.Sprintf("%d bytes", n), "",
			"expected %d bytes, found %d", p.size, n)
	}
	return true
}

func (w *jsonWalk) enum(p *plan, v *jsondoc.Value) bool {
	if v.Kind != jsondoc.String {
		return w.mismatch(p, v)
	}
	if p.isSymbol[v.Text] {
		return true
	}
	if w.quiet {
		return false
	}
	hint := ""
	if near := nearest(v.Text, p.symbols); near != "" {
		hint = "did you mean " + near + "?"
	}
	return w.fail(p.pointer(), codeUnknownSymbol, expects(p.node), "string", hint,
		"the string is none of the symbols of enum %s", p.name.full)
}

func (w *jsonWalk) array(p *plan, v *jsondoc.Value) bool {
	if v.Kind != jsondoc.Array {
		return w.mismatch(p, v)
	}
	ok := true
	for i, item := range v.Items {
		ok = w.at(strconv.Itoa(i), p.items, item) && ok
		if w.done(ok) {
			break
		}
	}
	return ok
}

func (w *jsonWalk) mapping(p *plan, v *jsondoc.Value) bool {
	if v.Kind != jsondoc.Object {
		return w.mismatch(p, v)
	}
	ok := true
	seen := make(map[string]bool, len(v.Members))
	for _, m := range v.Members {
		if seen[m.Name] {
			ok = w.duplicate(p, m)
		}
		seen[m.Name] = true
		ok = w.at(m.Name, p.items, m.Value) && ok
		if w.done(ok) {
			break
		}
	}
	return ok
}

func (w *jsonWalk) duplicate(p *plan, m jsondoc.Member) bool {
	w.path = append(w.path, m.Name)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	return w.fail(p.pointer(), codeDuplicateKey, "each key once", "a key given twice", "",
		"the object gives this key twice")
}

// taggedUnion is null, or an object whose one key names the branch.
func (w *jsonWalk) taggedUnion(p *plan, v *jsondoc.Value) bool {
	if v.Kind == jsondoc.Null {
		if p.byBranch["null"] != nil {
			return true
		}
		return w.mismatch(p, v)
	}
	if v.Kind != jsondoc.Object || len(v.Members) != 1 {
		return w.fail(p.pointer(), codeTypeMismatch, expects(p.node), v.Kind.String(), tagHint(p),
			"a union's value is null or an object with the branch's name as its one key")
	}
	tag := v.Members[0]
	branch := p.byBranch[tag.Name]
	if branch == nil || branch.kind == kindNull {
		return w.fail(p.pointer(), codeUnknownBranch, expects(p.node), "another branch", branchHint(p, tag.Name),
			"the key names no branch of the union")
	}
	return w.at(tag.Name, branch, tag.Value)
}

// tagHint shows how a value of the union is written.
func tagHint(p *plan) string {
	for _, b := range p.branches {
		if b.kind != kindNull {
			return fmt.Sprintf("write {%s: …}; bare values are for plain JSON", quoted(b.branchName()))
		}
	}
	return ""
}

// branchHint finds the branch whose name without its namespace, or nearly, is
// the tag.
func branchHint(p *plan, tag string) string {
	for _, b := range p.branches {
		if b.kind.named() && b.name.short == tag {
			return "did you mean " + b.name.full + "?"
		}
	}
	names := make([]string, 0, len(p.branches))
	for _, b := range p.branches {
		names = append(names, b.branchName())
	}
	if near := nearest(tag, names); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// bareUnion fits when any branch does.
func (w *jsonWalk) bareUnion(p *plan, v *jsondoc.Value) bool {
	var shaped []*plan
	for _, b := range p.branches {
		if !shapes(b.kind, v.Kind) {
			continue
		}
		if w.probe(b, v) {
			return true
		}
		shaped = append(shaped, b)
	}
	if w.quiet || w.work < 0 {
		return false
	}
	hint := ""
	if v.Kind == jsondoc.Object && len(v.Members) == 1 && p.byBranch[v.Members[0].Name] != nil {
		hint = "the value is tagged with its branch, which plain JSON does not do"
	} else if len(shaped) == 1 {
		w.value(shaped[0], v)
		return false
	}
	return w.fail(p.pointer(), codeTypeMismatch, expects(p.node), v.Kind.String(), hint,
		"the value fits no branch of the union")
}

// probe tells whether v fits p and notes nothing. The answers are kept, since
// branches may share what lies below.
func (w *jsonWalk) probe(p *plan, v *jsondoc.Value) bool {
	key := probe{p, v}
	if ok, known := w.fits[key]; known {
		return ok
	}
	was := w.quiet
	w.quiet = true
	ok := w.value(p, v)
	w.quiet = was
	w.fits[key] = ok
	return ok
}

// shapes tells whether JSON of that kind can be a value of that type at all.
func shapes(k kind, v jsondoc.Kind) bool {
	switch v {
	case jsondoc.Null:
		return k == kindNull
	case jsondoc.True, jsondoc.False:
		return k == kindBoolean
	case jsondoc.Number:
		return kindInt <= k && k <= kindDouble
	case jsondoc.String:
		return k == kindString || k == kindBytes || k == kindEnum || k == kindFixed || k == kindFloat || k == kindDouble
	case jsondoc.Array:
		return k == kindArray
	}
	return k == kindRecord || k == kindMap
}
