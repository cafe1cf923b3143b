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
	if n.draft >= draft7 {
		if err := p.readCondition(n); err != nil {
			return err
		}
	}
	if n.draft >= draft2019 {
		if n.unevaluated, err = p.one(n, v.Get("unevaluatedProperties"), "unevaluatedProperties"); err != nil {
			return err
		}
		if n.unevaluatedItems, err = p.one(n, v.Get("unevaluatedItems"), "unevaluatedItems"); err != nil {
			return err
		}
		if _, err := p.sub(n, v.Get("contentSchema"), "contentSchema"); err != nil {
			return err
		}
		if err := p.define(n, "$defs"); err != nil {
			return err
		}
	}
	return p.define(n, "definitions")
}

// readCondition reads if, then and else. Without if the others assert nothing,
// yet are schemas that references may name.
func (p *parser) readCondition(n *node) (err error) {
	if n.condition, err = p.one(n, n.value.Get("if"), "if"); err != nil {
		return err
	}
	for _, branch := range []struct {
		keyword string
		into    **node
	}{{"then", &n.then}, {"else", &n.otherwise}} {
		of := n.value.Get(branch.keyword)
		if n.condition == nil {
			_, err = p.sub(n, of, branch.keyword)
		} else {
			*branch.into, err = p.one(n, of, branch.keyword)
		}
		if err != nil {
			return err
		}
	}
	return nil
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
