package compat_test

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

// toy is a schema of lines "kind path tag tag".
type toy struct {
	compat.Schema
	text string
}

func (s toy) Text() string { return s.text }

func (s toy) Entities() iter.Seq[compat.Entity] {
	return func(yield func(compat.Entity) bool) {
		for line := range strings.Lines(s.text) {
			words := strings.Fields(line)
			e := compat.Entity{EntityName: compat.EntityName{Kind: compat.EntityKind(words[0]), Path: words[1]}, Tags: words[2:]}
			if !yield(e) {
				return
			}
		}
	}
}

func (s toy) Retagged(tags map[compat.EntityName][]string) string {
	var lines []string
	for e := range s.Entities() {
		if wanted, ok := tags[e.EntityName]; ok {
			e.Tags = wanted
		}
		lines = append(lines, strings.Join(append([]string{string(e.Kind), e.Path}, e.Tags...), " ")+"\n")
	}
	return strings.Join(lines, "")
}

func entities(lines ...string) []compat.Entity {
	return slices.Collect(toy{text: strings.Join(lines, "\n")}.Entities())
}

func TestRetag(t *testing.T) {
	schema := toy{text: "sr_record R a b\nsr_field R.f\nsr_field R b\n"}
	for name, row := range map[string]struct {
		add, remove []compat.Entity
		want        string // empty: refused
	}{
		"nothing":                   {want: schema.text},
		"one is added":              {add: entities("sr_field R.f x"), want: "sr_record R a b\nsr_field R.f x\nsr_field R b\n"},
		"a dot in front":            {add: entities("sr_field .R.f x"), want: "sr_record R a b\nsr_field R.f x\nsr_field R b\n"},
		"added after those there":   {add: entities("sr_record R c b", "sr_record R d"), want: "sr_record R a b c d\nsr_field R.f\nsr_field R b\n"},
		"removed":                   {remove: entities("sr_record R a z"), want: "sr_record R b\nsr_field R.f\nsr_field R b\n"},
		"added and removed is gone": {add: entities("sr_field R.f x y"), remove: entities("sr_field R.f x"), want: "sr_record R a b\nsr_field R.f y\nsr_field R b\n"},
		"the kind counts":           {remove: entities("sr_field R b"), want: "sr_record R a b\nsr_field R.f\nsr_field R\n"},
		"added where nothing is":    {add: entities("sr_field R.g x")},
		"removed where nothing is":  {remove: entities("sr_record R.f x")},
		"nothing where nothing is":  {add: entities("sr_record S")},
	} {
		t.Run(name, func(t *testing.T) {
			got, changed, err := compat.Retag(schema, row.add, row.remove)
			if (err != nil) != (row.want == "") || got != row.want || changed != (err == nil && got != schema.text) {
				t.Errorf("got %q (changed %t, %v), want %q", got, changed, err, row.want)
			}
		})
	}
}

// TestRetag_Unknown: the same request gets the same answer.
func TestRetag_Unknown(t *testing.T) {
	for range 20 {
		_, _, err := compat.Retag(toy{text: "sr_record R\n"}, entities("sr_field R.z x", "sr_field R.a x"), entities("sr_record S x"))
		if err == nil || !strings.Contains(err.Error(), "R.a") {
			t.Fatalf("got %v, want the first path", err)
		}
	}
}

func TestTagged(t *testing.T) {
	schema := toy{text: "sr_record R a b\nsr_field R.f\nsr_field R.g b c\n"}
	for wanted, want := range map[string][]compat.Entity{
		"*":   entities("sr_record R a b", "sr_field R.g b c"),
		"a z": entities("sr_record R a b"),
		"c":   entities("sr_field R.g b c"),
		"z":   nil,
	} {
		if diff := cmp.Diff(want, compat.Tagged(schema, strings.Fields(wanted))); diff != "" {
			t.Errorf("tagged %s (-want +got):\n%s", wanted, diff)
		}
	}
	inherited := compat.Inherited(toy{text: "sr_field R.g x"}, schema)
	if diff := cmp.Diff(entities("sr_field R.g b c"), inherited); diff != "" {
		t.Errorf("inherited (-want +got):\n%s", diff)
	}
}
