package storetest

import (
	"time"

	"github.com/muster-registry/muster/registry"
)

var versionCases = []testCase{
	{"of a subject never written are none", func(s *store) {
		snapshot := s.snapshot("a")
		s.equal("snapshot", snapshot, &registry.Snapshot{Subject: in("a")})
		if snapshot.Versions == nil {
			s.t.Error("the list of versions is nil")
		}
	}},
	{"come back in ascending order, as they were appended", func(s *store) {
		at := anHourAgo()
		var want []registry.Record
		for _, n := range []registry.Version{3, 1, 12, 2} {
			v := version(n, schema(string(rune('a'+n))))
			v.Registered = at
			r := s.add(":.ctx:a", v)
			s.equal("record", r, registry.Record{
				Subject: in(":.ctx:a"), Version: n, ID: r.ID, Hash: v.Hash,
				Registered: at.Truncate(time.Millisecond).UTC(),
			})
			want = append(want, r)
		}
		want[0], want[1], want[2], want[3] = want[1], want[3], want[0], want[2]
		s.equal("versions", s.snapshot(":.ctx:a").Versions, want)
		s.equal("rev", s.snapshot(":.ctx:a").Scopes.Own.Rev, int64(4))
		s.equal("subject of the same name in the default context", s.versions("a"), []int{})
	}},
	{"have the time of registration to the millisecond, which nothing moves", func(s *store) {
		before := time.Now().Truncate(time.Millisecond)
		r := s.register("a", schema("1"))
		if r.Registered.Before(before) || r.Registered.After(time.Now()) || r.Registered.Nanosecond()%1e6 != 0 {
			s.t.Errorf("registered at %v, began at %v", r.Registered, before)
		}
		s.must(s.softDelete("a", 1))
		s.equal("time", s.record("a", 1).Registered, r.Registered)
		early := time.UnixMilli(1).UTC()
		v := version(2, schema("2"))
		v.Registered = early
		s.equal("given time", s.add("a", v).Registered, early)
		s.equal("given time read", s.record("a", 2).Registered, early)
	}},
	{"are found by number and as the latest live one", func(s *store) {
		s.register("a", schema("1"))
		second := s.register("a", schema("2"))
		s.equal("latest", s.record("a", registry.Latest), second)
		s.must(s.softDelete("a", 2))
		second.Deleted = true
		s.equal("softly deleted", s.record("a", 2), second)
		s.equal("latest live", s.record("a", registry.Latest).Version, registry.Version(1))
		s.must(s.softDelete("a", 1))
		for _, v := range []registry.Version{registry.Latest, 3} {
			_, err := s.Record(s.ctx(), in("a"), v)
			s.refused("record that is not there", err, registry.ErrNotFound)
		}
		_, err := s.Record(s.ctx(), in("b"), 1)
		s.refused("record of no subject", err, registry.ErrNotFound)
	}},
	{"of one ID are listed by qualified name and version", func(s *store) {
		for _, name := range []string{"é", "b", "Z", ":.:", ":.::.x", "a", "b/c", "\U0001F600"} {
			s.register(name, schema("1"))
		}
		s.add("b", version(10, schema("1")))
		s.add("b", version(9, schema("1")))
		s.must(s.softDelete("b", 1))
		records, err := s.Records(s.ctx(), ".", 1)
		s.must(err)
		got := []string{}
		for _, r := range records {
			name := r.Subject.String()
			if r.Deleted {
				name += " deleted"
			}
			got = append(got, name)
		}
		s.equal("names", got, []string{":.:", ":.::.x", "Z", "a", "b deleted", "b", "b", "b/c", "é", "\U0001F600"})
		s.equal("record", records[5], s.record("b", 9))
		records, err = s.Records(s.ctx(), ".other", 1)
		s.must(err)
		if records == nil || len(records) != 0 {
			s.t.Errorf("records of an unknown ID: %v, want an empty list", records)
		}
	}},
	{"take the place of softly deleted ones with the same ID", func(s *store) {
		s.register("a", schema("1"))
		s.register("a", schema("2"))
		s.must(s.softDelete("a", 1, 2))
		s.equal("ID", s.register("a", schema("1")).ID, registry.SchemaID(1))
		s.equal("versions", s.versions("a"), []int{-2, 3})
		s.must(s.softDelete("a", 3))
		s.add("b", version(1, schema("1")))
		s.equal("versions that another subject's append leaves", s.versions("a"), []int{-2, -3})
		s.add("a", version(1, schema("1")))
		s.equal("versions that a lower one leaves", s.versions("a"), []int{1, -2, -3})
	}},
	{"stay in their place while a schema refers to them", func(s *store) {
		s.register("a", schema("1"))
		s.register("r", schema("r", ref("a", "a", 1)))
		s.must(s.softDelete("r", 1))
		s.must(s.softDelete("a", 1))
		s.register("a", schema("1"))
		s.equal("versions", s.versions("a"), []int{-1, 2})
	}},
	{"are not replaced outside an import", func(s *store) {
		s.register("a", schema("1"))
		if _, err := s.append(in("a"), version(1, schema("2"))); err == nil {
			s.t.Error("a version was overwritten")
		}
		s.equal("content", s.record("a", 1).ID, registry.SchemaID(1))
	}},
	{"are replaced by an import, with what they alone carried", func(s *store) {
		s.register("a", schema("1"))
		s.register("a", schema("2"))
		s.register("b", schema("2"))
		s.register("r", schema("r", ref("a", "a", 1)))
		s.must(s.softDelete("a", 2))
		was := s.purges()
		r := s.add("a", imported(2, 0, schema("3")))
		s.equal("record", s.record("a", 2), r)
		s.equal("content another subject has", s.content(".", 2).Text, "2")
		s.equal("purges", s.purges(), was)
		s.add("a", imported(1, 40, schema("4")))
		_, err := s.Content(s.ctx(), ".", 1)
		s.refused("content nobody has", err, registry.ErrNotFound)
		if s.purges() == was {
			s.t.Error("the purge counter did not move")
		}
		s.equal("referrers", s.referrers("a", 1), []registry.Referrer{{Context: ".", ID: 3, Live: true}})
		s.equal("versions", s.versions("a"), []int{1, 2})
		s.add("a", imported(1, 40, schema("4")))
		s.equal("content replaced by itself", s.content(".", 40).Text, "4")
	}},
	{"may be kept by the empty name, which is its context's scope as well", func(s *store) {
		s.register(":.ctx:", schema("1"))
		s.must(s.configure(":.ctx:", nil, registry.ReadOnly))
		s.register(":.ctx:", schema("2"))
		snapshot := s.snapshot(":.ctx:")
		s.equal("versions", s.versions(":.ctx:"), []int{1, 2})
		s.equal("scope", snapshot.Scopes.Own, registry.Scope{Rev: 3, Mode: registry.ReadOnly})
		s.equal("context", s.snapshot(":.ctx:other").Scopes.Context, snapshot.Scopes.Own)
		s.register(":.:", schema("1"))
		s.equal("default", s.snapshot("a").Scopes.Default.Rev, int64(1))
	}},
}

func (s *store) record(subject string, v registry.Version) registry.Record {
	s.t.Helper()
	r, err := s.Record(s.ctx(), in(subject), v)
	s.must(err)
	return r
}
