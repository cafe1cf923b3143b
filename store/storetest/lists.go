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
	{"of subjects with settings of their own need no versions, and name contexts", func(s *store) {
		config := &registry.Config{}
		roots := []string{":.:", ":.__GLOBAL:"}
		s.equal("at first", s.subjects(registry.SubjectFilter{AllContexts: true, Which: registry.Configured}), roots)
		for scope, set := range map[string]registry.Scope{
			":.:": {Config: config}, ":.b:": {Config: config}, ":.a:x": {Mode: registry.ReadOnly},
			":.::.x": {Config: config}, "x": {Config: config, Mode: registry.ReadOnly}, "xy": {Config: config}, "gone": {Config: config},
			"none": {},
		} {
			s.must(s.configure(scope, set.Config, set.Mode))
		}
		s.register("xy", schema("1"))
		s.register("x registered", schema("1"))
		s.register(":.c:x", schema("1"))
		s.must(s.configure("cleared", config, registry.ReadOnly))
		s.must(s.configure("cleared", nil, ""))
		s.register("gone", schema("1"))
		s.remove("gone", 1)
		all := []string{":.:", ":.::.x", ":.__GLOBAL:", ":.a:x", ":.b:", "x", "xy"}
		s.equal("all contexts", s.subjects(registry.SubjectFilter{AllContexts: true, Which: registry.Configured}), all)
		s.equal("page", s.subjects(registry.SubjectFilter{AllContexts: true, Which: registry.Configured, Offset: 2, Limit: 3}), all[2:5])
		s.equal("one context", s.subjects(registry.SubjectFilter{Context: ".b", Which: registry.Configured}), []string{":.b:"})
		s.equal("a prefix", s.subjects(registry.SubjectFilter{AllContexts: true, Prefix: "x", Which: registry.Configured}), []string{":.a:x", "x", "xy"})
		s.equal("no settings", s.subjects(registry.SubjectFilter{Context: ".c", Which: registry.Configured}), []string{})
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
	{"of contexts leave out what was dropped until it holds a version again", func(s *store) {
		first := s.register(":.a:a", schema("1"))
		s.refused("drop with a live version", s.DropContext(s.ctx(), ".a"), registry.ErrNotEmpty)
		s.must(s.softDelete(":.a:a", 1))
		s.refused("drop with a deleted version", s.DropContext(s.ctx(), ".a"), registry.ErrNotEmpty)
		s.must(s.purge(":.a:a", 1))
		s.must(s.configure(":.a:", &registry.Config{Level: "NONE"}, registry.ReadOnly))
		for range 2 {
			s.must(s.DropContext(s.ctx(), ".a"))
			s.must(s.DropContext(s.ctx(), ".unknown"))
			s.must(s.DropContext(s.ctx(), "."))
			s.equal("contexts", s.contexts(), []registry.ContextName{"."})
		}
		s.equal("settings", s.snapshot(":.a:").Scopes.Own,
			registry.Scope{Rev: 1, Config: &registry.Config{Level: "NONE"}, Mode: registry.ReadOnly})
		s.equal("ID of other content", s.register(":.a:a", schema("2")).ID, first.ID+1)
		s.equal("contexts with a version", s.contexts(), []registry.ContextName{".", ".a"})
		s.equal("ID of the content before", s.register(":.a:b", schema("1")).ID, first.ID)
	}},
	{"of namesakes are those of other contexts that hold a version", func(s *store) {
		for _, name := range []string{"a", ":.b:a", ":.a:a", ":.c:a", ":.d:b", ":.e:a"} {
			s.register(name, schema("1"))
		}
		s.must(s.softDelete(":.b:a", 1))
		s.remove(":.c:a", 1)
		s.must(s.configure(":.f:a", nil, registry.ReadOnly))
		namesakes, err := s.Namesakes(s.ctx(), "a")
		s.must(err)
		s.equal("namesakes", namesakes, []registry.Subject{in(":.a:a"), in(":.b:a"), in(":.e:a")})
	}},
	{"of modes are those of one context's subjects", func(s *store) {
		for _, scope := range []string{":.c:b", ":.c:a", ":.c:", ":.d:a", "a", ":.:"} {
			s.must(s.configure(scope, nil, registry.ReadOnly))
		}
		s.must(s.configure(":.c:c", &registry.Config{Level: "NONE"}, ""))
		s.register(":.c:d", schema("1"))
		modes, err := s.Modes(s.ctx(), ".c")
		s.must(err)
		s.equal("modes", modes, []registry.Subject{in(":.c:a"), in(":.c:b")})
		scope, err := s.Scope(s.ctx(), in(":.c:c"))
		s.must(err)
		s.equal("scope", scope, registry.Scope{Rev: 1, Config: &registry.Config{Level: "NONE"}})
		scope, err = s.Scope(s.ctx(), in("nothing"))
		s.must(err)
		s.equal("scope of nothing", scope, registry.Scope{})
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
