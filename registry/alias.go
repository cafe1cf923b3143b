package registry

import (
	"context"
	"errors"
)

// An alias stands in a subject's configuration and leads every verb but those
// on configuration and mode to another subject, in one hop (contract 3.12).

// target is the subject that s leads to by its own configuration. A context's
// configuration leads nowhere.
func (c *Config) target(s Subject) (Subject, bool) {
	if c == nil || c.Alias == nil || s.Name == "" {
		return Subject{}, false
	}
	return within(*c.Alias, s.Context), true
}

// within reads a name that stands in something of context cn.
func within(name string, cn ContextName) Subject {
	s := ParseSubject(name)
	if len(name) < 2 || name[:2] != ":." {
		s.Context = cn
	}
	return s
}

// follow returns the subject that is meant by subject.
func (s *Service) follow(ctx context.Context, subject Subject) (Subject, error) {
	if subject.Name == "" {
		return subject, nil
	}
	scope, err := s.store.Scope(ctx, subject)
	if err != nil {
		return subject, err
	}
	if target, ok := scope.Config.target(subject); ok {
		return target, nil
	}
	return subject, nil
}

// snapshot reads the subject that is meant by subject.
func (s *Service) snapshot(ctx context.Context, subject Subject) (*Snapshot, error) {
	snap, err := s.store.Snapshot(ctx, subject)
	if err != nil {
		return nil, err
	}
	if target, ok := snap.Scopes.Own.Config.target(subject); ok {
		return s.store.Snapshot(ctx, target)
	}
	return snap, nil
}

// changeMeant is change on the subject that is meant by subject.
func (s *Service) changeMeant(ctx context.Context, subject Subject, decide func(Edit) error) error {
	var target Subject
	err := s.change(ctx, subject, func(edit Edit) error {
		var ok bool
		if target, ok = edit.Snapshot().Scopes.Own.Config.target(subject); ok {
			return errAlias
		}
		return decide(edit)
	})
	if errors.Is(err, errAlias) {
		return s.change(ctx, target, decide)
	}
	return err
}

var errAlias = errors.New("another subject is meant")
