package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/muster-registry/muster/compat"
)

// The vectors of contract section 3.1, which Confluent's registry gave.
func TestGUID_IsConfluents(t *testing.T) {
	const text = `"string"`
	for _, tc := range []struct {
		name   string
		schema Schema
		want   string
	}{
		{"text alone", Schema{}, "095d71cf-1255-6b9d-5e33-0ad575b3df5d"},
		{"a reference", Schema{References: []Reference{{Name: "ref", Subject: "subj", Version: 1}}}, "cb47903a-c23c-d028-0267-845fc922a625"},
		{"a property", Schema{Metadata: &Metadata{Properties: map[string]string{"k": "v"}}}, "27593e84-e584-f2c4-de4b-bc8cccc28a51"},
		{"empty metadata", Schema{Metadata: &Metadata{}}, "cecc02e2-232b-87f1-1b0c-aa0e70dbb74d"},
		{"a rule", Schema{RuleSet: &RuleSet{Domain: []Rule{{Name: "r", Type: "CEL", Expr: "true", Kind: "TRANSFORM", Mode: "WRITEREAD"}}}}, "8380e2b3-227c-3a31-8eaa-805c8940bba0"},
	} {
		if got := guidOf(text, tc.schema).String(); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// Without lengths and markers, parts of different schemas run together: these
// have one GUID by two, and must have two hashes.
func TestHash_KeepsApartWhatTheGUIDCannot(t *testing.T) {
	properties := func(m map[string]string) Schema { return Schema{Metadata: &Metadata{Properties: m}} }
	rules := func(r RuleSet) Schema { return Schema{RuleSet: &r} }
	for _, tc := range []struct {
		name string
		a, b Schema
	}{
		{
			"name and subject of a reference",
			Schema{References: []Reference{{Name: "ab", Subject: "c", Version: 1}}},
			Schema{References: []Reference{{Name: "a", Subject: "bc", Version: 1}}},
		},
		{"key and value", properties(map[string]string{"ab": "c"}), properties(map[string]string{"a": "bc"})},
		{"a pair and two", properties(map[string]string{"a": "b", "c": "d"}), properties(map[string]string{"a": "bcd"})},
		{"properties and sensitive", properties(map[string]string{"a": "b"}), Schema{Metadata: &Metadata{Sensitive: []string{"ab"}}}},
		{
			"lists of rules",
			rules(RuleSet{Migration: []Rule{{Name: "r"}}}),
			rules(RuleSet{Domain: []Rule{{Name: "r"}}}),
		},
		{
			"members of a rule",
			rules(RuleSet{Domain: []Rule{{Name: "r", Doc: "d"}}}),
			rules(RuleSet{Domain: []Rule{{Name: "rd"}}}),
		},
		{"empty metadata and empty rules", Schema{Metadata: &Metadata{}}, Schema{RuleSet: &RuleSet{}}},
	} {
		if guidOf("", tc.a) != guidOf("", tc.b) {
			t.Errorf("%s: the GUIDs differ, so the case shows nothing", tc.name)
		}
		if hashOf(compat.Avro, "", tc.a) == hashOf(compat.Avro, "", tc.b) {
			t.Errorf("%s: one hash for two schemas", tc.name)
		}
	}
	if hashOf(compat.Avro, `"string"`, Schema{}) == hashOf(compat.JSON, `"string"`, Schema{}) {
		t.Error("one hash for two schema types")
	}
}

// TestHash_TellsSchemasApart: two schemas that have one hash are equal, the
// order of sets aside.
func TestHash_TellsSchemasApart(t *testing.T) {
	words := rapid.SampledFrom([]string{"", "a", "b", "ab"})
	lists := rapid.SliceOfN(words, 0, 2)
	pairs := rapid.MapOfN(words, words, 0, 2)
	rules := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Rule {
		return Rule{
			Name: words.Draw(t, "name"), Doc: words.Draw(t, "doc"), Tags: lists.Draw(t, "tags"),
			Params: pairs.Draw(t, "params"), Disabled: rapid.Bool().Draw(t, "disabled"),
		}
	}), 0, 1)
	schemas := rapid.Custom(func(t *rapid.T) Schema {
		var s Schema
		for _, name := range lists.Draw(t, "references") {
			s.References = append(s.References, Reference{Name: name, Subject: words.Draw(t, "subject"), Version: 1})
		}
		if rapid.Bool().Draw(t, "with metadata") {
			s.Metadata = &Metadata{
				Tags:       rapid.MapOfN(words, lists, 0, 2).Draw(t, "tags"),
				Properties: pairs.Draw(t, "properties"), Sensitive: lists.Draw(t, "sensitive"),
			}
		}
		if rapid.Bool().Draw(t, "with rules") {
			s.RuleSet = &RuleSet{Migration: rules.Draw(t, "migration"), Domain: rules.Draw(t, "domain"), EnableAt: words.Draw(t, "enableAt")}
		}
		return s
	})
	sets := cmpopts.SortSlices(func(a, b string) bool { return a < b })
	type named struct {
		text   string
		schema Schema
	}
	rapid.Check(t, func(t *rapid.T) {
		seen := make(map[Hash]named)
		for range 100 {
			n := named{words.Draw(t, "text"), schemas.Draw(t, "schema")}
			hash := hashOf(compat.Avro, n.text, n.schema)
			if other, ok := seen[hash]; ok && !cmp.Equal(n, other, sets, cmpopts.EquateEmpty(), cmp.AllowUnexported(named{})) {
				t.Fatalf("one hash for two:\n%s", cmp.Diff(n, other, cmp.AllowUnexported(named{})))
			}
			seen[hash] = n
		}
	})
}
