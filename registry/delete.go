package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// DeleteSubject deletes a subject softly, or for good when all its versions
// are softly deleted already. It returns the versions it deleted, ascending
// (contract 3.10).
func (s *Service) DeleteSubject(ctx context.Context, subject Subject, permanent bool) ([]Version, error) {
	var deleted []Version
	err := s.changeMeant(ctx, subject, func(edit Edit) error {
		var err error
		deleted, err = s.deleteSubject(ctx, edit, permanent)
		return err
	})
	if err == nil && permanent {
		s.caches.flush()
	}
	return deleted, err
}

func (s *Service) deleteSubject(ctx context.Context, edit Edit, permanent bool) ([]Version, error) {
	snap := edit.Snapshot()
	subject := snap.Subject
	if !snap.visible(true) {
		return nil, subjectNotFound(subject)
	}
	live := snap.visible(false)
	if !permanent && !live {
		return nil, fail(SubjectSoftDeleted, "Subject '%s' was soft deleted.Set permanent=true to delete permanently", subject)
	}
	if err := permitChange(subject, snap.Scopes.mode()); err != nil {
		return nil, err
	}
	if permanent && live {
		return nil, fail(SubjectNotSoftDeleted, "Subject '%s' was not deleted first before being permanently deleted", subject)
	}
	var versions []Version
	for _, r := range snap.Versions {
		if permanent || !r.Deleted {
			versions = append(versions, r.Version)
		}
	}
	return versions, s.remove(ctx, edit, versions, permanent)
}

// DeleteVersion deletes one version softly, or for good when it is softly
// deleted already. Latest is the newest live version. It returns the number
// of the version it deleted.
func (s *Service) DeleteVersion(ctx context.Context, subject Subject, v Version, permanent bool) (Version, error) {
	var deleted Version
	err := s.changeMeant(ctx, subject, func(edit Edit) error {
		var err error
		deleted, err = s.deleteVersion(ctx, edit, v, permanent)
		return err
	})
	if err == nil && permanent {
		s.caches.flush()
	}
	return deleted, err
}

func (s *Service) deleteVersion(ctx context.Context, edit Edit, v Version, permanent bool) (Version, error) {
	snap := edit.Snapshot()
	subject := snap.Subject
	if !snap.visible(true) {
		return 0, subjectNotFound(subject)
	}
	r, ok := snap.find(v)
	if !ok {
		// A version softly deleted with all others still makes the subject
		// known, so it is the version that is missing.
		return 0, versionNotFound(v)
	}
	if !permanent && r.Deleted {
		return 0, fail(VersionSoftDeleted, "Subject '%s' Version %d was soft deleted.Set permanent=true to delete permanently", subject, r.Version)
	}
	if err := permitChange(subject, snap.Scopes.mode()); err != nil {
		return 0, err
	}
	if permanent && !r.Deleted {
		// What is referred to is said first (contract 3.10).
		referrers, err := s.store.Referrers(ctx, subject, r.Version)
		if err != nil {
			return 0, err
		}
		if len(referrers) > 0 {
			return 0, referenced(subject, r.Version)
		}
		return 0, fail(VersionNotSoftDeleted, "Subject '%s' Version %d was not deleted first before being permanently deleted", subject, r.Version)
	}
	return r.Version, s.remove(ctx, edit, []Version{r.Version}, permanent)
}

// find returns a version, softly deleted or not; Latest is the newest live.
func (snap *Snapshot) find(v Version) (Record, bool) {
	if v == Latest {
		return snap.latest()
	}
	i := slices.IndexFunc(snap.Versions, func(r Record) bool { return r.Version == v })
	if i < 0 {
		return Record{}, false
	}
	return snap.Versions[i], true
}

func (s *Service) remove(ctx context.Context, edit Edit, versions []Version, permanent bool) error {
	remove := edit.SoftDelete
	if permanent {
		remove = edit.Purge
	}
	err := remove(ctx, versions)
	if errors.Is(err, ErrReferenced) {
		return referenced(edit.Snapshot().Subject, versions[len(versions)-1])
	}
	if err != nil {
		return fmt.Errorf("deleting from %s: %w", edit.Snapshot().Subject, err)
	}
	return nil
}

func referenced(subject Subject, v Version) *Error {
	return fail(ReferenceExists, "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=%s,version=%d}.", subject, v)
}
