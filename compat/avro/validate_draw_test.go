package avro

import (
	"fmt"
	"reflect"
	"strings"

	"pgregory.net/rapid"
)

// schemas draws schema texts whose types all have values.
type schemas struct {
	t     *rapid.T
	named []string
	next  int
}

func (g *schemas) typ(depth int) string {
	last := 13
	if depth == 0 {
		last = 7
	}
	switch k := kind(rapid.IntRange(0, last).Draw(g.t, "kind")); k {
	case kindArray:
		return `{"type":"array","items":` + g.typ(depth-1) + `}`
	case kindMap:
		return `{"type":"map","values":` + g.typ(depth-1) + `}`
	case kindUnion:
		return g.union(depth)
	case kindFixed:
		return fmt.Sprintf(`{"type":"fixed","name":%s,"size":%d}`, g.name("F"), rapid.IntRange(1, 20).Draw(g.t, "size"))
	case kindEnum:
		return fmt.Sprintf(`{"type":"enum","name":%s,"symbols":[%s]}`, g.name("E"), repeat(rapid.IntRange(1, 5).Draw(g.t, "symbols"), `"S#"`))
	case kindRecord:
		return g.record(depth)
	default:
		return `"` + k.String() + `"`
	}
}

func (g *schemas) name(prefix string) string {
	g.next++
	return fmt.Sprintf(`"shop.%s%d"`, prefix, g.next)
}

// union has null first, so that recursion through it can end.
func (g *schemas) union(depth int) string {
	branches := []string{`"null"`}
	for _, k := range rapid.SliceOfNDistinct(rapid.IntRange(1, 9), 0, 4, rapid.ID[int]).Draw(g.t, "branches") {
		switch kind(k) {
		case kindArray:
			branches = append(branches, `{"type":"array","items":`+g.typ(depth-1)+`}`)
		case kindMap:
			branches = append(branches, `{"type":"map","values":`+g.typ(depth-1)+`}`)
		default:
			branches = append(branches, `"`+kind(k).String()+`"`)
		}
	}
	if len(g.named) > 0 && rapid.Bool().Draw(g.t, "recursive") {
		branches = append(branches, rapid.SampledFrom(g.named).Draw(g.t, "name"))
	} else {
		branches = append(branches, g.record(depth))
	}
	return "[" + strings.Join(branches, ",") + "]"
}

func (g *schemas) record(depth int) string {
	name := g.name("R")
	g.named = append(g.named, name)
	var fields []string
	for i := range rapid.IntRange(0, 4).Draw(g.t, "fields") {
		fields = append(fields, fmt.Sprintf(`{"name":"f%d","type":%s}`, i, g.typ(depth-1)))
	}
	return fmt.Sprintf(`{"type":"record","name":%s,"fields":[%s]}`, name, strings.Join(fields, ","))
}

// drawn draws a value of n as hamba takes it.
func drawn(t *rapid.T, n *node, depth int) any {
	switch n.kind {
	case kindNull:
		return nil
	case kindBoolean:
		return rapid.Bool().Draw(t, "boolean")
	case kindInt:
		return int(rapid.Int32().Draw(t, "int"))
	case kindLong:
		return rapid.Int64().Draw(t, "long")
	case kindFloat:
		return rapid.Float32().Draw(t, "float")
	case kindDouble:
		return rapid.Float64().Draw(t, "double")
	case kindBytes:
		return rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "bytes")
	case kindString:
		return rapid.StringN(0, 8, 16).Draw(t, "string")
	case kindFixed:
		value := reflect.New(reflect.ArrayOf(n.size, reflect.TypeFor[byte]())).Elem()
		reflect.Copy(value, reflect.ValueOf(rapid.SliceOfN(rapid.Byte(), n.size, n.size).Draw(t, "fixed")))
		return value.Interface()
	case kindEnum:
		return rapid.SampledFrom(n.symbols).Draw(t, "symbol")
	case kindArray:
		out := []any{}
		for range rapid.IntRange(0, max(0, min(3, depth))).Draw(t, "items") {
			out = append(out, drawn(t, n.items, depth-1))
		}
		return out
	case kindMap:
		out := map[string]any{}
		for range rapid.IntRange(0, max(0, min(3, depth))).Draw(t, "entries") {
			out[rapid.StringN(0, 4, 8).Draw(t, "key")] = drawn(t, n.items, depth-1)
		}
		return out
	case kindUnion:
		branch := n.members[0]
		if depth > 0 {
			branch = rapid.SampledFrom(n.members).Draw(t, "branch")
		}
		if branch.kind == kindNull {
			return nil
		}
		return map[string]any{branch.branchName(): drawn(t, branch, depth-1)}
	}
	out := map[string]any{}
	for _, f := range n.fields {
		out[f.name] = drawn(t, f.typ, depth-1)
	}
	return out
}
