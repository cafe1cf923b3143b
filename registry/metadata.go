package registry

import (
	"maps"
	"slices"
	"strconv"
)

// stamp is the property that holds the number of a version that was asked for
// by number (contract 3.11).
const stamp = "confluent:version"

// merge lays over on top of m: of a property the later value counts, tags and
// sensitive names add up.
func (m *Metadata) merge(over *Metadata) *Metadata {
	if m == nil || over == nil {
		if over == nil {
			return m
		}
		return over
	}
	merged := &Metadata{
		Tags:       maps.Clone(m.Tags),
		Properties: joined(m.Properties, over.Properties),
		Sensitive:  union(m.Sensitive, over.Sensitive),
	}
	for path, tags := range over.Tags {
		merged.Tags = joined(merged.Tags, map[string][]string{path: union(m.Tags[path], tags)})
	}
	return merged
}

// joined is nil for two empty maps.
func joined[V any](m, over map[string]V) map[string]V {
	if len(m) == 0 && len(over) == 0 {
		return nil
	}
	all := make(map[string]V, len(m)+len(over))
	maps.Copy(all, m)
	maps.Copy(all, over)
	return all
}

func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

func (m *Metadata) equal(other *Metadata) bool {
	if m == nil || other == nil {
		return m == other
	}
	return maps.Equal(m.Properties, other.Properties) &&
		slices.Equal(m.Sensitive, other.Sensitive) &&
		maps.EqualFunc(m.Tags, other.Tags, slices.Equal)
}

// lookupEqual is equal, with the contract's tolerance for the stamp (3.5): a
// request without it finds what is stored with it, as if no metadata were
// empty metadata; a request with it finds what is stored without it under that
// number.
func (m *Metadata) lookupEqual(stored *Metadata, v Version) bool {
	asked, is := m.property(stamp)
	_, has := stored.property(stamp)
	switch {
	case has && !is:
		return m.orEmpty().equal(stored.without(stamp))
	case is && !has:
		return asked == strconv.Itoa(int(v)) && m.without(stamp).equal(stored.orEmpty())
	}
	return m.equal(stored)
}

func (m *Metadata) orEmpty() *Metadata {
	if m == nil {
		return &Metadata{}
	}
	return m
}

// property is false for metadata without it; metadata may be nil.
func (m *Metadata) property(name string) (string, bool) {
	if m == nil {
		return "", false
	}
	value, ok := m.Properties[name]
	return value, ok
}

// sameGroup tells whether both have the same value of a property, or neither
// has it (contract 3.6).
func (m *Metadata) sameGroup(other *Metadata, property string) bool {
	value, is := m.property(property)
	theirs, has := other.property(property)
	return is == has && value == theirs
}

func (m *Metadata) without(property string) *Metadata {
	rest := *m
	rest.Properties = maps.Clone(m.Properties)
	delete(rest.Properties, property)
	return &rest
}

// stamped is metadata with the number of its version.
func (m *Metadata) stamped(v Version) *Metadata {
	return m.merge(&Metadata{Properties: map[string]string{stamp: strconv.Itoa(int(v))}})
}
