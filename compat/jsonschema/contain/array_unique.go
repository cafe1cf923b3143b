package contain

import (
	"encoding/binary"
	"slices"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// distinct finds an item for each slot, no two equal. A slot with as many
// values as there are slots never lacks one; the others are matched.
func (a *arrays) distinct(slots []slot) ([]*jsondoc.Value, bool) {
	choices := make([][]*jsondoc.Value, len(slots))
	for i, s := range slots {
		choices[i] = a.several(s.schemas, len(slots))
	}
	owner := make(map[string]int)
	var seat func(i int, tried map[string]bool) bool
	seat = func(i int, tried map[string]bool) bool {
		for _, v := range choices[i] {
			if !a.g.spend(1) {
				return false
			}
			key := v.Key()
			if tried[key] {
				continue
			}
			tried[key] = true
			if other, taken := owner[key]; !taken || seat(other, tried) {
				owner[key] = i
				return true
			}
		}
		return false
	}
	for i := range slots {
		if !a.g.spend(1) || !seat(i, make(map[string]bool)) {
			return nil, false
		}
	}
	items := make([]*jsondoc.Value, len(slots))
	for i := range slots {
		for _, v := range choices[i] {
			if at, ok := owner[v.Key()]; ok && at == i {
				items[i] = v
				break
			}
		}
	}
	return items, true
}

// several lists up to n values of a cell; fewer when there are no more.
func (a *arrays) several(schemas []Schema, n int) []*jsondoc.Value {
	var key []byte
	for _, s := range schemas {
		key = binary.AppendUvarint(key, uint64(s))
	}
	list := a.choices[string(key)]
	defer func() { a.choices[string(key)] = list }()
	for len(list) < n {
		with := schemas
		if len(list) > 0 {
			with = append(slices.Clone(schemas), a.g.Except(list...))
		}
		r := a.ask(with)
		if !r.found() {
			break
		}
		if slices.ContainsFunc(list, func(v *jsondoc.Value) bool { return v.Key() == r.value.Key() }) {
			a.keep(a.g.unknown("values that are not told apart"))
			break
		}
		list = append(list, r.value)
	}
	return list
}
