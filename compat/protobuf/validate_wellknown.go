package protobuf

import (
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// wellKnown returns the judge of a message type that has a JSON form of its
// own, nil for other types. A schema may call its own types so; only the files
// that are built in count.
func wellKnown(m protoreflect.MessageDescriptor) func(*jsonWalk, *jsondoc.Value, *messagePlan, *step) {
	if m.FullName().Parent() != "google.protobuf" || !strings.HasPrefix(m.ParentFile().Path(), standardPrefix) {
		return nil
	}
	switch m.Name() {
	case "Any":
		return (*jsonWalk).any
	case "Timestamp":
		return (*jsonWalk).timestamp
	case "Duration":
		return (*jsonWalk).duration
	case "FieldMask":
		return (*jsonWalk).fieldMask
	case "Struct":
		return (*jsonWalk).structure
	case "ListValue":
		return (*jsonWalk).list
	case "Value":
		return (*jsonWalk).value
	case "BoolValue", "Int32Value", "Int64Value", "UInt32Value", "UInt64Value", "FloatValue", "DoubleValue", "StringValue", "BytesValue":
		return (*jsonWalk).wrapper
	}
	return nil
}

// any judges an object that names its type in @type: a message spread among
// the other members, or the JSON form of a well-known type under "value".
func (w *jsonWalk) any(v *jsondoc.Value, plan *messagePlan, at *step) {
	if v.Kind != jsondoc.Object {
		w.wrongType(at, "object", v)
		return
	}
	if len(v.Members) == 0 {
		return
	}
	here := at.member("@type", plan.path)
	var url *jsondoc.Value
	for _, m := range v.Members {
		if m.Name != "@type" {
			continue
		}
		if url != nil {
			w.fail(here, codeDuplicate, "one member", "another", "@type is given twice")
			return
		}
		url = m.Value
	}
	switch {
	case url == nil:
		w.fail(here, codeRequired, "a type URL", "nothing", "An Any needs @type")
		return
	case url.Kind != jsondoc.String:
		w.wrongType(here, "string", url)
		return
	}
	name := url.Text[strings.LastIndexByte(url.Text, '/')+1:]
	inner := w.plans.named(protoreflect.FullName(name))
	if inner == nil {
		w.badValue(here, "the URL of a known message", url, "The schema and its imports have no message of that name")
		return
	}
	within := *w
	within.required = false
	judge := wellKnown(inner.desc)
	if judge == nil && inner.desc.FullName() != "google.protobuf.Empty" {
		within.fields(v, inner, at, "@type")
		return
	}
	within.anyValue(v, inner, judge, at)
}

func (w *jsonWalk) anyValue(v *jsondoc.Value, inner *messagePlan, judge func(*jsonWalk, *jsondoc.Value, *messagePlan, *step), at *step) {
	found := false
	for _, m := range v.Members {
		here := at.member(m.Name, inner.path)
		switch {
		case m.Name == "@type":
		case m.Name != "value":
			w.fail(here, codeUnknownField, "@type and value", "another name", "An Any of a well-known type has no such member")
		case found:
			w.fail(here, codeDuplicate, "one member", "another", "The value is given twice")
		default:
			found = true
			if judge == nil {
				w.message(m.Value, inner, here)
			} else {
				judge(w, m.Value, inner, here)
			}
		}
	}
	if !found && judge != nil {
		w.fail(at.member("value", inner.path), codeRequired, "a value", "nothing", "An Any of a well-known type needs a value")
	}
}

// text returns a string's characters, or reports another type.
func (w *jsonWalk) text(v *jsondoc.Value, expected string, at *step) (string, bool) {
	if v.Kind != jsondoc.String {
		w.wrongType(at, expected, v)
		return "", false
	}
	return v.Text, true
}

const timestampForm = "timestamp as in RFC 3339, from year 1 to 9999"

func (w *jsonWalk) timestamp(v *jsondoc.Value, _ *messagePlan, at *step) {
	text, ok := w.text(v, timestampForm, at)
	if !ok {
		return
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	point, zone := strings.LastIndexByte(text, '.'), strings.LastIndexAny(text, "Z-+")
	tooFine := point >= 0 && zone >= point && zone-point > len(".999999999")
	if err != nil || tooFine || t.Unix() < -62135596800 || t.Unix() > 253402300799 {
		w.badValue(at, timestampForm, v, "The string is no timestamp")
	}
}

const durationForm = `seconds with up to nine decimals and "s"`

func (w *jsonWalk) duration(v *jsondoc.Value, _ *messagePlan, at *step) {
	if text, ok := w.text(v, durationForm, at); ok && !isDuration(text) {
		w.badValue(at, durationForm, v, "The string is no duration")
	}
}

// isDuration accepts -?digits?(.digits?)?s with a digit somewhere, within some
// ten thousand years.
func isDuration(text string) bool {
	text, ok := strings.CutSuffix(text, "s")
	if !ok {
		return false
	}
	if text != "" && (text[0] == '-' || text[0] == '+') {
		text = text[1:]
	}
	whole := leadingDigits(text)
	fraction := ""
	if rest := text[len(whole):]; rest != "" {
		if rest[0] != '.' {
			return false
		}
		if fraction = leadingDigits(rest[1:]); fraction != rest[1:] || len(fraction) > 9 {
			return false
		}
	}
	if whole == "" && fraction == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	const seconds = "315576000000"
	return len(whole) < len(seconds) || len(whole) == len(seconds) && whole <= seconds
}

func (w *jsonWalk) fieldMask(v *jsondoc.Value, _ *messagePlan, at *step) {
	const form = "field names in camel case, separated by commas"
	text, ok := w.text(v, form, at)
	if !ok || text == "" {
		return
	}
	for _, path := range strings.Split(text, ",") {
		if strings.Contains(path, "_") || !protoreflect.FullName(snakeCase(path)).IsValid() {
			w.badValue(at, form, v, "The string is no field mask")
			return
		}
	}
}

// snakeCase turns a camel-case name back into the name it comes from.
func snakeCase(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			b.WriteByte('_')
			b.WriteByte(c + 'a' - 'A')
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (w *jsonWalk) structure(v *jsondoc.Value, plan *messagePlan, at *step) {
	w.mapField(v, plan.field(1), at)
}

func (w *jsonWalk) list(v *jsondoc.Value, plan *messagePlan, at *step) {
	w.field(v, plan.field(1), at)
}

func (w *jsonWalk) value(v *jsondoc.Value, plan *messagePlan, at *step) {
	switch v.Kind {
	case jsondoc.Number:
		w.float(v, protoreflect.DoubleKind, at)
	case jsondoc.Object:
		w.structure(v, plan.field(5).message, at)
	case jsondoc.Array:
		w.list(v, plan.field(6).message, at)
	}
}

func (w *jsonWalk) wrapper(v *jsondoc.Value, plan *messagePlan, at *step) {
	w.single(v, plan.field(1), at)
}
