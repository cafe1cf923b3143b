package avro

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// printer writes a schema as JSON without white space. A named type is
// written out once and by name from then on, so the work is linear in the
// text.
type printer struct {
	strings.Builder
	// normal writes names in full and sorts what has no order.
	normal bool
	// inline writes out the types that references define, too.
	inline  bool
	written map[*node]bool
	shadows map[string]bool // see [shadows]
	// tags are to be written in place of those that a record or field has.
	tags map[any][]string
}

// newPrinter prints as Java's Schema.toString does (contract 3.3), except that
// numbers keep their spelling, and that a type of the null namespace is named
// with a dot in front where Java's text would mean another type.
func newPrinter(shadows map[string]bool) *printer {
	return &printer{written: make(map[*node]bool), shadows: shadows}
}

func (p *printer) print(root *node) string {
	p.typ(root, "")
	return p.String()
}

// shadows are the full names of the types whose short name is also that of a
// type in the null namespace: within their namespace it means the former.
func shadows(names map[string]*node) map[string]bool {
	var found map[string]bool
	for full, n := range names {
		if n.name.space == "" || names[n.name.short] == nil {
			continue
		}
		if found == nil {
			found = make(map[string]bool)
		}
		found[full] = true
	}
	return found
}

// normalizedText is the form of contract 3.3's right column. Where Java would
// lose the null namespace of a type within a named one, it is spelled out.
func normalizedText(root *node, shadows map[string]bool) string {
	p := newPrinter(shadows)
	p.normal = true
	return p.print(root)
}

// resolvedText is the canonical text with references written out.
func resolvedText(root *node, shadows map[string]bool) string {
	p := newPrinter(shadows)
	p.inline = true
	return p.print(root)
}

// lookupKey digests the normalized text with references written out: two
// schemas are structurally equal when this is (addenda B.3). Every name in it
// is full, so that what shadows what does not matter.
func lookupKey(root *node) string {
	p := newPrinter(nil)
	p.normal, p.inline = true, true
	sum := sha256.Sum256([]byte(p.print(root)))
	return hex.EncodeToString(sum[:])
}

// typ prints n where space is the enclosing namespace.
func (p *printer) typ(n *node, space string) {
	switch {
	case n.kind == kindUnion:
		p.union(n, space)
	case n.kind.named():
		p.named(n, space)
	case n.kind == kindArray || n.kind == kindMap:
		p.WriteString(`{"type":"` + n.kind.String() + `","`)
		p.WriteString(map[kind]string{kindArray: "items", kindMap: "values"}[n.kind])
		p.WriteString(`":`)
		p.typ(n.items, space)
		p.props(n.props)
		p.WriteByte('}')
	case len(n.props) > 0:
		p.WriteString(`{"type":"` + n.kind.String() + `"`)
		p.props(n.props)
		p.WriteByte('}')
	default:
		p.quote(n.kind.String())
	}
}

func (p *printer) union(n *node, space string) {
	p.WriteByte('[')
	for i, branch := range n.members {
		p.comma(i)
		p.typ(branch, space)
	}
	p.WriteByte(']')
}

func (p *printer) named(n *node, space string) {
	if p.written[n] || n.external && !p.inline {
		p.quote(p.reference(n.name, space))
		return
	}
	p.written[n] = true
	word := n.kind.String()
	if n.isError {
		word = "error"
	}
	switch {
	case !p.normal:
		p.WriteString(`{"type":"` + word + `","name":`)
		p.quote(n.name.short)
		p.namespace(n.name.space, space)
	case n.name.space == "":
		p.WriteString(`{"name":`)
		p.quote(n.name.short)
		p.namespace("", space)
		p.WriteString(`,"type":"` + word + `"`)
	default:
		p.WriteString(`{"name":`)
		p.quote(n.name.full)
		p.WriteString(`,"type":"` + word + `"`)
	}
	p.attribute("doc", n.doc)
	p.body(n)
	p.props(p.retagged(n.props, n))
	p.typeAliases(n)
	p.WriteByte('}')
}

// namespace prints the attribute where the namespace is not the enclosing one.
func (p *printer) namespace(own, enclosing string) {
	if own != enclosing {
		p.attribute("namespace", &own)
	}
}

// reference is how a type is named where it is used again. A short name that
// is also a word of the language would be read as that word.
func (p *printer) reference(n name, space string) string {
	if !p.normal && n.space == space && !isTypeWord(n.short) {
		return n.short
	}
	if n.space == "" && space != "" && p.shadows[space+"."+n.short] {
		return "." + n.short
	}
	return n.full
}

func isTypeWord(s string) bool {
	for k := range kinds {
		if k.String() == s {
			return true
		}
	}
	return false
}

// body prints what the kinds of named types do not share.
func (p *printer) body(n *node) {
	switch n.kind {
	case kindFixed:
		p.WriteString(`,"size":` + strconv.Itoa(n.size))
	case kindEnum:
		p.WriteString(`,"symbols":`)
		p.list(n.symbols)
		if n.fallback != "" {
			p.attribute("default", &n.fallback)
		}
	case kindRecord:
		p.WriteString(`,"fields":[`)
		for i, f := range n.fields {
			p.comma(i)
			p.field(f, n.name.space)
		}
		p.WriteByte(']')
	}
}

func (p *printer) field(f *field, space string) {
	p.WriteString(`{"name":`)
	p.quote(f.name)
	p.WriteString(`,"type":`)
	p.typ(f.typ, space)
	p.attribute("doc", f.doc)
	if f.value != nil {
		p.WriteString(`,"default":`)
		p.value(f.value)
	}
	if f.order != "" {
		p.attribute("order", &f.order)
	}
	if len(f.aliases) > 0 {
		p.aliases(f.aliases)
	}
	p.props(p.retagged(f.props, f))
	p.WriteByte('}')
}

func (p *printer) typeAliases(n *node) {
	var out []string
	for _, alias := range n.aliases {
		switch {
		case alias.space == "" && n.name.space != "":
			out = append(out, "."+alias.short)
		case !p.normal && alias.space == n.name.space:
			out = append(out, alias.short)
		default:
			out = append(out, alias.full)
		}
	}
	if len(out) > 0 {
		p.aliases(out)
	}
}

func (p *printer) aliases(names []string) {
	if p.normal {
		names = slices.Sorted(slices.Values(names))
	}
	p.WriteString(`,"aliases":`)
	p.list(names)
}

func (p *printer) props(props []jsondoc.Member) {
	if p.normal {
		props = slices.Clone(props)
		sort.Slice(props, func(i, j int) bool { return props[i].Name < props[j].Name })
	}
	for _, m := range props {
		p.WriteByte(',')
		p.quote(m.Name)
		p.WriteByte(':')
		p.value(m.Value)
	}
}

func (p *printer) value(v *jsondoc.Value) {
	if p.normal {
		p.WriteString(v.Sorted())
		return
	}
	p.WriteString(v.Compact())
}

func (p *printer) attribute(key string, value *string) {
	if value == nil {
		return
	}
	p.WriteString(`,"` + key + `":`)
	p.quote(*value)
}

func (p *printer) list(items []string) {
	p.WriteByte('[')
	for i, item := range items {
		p.comma(i)
		p.quote(item)
	}
	p.WriteByte(']')
}

func (p *printer) comma(i int) {
	if i > 0 {
		p.WriteByte(',')
	}
}

func (p *printer) quote(s string) { jsondoc.Quote(&p.Builder, s) }
