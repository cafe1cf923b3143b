package contain

import "github.com/muster-registry/muster/compat/jsondoc"

// differs says that an array or object is not v: it has other members or items,
// or one of them differs.
func (g *Graph) differs(v *jsondoc.Value) Formula {
	var ways []Formula
	if v.Kind == jsondoc.Array {
		ways = append(ways, g.Items(len(v.Items)+1, -1))
		if len(v.Items) > 0 {
			ways = append(ways, g.Items(0, len(v.Items)-1))
		}
		for i, item := range v.Items {
			ways = append(ways, g.Not(g.Item(i, g.Except(item).Not())))
		}
		return g.Or(ways...)
	}
	others := True
	for _, m := range v.Members {
		name := g.Name(m.Name)
		others = g.And(others, g.Not(name))
		ways = append(ways, g.EachMember(name, None), g.Not(g.EachMember(name, g.Except(m.Value).Not())))
	}
	return g.Or(append(ways, g.Not(g.EachMember(others, None)))...)
}
