package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMetadataMerge(t *testing.T) {
	one := &Metadata{Properties: map[string]string{"a": "1", "b": "1"}, Tags: map[string][]string{"f": {"x"}, "g": {"x"}}, Sensitive: []string{"a"}}
	two := &Metadata{Properties: map[string]string{"b": "2"}, Tags: map[string][]string{"f": {"a", "x"}, "h": {"y"}}, Sensitive: []string{"a", "b"}}
	for name, row := range map[string]struct{ under, over, want *Metadata }{
		"none":             {},
		"nothing on top":   {one, nil, one},
		"on nothing":       {nil, two, two},
		"empty on nothing": {nil, &Metadata{}, &Metadata{}},
		"two empty ones":   {&Metadata{}, &Metadata{}, &Metadata{}},
		"both": {one, two, &Metadata{
			Properties: map[string]string{"a": "1", "b": "2"},
			Tags:       map[string][]string{"f": {"a", "x"}, "g": {"x"}, "h": {"y"}}, Sensitive: []string{"a", "b"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, row.under.merge(row.over)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff([]string{"x"}, one.Tags["f"]); diff != "" {
		t.Errorf("merging changed what it merged (-want +got):\n%s", diff)
	}
}

// TestMetadataLookupEqual is the tolerance of contract 3.5.
func TestMetadataLookupEqual(t *testing.T) {
	with := func(pairs ...string) *Metadata {
		m := &Metadata{Properties: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			m.Properties[pairs[i]] = pairs[i+1]
		}
		return m
	}
	for name, row := range map[string]struct {
		asked, stored *Metadata
		version       Version
		want          bool
	}{
		"neither":                                {nil, nil, 1, true},
		"none is not empty":                      {nil, &Metadata{}, 1, false},
		"stored with a stamp":                    {nil, with(stamp, "3"), 3, true},
		"stored with a stamp, asked empty":       {&Metadata{}, with(stamp, "3"), 3, true},
		"stored with a stamp and more":           {nil, with(stamp, "3", "a", "b"), 3, false},
		"the rest is equal":                      {with("a", "b"), with(stamp, "3", "a", "b"), 3, true},
		"asked with the number":                  {with(stamp, "3"), nil, 3, true},
		"asked with another number":              {with(stamp, "2"), nil, 3, false},
		"asked with the number, the rest is not": {with(stamp, "3", "a", "b"), nil, 3, false},
		"both with":                              {with(stamp, "3"), with(stamp, "3"), 4, true},
		"both with, different":                   {with(stamp, "3"), with(stamp, "4"), 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := row.asked.lookupEqual(row.stored, row.version); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestRuleSetMerge(t *testing.T) {
	rule := func(name, expr string) Rule { return Rule{Name: name, Expr: expr} }
	under := &RuleSet{Domain: []Rule{rule("a", "1"), rule("b", "1")}, Migration: []Rule{rule("m", "1")}, EnableAt: "ALL"}
	over := &RuleSet{Domain: []Rule{rule("c", "2"), rule("a", "2")}, Encoding: []Rule{rule("b", "2")}}
	want := &RuleSet{
		Domain: []Rule{rule("b", "1"), rule("c", "2"), rule("a", "2")}, Migration: []Rule{rule("m", "1")},
		Encoding: []Rule{rule("b", "2")}, EnableAt: "ALL",
	}
	if diff := cmp.Diff(want, under.merge(over)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := over.merge(&RuleSet{EnableAt: "CLIENT"}); got.EnableAt != "CLIENT" || len(got.Domain) != 2 {
		t.Errorf("got %+v", got)
	}
	var none *RuleSet
	if none.merge(nil) != nil || none.merge(over) != over || over.merge(nil) != over {
		t.Error("one side alone is not what comes of it")
	}
}
