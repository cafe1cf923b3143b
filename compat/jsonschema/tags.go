package jsonschema

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// tagsWord is the keyword that holds tags.
const tagsWord = "confluent:tags"

// Entities yields the schemas that are objects, not booleans. The value of a
// property is a field, everything else a record. A path leads from the root:
// "object" to what is one or has properties and then the name of one, "array" to items,
// "allof", "anyof" and "oneof" with a number, "not", "conditional" with if, then
// or else, "definitions" with a name. So "object" is a document with properties,
// "object.a" its field a and "object.a.object.b" the field b of that. The
// contract does not say how paths into JSON Schema are written.
func (s *schema) Entities() iter.Seq[compat.Entity] {
	return func(yield func(compat.Entity) bool) {
		for e := range entities(s.root.value) {
			if !yield(e) {
				return
			}
		}
	}
}

// entities yields the entities of a document with the schema that each is.
func entities(root *jsondoc.Value) iter.Seq2[compat.Entity, *jsondoc.Value] {
	return func(yield func(compat.Entity, *jsondoc.Value) bool) {
		w := walker{yield: yield}
		w.schema("", root, false)
	}
}

// walker visits sub-schemas until yield has had enough.
type walker struct {
	yield   func(compat.Entity, *jsondoc.Value) bool
	stopped bool
}

// schema visits the schema v at a path.
func (w *walker) schema(path string, v *jsondoc.Value, isField bool) {
	if w.stopped || v == nil || v.Kind != jsondoc.Object || len(path) > compat.MaxEntityPath {
		return
	}
	properties, isObject := v.Get("properties"), v.Get("type")
	switch inner := extend(path, "object"); {
	case isField:
		w.entity(compat.FieldEntity, path, v)
	case properties != nil || isObject != nil && isObject.Text == "object":
		w.entity(compat.RecordEntity, inner, v)
	default:
		w.entity(compat.RecordEntity, path, v)
	}
	if properties != nil {
		for _, m := range properties.Members {
			w.schema(extend(path, "object."+m.Name), m.Value, true)
		}
	}
	for _, m := range v.Members {
		w.keyword(path, m)
	}
}

// keyword visits the schemas that a keyword other than properties holds.
func (w *walker) keyword(path string, m jsondoc.Member) {
	switch m.Name {
	case "items", "prefixItems":
		w.schema(extend(path, "array"), m.Value, false)
		w.each(extend(path, "array"), m.Value)
	case "allOf", "anyOf", "oneOf":
		w.each(extend(path, strings.ToLower(m.Name)), m.Value)
	case "not":
		w.schema(extend(path, m.Name), m.Value, false)
	case "if", "then", "else":
		w.schema(extend(path, "conditional."+m.Name), m.Value, false)
	case "definitions", "$defs":
		for _, definition := range m.Value.Members {
			w.schema(extend(path, "definitions."+definition.Name), definition.Value, false)
		}
	}
}

// each visits the schemas of an array, by number.
func (w *walker) each(path string, list *jsondoc.Value) {
	for i, item := range list.Items {
		w.schema(extend(path, strconv.Itoa(i)), item, false)
	}
}

func (w *walker) entity(kind compat.EntityKind, path string, v *jsondoc.Value) {
	if !w.stopped && path != "" && len(path) <= compat.MaxEntityPath {
		w.stopped = !w.yield(compat.Entity{EntityName: compat.EntityName{Kind: kind, Path: path}, Tags: tagsOf(v)}, v)
	}
}

func extend(path, step string) string {
	if path == "" {
		return step
	}
	return path + "." + step
}

// tagsOf reads the keyword; what is no array of strings holds no tags.
func tagsOf(v *jsondoc.Value) []string {
	return names(v.Get(tagsWord))
}

// Retagged prints as Canonical does, with other tags.
func (s *schema) Retagged(tags map[compat.EntityName][]string) string {
	at := make(map[*jsondoc.Value][]string)
	left := maps.Clone(tags)
	for e, v := range entities(s.root.value) {
		if wanted, ok := left[e.EntityName]; ok {
			at[v] = wanted
			delete(left, e.EntityName)
		}
	}
	return retagged(s.root.value, at).Compact()
}

// retagged copies v with the tags that its schemas are to have.
func retagged(v *jsondoc.Value, tags map[*jsondoc.Value][]string) *jsondoc.Value {
	out := *v
	out.Items, out.Members = nil, nil
	for _, item := range v.Items {
		out.Items = append(out.Items, retagged(item, tags))
	}
	for _, m := range v.Members {
		m.Value = retagged(m.Value, tags)
		out.Members = append(out.Members, m)
	}
	wanted, ok := tags[v]
	if !ok {
		return &out
	}
	value := jsondoc.Strings(wanted)
	i := slices.IndexFunc(out.Members, func(m jsondoc.Member) bool { return m.Name == tagsWord })
	switch {
	case i < 0:
		out.Members = append(out.Members, jsondoc.Member{Name: tagsWord, Value: value})
	case len(wanted) == 0:
		out.Members = slices.Delete(out.Members, i, i+1)
	default:
		out.Members[i].Value = value
	}
	return &out
}
