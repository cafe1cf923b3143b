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
