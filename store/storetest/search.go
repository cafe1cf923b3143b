package storetest

import (
	"fmt"

	"github.com/muster-registry/muster/registry"
)

var searchCases = []testCase{
	{"lists versions by qualified name and version", func(s *store) {
		for _, name := range []string{"b", ":.ctx:a", "a", ":.ctx:b", "ab", "é"} {
			s.register(name, schema("1"))
			s.register(name, schema("2"))
		}
		s.equal("one context", s.search(registry.RecordFilter{Context: "."}),
			[]string{"a/1", "a/2", "ab/1", "ab/2", "b/1", "b/2", "é/1", "é/2"})
		s.equal("all contexts", s.search(registry.RecordFilter{AllContexts: true, Prefix: "a"}),
			[]string{":.ctx:a/1", ":.ctx:a/2", "a/1", "a/2", "ab/1", "ab/2"})
		s.equal("another context", s.search(registry.RecordFilter{Context: ".ctx", Prefix: "b"}), []string{":.ctx:b/1", ":.ctx:b/2"})
		s.equal("page", s.search(registry.RecordFilter{Context: ".", Offset: 1, Limit: 2}), []string{"a/2", "ab/1"})
		s.equal("negative page", s.search(registry.RecordFilter{Context: ".", Prefix: "é", Offset: -1, Limit: -1}), []string{"é/1", "é/2"})
		s.equal("subjects beside", s.search(registry.RecordFilter{
			Context: ".ctx", Prefix: "b", Also: []registry.Subject{in("é"), in(":.ctx:b"), in("missing")},
		}), []string{":.ctx:b/1", ":.ctx:b/2", "é/1", "é/2"})
		if none := s.search(registry.RecordFilter{Context: ".none"}); none == nil || len(none) != 0 {
			s.t.Errorf("an unknown context: %v, want an empty list", none)
		}
	}},
	{"tells live from deleted before it takes the latest", func(s *store) {
		for range 3 {
			s.register("a", schema(fmt.Sprint(next(s.snapshot("a")))))
		}
		s.register("gone", schema("1"))
		s.must(s.softDelete("a", 3))
		s.must(s.softDelete("gone", 1))
		for want, f := range map[string]registry.RecordFilter{
			"[a/1 a/2]":              {},
			"[a/1 a/2 -a/3 -gone/1]": {Deleted: true},
			"[a/2]":                  {LatestOnly: true},
			"[-a/3 -gone/1]":         {LatestOnly: true, Deleted: true},
			"[-gone/1]":              {LatestOnly: true, Deleted: true, Offset: 1},
		} {
			f.Context = "."
			s.equal(fmt.Sprintf("%+v", f), fmt.Sprint(s.search(f)), want)
		}
	}},
	{"knows the types of rules after the latest", func(s *store) {
		ruled := func(text string, rules registry.RuleSet) registry.Schema {
			sc := schema(text)
			sc.RuleSet = &rules
			return sc
		}
		cel := []registry.Rule{{Name: "type", Type: "CEL", Params: map[string]string{"type": "PARAM"}}}
		s.register("a", ruled("1", registry.RuleSet{Domain: cel}))
		s.register("a", schema("2"))
		s.register("b", ruled("1", registry.RuleSet{EnableAt: "CEL"}))
		s.register("c", ruled("1", registry.RuleSet{Migration: []registry.Rule{{Type: "JSONATA"}}, Encoding: cel}))
		s.register("d", ruled("1", registry.RuleSet{}))
		for want, f := range map[string]registry.RecordFilter{
			"[a/1 c/1]": {RuleType: "CEL"},
			"[c/1]":     {RuleType: "CEL", LatestOnly: true},
			"[]":        {RuleType: "PARAM"},
		} {
			f.Context = "."
			s.equal(fmt.Sprintf("%+v", f), fmt.Sprint(s.search(f)), want)
		}
		s.equal("JSONATA", s.search(registry.RecordFilter{AllContexts: true, RuleType: "JSONATA"}), []string{"c/1"})
	}},
	{"tells when and what", func(s *store) {
		r := s.register(":.ctx:a", schema("1"))
		records, err := s.Search(s.ctx(), registry.RecordFilter{AllContexts: true})
		s.must(err)
		s.equal("records", records, []registry.Record{r})
	}},
	{"finds every ID of a GUID", func(s *store) {
		s.register(":.ctx:a", schema("other"))
		for _, name := range []string{":.z:a", ":.ctx:a", "a", "b"} {
			s.register(name, schema("1"))
		}
		guid := version(1, schema("1")).GUID
		s.add("c", imported(1, 9, schema("1")))
		s.equal("IDs", s.identified(guid), []registry.ContextID{
			{Context: ".", ID: 1}, {Context: ".", ID: 9}, {Context: ".ctx", ID: 2}, {Context: ".z", ID: 1},
		})
		s.must(s.softDelete("c", 1))
		s.equal("IDs when one is softly deleted", len(s.identified(guid)), 4)
		s.must(s.purge("c", 1))
		s.equal("IDs when one is purged", len(s.identified(guid)), 3)
		if none := s.identified(registry.GUID{}); none == nil || len(none) != 0 {
			s.t.Errorf("an unknown GUID: %v, want an empty list", none)
		}
	}},
	{"finds the highest ID of a context", func(s *store) {
		s.equal("of an empty one", s.highest("."), registry.SchemaID(0))
		s.add("a", imported(1, 41, schema("1")))
		s.add("a", imported(2, 7, schema("2")))
		s.register(":.ctx:a", schema("1"))
		s.equal("default", s.highest("."), registry.SchemaID(41))
		s.equal("other", s.highest(".ctx"), registry.SchemaID(1))
		s.equal("unknown", s.highest(".none"), registry.SchemaID(0))
	}},
	{"finds aliases", func(s *store) {
		alias := func(target string) *registry.Config { return &registry.Config{Alias: &target} }
		s.must(s.configure(":.ctx:b", alias("a"), ""))
		s.must(s.configure("b", alias(":.ctx:a"), ""))
		s.must(s.configure("empty", alias(""), ""))
		s.must(s.configure("none", &registry.Config{Level: "NONE"}, ""))
		s.must(s.configure(":.ctx:", alias("context"), ""))
		aliases, err := s.Aliases(s.ctx())
		s.must(err)
		s.equal("aliases", aliases, []registry.Alias{{Subject: in(":.ctx:b"), Target: "a"}, {Subject: in("b"), Target: ":.ctx:a"}})
	}},
}

// search renders what is found as subject/version, softly deleted ones with a
// minus.
func (s *store) search(f registry.RecordFilter) []string {
	s.t.Helper()
	records, err := s.Search(s.ctx(), f)
	s.must(err)
	if records == nil {
		return nil
	}
	found := []string{}
	for _, r := range records {
		at := fmt.Sprintf("%s/%d", r.Subject, r.Version)
		if r.Deleted {
			at = "-" + at
		}
		found = append(found, at)
	}
	return found
}

func (s *store) identified(guid registry.GUID) []registry.ContextID {
	s.t.Helper()
	ids, err := s.Identified(s.ctx(), guid)
	s.must(err)
	return ids
}

func (s *store) highest(cn registry.ContextName) registry.SchemaID {
	s.t.Helper()
	id, err := s.HighestID(s.ctx(), cn)
	s.must(err)
	return id
}
