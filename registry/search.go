package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// SearchRequest picks versions and how they are shown.
type SearchRequest struct {
	RecordFilter
	// Aliases names the aliases of every subject, and adds the subjects that
	// those among the filter's stand for.
	Aliases bool
}

// Found is one version that a search found.
type Found struct {
	Registered
	Aliases []string // qualified names; nil unless asked for
}

// Search lists versions by qualified subject and version (contract 2.2). The
// texts are read as the sequence is asked for them, so that a list is never in
// memory as a whole; an error ends the sequence.
func (s *Service) Search(ctx context.Context, req SearchRequest) (iter.Seq2[Found, error], error) {
	if within := (Subject{Context: req.Context, Name: req.Prefix}); !nameable(within.String()) {
		return nil, invalidSubject(within.String())
	}
	if !nameable(req.RuleType) {
		return func(func(Found, error) bool) {}, nil // that of no rule
	}
	var aliases map[Subject][]string
	if req.Aliases {
		var err error
		if aliases, err = s.aliases(ctx, &req.RecordFilter); err != nil {
			return nil, err
		}
	}
	records, err := s.store.Search(ctx, req.RecordFilter)
	if err != nil {
		return nil, err
	}
	return func(yield func(Found, error) bool) {
		var ahead map[ContextID]*Content
		for i, r := range records {
			at := ContextID{r.Subject.Context, r.ID}
			content := s.caches.content(at)
			if content == nil {
				content = ahead[at]
			}
			if content == nil {
				if ahead, err = s.readAhead(ctx, records[i:]); err != nil {
					yield(Found{}, err)
					return
				}
				if content = ahead[at]; content == nil {
					continue // purged since
				}
			}
			if !yield(Found{Registered{Record: r, Content: *content}, aliases[r.Subject]}, nil) {
				return
			}
		}
	}, nil
}

// What a search reads at a time. A text has at most maxSchema bytes, and one is
// read whatever it has.
const (
	aheadContents = 100
	aheadBytes    = 4 << 20
)

// readAhead reads what the first of the records stand for that memory does not
// hold, the very first among them.
func (s *Service) readAhead(ctx context.Context, records []Record) (map[ContextID]*Content, error) {
	var ids []ContextID
	seen := make(map[ContextID]bool)
	for _, r := range records {
		at := ContextID{r.Subject.Context, r.ID}
		if seen[at] || len(ids) > 0 && s.caches.holds(at) {
			continue
		}
		seen[at] = true
		if ids = append(ids, at); len(ids) == aheadContents {
			break
		}
	}
	read := s.caches.epoch.Load()
	contents, err := s.store.Contents(ctx, ids, aheadBytes)
	if err != nil {
		return nil, fmt.Errorf("reading %d schemas: %w", len(ids), err)
	}
	ahead := make(map[ContextID]*Content, len(contents))
	for _, c := range contents {
		at := ContextID{c.Context, c.ID}
		ahead[at] = kept(c)
		s.caches.contents.SetIfAbsent(contentKey{epoch: read, context: at.Context, id: at.ID}, c)
	}
	return ahead, nil
}

// aliases lists the aliases of subjects, and adds to the filter the subjects
// that those it picks lead to.
func (s *Service) aliases(ctx context.Context, f *RecordFilter) (map[Subject][]string, error) {
	list, err := s.store.Aliases(ctx)
	if err != nil {
		return nil, err
	}
	of := make(map[Subject][]string)
	for _, a := range list {
		target := within(a.Target, a.Subject.Context)
		of[target] = append(of[target], a.Subject.String())
		if (f.AllContexts || f.Context == a.Subject.Context) && strings.HasPrefix(a.Subject.Name, f.Prefix) {
			f.Also = append(f.Also, target)
		}
	}
	return of, nil
}

// Newest finds the newest version whose metadata has all of the properties
// given; without any, the newest that has properties at all. The error is
// SubjectNotFound when the subject has no visible version, else SchemaNotFound.
func (s *Service) Newest(ctx context.Context, subject Subject, properties map[string]string, deleted bool) (Registered, error) {
	snap, err := s.snapshot(ctx, subject)
	if err != nil {
		return Registered{}, err
	}
	if !snap.visible(deleted) {
		return Registered{}, subjectNotFound(snap.Subject)
	}
	for _, r := range slices.Backward(snap.Versions) {
		if r.Deleted && !deleted {
			continue
		}
		found, err := s.registered(ctx, r, nil)
		if errors.Is(err, ErrStale) {
			continue // purged since
		}
		if err != nil {
			return Registered{}, err
		}
		if found.Content.Metadata.covers(properties) {
			return found, nil
		}
	}
	return Registered{}, fail(SchemaNotFound, "Schema not found")
}

func (m *Metadata) covers(properties map[string]string) bool {
	if m == nil || len(m.Properties) == 0 {
		return false
	}
	for name, value := range properties {
		if have, ok := m.Properties[name]; !ok || have != value {
			return false
		}
	}
	return true
}
