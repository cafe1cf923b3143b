package registry

import (
	"context"
	"errors"
	"slices"
)

// Page is a window on a sorted list. A negative Offset counts as zero, a Limit
// of zero or less as no limit.
type Page struct{ Offset, Limit int }

func page[T any](list []T, p Page) []T {
	from := min(max(p.Offset, 0), len(list))
	to := len(list)
	if p.Limit > 0 {
		to = min(to, from+p.Limit)
	}
	return list[from:to]
}

// Subjects lists subjects in byte order of their qualified names.
func (s *Service) Subjects(ctx context.Context, f SubjectFilter) ([]Subject, error) {
	if within := (Subject{Context: f.Context, Name: f.Prefix}); !nameable(within.String()) {
		return nil, invalidSubject(within.String())
	}
	return s.store.Subjects(ctx, f)
}

// VersionsRequest asks for the versions of a subject.
type VersionsRequest struct {
	Subject Subject
	Which   Visibility
	// DeletedAsNegative lists all versions, softly deleted ones as negative
	// numbers. Whether the subject is there is still for Which to say.
	DeletedAsNegative bool
	Page
}

// Versions lists a subject's versions in ascending order. The error is
// SubjectNotFound when it has no visible version; asking for deleted ones
// alone, a subject that has none of them answers an empty list.
func (s *Service) Versions(ctx context.Context, req VersionsRequest) ([]Version, error) {
	snap, err := s.snapshot(ctx, req.Subject)
	if err != nil {
		return nil, err
	}
	if !snap.visible(req.Which != Live) {
		return nil, subjectNotFound(snap.Subject)
	}
	versions := make([]Version, 0, len(snap.Versions))
	for _, r := range snap.Versions {
		switch {
		case req.DeletedAsNegative && r.Deleted:
			versions = append(versions, -r.Version)
		case req.DeletedAsNegative, req.Which == LiveAndDeleted, r.Deleted == (req.Which == DeletedOnly):
			versions = append(versions, r.Version)
		}
	}
	return page(versions, req.Page), nil
}

// Version returns one version, Latest being the newest live one; softly
// deleted ones only with deleted. The error is SubjectNotFound when the
// subject has no visible version, else VersionNotFound.
func (s *Service) Version(ctx context.Context, subject Subject, v Version, deleted bool) (Registered, error) {
	subject, err := s.follow(ctx, subject)
	if err != nil {
		return Registered{}, err
	}
	r, err := s.store.Record(ctx, subject, v)
	if err == nil && (deleted || !r.Deleted) {
		found, err := s.registered(ctx, r, nil)
		if errors.Is(err, ErrStale) {
			return Registered{}, versionNotFound(v)
		}
		return found, err
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Registered{}, err
	}
	return Registered{}, s.absent(ctx, subject, v, deleted)
}

// absent says why a version is not there: the subject is not, or the version.
func (s *Service) absent(ctx context.Context, subject Subject, v Version, deleted bool) error {
	snap, err := s.store.Snapshot(ctx, subject)
	if err != nil {
		return err
	}
	if !snap.visible(deleted) {
		return subjectNotFound(subject)
	}
	return versionNotFound(v)
}

// Schema returns what an ID stands for, softly deleted or not. The error is
// SchemaNotFound. What is cached needs no database.
func (s *Service) Schema(ctx context.Context, cn ContextName, id SchemaID) (*Content, error) {
	if cn != DefaultContext && !nameable(string(cn)) {
		return nil, invalidSubject(Subject{Context: cn}.String())
	}
	content, err := s.content(ctx, cn, id)
	return content, schemaNotFound(id, err)
}

// Identified lists the IDs whose content has a GUID, those of the default
// context first. Empty for one that nothing has.
func (s *Service) Identified(ctx context.Context, guid GUID) ([]ContextID, error) {
	return s.store.Identified(ctx, guid)
}

// SchemaByGUID returns the content that has a GUID: that of context cn if it
// has it, else that of the first context that does. The error is
// SchemaNotFound.
func (s *Service) SchemaByGUID(ctx context.Context, cn ContextName, guid GUID) (*Content, error) {
	ids, err := s.store.Identified(ctx, guid)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fail(SchemaNotFound, "Schema %s not found", guid)
	}
	at := max(slices.IndexFunc(ids, func(id ContextID) bool { return id.Context == cn }), 0)
	content, err := s.content(ctx, ids[at].Context, ids[at].ID)
	if errors.Is(err, ErrNotFound) {
		return nil, fail(SchemaNotFound, "Schema %s not found", guid)
	}
	return content, err
}

// HighestID is the highest ID that stands for anything in a context.
func (s *Service) HighestID(ctx context.Context, cn ContextName) (SchemaID, error) {
	return s.store.HighestID(ctx, cn)
}

// Uses lists the versions that carry an ID, one a subject: the newest. They
// are those of the context that [Service.Use] finds. The error is
// SchemaNotFound for an ID nothing carries.
func (s *Service) Uses(ctx context.Context, req IDRequest, deleted bool, p Page) ([]Record, error) {
	use, err := s.use(ctx, req)
	if errors.Is(err, ErrNotFound) {
		return nil, fail(SchemaNotFound, "Schema not found")
	}
	if err != nil {
		return nil, err
	}
	records, err := s.store.Records(ctx, use.Subject.Context, req.ID)
	if err != nil {
		return nil, err
	}
	visible := slices.DeleteFunc(records, func(r Record) bool { return r.Deleted && !deleted })
	var newest []Record
	for _, r := range visible {
		if n := len(newest); n > 0 && newest[n-1].Subject == r.Subject {
			newest[n-1] = r
			continue
		}
		newest = append(newest, r)
	}
	return page(newest, p), nil
}

// ReferencedBy lists the IDs of the schemas that refer to a version, live ones
// only unless deleted. The version itself may be softly deleted.
func (s *Service) ReferencedBy(ctx context.Context, subject Subject, v Version, deleted bool, p Page) ([]SchemaID, error) {
	subject, err := s.follow(ctx, subject)
	if err != nil {
		return nil, err
	}
	r, err := s.store.Record(ctx, subject, v)
	if errors.Is(err, ErrNotFound) {
		return nil, s.absent(ctx, subject, v, true)
	}
	if err != nil {
		return nil, err
	}
	referrers, err := s.store.Referrers(ctx, subject, r.Version)
	if err != nil {
		return nil, err
	}
	ids := make([]SchemaID, 0, len(referrers))
	for _, r := range referrers {
		if r.Live || deleted {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return page(slices.Compact(ids), p), nil
}
