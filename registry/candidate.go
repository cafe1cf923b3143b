package registry

import (
	"context"
	"errors"
	"iter"
	"maps"
	"reflect"
	"slices"

	"github.com/muster-registry/muster/compat"
)

// candidate is a schema on its way in: parsed, with the text it would be
// stored under and the identity it would have.
type candidate struct {
	schema Schema // text and references as they would be stored
	parsed *parsed
	hash   Hash
	guid   GUID
	// invalid is why the candidate may not be registered anew although it may
	// be found: what only new schemas must keep.
	invalid error
}

// candidate reads a schema sent for subject. With normalize it becomes its
// normalized form. What only new schemas must keep is left in invalid.
func (s *Service) candidate(ctx context.Context, subject Subject, sc Schema, normalize bool) (*candidate, error) {
	if sc.blank() {
		return nil, invalidSchema("Empty schema")
	}
	refs, err := s.pin(ctx, subject.Context, sc.References)
	if err != nil {
		return nil, err
	}
	if normalize {
		refs = sortedReferences(refs)
	}
	sc.References = refs
	c := &candidate{schema: sc}
	c.parsed, c.invalid = s.parse(ctx, subject.Context, sc, false)
	if c.invalid != nil {
		if KindOf(c.invalid) != InvalidSchema {
			return nil, c.invalid
		}
		if c.parsed, err = s.parse(ctx, subject.Context, sc, true); err != nil {
			return nil, c.invalid
		}
	}
	canonical := c.parsed.Canonical()
	c.schema.Text = c.parsed.Text()
	if normalize {
		canonical = c.parsed.Normalized()
		c.schema.Text = canonical
	}
	c.hash = hashOf(sc.Type, canonical, c.schema)
	c.guid = guidOf(canonical, c.schema)
	return c, nil
}

// sameContent finds the newest of the visible versions that hold exactly this
// content (addenda B.3, test 1).
func (c *candidate) sameContent(versions []Record, deleted bool) (Record, bool) {
	for _, r := range slices.Backward(versions) {
		if r.Hash == c.hash && (deleted || !r.Deleted) {
			return r, true
		}
	}
	return Record{}, false
}

// lookupEqual finds the newest of the visible versions that a lookup takes for
// the same schema (addenda B.3, test 2).
func (s *Service) lookupEqual(ctx context.Context, c *candidate, versions []Record, deleted bool) (Record, bool, error) {
	for _, r := range slices.Backward(versions) {
		if r.Deleted && !deleted {
			continue
		}
		content, err := s.content(ctx, r.Subject.Context, r.ID)
		if errors.Is(err, ErrNotFound) {
			return Record{}, false, ErrStale // purged since the snapshot
		}
		if err != nil {
			return Record{}, false, err
		}
		if content.Type != c.schema.Type || !c.carriesLike(content.Schema) {
			continue
		}
		stored, err := s.stored(ctx, content)
		if err != nil {
			return Record{}, false, err
		}
		if stored.LookupKey() == c.parsed.LookupKey() {
			return r, true, nil
		}
	}
	return Record{}, false, nil
}

// carriesLike compares all but the texts. A request without references may
// have written them out in its text.
func (c *candidate) carriesLike(stored Schema) bool {
	return (len(c.schema.References) == 0 || slices.Equal(c.schema.References, stored.References)) &&
		c.schema.Metadata.equal(stored.Metadata) &&
		reflect.DeepEqual(c.schema.RuleSet, stored.RuleSet)
}

func (m *Metadata) equal(other *Metadata) bool {
	if m == nil || other == nil {
		return m == other
	}
	return maps.Equal(m.Properties, other.Properties) &&
		slices.Equal(m.Sensitive, other.Sensitive) &&
		maps.EqualFunc(m.Tags, other.Tags, slices.Equal)
}

// check judges a candidate against the live versions given, newest first, as
// config asks.
func (s *Service) check(ctx context.Context, c *candidate, versions iter.Seq[Record], config Config) (compat.Report, error) {
	format, err := s.format(ctx, c.schema.Type)
	if err != nil {
		return compat.Report{}, err
	}
	report, err := compat.Check(format, config.Level, c.parsed.Schema, s.earlier(ctx, c, versions, config.Group), compat.CheckOptions{
		Policy: config.Policy,
		Work:   compat.NewBudget(s.work),
	})
	return report, refused(c.schema.Type, err)
}

// earlier parses versions as they are asked for, leaving out those of another
// compatibility group (contract 3.6).
func (s *Service) earlier(ctx context.Context, c *candidate, versions iter.Seq[Record], group *string) iter.Seq2[compat.Earlier, error] {
	return func(yield func(compat.Earlier, error) bool) {
		for r := range versions {
			content, err := s.content(ctx, r.Subject.Context, r.ID)
			if errors.Is(err, ErrNotFound) {
				err = ErrStale // purged since the snapshot
			}
			if err != nil {
				yield(compat.Earlier{}, err)
				return
			}
			if group != nil && c.schema.Metadata.property(*group) != content.Metadata.property(*group) {
				continue
			}
			stored, err := s.stored(ctx, content)
			if err != nil {
				yield(compat.Earlier{}, err)
				return
			}
			if !yield(compat.Earlier{Version: int(r.Version), Schema: stored.Schema}, nil) {
				return
			}
		}
	}
}

func (m *Metadata) property(name string) string {
	if m == nil {
		return ""
	}
	return m.Properties[name]
}

// newestFirst yields the live versions of a snapshot, newest first.
func (snap *Snapshot) newestFirst() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, r := range slices.Backward(snap.Versions) {
			if !r.Deleted && !yield(r) {
				return
			}
		}
	}
}

// latest returns the newest live version.
func (snap *Snapshot) latest() (Record, bool) {
	for r := range snap.newestFirst() {
		return r, true
	}
	return Record{}, false
}

// visible tells whether the subject exists to one who sees deleted versions,
// or to one who does not.
func (snap *Snapshot) visible(deleted bool) bool {
	_, live := snap.latest()
	return live || deleted && len(snap.Versions) > 0
}

// next is the number the next version gets: the highest of all records, softly
// deleted ones included, plus one (design §7).
func (snap *Snapshot) next() Version {
	if n := len(snap.Versions); n > 0 {
		return snap.Versions[n-1].Version + 1
	}
	return 1
}
