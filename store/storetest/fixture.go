package storetest

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/muster-registry/muster/registry"
)

// store is the store under test together with its test; its methods fail the
// test where the store fails.
type store struct {
	registry.Store
	t *testing.T
}

func newStore(t *testing.T, s registry.Store) *store { return &store{s, t} }

func (s *store) ctx() context.Context { return s.t.Context() }

// in is a subject by qualified name.
func in(qualified string) registry.Subject { return registry.ParseSubject(qualified) }

// schema is content of which nothing counts but the text and the references.
func schema(text string, refs ...registry.Reference) registry.Schema {
	return registry.Schema{Type: "AVRO", Text: text, References: refs}
}

func ref(name, subject string, version registry.Version) registry.Reference {
	return registry.Reference{Name: name, Subject: subject, Version: version}
}

// version is what Append takes for a schema; hash and GUID follow from it.
func version(number registry.Version, schema registry.Schema) registry.NewVersion {
	b := fmt.Appendf(nil, "%q %q %#v %v %v", schema.Type, schema.Text, schema.References, schema.Metadata, schema.RuleSet)
	return registry.NewVersion{
		Version: number, Schema: schema, Hash: sha256.Sum256(b), GUID: md5.Sum(b), Judged: "BACKWARD",
	}
}

// imported is a version with an explicit ID, as IMPORT brings it.
func imported(number registry.Version, id registry.SchemaID, schema registry.Schema) registry.NewVersion {
	v := version(number, schema)
	v.ID, v.Import = id, true
	return v
}

// change makes one change on a fresh snapshot.
func (s *store) change(subject registry.Subject, exclusive bool, do func(registry.Edit) error) error {
	edit, err := s.Edit(s.ctx(), subject, exclusive)
	if err != nil {
		return err
	}
	defer edit.Close()
	return do(edit)
}

// append is Append as an error.
func (s *store) append(subject registry.Subject, v registry.NewVersion) (r registry.Record, err error) {
	err = s.change(subject, false, func(e registry.Edit) error {
		r, err = e.Append(s.ctx(), v)
		return err
	})
	return r, err
}

// register adds a schema as the next version.
func (s *store) register(subject string, schema registry.Schema) registry.Record {
	s.t.Helper()
	var r registry.Record
	s.must(s.change(in(subject), false, func(e registry.Edit) (err error) {
		r, err = e.Append(s.ctx(), version(next(e.Snapshot()), schema))
		return err
	}))
	return r
}

// add appends a version as it is.
func (s *store) add(subject string, v registry.NewVersion) registry.Record {
	s.t.Helper()
	r, err := s.append(in(subject), v)
	s.must(err)
	return r
}

func next(snapshot *registry.Snapshot) registry.Version {
	if len(snapshot.Versions) == 0 {
		return 1
	}
	return snapshot.Versions[len(snapshot.Versions)-1].Version + 1
}

func (s *store) softDelete(subject string, versions ...registry.Version) error {
	return s.change(in(subject), false, func(e registry.Edit) error { return e.SoftDelete(s.ctx(), versions) })
}

func (s *store) purge(subject string, versions ...registry.Version) error {
	return s.change(in(subject), false, func(e registry.Edit) error { return e.Purge(s.ctx(), versions) })
}

// remove deletes versions softly and then for good.
func (s *store) remove(subject string, versions ...registry.Version) {
	s.t.Helper()
	s.must(s.softDelete(subject, versions...))
	s.must(s.purge(subject, versions...))
}

func (s *store) configure(subject string, config *registry.Config, mode registry.Mode) error {
	return s.change(in(subject), false, func(e registry.Edit) error { return e.Configure(s.ctx(), config, mode) })
}

func (s *store) snapshot(subject string) *registry.Snapshot {
	s.t.Helper()
	snapshot, err := s.Snapshot(s.ctx(), in(subject))
	s.must(err)
	return snapshot
}

// versions are the numbers a subject holds, softly deleted ones negative.
func (s *store) versions(subject string) []int {
	s.t.Helper()
	numbers := []int{}
	for _, r := range s.snapshot(subject).Versions {
		n := int(r.Version)
		if r.Deleted {
			n = -n
		}
		numbers = append(numbers, n)
	}
	return numbers
}

func (s *store) purges() int64 {
	s.t.Helper()
	n, err := s.Purges(s.ctx())
	s.must(err)
	return n
}

// edit is an edit that is closed with the test.
func (s *store) edit(subject string) registry.Edit {
	s.t.Helper()
	e, err := s.Edit(s.ctx(), in(subject), false)
	s.must(err)
	s.t.Cleanup(e.Close)
	return e
}

func (s *store) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// refused holds err to be want.
func (s *store) refused(what string, err, want error) {
	s.t.Helper()
	if !errors.Is(err, want) {
		s.t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func (s *store) equal(what string, got, want any) {
	s.t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(registry.Content{})); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// anHourAgo is a time with more digits than are kept.
func anHourAgo() time.Time { return time.Now().Add(-time.Hour) }
