package jsonschema

import (
	"github.com/muster-registry/muster/compat/jsondoc"
)

// values lists the values of a view that has finitely many.
func (c *checker) values(w *view) ([]*jsondoc.Value, bool) {
	if !w.counted {
		w.values, w.finite = c.enumerate(w)
		w.counted = true
	}
	return w.values, w.finite
}

func (c *checker) enumerate(w *view) ([]*jsondoc.Value, bool) {
	var shortest []*jsondoc.Value
	found := false
	for _, n := range w.holds {
		if n.enum != nil && (!found || len(n.enum) < len(shortest)) {
			shortest, found = n.enum, true
		}
	}
	if mask := w.types(); !found && mask&^(nullType|booleanType) == 0 {
		found = true
		for _, kind := range []jsondoc.Kind{jsondoc.Null, jsondoc.False, jsondoc.True} {
			if v := (&jsondoc.Value{Kind: kind}); typeOfValue(v)&mask != 0 {
				shortest = append(shortest, v)
			}
		}
	}
	if low, high := w.interval(); !found && w.types()&^numberType == 0 && low.value != nil && high.value != nil &&
		!low.open && !high.open && low.value.Cmp(high.value) == 0 {
		shortest, found = []*jsondoc.Value{{Kind: jsondoc.Number, Text: jsondoc.Decimal(low.value)}}, true
	}
	if !found {
		return nil, false
	}
	var left []*jsondoc.Value
	for _, v := range shortest {
		if c.err = c.opts.Work.Spend(1); c.err != nil {
			return nil, true
		}
		if typeOfValue(v)&w.mask != 0 && !c.excludes(w, v) {
			left = append(left, v)
		}
	}
	return left, true
}

// excludes tells whether v is known not to be a value of w.
func (c *checker) excludes(w *view, v *jsondoc.Value) bool {
	for _, n := range w.holds {
		if accepts, known := c.accepts(n, v); known && !accepts {
			return true
		}
	}
	for _, n := range w.fails {
		if accepts, known := c.accepts(n, v); known && accepts {
			return true
		}
	}
	return false
}

// accepts asks the compiled schema about a value; known is false when there is
// none.
func (c *checker) accepts(n *node, v *jsondoc.Value) (accepts, known bool) {
	switch {
	case n.truth != neither:
		return n.truth == always, true
	case n.judge == nil:
		return false, false
	}
	doc := decode(v)
	cost := estimate{left: 2 * c.left}
	if cost.spend(n, doc); !c.spend(c.left - cost.left/2) {
		return false, false
	}
	return valid(n.judge, doc), true
}

// finite decides a pair whose writer has finitely many values by asking for
// each of them; done is false when that cannot be decided.
func (c *checker) finite(r *node, w *view) (done bool) {
	values, ok := c.values(w)
	if !ok {
		return false
	}
	if c.err = c.opts.Work.Spend(len(values)); c.err != nil {
		return true
	}
	for _, v := range values {
		accepts, known := c.accepts(r, v)
		if !known || !accepts {
			return false
		}
	}
	return true
}
