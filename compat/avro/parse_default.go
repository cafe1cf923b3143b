package avro

import (
	"strconv"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// maxDefaultSteps bounds what checking all defaults of a text may cost: large
// values and many records multiply.
const maxDefaultSteps = 1 << 20

func (p *parser) checkDefaults() error {
	d := newDefaults(false)
	for _, f := range p.defaults {
		ok := d.fits(f.value, f.typ)
		if d.steps < 0 {
			return compat.Limitf("too complex: checking the defaults takes more than %d steps", maxDefaultSteps)
		}
		if !ok {
			return p.bad(f.value.Offset, "the default of field %s does not fit its type", f.name)
		}
	}
	return nil
}

// defaults decides which default values fit which types. Of text for bytes,
// fixed and enums the JSON kind alone is looked at (addenda D.1), unless exact
// is set.
type defaults struct {
	exact bool
	// seen holds the answers. A pair in progress is false: a default that
	// needs itself has no finite value.
	seen  map[fit]bool
	steps int // left; negative when used up
}

func newDefaults(exact bool) *defaults {
	return &defaults{exact: exact, seen: make(map[fit]bool), steps: maxDefaultSteps}
}

type fit struct {
	value *jsondoc.Value
	typ   *node
}

func (d *defaults) fits(v *jsondoc.Value, n *node) bool {
	if d.steps--; d.steps < 0 {
		return false
	}
	switch n.kind {
	case kindNull:
		return v.Kind == jsondoc.Null
	case kindBoolean:
		return v.Kind == jsondoc.True || v.Kind == jsondoc.False
	case kindInt:
		return isInteger(v, 32)
	case kindLong:
		return isInteger(v, 64)
	case kindFloat, kindDouble:
		return v.Kind == jsondoc.Number
	case kindString:
		return v.Kind == jsondoc.String
	case kindBytes, kindFixed, kindEnum:
		return v.Kind == jsondoc.String && (!d.exact || textFits(v.Text, n))
	}
	key := fit{v, n}
	if ok, known := d.seen[key]; known {
		return ok
	}
	d.seen[key] = false
	ok := d.compound(v, n)
	d.seen[key] = ok
	return ok
}

func (d *defaults) compound(v *jsondoc.Value, n *node) bool {
	switch n.kind {
	case kindUnion:
		for _, branch := range n.members {
			if d.fits(v, branch) {
				return true
			}
		}
		return false
	case kindArray:
		for _, item := range v.Items {
			if !d.fits(item, n.items) {
				return false
			}
		}
		return v.Kind == jsondoc.Array
	case kindMap:
		for _, m := range v.Members {
			if !d.fits(m.Value, n.items) {
				return false
			}
		}
		return v.Kind == jsondoc.Object
	}
	return v.Kind == jsondoc.Object && d.record(v, n)
}

// record fits when every field has a value in v or a default of its own.
func (d *defaults) record(v *jsondoc.Value, n *node) bool {
	if d.steps -= len(v.Members); d.steps < 0 {
		return false
	}
	given := make(map[string]*jsondoc.Value, len(v.Members))
	for _, m := range v.Members {
		given[m.Name] = m.Value
	}
	for _, f := range n.fields {
		value := given[f.name]
		if value == nil {
			value = f.value
		}
		if value == nil || !d.fits(value, f.typ) {
			return false
		}
	}
	return true
}

// isInteger tells whether v is written as an integer of so many bits; 1.0 is
// not.
func isInteger(v *jsondoc.Value, bits int) bool {
	if v.Kind != jsondoc.Number {
		return false
	}
	_, err := strconv.ParseInt(v.Text, 10, bits)
	return err == nil
}

// textFits tells whether JSON text can be a value of a bytes, fixed or enum.
func textFits(s string, n *node) bool {
	if n.kind == kindEnum {
		return n.isSymbol[s]
	}
	return isLatin(s) && (n.kind != kindFixed || utf8.RuneCountInString(s) == n.size)
}

// isLatin tells whether every character stands for one byte.
func isLatin(s string) bool {
	for _, r := range s {
		if r > 0xff {
			return false
		}
	}
	return true
}
