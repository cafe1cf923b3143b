package avro

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// A value is nil, a bool, an int64 (int and long), a float32, a float64, a
// string, a []byte (bytes and fixed), a symbol, a list (array), an []keyed
// (map), a fields (record) or a branch (union).
type (
	symbol string
	list   []any
	keyed  struct {
		key   string
		value any
	}
	fields []any
	branch struct {
		index int
		value any
	}
)

// typesOf lists every type below root once.
func typesOf(root *node) (all []*node) {
	seen := make(map[*node]bool)
	var visit func(*node)
	visit = func(n *node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		all = append(all, n)
		visit(n.items)
		for _, m := range n.members {
			visit(m)
		}
		for _, f := range n.fields {
			visit(f.typ)
		}
	}
	visit(root)
	return all
}

// heights says of each type below root how deep its least value is. A type
// without a finite value is not in it.
func heights(root *node) map[*node]int {
	all := typesOf(root)
	height := make(map[*node]int)
	for changed := true; changed; {
		changed = false
		for _, n := range all {
			if h, ok := heightOf(n, height); ok {
				if was, known := height[n]; !known || h < was {
					height[n], changed = h, true
				}
			}
		}
	}
	return height
}

func heightOf(n *node, height map[*node]int) (least int, ok bool) {
	switch n.kind {
	case kindEnum:
		return 0, len(n.symbols) > 0
	case kindUnion:
		for _, m := range n.members {
			if h, known := height[m]; known && (!ok || h+1 < least) {
				least, ok = h+1, true
			}
		}
		return least, ok
	case kindRecord:
		for _, f := range n.fields {
			h, known := height[f.typ]
			if !known {
				return 0, false
			}
			least = max(least, h+1)
		}
	}
	return least, true
}

// drawValue draws a value of n, which has one.
func drawValue(rnd *rand.Rand, n *node, height map[*node]int, depth int) any {
	text := func() string { return pick(rnd, "", "x", "é", "\x00", "some longer text") }
	switch n.kind {
	case kindNull:
		return nil
	case kindBoolean:
		return rnd.IntN(2) == 0
	case kindInt:
		return pick(rnd, 0, -1, math.MinInt32, math.MaxInt32, int64(int32(rnd.Uint32())))
	case kindLong:
		return pick(rnd, 0, math.MinInt64, math.MaxInt64, int64(rnd.Uint64()))
	case kindFloat:
		return pick(rnd, 0, -1.5, math.MaxFloat32, rnd.Float32())
	case kindDouble:
		return pick(rnd, 0, -1.5, math.MaxFloat64, rnd.Float64())
	case kindString:
		return text()
	case kindBytes:
		return []byte(text())
	case kindFixed:
		return bytes.Repeat([]byte{byte(rnd.IntN(256))}, n.size)
	case kindEnum:
		return symbol(pick(rnd, n.symbols...))
	case kindUnion:
		return drawBranch(rnd, n, height, depth)
	case kindRecord:
		out := fields{}
		for _, f := range n.fields {
			out = append(out, drawValue(rnd, f.typ, height, depth-1))
		}
		return out
	}
	count := rnd.IntN(3)
	if _, finite := height[n.items]; !finite || depth <= 0 {
		count = 0
	}
	items, entries := list{}, []keyed{}
	for i := range count {
		item := drawValue(rnd, n.items, height, depth-1)
		items = append(items, item)
		entries = append(entries, keyed{fmt.Sprint("k", i), item})
	}
	if n.kind == kindMap {
		return entries
	}
	return items
}

// drawBranch takes any branch that has values, and the least one when deep.
func drawBranch(rnd *rand.Rand, n *node, height map[*node]int, depth int) any {
	var may []int
	for i, m := range n.members {
		h, finite := height[m]
		switch {
		case !finite:
		case depth > 0 || len(may) == 0:
			may = append(may, i)
		case h < height[n.members[may[0]]]:
			may[0] = i
		}
	}
	i := pick(rnd, may...)
	return branch{i, drawValue(rnd, n.members[i], height, depth-1)}
}

// encodeValue writes v, of type n, in binary.
func encodeValue(out []byte, n *node, v any) []byte {
	text := func(s string) []byte { return append(binary.AppendVarint(out, int64(len(s))), s...) }
	switch v := v.(type) {
	case bool:
		if v {
			return append(out, 1)
		}
		return append(out, 0)
	case int64:
		return binary.AppendVarint(out, v)
	case float32:
		return binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
	case float64:
		return binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
	case string:
		return text(v)
	case []byte:
		if n.kind == kindFixed {
			return append(out, v...)
		}
		return text(string(v))
	case symbol:
		return binary.AppendVarint(out, int64(slices.Index(n.symbols, string(v))))
	case branch:
		return encodeValue(binary.AppendVarint(out, int64(v.index)), n.members[v.index], v.value)
	case fields:
		for i, part := range v {
			out = encodeValue(out, n.fields[i].typ, part)
		}
	case list:
		for _, item := range v {
			out = encodeValue(append(out, 2), n.items, item)
		}
		return append(out, 0)
	case []keyed:
		for _, e := range v {
			out = append(binary.AppendVarint(append(out, 2), int64(len(e.key))), e.key...)
			out = encodeValue(out, n.items, e.value)
		}
		return append(out, 0)
	}
	return out
}
