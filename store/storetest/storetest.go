// Package storetest is the contract written on [registry.Store] as a suite of
// tests, which every backend runs, with a model to compare random sequences of
// changes against. It knows no backend.
package storetest

import (
	"testing"

	"github.com/muster-registry/muster/registry"
)

// Open returns a new, empty store and closes it when the test ends.
type Open func(t *testing.T) registry.Store

// Run checks that a store keeps the contract.
func Run(t *testing.T, open Open) {
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"IDs", idCases},
		{"Versions", versionCases},
		{"Deletes", deleteCases},
		{"Settings", settingsCases},
		{"References", referenceCases},
		{"Lists", listCases},
		{"Search", searchCases},
		{"Concurrent", concurrentCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(newStore(t, open(t)))
				})
			}
		})
	}
	t.Run("Model", func(t *testing.T) {
		t.Parallel()
		againstModel(t, open)
	})
}

// testCase is one sentence of the contract.
type testCase struct {
	name string
	run  func(s *store)
}

// Reopen checks that a store that was closed is found as it was. Both calls of
// open open the same place.
func Reopen(t *testing.T, open Open) {
	s := newStore(t, open(t))
	s.register("a", schema("1"))
	s.register(":.ctx:r", schema("2", ref("x", ":.:a", 1)))
	s.register("a", schema("gone"))
	s.remove("a", 2)
	s.must(s.configure("a", &registry.Config{Level: "NONE"}, registry.ReadOnly))
	before, content, purges := s.snapshot("a"), s.content(".ctx", 1), s.purges()
	s.must(s.Close())

	s = newStore(t, open(t))
	s.equal("snapshot", s.snapshot("a"), before)
	s.equal("content", s.content(".ctx", 1), content)
	s.equal("purges", s.purges(), purges)
	s.equal("an ID from before", s.register("b", schema("gone")).ID, registry.SchemaID(2))
	s.equal("the next ID", s.register("b", schema("3")).ID, registry.SchemaID(3))
}

// Unavailable checks that every method of a store that is out of reach says
// so.
func Unavailable(t *testing.T, broken registry.Store) {
	s := newStore(t, broken)
	for name, call := range map[string]func() error{
		"snapshot": func() error { _, err := s.Snapshot(s.ctx(), in("a")); return err },
		"record":   func() error { _, err := s.Record(s.ctx(), in("a"), 1); return err },
		"content":  func() error { _, err := s.Content(s.ctx(), ".", 1); return err },
		"contents": func() error {
			_, err := s.Contents(s.ctx(), []registry.ContextID{{Context: ".", ID: 1}}, 1)
			return err
		},
		"records":        func() error { _, err := s.Records(s.ctx(), ".", 1); return err },
		"referrers":      func() error { _, err := s.Referrers(s.ctx(), in("a"), 1); return err },
		"subjects":       func() error { _, err := s.Subjects(s.ctx(), registry.SubjectFilter{}); return err },
		"search":         func() error { _, err := s.Search(s.ctx(), registry.RecordFilter{}); return err },
		"identified":     func() error { _, err := s.Identified(s.ctx(), registry.GUID{}); return err },
		"highest ID":     func() error { _, err := s.HighestID(s.ctx(), "."); return err },
		"aliases":        func() error { _, err := s.Aliases(s.ctx()); return err },
		"contexts":       func() error { _, err := s.Contexts(s.ctx()); return err },
		"scope":          func() error { _, err := s.Scope(s.ctx(), in("a")); return err },
		"namesakes":      func() error { _, err := s.Namesakes(s.ctx(), "a"); return err },
		"modes":          func() error { _, err := s.Modes(s.ctx(), "."); return err },
		"drop":           func() error { return s.DropContext(s.ctx(), ".a") },
		"purges":         func() error { _, err := s.Purges(s.ctx()); return err },
		"edit":           func() error { _, err := s.Edit(s.ctx(), in("a"), false); return err },
		"exclusive edit": func() error { _, err := s.Edit(s.ctx(), in("a"), true); return err },
		"ping":           func() error { return s.Ping(s.ctx()) },
	} {
		s.refused(name, call(), registry.ErrUnavailable)
	}
}
