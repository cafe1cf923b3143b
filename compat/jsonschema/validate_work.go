package jsonschema

import (
	"encoding/json"
	"hash/fnv"
	"sort"

	"github.com/muster-registry/muster/compat"
)

// maxWork bounds what judging one payload may cost, in steps of about a tenth
// of a microsecond. Row 40 of reference/reliability.md 5.4 is the reason: the
// library cannot be interrupted, so the cost is known before it starts.
const maxWork = 2_000_000

// afford refuses a payload that would cost more than the budget. The estimate
// follows the library's evaluation, which tries every branch.
func (s *schema) afford(instance any) error {
	e := estimate{left: maxWork}
	e.spend(s.root, instance)
	if e.left < 0 {
		return compat.Limitf("too complex: judging the payload takes more steps than the budget allows")
	}
	return nil
}

type estimate struct {
	left  int
	depth int
}

// spend counts what n costs on v.
func (e *estimate) spend(n *node, v any) {
	if e.left -= 4; e.left < 0 || n == nil || n.truth != neither {
		return
	}
	e.depth++
	defer func() { e.depth-- }()
	e.left -= len(n.enum) * compareCost(v)
	switch v := v.(type) {
	case string:
		e.text(n, v)
	case json.Number:
		e.left -= 4 + len(v)
	case []any:
		e.array(n, v)
	case map[string]any:
		e.object(n, v)
	}
	for _, sub := range n.inPlace() {
		e.spend(sub, v)
	}
}

// compareCost is what comparing v with one value of an enum costs.
func compareCost(v any) int {
	switch v.(type) {
	case json.Number:
		return 16
	case []any, map[string]any:
		return 8
	}
	return 1
}

func (e *estimate) text(n *node, s string) {
	e.left -= len(s) / 64
	if n.pattern != nil {
		e.left -= matchCost(n.pattern, s)
	}
}

// matchCost is what a linear matcher needs: text times program.
func matchCost(p *pattern, s string) int { return 1 + len(s)*(8+p.size)/32 }

func (e *estimate) array(n *node, items []any) {
	e.left -= len(items)
	if n.unique {
		e.left -= uniqueCost(items)
	}
	for i, item := range items {
		if e.left < 0 {
			return
		}
		switch {
		case i < len(n.prefix):
			e.spend(n.prefix[i], item)
		case n.rest != nil:
			e.spend(n.rest, item)
		}
		if n.contains != nil {
			e.spend(n.contains, item)
		}
		if n.unevaluatedItems != nil {
			e.spend(n.unevaluatedItems, item)
		}
	}
}

func (e *estimate) object(n *node, members map[string]any) {
	e.left -= len(members) + len(n.properties)/4 + len(n.required)/4
	for name, value := range members {
		if e.left < 0 {
			return
		}
		declared := n.property(name)
		if declared != nil {
			e.spend(declared, value)
		}
		if n.names != nil {
			e.spend(n.names, name)
		}
		for _, m := range n.patterns {
			e.left -= matchCost(m.pattern, name)
			if m.pattern.matches(name) {
				e.spend(m.node, value)
			}
		}
		if n.additional != nil && declared == nil {
			e.spend(n.additional, value)
		}
		if n.unevaluated != nil {
			e.spend(n.unevaluated, value)
		}
	}
}

// uniqueCost counts the comparisons the library makes: all pairs of few
// items, else those pairs whose hashes are equal, which a payload can choose.
func uniqueCost(items []any) int {
	if len(items) <= 20 {
		return len(items) * len(items) * 4
	}
	buckets := make(map[uint64]int, len(items))
	cost := 0
	for _, item := range items {
		h := fnv.New64a()
		cost += 12 + writeHash(h, item)/4
		k := h.Sum64()
		cost += 16 * buckets[k]
		buckets[k]++
	}
	return cost
}

// writeHash writes what the library hashes of a value, and returns how much.
func writeHash(h interface{ Write([]byte) (int, error) }, v any) int {
	write := func(tag byte, s string) int {
		h.Write([]byte{tag})
		h.Write([]byte(s))
		return 1 + len(s)
	}
	switch v := v.(type) {
	case bool:
		return write(1, map[bool]string{true: "1", false: "0"}[v])
	case json.Number:
		r := rational(v)
		return write(2, string(r.Num().Bytes())+string(r.Denom().Bytes()))
	case string:
		return write(3, v)
	case []any:
		n := write(4, "")
		for _, item := range v {
			n += writeHash(h, item)
		}
		return n
	case map[string]any:
		n := write(5, "")
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			n += write(3, name) + writeHash(h, v[name])
		}
		return n
	}
	return write(0, "")
}
