package storetest

import (
	"github.com/muster-registry/muster/registry"
)

var referenceCases = []testCase{
	{"must lead to a live version", func(s *store) {
		s.register("a", schema("1"))
		s.register("a", schema("2"))
		s.must(s.softDelete("a", 2))
		for what, r := range map[string]registry.Reference{
			"deleted version":    ref("x", "a", 2),
			"missing version":    ref("x", "a", 3),
			"missing subject":    ref("x", "b", 1),
			"missing context":    ref("x", ":.ctx:a", 1),
			"unresolved version": ref("x", "a", registry.Latest),
		} {
			_, err := s.append(in("r"), version(1, schema("r", ref("ok", "a", 1), r)))
			s.refused(what, err, registry.ErrDangling)
		}
		s.equal("what is left behind", s.snapshot("r"), &registry.Snapshot{Subject: in("r")})
		s.equal("ID that was not drawn", s.register("r", schema("r")).ID, registry.SchemaID(3))
	}},
	{"must lead to a live version when the content is known, too", func(s *store) {
		s.register("a", schema("1"))
		r := schema("r", ref("x", "a", 1))
		s.register("r", r)
		s.must(s.softDelete("r", 1))
		s.must(s.softDelete("a", 1))
		_, err := s.append(in("q"), version(1, r))
		s.refused("append", err, registry.ErrDangling)
	}},
	{"of an import may lead to a softly deleted version, not to a missing one", func(s *store) {
		s.register("a", schema("1"))
		s.must(s.softDelete("a", 1))
		s.add("r", imported(1, 7, schema("r", ref("x", "a", 1))))
		s.refused("purge", s.purge("a", 1), registry.ErrReferenced)
		_, err := s.append(in("r"), imported(2, 8, schema("q", ref("x", "a", 2))))
		s.refused("append", err, registry.ErrDangling)
	}},
	{"are looked up in the context of the referrer", func(s *store) {
		s.register("a", schema("default"))
		s.register(":.ctx:a", schema("ctx"))
		s.register(":.ctx:r", schema("r", ref("own", "a", 1), ref("far", ":.:a", 1)))
		s.equal("referrers in the context", s.referrers(":.ctx:a", 1), []registry.Referrer{{Context: ".ctx", ID: 2, Live: true}})
		s.equal("referrers in the default context", s.referrers("a", 1),
			[]registry.Referrer{{Context: ".ctx", ID: 2, Live: true}})
		s.equal("as written", s.content(".ctx", 2).References,
			[]registry.Reference{ref("own", "a", 1), ref("far", ":.:a", 1)})
	}},
	{"keep their order and may meet in one target", func(s *store) {
		s.register("a", schema("1"))
		s.register("b", schema("2"))
		refs := []registry.Reference{ref("z", "b", 1), ref("y", "a", 1), ref("x", "a", 1), ref("w", ":.:b", 1)}
		s.register("r", schema("r", refs...))
		s.equal("references", s.content(".", 3).References, refs)
		s.equal("referrers", s.referrers("a", 1), []registry.Referrer{{Context: ".", ID: 3, Live: true}})
	}},
	{"are listed by ID within contexts, with whether they live", func(s *store) {
		s.register("a", schema("1"))
		s.add("r", imported(1, 30, schema("r30", ref("x", "a", 1))))
		s.add("r", imported(2, 20, schema("r20", ref("x", "a", 1))))
		s.register(":.z:r", schema("z", ref("x", ":.:a", 1)))
		s.register(":.b:r", schema("b", ref("x", ":.:a", 1)))
		s.must(s.softDelete("r", 1))
		s.equal("referrers", s.referrers("a", 1), []registry.Referrer{
			{Context: ".", ID: 20, Live: true},
			{Context: ".", ID: 30, Live: false},
			{Context: ".b", ID: 1, Live: true},
			{Context: ".z", ID: 1, Live: true},
		})
		s.must(s.purge("r", 1))
		s.equal("how many after a purge", len(s.referrers("a", 1)), 3)
		if none := s.referrers("a", 2); none == nil || len(none) != 0 {
			s.t.Errorf("referrers of a missing version: %v, want an empty list", none)
		}
	}},
	{"go with the content and come back with it", func(s *store) {
		s.register("a", schema("1"))
		r := schema("r", ref("x", "a", 1))
		s.register("r", r)
		s.remove("r", 1)
		s.equal("referrers of nobody", s.referrers("a", 1), []registry.Referrer{})
		s.register("r", r)
		s.equal("referrers", s.referrers("a", 1), []registry.Referrer{{Context: ".", ID: 2, Live: true}})
		s.equal("content", s.content(".", 2).Schema, r)
	}},
}

func (s *store) referrers(subject string, v registry.Version) []registry.Referrer {
	s.t.Helper()
	referrers, err := s.Referrers(s.ctx(), in(subject), v)
	s.must(err)
	return referrers
}
