package registry

import (
	"context"
	"errors"
	"slices"

	"github.com/muster-registry/muster/compat"
)

// TagChange is what a registration changes of the tags in the schema's text
// (contract 3.14). The text that is stored is the server's then, unless nothing
// changes.
type TagChange struct {
	Add, Remove []compat.Entity
	// Propagate puts the tags of the latest version on the entities of the same
	// name, before the rest. Imports pass it over.
	Propagate bool
}

func (t TagChange) none() bool { return !t.Propagate && !t.edits() }

// edits tells whether there is more than to propagate.
func (t TagChange) edits() bool { return len(t.Add) > 0 || len(t.Remove) > 0 }

// retagged is a schema with the tags that a request changes. The error is
// InvalidSchema for an entity that is not in the schema.
func (s *Service) retagged(ctx context.Context, req RegisterRequest, sc Schema, snap *Snapshot, imports bool) (Schema, error) {
	if sc.blank() {
		return sc, nil // which is refused later on
	}
	refs, err := s.pin(ctx, snap.Subject.Context, sc.References)
	if err != nil {
		return sc, err
	}
	sc.References = refs
	if req.Tags.Propagate && !imports {
		latest, err := s.latestText(ctx, Schema{}, snap)
		if err != nil {
			return sc, err
		}
		if latest.Type == sc.Type {
			if sc, err = s.inherit(ctx, sc, latest, snap); err != nil {
				return sc, err
			}
		}
	}
	if !req.Tags.edits() {
		return sc, nil
	}
	tagger, err := s.tagger(ctx, snap, sc)
	if err != nil {
		return sc, err
	}
	return retag(sc, tagger, req.Tags.Add, req.Tags.Remove)
}

// inherit is a schema with the tags of the latest version.
func (s *Service) inherit(ctx context.Context, sc, latest Schema, snap *Snapshot) (Schema, error) {
	tagger, err := s.tagger(ctx, snap, sc)
	if err != nil {
		return sc, err
	}
	from, err := s.tagger(ctx, snap, latest)
	if err != nil {
		return sc, err
	}
	return retag(sc, tagger, compat.Inherited(tagger, from), nil)
}

func retag(sc Schema, tagger compat.Tagger, add, remove []compat.Entity) (Schema, error) {
	text, changed, err := compat.Retag(tagger, add, remove)
	if changed {
		sc.Text = text
	}
	return sc, refused(sc.Type, err)
}

// tagger reads a schema leniently: whether it may be registered is for later.
func (s *Service) tagger(ctx context.Context, snap *Snapshot, sc Schema) (compat.Tagger, error) {
	p, err := s.parse(ctx, snap.Subject.Context, sc, compat.Source{Lenient: true})
	if err != nil {
		return nil, err
	}
	tagger, ok := p.Schema.(compat.Tagger)
	if !ok {
		return nil, invalidSchema("Schemas of type %s have no tags.", sc.Type)
	}
	return tagger, nil
}

// Tagged lists the entities of content that carry one of the tags, "*" being
// any, with all that they carry.
func (s *Service) Tagged(ctx context.Context, c *Content, tags []string) ([]compat.Entity, error) {
	p, err := s.stored(ctx, c)
	if err != nil {
		return nil, err
	}
	if tagger, ok := p.Schema.(compat.Tagger); ok {
		return compat.Tagged(tagger, tags), nil
	}
	return nil, nil
}

// TagRequest asks for a new version of a subject, made of one that is there.
type TagRequest struct {
	Subject Subject
	Version Version // that it is made of
	// NewVersion is the number the client expects to create; nil is the next.
	NewVersion  *Version
	Add, Remove []compat.Entity
	Metadata    *Metadata // in place of the version's; nil leaves that
	RuleSet     *RuleSet  // likewise, and not together with the next two
	MergeRules  *RuleSet
	RemoveRules []string // by name
}

// Tag registers a version of a subject again, with other tags, metadata or
// rules, and always as a new version (contract 2.4). The errors are those of
// [Service.Version] and [Service.Register].
func (s *Service) Tag(ctx context.Context, req TagRequest) (Registered, error) {
	if req.RuleSet != nil && (req.MergeRules != nil || len(req.RemoveRules) > 0) {
		return Registered{}, fail(InvalidRuleSet, "ruleSet should be omitted if specifying rulesToMerge or rulesToRemove")
	}
	for _, rules := range []*RuleSet{req.RuleSet, req.MergeRules} {
		if err := rules.validate(); err != nil {
			return Registered{}, err
		}
	}
	if err := req.Subject.Validate(); err != nil {
		return Registered{}, err
	}
	var registered Registered
	err := s.changeMeant(ctx, req.Subject, func(edit Edit) error {
		again, err := s.registerAgain(ctx, req, edit.Snapshot())
		if err != nil {
			return err
		}
		registered, err = s.register(ctx, again, edit)
		return err
	})
	return registered, err
}

// registerAgain is the registration that a TagRequest comes to.
func (s *Service) registerAgain(ctx context.Context, req TagRequest, snap *Snapshot) (RegisterRequest, error) {
	base, ok := snap.find(req.Version)
	switch {
	case !snap.visible(false):
		return RegisterRequest{}, subjectNotFound(snap.Subject)
	case !ok || base.Deleted:
		return RegisterRequest{}, versionNotFound(req.Version)
	}
	content, err := s.content(ctx, base.Subject.Context, base.ID)
	if errors.Is(err, ErrNotFound) {
		return RegisterRequest{}, ErrStale // purged since the snapshot
	}
	if err != nil {
		return RegisterRequest{}, err
	}
	again := RegisterRequest{
		Subject: snap.Subject, Schema: content.Schema, Version: snap.next(),
		Tags: TagChange{Add: req.Add, Remove: req.Remove},
	}
	if req.NewVersion != nil {
		again.Version = *req.NewVersion
	}
	if again.Version <= 0 {
		return again, notNext()
	}
	if req.Metadata != nil {
		again.Schema.Metadata = req.Metadata
	}
	again.Schema.RuleSet = content.RuleSet.merge(req.MergeRules).without(req.RemoveRules)
	if req.RuleSet != nil {
		again.Schema.RuleSet = req.RuleSet
	}
	return again, again.Schema.RuleSet.validate()
}

// without leaves out rules by their names; the set may be nil.
func (r *RuleSet) without(names []string) *RuleSet {
	if r == nil || len(names) == 0 {
		return r
	}
	keep := func(rules []Rule) []Rule {
		return slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return slices.Contains(names, r.Name) })
	}
	return &RuleSet{Migration: keep(r.Migration), Domain: keep(r.Domain), Encoding: keep(r.Encoding), EnableAt: r.EnableAt}
}
