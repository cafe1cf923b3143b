package jsondoc

import (
	"math/big"
	"sort"
	"strings"
)

// Key is equal for two values exactly when JSON Schema takes them for equal:
// numbers by value, objects without regard to order.
func (v *Value) Key() string {
	var b strings.Builder
	v.writeKey(&b)
	return b.String()
}

func (v *Value) writeKey(b *strings.Builder) {
	switch v.Kind {
	case Number:
		b.WriteString(v.Rational().RatString())
	case Array:
		b.WriteByte('[')
		for _, item := range v.Items {
			item.writeKey(b)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case Object:
		members := append([]Member(nil), v.Members...)
		sort.SliceStable(members, func(i, j int) bool { return members[i].Name < members[j].Name })
		b.WriteByte('{')
		for _, m := range members {
			Quote(b, m.Name)
			b.WriteByte(':')
			m.Value.writeKey(b)
			b.WriteByte(',')
		}
		b.WriteByte('}')
	default:
		b.WriteString(v.Compact())
	}
}

// Rational is a number's exact value, nil for other kinds. The caller has
// bounded the exponent: it is expanded into digits.
func (v *Value) Rational() *big.Rat {
	if v == nil || v.Kind != Number {
		return nil
	}
	r, _ := new(big.Rat).SetString(v.Text)
	return r
}

// Decimal writes a number that has a finite decimal form, without a fraction
// bar.
func Decimal(r *big.Rat) string {
	places, _ := r.FloatPrec()
	return r.FloatString(places)
}
