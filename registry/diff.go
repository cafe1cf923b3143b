package registry

import (
	"context"
	"errors"
	"iter"

	"github.com/muster-registry/muster/compat"
)

// DiffRequest names two live versions of a subject. To may be Latest; a From of
// zero is the live version before To.
type DiffRequest struct {
	Subject  Subject
	From, To Version
}

// Diff is what separates two versions, in both directions.
type Diff struct {
	Subject  Subject
	From, To Version
	compat.Report
}

// Reads tells whether nothing was found in a direction: backward whether To
// reads what From wrote, forward the reverse.
func (d Diff) Reads(direction compat.Direction) bool {
	for _, i := range d.Incompatibilities {
		if i.Direction == direction || i.Rule == compat.TypeChanged {
			return false
		}
	}
	return true
}

// Diff compares two versions in both directions under the policy in force,
// whatever the level. The errors are SubjectNotFound and VersionNotFound.
func (s *Service) Diff(ctx context.Context, req DiffRequest) (Diff, error) {
	snap, err := s.snapshot(ctx, req.Subject)
	if err != nil {
		return Diff{}, err
	}
	from, to, err := snap.between(req.From, req.To)
	if err != nil {
		return Diff{}, err
	}
	content, err := s.content(ctx, to.Subject.Context, to.ID)
	if errors.Is(err, ErrNotFound) {
		return Diff{}, versionNotFound(to.Version) // purged since the snapshot
	}
	if err != nil {
		return Diff{}, err
	}
	parsed, err := s.stored(ctx, content)
	if err != nil {
		return Diff{}, err
	}
	config := snap.Scopes.config()
	config.Level, config.Group, config.ValidateFields = compat.Full, nil, nil
	report, err := s.check(ctx, &candidate{schema: content.Schema, parsed: parsed}, snap, one(from), config)
	if errors.Is(err, ErrStale) {
		return Diff{}, versionNotFound(from.Version)
	}
	if err != nil {
		return Diff{}, err
	}
	return Diff{Subject: snap.Subject, From: from.Version, To: to.Version, Report: report}, nil
}

func one(r Record) iter.Seq[Record] {
	return func(yield func(Record) bool) { yield(r) }
}

// between finds two live versions.
func (snap *Snapshot) between(from, to Version) (older, newer Record, err error) {
	if !snap.visible(false) {
		return older, newer, subjectNotFound(snap.Subject)
	}
	var foundFrom, foundTo bool
	for r := range snap.newestFirst() {
		if !foundFrom && (r.Version == from || from == 0 && foundTo) {
			older, foundFrom = r, true
		}
		if !foundTo && (r.Version == to || to == Latest) {
			newer, foundTo = r, true
		}
	}
	switch {
	case !foundTo:
		return older, newer, versionNotFound(to)
	case !foundFrom:
		return older, newer, versionNotFound(from)
	}
	return older, newer, nil
}
