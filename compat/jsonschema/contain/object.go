package contain

import (
	"slices"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// Bounds on one object.
const (
	maxMembers = 500
	maxFresh   = 6 // kinds of new names that are tried for one wish
)

// clause says of the members whose names are in region that each, or that some
// one, is of schema.
type clause struct {
	region Formula
	schema Schema
}

// objects is the conjunction of atoms on objects.
type objects struct {
	refutation
	low, high int
	each      []clause
	regions   []clause // of each, those that are not one name
	byName    map[string][]Schema
	names     []string // that the atoms mention, in order
	wishes    []clause // some member, of a region that is not one name
	needs     map[string][]Schema
	members   []picked
	spared    Formula // names that no atom mentions, True until asked for
	doubt     bool
}

// picked is a member that the object has.
type picked struct {
	name    string
	schemas []Schema
	value   *jsondoc.Value
	region  []Formula // of a name that may still be another, else nil
}

// single is the name of a region that has one name only.
func (g *Graph) single(region Formula) (string, bool) {
	if t := &g.terms[region]; t.op == opIn && len(t.values.list) == 1 {
		return t.values.list[0].Text, true
	}
	return "", false
}

func (g *Graph) newObjects(atoms []Formula) *objects {
	o := &objects{refutation: refutation{g: g, rest: empty}, high: -1, byName: make(map[string][]Schema), needs: make(map[string][]Schema)}
	g.spend(len(atoms))
	known := make(map[string]bool)
	mention := func(names ...string) {
		for _, name := range names {
			if !known[name] {
				known[name] = true
				o.names = append(o.names, name)
			}
		}
	}
	for _, f := range atoms {
		t := &g.terms[f]
		switch t.op {
		case opMinMembers:
			o.low = max(o.low, t.n)
		case opMaxMembers:
			if o.high < 0 || t.n < o.high {
				o.high = t.n
			}
		case opEachMember:
			c := clause{t.region, t.schema}
			o.each = append(o.each, c)
			if name, ok := g.single(t.region); ok {
				mention(name)
				o.byName[name] = append(o.byName[name], t.schema)
				continue
			}
			o.regions = append(o.regions, c)
		case opSomeMember:
			if name, ok := g.single(t.region); ok {
				mention(name)
				o.needs[name] = append(o.needs[name], t.schema)
				continue
			}
			o.wishes = append(o.wishes, clause{t.region, t.schema})
		}
		if t.region > False {
			mention(g.listed(t.region)...)
		}
	}
	slices.Sort(o.names)
	return o
}

// listed are the names that a region lists one by one.
func (g *Graph) listed(region Formula) []string {
	t := &g.terms[region]
	var names []string
	switch t.op {
	case opIn:
		for _, v := range t.values.list {
			names = append(names, v.Text)
		}
	case opAnd, opOr, opOne, opNotOne:
		for _, k := range t.kids {
			if g.terms[k].op == opIn {
				names = append(names, g.listed(k)...)
			}
		}
	}
	return names
}

// governing is what a member of that name has to be of.
func (o *objects) governing(name string) []Schema {
	list := slices.Clone(o.byName[name])
	for _, c := range o.regions {
		if in, doubt := o.g.named(c.region, name); in {
			o.doubt = o.doubt || doubt
			list = append(list, c.schema)
		}
	}
	return list
}

// solveObject picks the members that are asked for, then those that are wished
// for under some name of a region, then as many more as it takes.
func (g *Graph) solveObject(atoms []Formula) result {
	o := g.newObjects(atoms)
	if o.high >= 0 && o.low > o.high {
		return empty
	}
	for _, name := range o.names {
		if o.needs[name] == nil {
			continue
		}
		schemas := append(o.governing(name), o.needs[name]...)
		r := o.ask(schemas)
		if !r.found() {
			return o.refuted()
		}
		o.doubt = o.doubt || r.outcome == Doubtful
		o.members = append(o.members, picked{name: name, schemas: schemas, value: r.value})
	}
	if o.high >= 0 && len(o.members) > o.high {
		return o.refuted()
	}
	return o.grant(0)
}

// refuted is the result when there is no way on.
func (o *objects) refuted() result { return o.rest }

// grant finds a member for each wish from the one numbered i on.
func (o *objects) grant(i int) result {
	if !o.g.spend(1) {
		return o.g.unknown("")
	}
	if i == len(o.wishes) {
		return o.fill()
	}
	wish := o.wishes[i]
	for j := range o.members {
		m := &o.members[j]
		in, _ := o.g.named(wish.region, m.name)
		if fits, _ := o.g.evalSchema(wish.schema, m.value); in && fits {
			was := m.schemas
			m.schemas = append(slices.Clone(was), wish.schema)
			r := o.grant(i + 1)
			o.members[j].schemas = was
			if r.found() {
				return r
			}
		}
	}
	if o.high < 0 || len(o.members) < o.high {
		if r := o.grantNew(i); r.found() {
			return r
		}
	}
	for j := range o.members {
		if r := o.grantOld(i, j); r.found() {
			return r
		}
	}
	return o.refuted()
}

// grantNew adds a member: of a name the atoms mention, or of another.
func (o *objects) grantNew(i int) result {
	wish := o.wishes[i]
	for _, name := range o.names {
		if !o.g.spend(1 + len(o.members)/16) {
			return o.g.unknown("")
		}
		if o.has(name) {
			continue
		}
		if in, doubt := o.g.named(wish.region, name); !in || doubt {
			continue
		}
		schemas := append(o.governing(name), wish.schema)
		r := o.ask(schemas)
		if !r.found() {
			continue
		}
		if r := o.with(picked{name: name, schemas: schemas, value: r.value}, r, i); r.found() {
			return r
		}
	}
	kinds, all := o.fresh(wish.region, wish.schema)
	for _, kind := range kinds {
		r := o.ask(kind.schemas)
		if r := o.with(kind, r, i); r.found() {
			return r
		}
	}
	if !all {
		o.keep(o.g.unknown("too many regions of names"))
	}
	return o.refuted()
}

// with goes on with one more member.
func (o *objects) with(m picked, from result, i int) result {
	m.value = from.value
	doubt := o.doubt
	o.doubt = doubt || from.outcome == Doubtful
	o.members = append(o.members, m)
	r := o.grant(i + 1)
	o.members = o.members[:len(o.members)-1]
	if !r.found() {
		o.doubt = doubt
	}
	return r
}

// grantOld has a member that is there be what is wished for as well.
func (o *objects) grantOld(i, j int) result {
	wish, was := o.wishes[i], o.members[j]
	m := was
	if in, _ := o.g.named(wish.region, m.name); !in {
		if m.region == nil {
			return o.refuted()
		}
		m.region = append(slices.Clone(m.region), wish.region)
		name := o.g.search(String, append(slices.Clone(m.region), o.unused()))
		if !name.found() {
			o.keep(name)
			return o.refuted()
		}
		m.name = name.value.Text
	}
	m.schemas = append(slices.Clone(m.schemas), wish.schema)
	r := o.ask(m.schemas)
	if !r.found() {
		return o.refuted()
	}
	m.value = r.value
	o.members[j] = m
	r = o.grant(i + 1)
	o.members[j] = was
	return r
}

func (o *objects) has(name string) bool {
	return slices.ContainsFunc(o.members, func(m picked) bool { return m.name == name })
}

// spare is the region of names that no atom mentions.
func (o *objects) spare() Formula {
	if o.spared == True {
		var list []*jsondoc.Value
		for _, name := range o.names {
			list = append(list, &jsondoc.Value{Kind: jsondoc.String, Text: name})
		}
		o.spared = o.g.Not(o.g.In(String, list))
	}
	return o.spared
}

// unused is the region of names that no member has.
func (o *objects) unused() Formula {
	var list []*jsondoc.Value
	for _, m := range o.members {
		list = append(list, &jsondoc.Value{Kind: jsondoc.String, Text: m.name})
	}
	return o.g.Not(o.g.In(String, list))
}

// fresh lists kinds of members with a name that no atom mentions: one for each
// way in which the regions can hold of such a name, the fewest first. all is
// false when there are more.
func (o *objects) fresh(region Formula, schema Schema) (kinds []picked, all bool) {
	all = true
	var descend func(i int, names []Formula, schemas []Schema)
	descend = func(i int, names []Formula, schemas []Schema) {
		if len(kinds) >= maxFresh || !o.g.spend(1) {
			all = false
			return
		}
		// Only regions that say something of the value need telling apart.
		for i < len(o.regions) && slices.Contains(schemas, o.regions[i].schema) {
			i++
		}
		name := o.g.search(String, names)
		if !name.found() {
			o.keep(name)
			return
		}
		if r := o.ask(schemas); !r.found() {
			return
		}
		if i == len(o.regions) {
			kinds = append(kinds, picked{name: name.value.Text, schemas: schemas, region: names})
			return
		}
		c := o.regions[i]
		descend(i+1, append(slices.Clone(names), o.g.Not(c.region)), schemas)
		descend(i+1, append(slices.Clone(names), c.region), append(slices.Clone(schemas), c.schema))
	}
	descend(0, []Formula{region, o.spare(), o.unused()}, []Schema{schema})
	return kinds, all
}

// fill adds members up to the least number.
func (o *objects) fill() result {
	if o.low > maxMembers {
		return o.g.unknown("an object of that many members is not built")
	}
	kept := len(o.members)
	defer func() { o.members = o.members[:kept] }()
	for _, name := range o.names {
		if len(o.members) >= o.low {
			break
		}
		if o.has(name) {
			continue
		}
		if !o.g.spend(1) {
			return o.g.unknown("")
		}
		schemas := o.governing(name)
		if r := o.ask(schemas); r.found() {
			o.members = append(o.members, picked{name: name, schemas: schemas, value: r.value})
		}
	}
	for len(o.members) < o.low {
		if !o.g.spend(1) {
			return o.g.unknown("")
		}
		kinds, all := o.fresh(True, Any)
		for _, kind := range kinds {
			r := o.ask(kind.schemas)
			for len(o.members) < o.low {
				name := o.g.search(String, append(slices.Clone(kind.region), o.unused()))
				o.keep(name)
				if !name.found() {
					break
				}
				o.members = append(o.members, picked{name: name.value.Text, value: r.value})
			}
		}
		if len(kinds) == 0 || all && len(o.members) < o.low {
			return o.refuted()
		}
	}
	return o.build()
}

func (o *objects) build() result {
	v := &jsondoc.Value{Kind: jsondoc.Object}
	for _, m := range o.members {
		v.Members = append(v.Members, jsondoc.Member{Name: m.name, Value: m.value})
	}
	r := found(v)
	if o.doubt {
		r.outcome = Doubtful
	}
	return r
}
