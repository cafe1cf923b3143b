package registry

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"

	"github.com/maypok86/otter/v2"

	"github.com/muster-registry/muster/compat"
)

// Limits of references (reference/reliability.md 5.3).
const (
	maxReferences   = 64
	maxClosure      = 256
	maxClosureDepth = 32
	maxClosureBytes = 4 << 20
)

// pin gives every reference of a candidate a version number: Latest becomes
// the newest live one. It refuses what cannot be resolved.
func (s *Service) pin(ctx context.Context, cn ContextName, refs []Reference) ([]Reference, error) {
	if len(refs) > maxReferences {
		return nil, fail(TooComplex, "The schema has %d references, the limit is %d.", len(refs), maxReferences)
	}
	pinned := slices.Clone(refs)
	for i, r := range pinned {
		if r.Name == "" || r.Subject == "" || r.Version < Latest || r.Version == 0 {
			version := "null"
			if r.Version != 0 {
				version = strconv.Itoa(int(r.Version))
			}
			return nil, invalidSchema("Invalid schema, details: Invalid reference: {name='%s', subject='%s', version=%s}",
				clip(r.Name), clip(r.Subject), version)
		}
		if r.Version != Latest {
			continue
		}
		record, err := s.store.Record(ctx, r.Target(cn), Latest)
		if errors.Is(err, ErrNotFound) {
			return nil, noReference(r)
		}
		if err != nil {
			return nil, err
		}
		pinned[i].Version = record.Version
	}
	return pinned, nil
}

func noReference(r Reference) *Error {
	return invalidSchema("Invalid schema, details: No schema reference found for subject \"%s\" and version %d",
		clip(r.Subject), r.Version)
}

// sortedReferences orders references as normalization does: by subject, then version,
// without exact repetitions.
func sortedReferences(refs []Reference) []Reference {
	refs = slices.Clone(refs)
	slices.SortStableFunc(refs, func(a, b Reference) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(refs)
}

// acyclic refuses references that lead back to the version they are written
// in. Only an import can have such: it may replace a version that what it
// refers to refers to.
func (s *Service) acyclic(ctx context.Context, own Subject, v Version, refs []Reference) error {
	type target struct {
		Subject
		Version
	}
	seen := make(map[target]bool)
	var walk func(cn ContextName, refs []Reference) error
	walk = func(cn ContextName, refs []Reference) error {
		for _, r := range refs {
			at := target{r.Target(cn), r.Version}
			if at == (target{own, v}) {
				return invalidSchema("Invalid schema, details: The reference \"%s\" leads back to subject \"%s\" and version %d",
					clip(r.Name), own, v)
			}
			if seen[at] {
				continue
			}
			seen[at] = true
			record, err := s.store.Record(ctx, at.Subject, at.Version)
			if errors.Is(err, ErrNotFound) {
				return ErrStale // resolved a moment ago: look again
			}
			if err != nil {
				return err
			}
			content, err := s.content(ctx, at.Context, record.ID)
			if errors.Is(err, ErrNotFound) {
				return ErrStale
			}
			if err != nil {
				return err
			}
			if err := walk(at.Context, content.References); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(own.Context, refs)
}

// closure collects the texts a schema refers to, each before those that refer
// to it, each name once: the first met wins (addenda D.4).
type closure struct {
	service *Service
	deleted bool // softly deleted versions may be referred to
	refs    []compat.Reference
	seen    map[string]bool
	bytes   int
}

// resolve finds the text behind every reference of sc, which lives in context
// cn. References are pinned. A version that is missing or, without deleted,
// softly deleted is an InvalidSchema error.
func (s *Service) resolve(ctx context.Context, cn ContextName, sc Schema, deleted bool) ([]compat.Reference, error) {
	if len(sc.References) == 0 {
		return nil, nil
	}
	c := closure{service: s, deleted: deleted, seen: make(map[string]bool)}
	if err := c.add(ctx, cn, sc, 1); err != nil {
		return nil, err
	}
	return c.refs, nil
}

func (c *closure) add(ctx context.Context, cn ContextName, sc Schema, depth int) error {
	if depth > maxClosureDepth {
		return fail(TooComplex, "References nest deeper than %d levels.", maxClosureDepth)
	}
	for _, r := range sc.References {
		if c.seen[r.Name] {
			continue
		}
		c.seen[r.Name] = true
		content, err := c.find(ctx, cn, r)
		if err != nil {
			return err
		}
		if content.Type != sc.Type {
			return invalidSchema("Invalid schema, details: The reference \"%s\" is of type %s, the schema of type %s",
				clip(r.Name), content.Type, sc.Type)
		}
		if err := c.add(ctx, content.Context, content.Schema, depth+1); err != nil {
			return err
		}
		c.refs = append(c.refs, compat.Reference{Name: r.Name, Text: content.Text})
		c.bytes += len(content.Text)
		if len(c.refs) > maxClosure || c.bytes > maxClosureBytes {
			return fail(TooComplex, "The schema and what it refers to are more than %d schemas or %d bytes.", maxClosure, maxClosureBytes)
		}
	}
	return nil
}

func (c *closure) find(ctx context.Context, cn ContextName, r Reference) (*Content, error) {
	target := r.Target(cn)
	record, err := c.service.store.Record(ctx, target, r.Version)
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && record.Deleted && !c.deleted:
		return nil, noReference(r)
	case err != nil:
		return nil, err
	}
	return c.service.content(ctx, target.Context, record.ID)
}

// parse reads a candidate that lives in context cn, in the reading that how
// asks for. Its references are pinned.
func (s *Service) parse(ctx context.Context, cn ContextName, sc Schema, how compat.Source) (*parsed, error) {
	if _, err := s.format(ctx, sc.Type); err != nil {
		return nil, err
	}
	if len(sc.Text) > maxSchema {
		return nil, fail(SchemaTooLarge, "Register operation failed because schema is too large")
	}
	refs, err := s.resolve(ctx, cn, sc, how.Lenient)
	if err != nil {
		return nil, err
	}
	how.Text, how.References = sc.Text, refs
	return s.parseSource(ctx, sc.Type, how)
}

// maxSchema bounds a schema's text, in bytes.
const maxSchema = 1 << 20

// stored returns the parsed form of content the registry holds.
func (s *Service) stored(ctx context.Context, c *Content) (*parsed, error) {
	if c.reading != (parsedKey{}) {
		if p, ok := s.caches.parsed.GetIfPresent(c.reading); ok {
			return p, nil
		}
	}
	bounded, cancel := context.WithTimeout(ctx, fillPatience)
	defer cancel()
	refs, err := s.resolve(bounded, c.Context, c.Schema, true)
	if err != nil {
		return nil, err
	}
	return s.parseSource(ctx, c.Type, storedSource(c, refs))
}

func storedSource(c *Content, refs []compat.Reference) compat.Source {
	return compat.Source{Text: c.Text, References: refs, Lenient: true}
}

// parseSource parses once, however many ask, and remembers what parsed.
func (s *Service) parseSource(ctx context.Context, t compat.Type, src compat.Source) (*parsed, error) {
	key := keyOf(t, src)
	if p, ok := s.caches.parsed.GetIfPresent(key); ok {
		return p, nil
	}
	// The flight must not end with the one who happened to ask first.
	shared := context.WithoutCancel(ctx)
	p, err := s.caches.parsed.Get(shared, key, otter.LoaderFunc[parsedKey, *parsed](
		func(ctx context.Context, _ parsedKey) (*parsed, error) {
			format, err := s.format(ctx, t)
			if err != nil {
				return nil, err
			}
			schema, err := format.Parse(src)
			if err != nil {
				return nil, err
			}
			return &parsed{Schema: schema}, nil
		}))
	return p, refused(t, err)
}

// keyOf identifies everything that a parse depends on.
func keyOf(t compat.Type, src compat.Source) parsedKey {
	h := sha256.New()
	part := func(s string) {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))))
		h.Write([]byte(s))
	}
	part(string(t))
	switch {
	case src.Lenient:
		part("lenient")
	case src.Unvalidated:
		part("unvalidated")
	default:
		part("strict")
	}
	part(src.Text)
	for _, r := range src.References {
		part(r.Name)
		part(r.Text)
	}
	return parsedKey(h.Sum(nil))
}

// refused turns what a format says about a schema into the client's error.
func refused(t compat.Type, err error) error {
	var parse *compat.ParseError
	var limit *compat.LimitError
	switch {
	case errors.As(err, &parse):
		return &Error{Kind: InvalidSchema, Message: "Invalid schema of type " + string(t) + ", details: " + parse.Error()}
	case errors.As(err, &limit):
		return &Error{Kind: TooComplex, Message: "Invalid schema of type " + string(t) + ", details: " + limit.Error()}
	}
	return err
}
