package storetest

import (
	"github.com/muster-registry/muster/registry"
)

var deleteCases = []testCase{
	{"mark first and remove then", func(s *store) {
		for _, text := range []string{"1", "2", "3"} {
			s.register("a", schema(text))
		}
		s.must(s.softDelete("a", 1, 3))
		s.equal("softly deleted", s.versions("a"), []int{-1, 2, -3})
		s.must(s.purge("a", 3))
		s.equal("purged", s.versions("a"), []int{-1, 2})
		s.equal("rev", s.snapshot("a").Scopes.Own.Rev, int64(5))
	}},
	{"of what is not there are refused whole", func(s *store) {
		s.register("a", schema("1"))
		s.register("a", schema("2"))
		s.must(s.softDelete("a", 1))
		before := s.snapshot("a")
		s.refused("soft delete of a deleted version", s.softDelete("a", 2, 1), registry.ErrNotFound)
		s.refused("soft delete of a missing version", s.softDelete("a", 2, 7), registry.ErrNotFound)
		s.refused("purge of a live version", s.purge("a", 1, 2), registry.ErrNotFound)
		s.refused("purge of a missing version", s.purge("a", 1, 7), registry.ErrNotFound)
		s.refused("soft delete in a missing subject", s.softDelete("b", 1), registry.ErrNotFound)
		s.equal("what is left behind", s.snapshot("a"), before)
		s.equal("rev of the missing subject", s.snapshot("b").Scopes.Own.Rev, int64(0))
	}},
	{"of the last version take the settings, not the rev", func(s *store) {
		level := &registry.Config{Level: "NONE"}
		s.register("a", schema("1"))
		s.register("a", schema("2"))
		s.must(s.configure("a", level, registry.ReadOnly))
		s.must(s.softDelete("a", 1, 2))
		s.must(s.purge("a", 2))
		s.equal("own scope with a version", s.snapshot("a").Scopes.Own,
			registry.Scope{Rev: 5, Config: level, Mode: registry.ReadOnly})
		s.must(s.purge("a", 1))
		s.equal("own scope without", s.snapshot("a").Scopes.Own, registry.Scope{Rev: 6})
		s.register("a", schema("1"))
		s.equal("rev goes on", s.snapshot("a").Scopes.Own.Rev, int64(7))
	}},
	{"move the purge counter when an ID loses its last record", func(s *store) {
		s.register("a", schema("1"))
		s.register("b", schema("1"))
		was := s.purges()
		s.must(s.softDelete("a", 1))
		s.must(s.purge("a", 1))
		s.equal("counter while another carries it", s.purges(), was)
		s.must(s.softDelete("b", 1))
		s.equal("counter after a soft delete", s.purges(), was)
		s.must(s.purge("b", 1))
		if s.purges() <= was {
			s.t.Error("the counter stands still when the last record goes")
		}
	}},
	{"of a version that a live schema refers to are refused", func(s *store) {
		s.register("a", schema("1"))
		s.register("a", schema("2"))
		s.register(":.ctx:r", schema("r", ref("x", ":.:a", 1)))
		before := s.snapshot("a")
		s.refused("soft delete", s.softDelete("a", 1), registry.ErrReferenced)
		s.refused("soft delete with another", s.softDelete("a", 2, 1), registry.ErrReferenced)
		s.equal("what is left behind", s.snapshot("a"), before)
		s.must(s.softDelete("a", 2))
		s.must(s.softDelete(":.ctx:r", 1))
		s.must(s.softDelete("a", 1))
		s.refused("purge while the referrer is softly deleted", s.purge("a", 1), registry.ErrReferenced)
		s.equal("versions", s.versions("a"), []int{-1, -2})
		s.must(s.purge(":.ctx:r", 1))
		s.must(s.purge("a", 1))
		s.equal("versions at last", s.versions("a"), []int{-2})
	}},
	{"count the referrer live when any of its versions is", func(s *store) {
		s.register("a", schema("1"))
		s.register("r", schema("r", ref("x", "a", 1)))
		s.register("q", schema("r", ref("x", "a", 1)))
		s.must(s.softDelete("r", 1))
		s.refused("soft delete", s.softDelete("a", 1), registry.ErrReferenced)
		s.must(s.softDelete("q", 1))
		s.must(s.softDelete("a", 1))
	}},
	{"do not count references among what goes together", func(s *store) {
		s.register("a", schema("1"))
		s.register("a", schema("2", ref("x", "a", 1)))
		s.register("a", schema("3", ref("y", "a", 2), ref("x", "a", 1)))
		s.refused("soft delete of the first", s.softDelete("a", 1), registry.ErrReferenced)
		s.refused("soft delete of the first two", s.softDelete("a", 1, 2), registry.ErrReferenced)
		s.must(s.softDelete("a", 1, 2, 3))
		s.refused("purge of the first two", s.purge("a", 1, 2), registry.ErrReferenced)
		s.must(s.purge("a", 1, 2, 3))
		s.equal("versions", s.versions("a"), []int{})
	}},
	{"count references from what goes together and is elsewhere as well", func(s *store) {
		s.register("a", schema("1"))
		s.register("a", schema("2", ref("x", "a", 1)))
		s.register("b", schema("2", ref("x", "a", 1)))
		s.refused("soft delete", s.softDelete("a", 1, 2), registry.ErrReferenced)
		s.must(s.softDelete("b", 1))
		s.must(s.softDelete("a", 1, 2))
		s.refused("purge", s.purge("a", 1, 2), registry.ErrReferenced)
		s.must(s.purge("b", 1))
		s.must(s.purge("a", 1, 2))
	}},
}
