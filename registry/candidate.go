package registry

import (
	"context"
	"errors"
	"iter"
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

// intake says how a schema is taken in.
type intake struct {
	normalize   bool // it becomes its normalized form
	unvalidated bool // see [compat.Source]
}

// intake is what the configuration makes of a request.
func (c Config) intake(normalize bool) intake {
	return intake{
		normalize:   normalize || isTrue(c.Normalize),
		unvalidated: c.ValidateNew != nil && !*c.ValidateNew,
	}
}

// candidate reads a schema sent for subject. What only new schemas must keep
// is left in invalid.
func (s *Service) candidate(ctx context.Context, subject Subject, sc Schema, how intake) (*candidate, error) {
	if sc.blank() {
		return nil, invalidSchema("Empty schema")
	}
	refs, err := s.pin(ctx, subject.Context, sc.References)
	if err != nil {
		return nil, err
	}
	if how.normalize {
		refs = sortedReferences(refs)
	}
	sc.References = refs
	c := &candidate{schema: sc}
	c.parsed, c.invalid = s.parse(ctx, subject.Context, sc, compat.Source{Unvalidated: how.unvalidated})
	if c.invalid != nil {
		if KindOf(c.invalid) != InvalidSchema {
			return nil, c.invalid
		}
		if c.parsed, err = s.parse(ctx, subject.Context, sc, compat.Source{Lenient: true}); err != nil {
			return nil, c.invalid
		}
	}
	if how.normalize {
		// What it is follows from its normal form as it is read back, so that
		// importing what was normalized gives it the same GUID.
		sc.Text = c.parsed.Normalized()
		if c.parsed, err = s.parse(ctx, subject.Context, sc, compat.Source{Lenient: true}); err != nil {
			return nil, err
		}
	}
	c.schema.Text = c.parsed.Text()
	c.identify()
	return c, nil
}

func (c *candidate) identify() {
	canonical := c.parsed.Canonical()
	c.hash, c.guid = hashOf(c.schema.Type, canonical, c.schema), guidOf(canonical, c.schema)
}

// completed is the candidate with the metadata and rules that registering
// would give it (contract 3.11): those of the latest version where the request
// has none, between what config sets by default and what it overrides. ok tells
// whether that makes a difference.
func (s *Service) completed(ctx context.Context, c *candidate, snap *Snapshot, config Config) (full *candidate, ok bool, err error) {
	m, rules := c.schema.Metadata, c.schema.RuleSet
	if latest, ok := snap.latest(); ok && (m == nil || rules == nil) {
		content, err := s.content(ctx, snap.Subject.Context, latest.ID)
		if errors.Is(err, ErrNotFound) {
			return nil, false, ErrStale // purged since the snapshot
		}
		if err != nil {
			return nil, false, err
		}
		if m == nil {
			m = content.Metadata
		}
		if rules == nil {
			rules = content.RuleSet
		}
	}
	m = config.DefaultMetadata.merge(m).merge(config.Override)
	rules = config.DefaultRuleSet.merge(rules).merge(config.OverrideRuleSet)
	if m.equal(c.schema.Metadata) && reflect.DeepEqual(rules, c.schema.RuleSet) {
		return c, false, nil
	}
	return c.carrying(m, rules), true, rules.validate()
}

// carrying is the candidate with other metadata and rules.
func (c *candidate) carrying(m *Metadata, rules *RuleSet) *candidate {
	other := *c
	other.schema.Metadata, other.schema.RuleSet = m, rules
	other.identify()
	return &other
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
		if content.Type != c.schema.Type || !c.carriesLike(content.Schema, r.Version) {
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

// carriesLike compares all but the texts with what is stored under v. A request
// without references may have written them out in its text.
func (c *candidate) carriesLike(stored Schema, v Version) bool {
	return (len(c.schema.References) == 0 || slices.Equal(c.schema.References, stored.References)) &&
		c.schema.Metadata.lookupEqual(stored.Metadata, v) &&
		reflect.DeepEqual(c.schema.RuleSet, stored.RuleSet)
}

// check judges a candidate against those of the snapshot's live versions that
// are given, newest first, as config asks.
func (s *Service) check(ctx context.Context, c *candidate, snap *Snapshot, versions iter.Seq[Record], config Config) (compat.Report, error) {
	format, err := s.format(ctx, c.schema.Type)
	if err != nil {
		return compat.Report{}, err
	}
	report, err := compat.Check(format, config.Level, c.parsed.Schema, s.earlier(ctx, c, versions, config.Group), compat.CheckOptions{
		Policy: config.Policy,
		Work:   compat.NewBudget(s.work),
	})
	if err != nil || !isTrue(config.ValidateFields) {
		return report, refused(c.schema.Type, err)
	}
	reserved, err := s.reserved(ctx, c, snap)
	report.Incompatibilities = append(reserved, report.Incompatibilities...)
	return report, err
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
			if group != nil && !c.schema.Metadata.sameGroup(content.Metadata, *group) {
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
