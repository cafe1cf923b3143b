package jsonschema

import (
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

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
	for _, value := range n.enum {
		n.enumTypes |= typeOfValue(value)
	}
	n.bounds()
	n.minLength, n.maxLength = v.Get("minLength").Rational(), v.Get("maxLength").Rational()
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
	n.minimum, n.maximum = v.Get("minimum").Rational(), v.Get("maximum").Rational()
	n.above, n.below = v.Get("exclusiveMinimum").Rational(), v.Get("exclusiveMaximum").Rational()
	if e := v.Get("exclusiveMinimum"); e != nil && e.Kind == jsondoc.True {
		n.minimum, n.above = nil, n.minimum
	}
	if e := v.Get("exclusiveMaximum"); e != nil && e.Kind == jsondoc.True {
		n.maximum, n.below = nil, n.maximum
	}
	if m := v.Get("multipleOf").Rational(); m != nil && m.Sign() > 0 {
		n.multipleOf = m
	}
}
