package jsonschema

import (
	"strconv"
)

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
