package storetest

import (
	"fmt"
	"strings"

	"github.com/muster-registry/muster/registry"
)

var idCases = []testCase{
	{"count from one in each context", func(s *store) {
		s.equal("first of the default context", s.register("a", schema("1")).ID, registry.SchemaID(1))
		s.equal("second", s.register("a", schema("2")).ID, registry.SchemaID(2))
		s.equal("first of another context", s.register(":.ctx:a", schema("2")).ID, registry.SchemaID(1))
		s.equal("its second", s.register(":.ctx:b", schema("3")).ID, registry.SchemaID(2))
		s.equal("third of the default context", s.register("b", schema("3")).ID, registry.SchemaID(3))
	}},
	{"are shared by equal content and leave no gap", func(s *store) {
		first := s.register("a", schema("1"))
		s.equal("in another subject", s.register("b", schema("1")).ID, first.ID)
		s.equal("under another version", s.register("a", schema("1")).ID, first.ID)
		s.equal("the next", s.register("b", schema("2")).ID, first.ID+1)
	}},
	{"return to the same content after a purge and go to no other", func(s *store) {
		first := s.register("a", schema("1"))
		s.register("a", schema("2"))
		s.remove("a", 1, 2)
		s.equal("other content", s.register("a", schema("3")).ID, registry.SchemaID(3))
		s.equal("the same content", s.register("b", schema("1")).ID, first.ID)
		c := s.register(":.ctx:a", schema("1"))
		s.remove(":.ctx:a", 1)
		s.equal("other content in a context", s.register(":.ctx:a", schema("3")).ID, c.ID+1)
		s.equal("the same content in a context", s.register(":.ctx:b", schema("1")).ID, c.ID)
	}},
	{"keep the first text while content is there, and the next one after", func(s *store) {
		v := version(1, schema("first"))
		other := v
		other.Schema.Text = "second"
		id := s.add("a", v).ID
		s.add("b", other)
		s.equal("the text of two", s.content(".", id).Text, "first")
		s.remove("a", 1)
		s.equal("the text when the first is gone", s.content(".", id).Text, "first")
		s.remove("b", 1)
		s.add("b", other)
		s.equal("the text after both were", s.content(".", id).Text, "second")
	}},
	{"are read several at a time, in the order given, as far as bytes allow", func(s *store) {
		one := s.register("a", schema("11"))
		two := s.register(":.ctx:a", schema("2222", ref("x", ":.:a", 1), ref("y", ":.:a", 1)))
		gone := s.register("a", schema("3"))
		s.remove("a", 2)
		v := version(3, schema("4"))
		v.Schema.Metadata = &registry.Metadata{Properties: map[string]string{"a": "b"}}
		v.Schema.RuleSet = &registry.RuleSet{EnableAt: "t"}
		four := s.add("a", v)
		at := func(r registry.Record) registry.ContextID {
			return registry.ContextID{Context: r.Subject.Context, ID: r.ID}
		}
		ids := []registry.ContextID{{Context: ".none", ID: 1}, at(four), {Context: ".", ID: 99}, at(two), at(gone), at(one)}
		for bytes, want := range map[int][]registry.Record{
			-1: {four}, 0: {four}, 4: {four}, 5: {four, two}, 6: {four, two}, 7: {four, two, one}, 1 << 40: {four, two, one},
		} {
			got, err := s.Contents(s.ctx(), ids, bytes)
			s.must(err)
			var contents []*registry.Content
			for _, r := range want {
				contents = append(contents, s.content(r.Subject.Context, r.ID))
			}
			s.equal(fmt.Sprint("of ", bytes, " bytes"), got, contents)
		}
		none, err := s.Contents(s.ctx(), []registry.ContextID{at(gone)}, 10)
		if s.must(err); none == nil || len(none) != 0 {
			s.t.Errorf("an ID without content: %v, want an empty list", none)
		}
		none, err = s.Contents(s.ctx(), nil, 10)
		if s.must(err); none == nil || len(none) != 0 {
			s.t.Errorf("no ID: %v, want an empty list", none)
		}
	}},
	{"given explicitly are taken and counted on from", func(s *store) {
		for _, context := range []string{"", ":.ctx:"} {
			s.equal("explicit", s.add(context+"a", imported(1, 100, schema("1"))).ID, registry.SchemaID(100))
			s.equal("lower", s.add(context+"a", imported(2, 7, schema("2"))).ID, registry.SchemaID(7))
			s.equal("assigned", s.register(context+"a", schema("3")).ID, registry.SchemaID(101))
			s.equal("same again", s.add(context+"b", imported(1, 100, schema("1"))).ID, registry.SchemaID(100))
			s.equal("the very next", s.add(context+"b", imported(2, 102, schema("4"))).ID, registry.SchemaID(102))
			s.equal("assigned after it", s.register(context+"a", schema("5")).ID, registry.SchemaID(103))
		}
	}},
	{"are counted on from when the explicit one was purged", func(s *store) {
		s.add("a", imported(1, 50, schema("1")))
		s.remove("a", 1)
		s.equal("assigned", s.register("a", schema("2")).ID, registry.SchemaID(51))
	}},
	{"given first of all may be one", func(s *store) {
		s.equal("explicit", s.add("a", imported(1, 1, schema("1"))).ID, registry.SchemaID(1))
		s.equal("assigned", s.register("a", schema("2")).ID, registry.SchemaID(2))
	}},
	{"run out after the highest, for what is not there yet", func(s *store) {
		for _, context := range []string{"", ":.ctx:"} {
			s.register(context+"a", schema("1"))
			s.add(context+"a", imported(2, 1<<31-1, schema("2")))
			_, err := s.append(in(context+"a"), version(3, schema("3")))
			s.refused("one more", err, registry.ErrExhausted)
			s.equal("what is left behind", s.versions(context+"a"), []int{1, 2})
			s.equal("known content", s.register(context+"b", schema("1")).ID, registry.SchemaID(1))
			s.equal("an explicit one", s.add(context+"b", imported(2, 7, schema("7"))).ID, registry.SchemaID(7))
		}
	}},
	{"that other content has are taken", func(s *store) {
		s.register("a", schema("1"))
		_, err := s.append(in("b"), imported(1, 1, schema("2")))
		s.refused("live", err, registry.ErrTaken)
		s.must(s.softDelete("a", 1))
		_, err = s.append(in("b"), imported(1, 1, schema("2")))
		s.refused("softly deleted", err, registry.ErrTaken)
		s.equal("what is left behind", s.snapshot("b"), &registry.Snapshot{Subject: in("b")})
	}},
	{"that were retired may be bound anew, and are then lost to the old content", func(s *store) {
		s.register("a", schema("old"))
		s.remove("a", 1)
		s.add("a", imported(1, 1, schema("new")))
		s.equal("content", s.content(".", 1).Text, "new")
		s.equal("the old content", s.register("b", schema("old")).ID, registry.SchemaID(2))
		s.remove("a", 1)
		s.equal("the old content still", s.register("c", schema("old")).ID, registry.SchemaID(2))
		s.equal("the new content", s.register("c", schema("new")).ID, registry.SchemaID(1))
	}},
	{"may be two for one content, of which the last written is given", func(s *store) {
		s.register("a", schema("1"))
		s.add("b", imported(1, 9, schema("1")))
		s.equal("first", s.content(".", 1).Text, "1")
		s.equal("second", s.content(".", 9).Text, "1")
		s.equal("assigned", s.register("c", schema("1")).ID, registry.SchemaID(9))
		s.remove("b", 1)
		s.remove("c", 1)
		s.equal("after the second is gone", s.register("c", schema("1")).ID, registry.SchemaID(1))
	}},
	{"that content has come before those it had", func(s *store) {
		s.register("a", schema("1"))
		s.add("b", imported(1, 9, schema("1")))
		s.remove("b", 1)
		s.add("b", imported(1, 9, schema("other")))
		s.equal("when the lost one was bound anew", s.register("c", schema("1")).ID, registry.SchemaID(1))
	}},
	{"stand for the whole schema", func(s *store) {
		yes, empty := true, ""
		s.register("base", schema("base"))
		full := registry.Schema{
			Type: "JSON",
			Text: "{\n\t\"π\": \"☃\u2028 \\\\ 'quoted' <&>\"\r\n}\n",
			References: []registry.Reference{
				ref("b/second", "base", 1), ref("", ":.:base", 1), ref("a", ":.ctx:base", 1),
			},
			Metadata: &registry.Metadata{
				Tags:       map[string][]string{"**.ssn": {"PII", "ü"}, "none": {}},
				Properties: map[string]string{"owner": "a <b> & \"c\"", "": ""},
				Sensitive:  []string{"owner"},
			},
			RuleSet: &registry.RuleSet{
				Migration: []registry.Rule{},
				Domain: []registry.Rule{{
					Name: "r", Doc: "d", Kind: "CONDITION", Mode: "WRITE", Type: "CEL", Tags: []string{"t"},
					Params: map[string]string{"k": "v"}, Expr: "a < b && c > d", OnSuccess: "NONE", OnFailure: "ERROR",
					Disabled: yes,
				}},
				EnableAt: empty,
			},
		}
		s.register(":.ctx:base", schema("base"))
		v := version(1, full)
		id := s.add("a", v).ID
		s.equal("content", s.content(".", id), &registry.Content{
			Context: ".", ID: id, Schema: full, Hash: v.Hash, GUID: v.GUID,
		})
		bare := version(2, schema("bare"))
		bare.Schema.Metadata, bare.Schema.RuleSet = &registry.Metadata{}, &registry.RuleSet{}
		c := s.content(".", s.add("a", bare).ID)
		if c.Metadata == nil || c.RuleSet == nil {
			s.t.Error("empty metadata or rule set came back as nil")
		}
		if c = s.content(".", s.register("a", schema("none")).ID); c.Metadata != nil || c.RuleSet != nil {
			s.t.Error("nil metadata or rule set came back as something")
		}
	}},
	{"stand for texts byte for byte", func(s *store) {
		texts := []string{
			"", " ", "\n\n", "line\r\nline\n", "\u00e9 e\u0301 \u200b \U0001F600 \ufeff", `\n \u0000 %00 ' " $1 ?1 --`,
			strings.Repeat("0123456789abcde\n", 1<<16),
		}
		for _, text := range texts {
			r := s.register("a", schema(text))
			if got := s.content(".", r.ID).Text; got != text {
				s.t.Errorf("a text of %d bytes came back as %d bytes: %.40q", len(text), len(got), got)
			}
		}
	}},
	{"stand for nothing when no version carries them", func(s *store) {
		s.register("a", schema("1"))
		s.must(s.softDelete("a", 1))
		s.equal("softly deleted", s.content(".", 1).Text, "1")
		s.must(s.purge("a", 1))
		_, err := s.Content(s.ctx(), ".", 1)
		s.refused("purged", err, registry.ErrNotFound)
		_, err = s.Content(s.ctx(), ".", 77)
		s.refused("unknown", err, registry.ErrNotFound)
		_, err = s.Content(s.ctx(), ".ctx", 1)
		s.refused("of an unknown context", err, registry.ErrNotFound)
	}},
}

func (s *store) content(context registry.ContextName, id registry.SchemaID) *registry.Content {
	s.t.Helper()
	c, err := s.Content(s.ctx(), context, id)
	s.must(err)
	return c
}
