package jsonschema

import (
	"net/url"
	"sort"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// load reads a document's nodes, once.
func (p *parser) load(d *document) (*node, error) {
	if d.loaded {
		return p.nodes[d.root], nil
	}
	d.loaded = true
	root := &node{doc: d, value: d.root, place: d.uri + "#", base: d.uri, draft: d.draft}
	p.resources[d.uri] = root
	return root, p.read(root)
}

// sub reads the schema under a keyword of n; it is nil when v is no schema.
func (p *parser) sub(n *node, v *jsondoc.Value, keyword string, segments ...string) (*node, error) {
	if v == nil || v.Kind != jsondoc.Object && v.Kind != jsondoc.True && v.Kind != jsondoc.False {
		return nil, nil
	}
	if known := p.nodes[v]; known != nil {
		return known, nil
	}
	child := &node{doc: n.doc, value: v, base: n.base, draft: n.draft, holder: keyword, path: n.path, place: n.place}
	for i, s := range append([]string{keyword}, segments...) {
		child.path += "/" + escape(s)
		if i == 1 && keyword == "patternProperties" {
			s = n.translation(s)
		}
		child.place += "/" + url.PathEscape(escape(s))
	}
	return child, p.read(child)
}

// escape writes a name as a segment of a JSON pointer (RFC 6901).
func escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// read fills in a node and those below it.
func (p *parser) read(n *node) error {
	p.nodes[n.value] = n
	p.order = append(p.order, n)
	if len(p.order) > maxSubschemas {
		return compat.Limitf("too complex: the schema has more than %d sub-schemas", maxSubschemas)
	}
	n.types = allTypes
	switch n.value.Kind {
	case jsondoc.True:
		n.truth = always
		return nil
	case jsondoc.False:
		n.truth = never
		return nil
	case jsondoc.Object:
	default:
		return nil
	}
	if err := p.identify(n); err != nil {
		return err
	}
	for _, step := range []func(*node) error{p.readScalars, p.readArray, p.readObject, p.readCombined, p.readReference} {
		if err := step(n); err != nil {
			return err
		}
	}
	return nil
}

// identify reads what names a node: $id (id in draft-04), $anchor and
// $dynamicAnchor. Up to draft-07 a $ref hides them.
func (p *parser) identify(n *node) error {
	keyword := "$id"
	if n.draft == draft4 {
		keyword = "id"
	}
	_, referring := text(n.value.Get("$ref"))
	if id, ok := text(n.value.Get(keyword)); ok && !(referring && n.draft <= draft7) {
		uri, fragment, _ := strings.Cut(id, "#")
		if uri != "" {
			absolute, err := join(n.base, uri)
			if err != nil {
				return p.refuse(n.doc, n.value.Get(keyword).Offset, "%s is not a URI reference", keyword)
			}
			if known := p.resources[absolute]; known != nil && known.doc == n.doc && known.value != n.value {
				return p.refuse(n.doc, n.value.Get(keyword).Offset, "two schemas have the same %s", keyword)
			}
			n.base = absolute
			p.resources[absolute] = n
		}
		if fragment != "" && n.draft <= draft7 {
			p.anchors[n.base+"#"+fragment] = n
		}
	} else if v := n.value.Get(keyword); v != nil && v.Kind != jsondoc.String && !referring {
		return p.refuse(n.doc, v.Offset, "%s must be a string", keyword)
	}
	if n.draft < draft2019 {
		return nil
	}
	if name, ok := text(n.value.Get("$anchor")); ok {
		p.anchors[n.base+"#"+name] = n
	}
	if name, ok := text(n.value.Get("$dynamicAnchor")); ok && n.draft >= draft2020 {
		p.anchors[n.base+"#"+name] = n
		p.move(name, n)
	}
	if v := n.value.Get(recursiveAnchor); v != nil && v.Kind == jsondoc.True && n.draft == draft2019 && p.resources[n.base] == n {
		p.move(recursiveAnchor, n)
	}
	return nil
}

func text(v *jsondoc.Value) (string, bool) {
	if v == nil || v.Kind != jsondoc.String {
		return "", false
	}
	return v.Text, true
}

func join(base, ref string) (string, error) {
	to, err := url.Parse(ref)
	if err != nil {
		return "", err
	}
	if to.IsAbs() {
		return ref, nil
	}
	from, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	return from.ResolveReference(to).String(), nil
}

// plain are the keywords whose values assert something without holding a
// schema.
var plain = [...]string{
	"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
	"minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains",
	"minProperties", "maxProperties", "required", "dependencies", "dependentRequired",
}

// assertions is the text of those keywords in a fixed order.
func assertions(n *node) string {
	var b strings.Builder
	for _, keyword := range plain {
		v := n.value.Get(keyword)
		switch {
		case v == nil:
		case keyword == "dependencies":
			var lists []string
			for _, m := range v.Members {
				if m.Value.Kind == jsondoc.Array {
					lists = append(lists, escape(m.Name)+m.Value.Sorted())
				}
			}
			sort.Strings(lists)
			b.WriteString(strings.Join(lists, ","))
		default:
			b.WriteString(keyword + v.Sorted())
		}
	}
	return b.String()
}
