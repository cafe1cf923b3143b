package registry

import (
	"context"
	"errors"
)

// LookupRequest asks which version of a subject holds a schema.
type LookupRequest struct {
	Subject   Subject
	Schema    Schema
	Normalize bool
	Deleted   bool // softly deleted versions count too
}

// Lookup finds the newest version that holds a schema (contract 3.5). The
// error is SchemaNotFound when no version does, SubjectNotFound when the
// subject has no visible version, and InvalidSchema, before either, for text
// that is no schema.
func (s *Service) Lookup(ctx context.Context, req LookupRequest) (Registered, error) {
	snap, err := s.snapshot(ctx, req.Subject)
	if err != nil {
		return Registered{}, err
	}
	req.Subject = snap.Subject
	found, err := s.lookup(ctx, req, snap)
	if errors.Is(err, ErrStale) {
		return s.Lookup(ctx, req)
	}
	return found, err
}

func (s *Service) lookup(ctx context.Context, req LookupRequest, snap *Snapshot) (Registered, error) {
	absent := fail(SchemaNotFound, "Schema not found")
	if !snap.visible(req.Deleted) {
		absent = subjectNotFound(req.Subject)
	}
	if req.Schema.blank() {
		return Registered{}, absent
	}
	config := snap.Scopes.config()
	c, err := s.candidate(ctx, req.Subject, req.Schema, config.intake(req.Normalize))
	if err != nil {
		return Registered{}, err
	}
	found, ok, err := s.find(ctx, c, snap, req.Deleted)
	if err != nil || ok {
		return s.registered(ctx, found, err)
	}
	// It may be what registering would make of it that is there.
	c, changed, err := s.completed(ctx, c, snap, config)
	if KindOf(err) == InvalidRuleSet || err == nil && !changed {
		return Registered{}, absent
	}
	if err != nil {
		return Registered{}, err
	}
	if found, ok, err = s.find(ctx, c, snap, req.Deleted); err != nil || ok {
		return s.registered(ctx, found, err)
	}
	return Registered{}, absent
}

// find looks for the content first and for what is equal to it then.
func (s *Service) find(ctx context.Context, c *candidate, snap *Snapshot, deleted bool) (Record, bool, error) {
	if r, ok := c.sameContent(snap.Versions, deleted); ok {
		return r, true, nil
	}
	return s.lookupEqual(ctx, c, snap.Versions, deleted)
}
