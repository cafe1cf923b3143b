package storetest

import (
	"github.com/muster-registry/muster/registry"
)

var listCases = []testCase{
	{"of subjects are in byte order of the qualified names", func(s *store) {
		names := []string{
			":.:", ":.::.x", ":.B:a", ":.a:", ":.a:a", ":.a:a b", ":.a:é", ":.b:A", ":x", "A", "Z", "a", "a b", "a-b",
			"a.b", "a_b", "ab", "b", "é", "ü", "\uffee", "\U0001F600",
		}
		for i := range names {
			s.register(names[(i*7)%len(names)], schema("1"))
		}
		s.equal("all contexts", s.subjects(registry.SubjectFilter{AllContexts: true}), names)
		s.equal("one context", s.subjects(registry.SubjectFilter{Context: ".a"}),
			[]string{":.a:", ":.a:a", ":.a:a b", ":.a:é"})
		s.equal("page", s.subjects(registry.SubjectFilter{AllContexts: true, Offset: 4, Limit: 3}), names[4:7])
		s.equal("from a negative offset", s.subjects(registry.SubjectFilter{AllContexts: true, Offset: -3, Limit: 2}), names[:2])
		s.equal("without a limit", s.subjects(registry.SubjectFilter{AllContexts: true, Offset: 20, Limit: -1}), names[20:])
		if past := s.subjects(registry.SubjectFilter{Offset: 100}); past == nil || len(past) != 0 {
			s.t.Errorf("past the end: %v, want an empty list", past)
		}
	}},
	{"of subjects know prefixes of the name, taken literally", func(s *store) {
		for _, name := range []string{"ab", "aBc", "a%b", "a_b", `a\b`, "éa", "éb", "b", ":.c:ab", ":.c:b", ":.::.x"} {
			s.register(name, schema("1"))
		}
		for prefix, want := range map[string][]string{
			"a": {`a%b`, "aBc", `a\b`, "a_b", "ab"}, "a%": {"a%b"}, "a_": {"a_b"}, `a\`: {`a\b`}, "é": {"éa", "éb"},
			"ab": {"ab"}, "abc": {}, ":.": {":.::.x"}, "": {":.::.x", `a%b`, "aBc", `a\b`, "a_b", "ab", "b", "éa", "éb"},
		} {
			s.equal("prefix "+prefix, s.subjects(registry.SubjectFilter{Context: ".", Prefix: prefix}), want)
		}
		s.equal("in every context", s.subjects(registry.SubjectFilter{AllContexts: true, Prefix: "ab"}),
			[]string{":.c:ab", "ab"})
	}},
	{"of subjects tell live from deleted before they count", func(s *store) {
		for _, name := range []string{"live", "half", "deleted", "purged", "late"} {
			s.register(name, schema("1"))
			s.register(name, schema("2"))
		}
		s.must(s.softDelete("half", 2))
		s.must(s.softDelete("deleted", 1, 2))
		s.must(s.softDelete("late", 1, 2))
		s.remove("purged", 1, 2)
		for which, want := range map[registry.Visibility][]string{
			registry.Live:           {"half", "live"},
			registry.LiveAndDeleted: {"deleted", "half", "late", "live"},
			registry.DeletedOnly:    {"deleted", "late"},
		} {
			s.equal("subjects", s.subjects(registry.SubjectFilter{AllContexts: true, Which: which}), want)
			s.equal("second", s.subjects(registry.SubjectFilter{Context: ".", Which: which, Offset: 1, Limit: 1}), want[1:2])
		}
	}},
	{"of contexts begin with the default one and forget none", func(s *store) {
		s.equal("contexts at first", s.contexts(), []registry.ContextName{"."})
		for _, name := range []string{":.b:a", ":.a:a", ":.Z:a", ":.é:a", ":.-:a"} {
			s.register(name, schema("1"))
		}
		want := []registry.ContextName{".", ".-", ".Z", ".a", ".b", ".é"}
		s.equal("contexts", s.contexts(), want)
		s.remove(":.b:a", 1)
		s.equal("contexts after a purge", s.contexts(), want)
	}},
	{"of connections have three states", func(s *store) {
		s.register("a", schema("1"))
		pool := s.Pool()
		if len(pool) != 3 || pool["max"] < 1 || pool["idle"] < 0 || pool["in_use"] < 0 ||
			pool["idle"]+pool["in_use"] > pool["max"] || pool["idle"]+pool["in_use"] == 0 {
			s.t.Errorf("pool: %v", pool)
		}
	}},
}

func (s *store) subjects(f registry.SubjectFilter) []string {
	s.t.Helper()
	subjects, err := s.Subjects(s.ctx(), f)
	s.must(err)
	if subjects == nil {
		return nil
	}
	names := []string{}
	for _, subject := range subjects {
		names = append(names, subject.String())
	}
	return names
}

func (s *store) contexts() []registry.ContextName {
	s.t.Helper()
	contexts, err := s.Contexts(s.ctx())
	s.must(err)
	return contexts
}
