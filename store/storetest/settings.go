package storetest

import (
	"context"
	"errors"

	"github.com/muster-registry/muster/registry"
)

var settingsCases = []testCase{
	{"come back as they were set, member by member", func(s *store) {
		no, text, empty := false, "g <&> ü", ""
		full := &registry.Config{
			Level: "FULL_TRANSITIVE", Policy: "LENIENT", Group: &text, Alias: &empty, AliasForDEKs: &text, Normalize: &no, ValidateFields: &no,
			ValidateNew: &no, ValidateRules: &no,
			DefaultMetadata: &registry.Metadata{Properties: map[string]string{"a": "b"}},
			Override:        &registry.Metadata{},
			DefaultRuleSet:  &registry.RuleSet{Migration: []registry.Rule{{Name: "r", Disabled: true}}},
			OverrideRuleSet: &registry.RuleSet{EnableAt: "t"},
		}
		for _, config := range []*registry.Config{full, {}, nil} {
			s.must(s.configure("a", config, registry.Import))
			s.equal("config", s.snapshot("a").Scopes.Own.Config, config)
		}
		s.equal("scope", s.snapshot("a").Scopes.Own, registry.Scope{Rev: 3, Mode: registry.Import})
		s.must(s.configure("a", nil, ""))
		s.equal("mode", s.snapshot("a").Scopes.Own.Mode, registry.Mode(""))
	}},
	{"hang on four places", func(s *store) {
		level := func(name string) *registry.Config { return &registry.Config{Group: &name} }
		s.must(s.configure(":.ctx:a", level("own"), ""))
		s.must(s.configure(":.ctx:", level("context"), ""))
		s.must(s.configure(":.:", level("default"), ""))
		s.must(s.configure(":.__GLOBAL:", level("global"), ""))
		one := func(name string) registry.Scope { return registry.Scope{Rev: 1, Config: level(name)} }
		own, context, byDefault, global := one("own"), one("context"), one("default"), one("global")
		for subject, want := range map[string]registry.Scopes{
			":.ctx:a":       {Own: own, Context: context, Default: byDefault, Global: global},
			":.ctx:":        {Own: context, Context: context, Default: byDefault, Global: global},
			":.ctx:b":       {Context: context, Default: byDefault, Global: global},
			":.other:a":     {Default: byDefault, Global: global},
			"a":             {Context: byDefault, Default: byDefault, Global: global},
			":.:":           {Own: byDefault, Context: byDefault, Default: byDefault, Global: global},
			":.__GLOBAL:":   {Own: global, Context: global, Default: byDefault, Global: global},
			":.:\u003a.ctx": {Context: byDefault, Default: byDefault, Global: global},
		} {
			s.equal("scopes of "+subject, s.snapshot(subject).Scopes, want)
		}
	}},
	{"make neither a subject nor a context", func(s *store) {
		s.must(s.configure(":.ctx:a", nil, registry.ReadOnly))
		s.must(s.configure(":.ctx:", nil, registry.ReadOnly))
		s.equal("subjects", s.subjects(registry.SubjectFilter{AllContexts: true, Which: registry.LiveAndDeleted}),
			[]string{})
		s.equal("contexts", s.contexts(), []registry.ContextName{"."})
	}},
	{"that move make an edit stale, inherited ones as well", func(s *store) {
		s.register(":.ctx:a", schema("1"))
		s.must(s.softDelete(":.ctx:a", 1))
		s.register(":.ctx:a", schema("2"))
		changes := map[string]func(registry.Edit) error{
			"append": func(e registry.Edit) error {
				_, err := e.Append(s.ctx(), version(3, schema("3")))
				return err
			},
			"soft delete": func(e registry.Edit) error { return e.SoftDelete(s.ctx(), []registry.Version{2}) },
			"purge":       func(e registry.Edit) error { return e.Purge(s.ctx(), []registry.Version{1}) },
			"configure":   func(e registry.Edit) error { return e.Configure(s.ctx(), nil, registry.ReadOnly) },
		}
		for _, scope := range []string{":.ctx:a", ":.ctx:", ":.:", ":.__GLOBAL:"} {
			for name, change := range changes {
				e := s.edit(":.ctx:a")
				s.must(s.configure(scope, nil, ""))
				before := s.snapshot(":.ctx:a")
				s.refused(name+" after a change of "+scope, change(e), registry.ErrStale)
				s.equal("what is left behind", s.snapshot(":.ctx:a"), before)
			}
		}
		e := s.edit(":.ctx:a")
		s.must(s.configure(":.other:", nil, ""))
		s.must(s.configure(":.ctx:b", nil, ""))
		s.must(changes["append"](e))
	}},
	{"and versions race: every change makes every other stale", func(s *store) {
		first := map[string]func(registry.Edit) error{
			"append": func(e registry.Edit) error {
				_, err := e.Append(s.ctx(), version(next(e.Snapshot()), schema("new")))
				return err
			},
			"soft delete": func(e registry.Edit) error { return e.SoftDelete(s.ctx(), []registry.Version{2}) },
			"purge":       func(e registry.Edit) error { return e.Purge(s.ctx(), []registry.Version{1}) },
			"configure":   func(e registry.Edit) error { return e.Configure(s.ctx(), nil, "") },
		}
		for one, winner := range first {
			for other, loser := range first {
				subject := one + " " + other
				s.register(subject, schema("1"))
				s.register(subject, schema("2"))
				s.must(s.softDelete(subject, 1))
				a, b := s.edit(subject), s.edit(subject)
				s.must(winner(a))
				after := s.snapshot(subject)
				s.equal("rev after "+one, after.Scopes.Own.Rev, int64(4))
				s.refused(other+" after "+one, loser(b), registry.ErrStale)
				s.equal("what is left behind", s.snapshot(subject), after)
			}
		}
	}},
	{"are the business of one edit once", func(s *store) {
		e := s.edit("a")
		s.must(e.Configure(s.ctx(), nil, registry.ReadOnly))
		if e.Configure(s.ctx(), nil, "") == nil {
			s.t.Error("an edit made two changes")
		}
		e.Close()
		e.Close()
		e = s.edit("a")
		e.Close()
		if e.Configure(s.ctx(), nil, "") == nil {
			s.t.Error("a closed edit made a change")
		}
		s.equal("mode", s.snapshot("a").Scopes.Own.Mode, registry.ReadOnly)
	}},
	{"are not touched under a cancelled context", func(s *store) {
		s.register("a", schema("1"))
		ctx, cancel := context.WithCancel(s.ctx())
		cancel()
		before := s.snapshot("a")
		for name, call := range map[string]func() error{
			"snapshot":       func() error { _, err := s.Snapshot(ctx, in("a")); return err },
			"record":         func() error { _, err := s.Record(ctx, in("a"), 1); return err },
			"content":        func() error { _, err := s.Content(ctx, ".", 1); return err },
			"subjects":       func() error { _, err := s.Subjects(ctx, registry.SubjectFilter{}); return err },
			"edit":           func() error { _, err := s.Edit(ctx, in("a"), false); return err },
			"exclusive edit": func() error { _, err := s.Edit(ctx, in("a"), true); return err },
			"append":         func() error { _, err := s.edit("a").Append(ctx, version(2, schema("2"))); return err },
			"delete":         func() error { return s.edit("a").SoftDelete(ctx, []registry.Version{1}) },
			"ping":           func() error { return s.Ping(ctx) },
		} {
			if err := call(); !errors.Is(err, context.Canceled) {
				s.t.Errorf("%s: got error %v, want %v", name, err, context.Canceled)
			}
		}
		s.equal("what is left behind", s.snapshot("a"), before)
		s.must(s.Ping(s.ctx()))
	}},
}
