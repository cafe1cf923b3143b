package registry

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// ParseContext reads a context as paths spell it: ".ctx", "ctx" or ":.ctx:".
// ok is false for a name with a colon inside, which no context has.
func ParseContext(s string) (cn ContextName, ok bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, ":"), ":")
	if !strings.HasPrefix(s, ".") {
		s = "." + s
	}
	return ContextName(s), !strings.Contains(s, ":")
}

// Contexts lists the contexts that hold versions, or held some and were not
// deleted since, the default one first. Prefix is of the name with its dot.
func (s *Service) Contexts(ctx context.Context, prefix string, p Page) ([]ContextName, error) {
	contexts, err := s.store.Contexts(ctx)
	contexts = slices.DeleteFunc(contexts, func(cn ContextName) bool { return !strings.HasPrefix(string(cn), prefix) })
	return page(contexts, p), err
}

// DeleteContext takes a context that holds nothing, not even softly deleted
// versions, off the list; its settings stay. The error is ContextNotEmpty.
func (s *Service) DeleteContext(ctx context.Context, cn ContextName) error {
	if !nameable(string(cn)) {
		return nil // nothing can be in it
	}
	err := s.store.DropContext(ctx, cn)
	if errors.Is(err, ErrNotEmpty) {
		return fail(ContextNotEmpty, "The specified context '%s' is not empty.", cn)
	}
	return err
}

// VersionAnywhere is [Service.Version] for a name without a context: what the
// default context lacks is looked for in every other (contract 3.7).
func (s *Service) VersionAnywhere(ctx context.Context, subject Subject, v Version, deleted bool) (Registered, error) {
	found, err := s.Version(ctx, subject, v, deleted)
	return elsewhere(ctx, s, subject, found, err, func(other Subject) (Registered, error) {
		return s.Version(ctx, other, v, deleted)
	})
}

// LookupAnywhere is [Service.Lookup] for a name without a context. That the
// schema makes no sense in another context is no answer.
func (s *Service) LookupAnywhere(ctx context.Context, req LookupRequest) (Registered, error) {
	found, err := s.Lookup(ctx, req)
	return elsewhere(ctx, s, req.Subject, found, err, func(other Subject) (Registered, error) {
		there := req
		there.Subject = other
		return s.Lookup(ctx, there)
	})
}

// elsewhere asks the subjects of the same name in other contexts where the
// default context has no answer, and keeps its error where none has one.
func elsewhere[T any](ctx context.Context, s *Service, subject Subject, answer T, err error, ask func(Subject) (T, error)) (T, error) {
	if !missing(err) {
		return answer, err
	}
	others, failure := s.store.Namesakes(ctx, subject.Name)
	if failure != nil {
		return answer, failure
	}
	for _, other := range others {
		there, failure := ask(other)
		switch {
		case failure == nil:
			return there, nil
		case !missing(failure) && KindOf(failure) != InvalidSchema:
			return answer, failure
		}
	}
	return answer, err
}

// missing tells whether err says that something is not there.
func missing(err error) bool {
	switch KindOf(err) {
	case SubjectNotFound, VersionNotFound, SchemaNotFound:
		return true
	}
	return false
}

// IDRequest names a schema by its ID, which is one within a context.
type IDRequest struct {
	ID SchemaID
	// Subject that uses the ID; with an empty name any of its context.
	Subject Subject
	// Anywhere looks for a subject of that name in other contexts, where the
	// default context's does not use the ID.
	Anywhere bool
}

// Use returns what an ID stands for, softly deleted or not, and the version
// that carries it (contract 3.7): the named subject's; else, Anywhere, that of
// the first other context whose subject of that name uses the ID; else in the
// default context any. The error is SchemaNotFound.
func (s *Service) Use(ctx context.Context, req IDRequest) (*Content, Record, error) {
	use, err := s.use(ctx, req)
	if err != nil {
		return nil, Record{}, schemaNotFound(req.ID, err)
	}
	content, err := s.content(ctx, use.Subject.Context, req.ID)
	return content, use, schemaNotFound(req.ID, err)
}

// schemaNotFound words a store's ErrNotFound and lets everything else be.
func schemaNotFound(id SchemaID, err error) error {
	if errors.Is(err, ErrNotFound) {
		return fail(SchemaNotFound, "Schema %d not found", id)
	}
	return err
}

func (s *Service) use(ctx context.Context, req IDRequest) (Record, error) {
	if !nameable(req.Subject.String()) {
		return Record{}, invalidSubject(req.Subject.String())
	}
	subject, err := s.follow(ctx, req.Subject)
	if err != nil {
		return Record{}, err
	}
	uses, err := s.store.Records(ctx, subject.Context, req.ID)
	if err != nil {
		return Record{}, err
	}
	if use, ok := useBy(subject, uses); ok {
		return use, nil
	}
	if req.Anywhere && subject.Name != "" && subject.Context == DefaultContext {
		use, err := s.useElsewhere(ctx, subject.Name, req.ID)
		if !errors.Is(err, ErrNotFound) {
			return use, err
		}
	}
	if len(uses) > 0 && (subject.Context == DefaultContext || subject.Name == "") {
		return uses[0], nil
	}
	return Record{}, ErrNotFound
}

func (s *Service) useElsewhere(ctx context.Context, name string, id SchemaID) (Record, error) {
	others, err := s.store.Namesakes(ctx, name)
	if err != nil {
		return Record{}, err
	}
	for _, other := range others {
		uses, err := s.store.Records(ctx, other.Context, id)
		if err != nil {
			return Record{}, err
		}
		if use, ok := useBy(other, uses); ok {
			return use, nil
		}
	}
	return Record{}, ErrNotFound
}

// useBy finds the newest version of subject among those that carry an ID.
func useBy(subject Subject, uses []Record) (Record, bool) {
	for _, r := range slices.Backward(uses) {
		if r.Subject == subject {
			return r, true
		}
	}
	return Record{}, false
}
