package guard

import (
	"slices"

	"github.com/maypok86/otter/v2"
)

// maxSubjects is how many subjects a guard holds; the one longest unused makes
// room for another.
const maxSubjects = 10_000

// subjects are the subjects a guard has met.
type subjects struct {
	byName *otter.Cache[string, *subject]
}

func newSubjects() *subjects {
	return &subjects{byName: otter.Must(&otter.Options[string, *subject]{MaximumSize: maxSubjects})}
}

// get returns the one subject of a name.
func (s *subjects) get(name string) *subject {
	if found, ok := s.byName.GetIfPresent(name); ok {
		return found
	}
	found, _ := s.byName.SetIfAbsent(name, &subject{name: name})
	return found
}

// all lists the subjects in no order.
func (s *subjects) all() []*subject { return slices.Collect(s.byName.Values()) }
