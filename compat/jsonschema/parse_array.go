package jsonschema

import (
	"math/big"
	"strconv"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// readArray reads the assertions on arrays into prefix and rest, whichever
// keywords the draft has for them.
func (p *parser) readArray(n *node) (err error) {
	v := n.value
	n.minItems, n.maxItems = v.Get("minItems").Rational(), v.Get("maxItems").Rational()
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
	if m := v.Get("minContains").Rational(); m != nil {
		n.minContains = m
	}
	n.maxContains = v.Get("maxContains").Rational()
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
