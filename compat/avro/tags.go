package avro

import (
	"iter"
	"maps"
	"slices"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// tagsWord is the custom property that holds tags.
const tagsWord = "confluent:tags"

// Entities yields records by their full name and fields by that, a dot and
// their own.
func (s *schema) Entities() iter.Seq[compat.Entity] {
	return func(yield func(compat.Entity) bool) {
		for e := range entities(s.root) {
			if !yield(e) {
				return
			}
		}
	}
}

// entities yields the entities below root with the record or field that each
// is.
func entities(root *node) iter.Seq2[compat.Entity, any] {
	return func(yield func(compat.Entity, any) bool) {
		eachEntity(root, make(map[*node]bool), yield)
	}
}

func eachEntity(n *node, seen map[*node]bool, yield func(compat.Entity, any) bool) bool {
	switch n.kind {
	case kindArray, kindMap:
		return eachEntity(n.items, seen, yield)
	case kindUnion:
		for _, branch := range n.members {
			if !eachEntity(branch, seen, yield) {
				return false
			}
		}
	case kindRecord:
		if n.external || seen[n] {
			return true
		}
		seen[n] = true
		if !yield(entity(compat.RecordEntity, n.name.full, n.props), n) {
			return false
		}
		for _, f := range n.fields {
			if !yield(entity(compat.FieldEntity, n.name.full+"."+f.name, f.props), f) {
				return false
			}
			if !eachEntity(f.typ, seen, yield) {
				return false
			}
		}
	}
	return true
}

func entity(kind compat.EntityKind, path string, props []jsondoc.Member) compat.Entity {
	return compat.Entity{EntityName: compat.EntityName{Kind: kind, Path: path}, Tags: tagsOf(props)}
}

// tagsOf reads the property; what is no array of strings holds no tags.
func tagsOf(props []jsondoc.Member) []string {
	i := slices.IndexFunc(props, isTags)
	if i < 0 || props[i].Value.Kind != jsondoc.Array {
		return nil
	}
	var tags []string
	for _, item := range props[i].Value.Items {
		if item.Kind == jsondoc.String {
			tags = append(tags, item.Text)
		}
	}
	return tags
}

func isTags(m jsondoc.Member) bool { return m.Name == tagsWord }

// Retagged prints as Canonical does, with other tags.
func (s *schema) Retagged(tags map[compat.EntityName][]string) string {
	p := newPrinter(s.shadows)
	p.tags = make(map[any][]string)
	left := maps.Clone(tags)
	for e, part := range entities(s.root) {
		if wanted, ok := left[e.EntityName]; ok {
			p.tags[part] = wanted
			delete(left, e.EntityName)
		}
	}
	return p.print(s.root)
}

// retagged is the properties of a record or field with the tags it is to have.
func (p *printer) retagged(props []jsondoc.Member, part any) []jsondoc.Member {
	tags, ok := p.tags[part]
	if !ok {
		return props
	}
	value := jsondoc.Strings(tags)
	i := slices.IndexFunc(props, isTags)
	switch props = slices.Clone(props); {
	case i < 0:
		return append(props, jsondoc.Member{Name: tagsWord, Value: value})
	case len(tags) == 0:
		return slices.Delete(props, i, i+1)
	}
	props[i].Value = value
	return props
}
