package jsonschema

import (
	"github.com/muster-registry/muster/compat/jsondoc"
)

// readObject reads the assertions on objects.
func (p *parser) readObject(n *node) (err error) {
	v := n.value
	n.minProperties, n.maxProperties = v.Get("minProperties").Rational(), v.Get("maxProperties").Rational()
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

// names are the strings of an array; what else it holds is none of them.
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
		at := len(n.patterns)
		n.patterns = append(n.patterns, patternMember{pattern: compiled})
		child, err := p.sub(n, m.Value, "patternProperties", m.Name)
		if err != nil {
			return err
		}
		if child == nil {
			n.patterns = n.patterns[:at]
			continue
		}
		n.patterns[at].node = child
		n.hold("patternProperties/"+escape(m.Name), child)
	}
	return nil
}
