package contain

import (
	"math/big"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// Bounds on one number.
const (
	maxCandidates = 2000
	maxPlaces     = 48   // decimal places that are tried
	maxBits       = 4096 // of a common multiple
)

// numbers is the conjunction of atoms on numbers.
type numbers struct {
	low, high         *big.Rat
	lowOpen, highOpen bool
	step              *big.Rat // values are multiples of it; nil is none
	not               []*big.Rat
	except            map[string]bool // by RatString
	cost              int             // of a candidate
}

// solveNumber finds a number, the nearest to zero as a rule.
func (g *Graph) solveNumber(t Type, atoms []Formula) result {
	n := numbers{except: make(map[string]bool)}
	one := big.NewRat(1, 1)
	if t == Integer {
		n.step = one
	} else {
		n.not = append(n.not, one)
	}
	for _, f := range atoms {
		switch a := &g.terms[f]; a.op {
		case opMin:
			if n.low == nil || a.limit.Cmp(n.low) > 0 || a.open && a.limit.Cmp(n.low) == 0 {
				n.low, n.lowOpen = a.limit, a.open
			}
		case opMax:
			if n.high == nil || a.limit.Cmp(n.high) < 0 || a.open && a.limit.Cmp(n.high) == 0 {
				n.high, n.highOpen = a.limit, a.open
			}
		case opMultiple:
			n.step = common(n.step, a.limit)
		case opNotMultiple:
			n.not = append(n.not, a.limit)
		case opNotIn:
			g.spend(len(a.values.keys))
			for key := range a.values.keys {
				n.except[key] = true
			}
		}
	}
	if n.step != nil && n.step.Num().BitLen()+n.step.Denom().BitLen() > maxBits {
		return g.unknown("the common multiple is too large")
	}
	if n.crossed() {
		return empty
	}
	n.cost = 1 + len(n.not)/2
	if n.step != nil {
		n.cost += n.step.Num().BitLen() / 64 * (1 + len(n.not)/2)
	}
	if n.step != nil {
		return g.onSteps(&n)
	}
	return g.inRange(&n)
}

// common is the least common multiple of two positive rationals.
func common(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	// lcm(p/q, r/s) = lcm(p*s, r*q) / (q*s)
	x := new(big.Int).Mul(a.Num(), b.Denom())
	y := new(big.Int).Mul(b.Num(), a.Denom())
	gcd := new(big.Int).GCD(nil, nil, x, y)
	lcm := new(big.Int).Mul(x, new(big.Int).Quo(y, gcd))
	return new(big.Rat).SetFrac(lcm, new(big.Int).Mul(a.Denom(), b.Denom()))
}

func (n *numbers) crossed() bool {
	if n.low == nil || n.high == nil {
		return false
	}
	order := n.low.Cmp(n.high)
	return order > 0 || order == 0 && (n.lowOpen || n.highOpen)
}

// within tells whether r is between the bounds.
func (n *numbers) within(r *big.Rat) bool {
	if n.low != nil {
		if order := r.Cmp(n.low); order < 0 || order == 0 && n.lowOpen {
			return false
		}
	}
	if n.high != nil {
		if order := r.Cmp(n.high); order > 0 || order == 0 && n.highOpen {
			return false
		}
	}
	return true
}

// excluded tells whether r is a multiple of what it must not be, or listed.
func (n *numbers) excluded(r *big.Rat) bool {
	for _, m := range n.not {
		if new(big.Rat).Quo(r, m).IsInt() {
			return true
		}
	}
	return n.except[r.RatString()]
}

// onSteps tries the multiples of step from the one nearest to zero outwards.
// What is excluded repeats with a period, so that trying one period and as many
// as are listed is enough.
func (g *Graph) onSteps(n *numbers) result {
	for _, m := range n.not {
		if new(big.Rat).Quo(n.step, m).IsInt() {
			return empty
		}
	}
	start := new(big.Rat)
	direction := 1
	switch {
	case n.low != nil && n.low.Sign() >= 0:
		start.SetInt(ceiling(new(big.Rat).Quo(n.low, n.step)))
	case n.high != nil && n.high.Sign() <= 0:
		start.SetInt(floor(new(big.Rat).Quo(n.high, n.step)))
		direction = -1
	}
	period := big.NewRat(1, 1)
	for _, m := range n.not {
		period = common(period, new(big.Rat).Quo(m, n.step))
	}
	enough := maxCandidates + 1
	if whole := ceiling(period); whole.IsInt64() && whole.Int64() < maxCandidates {
		enough = (int(whole.Int64())+1)*(len(n.except)+1) + 2
	}
	both := n.low == nil || n.low.Sign() < 0
	both = both && (n.high == nil || n.high.Sign() > 0)
	if both {
		enough *= 2
	}
	at := new(big.Rat)
	outside := 0 // in a row
	for i := 0; i < enough; i++ {
		if i > maxCandidates || !g.spend(n.cost) {
			return g.unknown("too many numbers to try")
		}
		offset := i * direction
		if both {
			offset = (i + 1) / 2
			if i%2 == 0 {
				offset = -offset
			}
		}
		at.Add(start, big.NewRat(int64(offset), 1))
		at.Mul(at, n.step)
		if !n.within(at) {
			// The bound that opens the range may be exclusive; from zero
			// both sides must have run out.
			if outside++; outside > 1 {
				return empty
			}
			continue
		}
		outside = 0
		if !n.excluded(at) {
			return number(at)
		}
	}
	return empty
}

func number(r *big.Rat) result {
	return found(&jsondoc.Value{Kind: jsondoc.Number, Text: jsondoc.Decimal(r)})
}

func floor(r *big.Rat) *big.Int {
	return new(big.Int).Div(r.Num(), r.Denom())
}

func ceiling(r *big.Rat) *big.Int {
	negative := new(big.Rat).Neg(r)
	return new(big.Int).Neg(floor(negative))
}

// inRange tries decimals of ever more places between the bounds. Only so many
// are excluded, or nowhere dense, so an open range has one.
func (g *Graph) inRange(n *numbers) result {
	if n.low != nil && n.high != nil && n.low.Cmp(n.high) == 0 {
		if n.excluded(n.low) {
			return empty
		}
		return number(n.low)
	}
	unit := big.NewRat(1, 1)
	tenth := big.NewRat(1, 10)
	at := new(big.Rat)
	for range maxPlaces {
		start := new(big.Int)
		switch {
		case n.low != nil && n.low.Sign() >= 0:
			start = ceiling(new(big.Rat).Quo(n.low, unit))
		case n.high != nil && n.high.Sign() <= 0:
			start = new(big.Int).Sub(floor(new(big.Rat).Quo(n.high, unit)), big.NewInt(40))
		case n.low != nil:
			start = ceiling(new(big.Rat).Quo(n.low, unit))
			if start.Cmp(big.NewInt(-40)) < 0 {
				start.SetInt64(0)
			}
		}
		for i := range 41 {
			if !g.spend(n.cost) {
				return g.unknown("too many numbers to try")
			}
			at.SetInt(new(big.Int).Add(start, big.NewInt(int64(i))))
			at.Mul(at, unit)
			if n.within(at) && !n.excluded(at) {
				return number(at)
			}
		}
		unit = new(big.Rat).Mul(unit, tenth)
	}
	return g.unknown("too many numbers to try")
}
