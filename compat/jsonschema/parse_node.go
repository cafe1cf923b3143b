package jsonschema

import (
	"math/big"
	"net/url"
	"sort"
	"strconv"
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
	root := &node{doc: d, value: d.root, place: "#", base: d.uri, draft: d.draft}
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
	for _, s := range append([]string{keyword}, segments...) {
		child.path += "/" + escape(s)
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
		p.dynamic[name] = append(p.dynamic[name], n)
	}
	if v := n.value.Get("$recursiveAnchor"); v != nil && v.Kind == jsondoc.True && n.draft == draft2019 {
		p.dynamic["$recursiveAnchor"] = append(p.dynamic["$recursiveAnchor"], n)
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

func number(v *jsondoc.Value) *big.Rat {
	if v == nil || v.Kind != jsondoc.Number {
		return nil
	}
	r, _ := new(big.Rat).SetString(v.Text)
	return r
}

// readScalars reads the assertions on types, values, numbers and strings.
func (p *parser) readScalars(n *node) error {
	v := n.value
	n.assertions = assertions(n)
	n.hasDefault = v.Get("default") != nil
	switch t := v.Get("type"); {
	case t == nil:
	case t.Kind == jsondoc.String:
		n.types, n.listed = typeOf(t.Text), 1
	case t.Kind == jsondoc.Array:
		n.types, n.listed = 0, len(t.Items)
		for _, item := range t.Items {
			n.types |= typeOf(item.Text)
		}
	}
	if e := v.Get("enum"); e != nil && e.Kind == jsondoc.Array {
		if len(e.Items) > maxEnum {
			return compat.Limitf("too complex: an enum has more than %d values", maxEnum)
		}
		n.enum = e.Items
	}
	if c := v.Get("const"); c != nil && n.draft >= draft6 {
		n.constant(c)
	}
	n.bounds()
	n.minLength, n.maxLength = number(v.Get("minLength")), number(v.Get("maxLength"))
	if source, ok := text(v.Get("pattern")); ok {
		var err error
		n.pattern, err = p.compilePattern(n, source, v.Get("pattern").Offset)
		return err
	}
	return nil
}

// constant adds what const says to enum.
func (n *node) constant(c *jsondoc.Value) {
	if n.enum != nil {
		for _, e := range n.enum {
			if equalValues(e, c) {
				n.enum = []*jsondoc.Value{c}
				return
			}
		}
		n.types = 0
	}
	n.enum, n.fixed = []*jsondoc.Value{c}, true
}

// bounds reads the numeric assertions; draft-04 has the exclusive ones as
// booleans beside the plain ones.
func (n *node) bounds() {
	v := n.value
	n.minimum, n.maximum = number(v.Get("minimum")), number(v.Get("maximum"))
	n.above, n.below = number(v.Get("exclusiveMinimum")), number(v.Get("exclusiveMaximum"))
	if e := v.Get("exclusiveMinimum"); e != nil && e.Kind == jsondoc.True {
		n.minimum, n.above = nil, n.minimum
	}
	if e := v.Get("exclusiveMaximum"); e != nil && e.Kind == jsondoc.True {
		n.maximum, n.below = nil, n.maximum
	}
	if m := number(v.Get("multipleOf")); m != nil && m.Sign() > 0 {
		n.multipleOf = m
	}
}

// readArray reads the assertions on arrays into prefix and rest, whichever
// keywords the draft has for them.
func (p *parser) readArray(n *node) (err error) {
	v := n.value
	n.minItems, n.maxItems = number(v.Get("minItems")), number(v.Get("maxItems"))
	n.unique = v.Get("uniqueItems") != nil && v.Get("uniqueItems").Kind == jsondoc.True
	items := v.Get("items")
	tuple := items
	n.prefixWord, n.restWord = "items", "additionalItems"
	rest := v.Get("additionalItems")
	if n.draft >= draft2020 {
		tuple, rest = v.Get("prefixItems"), items
		n.prefixWord, n.restWord = "prefixItems", "items"
	} else if items == nil || items.Kind != jsondoc.Array {
		// Without a tuple additionalItems means nothing.
		if _, err := p.sub(n, rest, n.restWord); err != nil {
			return err
		}
		tuple, rest, n.restWord = nil, items, "items"
	}
	if tuple != nil {
		for i, item := range tuple.Items {
			child, err := p.sub(n, item, n.prefixWord, strconv.Itoa(i))
			if err != nil {
				return err
			}
			if child != nil {
				n.prefix = append(n.prefix, child)
				n.hold(n.prefixWord+"/"+strconv.Itoa(i), child)
			}
		}
	}
	if n.rest, err = p.one(n, rest, n.restWord); err != nil {
		return err
	}
	if n.draft >= draft6 {
		if n.contains, err = p.one(n, v.Get("contains"), "contains"); err != nil {
			return err
		}
	}
	if n.contains != nil {
		n.minContains = big.NewRat(1, 1)
	}
	if n.contains == nil || n.draft < draft2019 {
		return nil
	}
	if m := number(v.Get("minContains")); m != nil {
		n.minContains = m
	}
	n.maxContains = number(v.Get("maxContains"))
	return nil
}

// one reads a sub-schema that stands alone under its keyword.
func (p *parser) one(n *node, v *jsondoc.Value, keyword string) (*node, error) {
	child, err := p.sub(n, v, keyword)
	if child != nil {
		n.hold(keyword, child)
	}
	return child, err
}

func (n *node) hold(label string, child *node) {
	n.children = append(n.children, member{label, child})
}

// readObject reads the assertions on objects.
func (p *parser) readObject(n *node) (err error) {
	v := n.value
	n.minProperties, n.maxProperties = number(v.Get("minProperties")), number(v.Get("maxProperties"))
	n.required = names(v.Get("required"))
	if n.properties, err = p.named(n, v.Get("properties"), "properties"); err != nil {
		return err
	}
	n.byName = make(map[string]*node, len(n.properties))
	for _, m := range n.properties {
		n.byName[m.name] = m.node
	}
	if err := p.readPatterns(n); err != nil {
		return err
	}
	if n.additional, err = p.one(n, v.Get("additionalProperties"), "additionalProperties"); err != nil {
		return err
	}
	if n.draft >= draft6 {
		if n.names, err = p.one(n, v.Get("propertyNames"), "propertyNames"); err != nil {
			return err
		}
	}
	// The library asserts dependencies in the drafts that dropped the keyword
	// too, and it is the judge.
	if deps := v.Get("dependencies"); deps != nil {
		for _, m := range deps.Members {
			if m.Value.Kind == jsondoc.Array {
				n.needs = append(n.needs, need{m.Name, names(m.Value)})
			}
		}
		if n.needsSchema, err = p.named(n, deps, "dependencies"); err != nil {
			return err
		}
	}
	if n.draft < draft2019 {
		return nil
	}
	if deps := v.Get("dependentRequired"); deps != nil {
		for _, m := range deps.Members {
			n.needs = append(n.needs, need{m.Name, names(m.Value)})
		}
	}
	more, err := p.named(n, v.Get("dependentSchemas"), "dependentSchemas")
	n.needsSchema = append(n.needsSchema, more...)
	return err
}

func names(v *jsondoc.Value) []string {
	if v == nil {
		return nil
	}
	var list []string
	for _, item := range v.Items {
		if item.Kind == jsondoc.String {
			list = append(list, item.Text)
		}
	}
	return list
}

// named reads the sub-schemas of an object of schemas.
func (p *parser) named(n *node, v *jsondoc.Value, keyword string) ([]member, error) {
	if v == nil {
		return nil, nil
	}
	var list []member
	for _, m := range v.Members {
		child, err := p.sub(n, m.Value, keyword, m.Name)
		if err != nil {
			return nil, err
		}
		if child != nil {
			list = append(list, member{m.Name, child})
			n.hold(keyword+"/"+escape(m.Name), child)
		}
	}
	return list, nil
}

// readPatterns reads patternProperties. The compiled tree has the translated
// patterns as keys, made distinct where two translations are the same.
func (p *parser) readPatterns(n *node) error {
	v := n.value.Get("patternProperties")
	if v == nil {
		return nil
	}
	taken := make(map[string]bool)
	for _, m := range v.Members {
		compiled, err := p.compilePattern(n, m.Name, m.Offset)
		if err != nil {
			return err
		}
		for taken[compiled.translated] {
			compiled.translated += "(?:)"
		}
		taken[compiled.translated] = true
		child, err := p.sub(n, m.Value, "patternProperties", m.Name)
		if err != nil {
			return err
		}
		if child == nil {
			continue
		}
		n.patterns = append(n.patterns, patternMember{compiled, child})
		n.hold("patternProperties/"+escape(m.Name), child)
	}
	return nil
}

// readCombined reads the keywords that apply sub-schemas in place, and the
// definitions.
func (p *parser) readCombined(n *node) (err error) {
	v := n.value
	for _, list := range []struct {
		keyword string
		into    *[]*node
	}{{"allOf", &n.allOf}, {"anyOf", &n.anyOf}, {"oneOf", &n.oneOf}} {
		of := v.Get(list.keyword)
		if of == nil {
			continue
		}
		for i, item := range of.Items {
			child, err := p.sub(n, item, list.keyword, strconv.Itoa(i))
			if err != nil {
				return err
			}
			if child != nil {
				*list.into = append(*list.into, child)
				n.hold(list.keyword+"/"+strconv.Itoa(i), child)
			}
		}
	}
	if n.not, err = p.one(n, v.Get("not"), "not"); err != nil {
		return err
	}
	if n.draft >= draft7 && v.Get("if") != nil {
		for _, branch := range []struct {
			keyword string
			into    **node
		}{{"if", &n.condition}, {"then", &n.then}, {"else", &n.otherwise}} {
			if *branch.into, err = p.one(n, v.Get(branch.keyword), branch.keyword); err != nil {
				return err
			}
		}
	}
	if n.draft >= draft2019 {
		if n.unevaluated, err = p.one(n, v.Get("unevaluatedProperties"), "unevaluatedProperties"); err != nil {
			return err
		}
		if n.unevaluatedItems, err = p.one(n, v.Get("unevaluatedItems"), "unevaluatedItems"); err != nil {
			return err
		}
		if err := p.define(n, "$defs"); err != nil {
			return err
		}
	}
	return p.define(n, "definitions")
}

// define reads sub-schemas that assert nothing where they stand.
func (p *parser) define(n *node, keyword string) error {
	defs := n.value.Get(keyword)
	if defs == nil {
		return nil
	}
	for _, m := range defs.Members {
		if _, err := p.sub(n, m.Value, keyword, m.Name); err != nil {
			return err
		}
	}
	return nil
}

// plain are the keywords whose values assert something without holding a
// schema.
var plain = [...]string{
	"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
	"minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains",
	"minProperties", "maxProperties", "required", "dependencies", "dependentRequired",
	"$dynamicAnchor", "$recursiveAnchor",
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
