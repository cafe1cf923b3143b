package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/muster-registry/muster/compat"
)

// Options tune a Service. The zero value has the defaults.
type Options struct {
	ContentCache int // bytes of schema text kept by ID; default 32 MiB
	ParsedCache  int // bytes of parsed schemas kept; default 48 MiB
	// Work is how many steps one request's comparisons may take; default
	// 2,000,000, under a second of one core.
	Work int
	// Slots is how many requests parse and compare at the same time; default
	// GOMAXPROCS.
	Slots int
}

// Service is the registry. Its methods are the API's verbs, one file a verb,
// and are safe for concurrent use. The errors that leave it are [*Error], or
// failures that [KindOf] calls Internal or Unavailable.
type Service struct {
	store   Store
	formats *compat.Formats
	caches  *caches
	slots   *slots
	work    int
}

// New returns a registry over store that knows formats.
func New(store Store, formats *compat.Formats, opts Options) *Service {
	if opts.Work == 0 {
		opts.Work = 2_000_000
	}
	return &Service{
		store:   store,
		formats: formats,
		caches:  newCaches(opts.ContentCache, opts.ParsedCache),
		slots:   newSlots(opts.Slots),
		work:    opts.Work,
	}
}

// Types lists the schema types the registry knows.
func (s *Service) Types() []compat.Type { return s.formats.Types() }

// Ping tells whether a write could be attempted: nil or an Unavailable error.
func (s *Service) Ping(ctx context.Context) error { return s.store.Ping(ctx) }

// Pool returns the store's connections by state.
func (s *Service) Pool() map[string]int { return s.store.Pool() }

// attempts is how often a change is decided before the registry calls itself
// overloaded. From the third on the subject is held, so only changes to
// inherited settings can still get in between.
const attempts = 6

// change runs one verb's decision on fresh snapshots until it is committed.
// decide reads, judges and writes through the Edit it is given; it may run
// several times and must keep nothing between runs.
func (s *Service) change(ctx context.Context, subject Subject, decide func(Edit) error) error {
	var err error
	for attempt := range attempts {
		if err = s.attempt(ctx, subject, attempt >= 2, decide); !errors.Is(err, ErrStale) {
			return err
		}
	}
	return &Error{Kind: Overloaded, Message: "The subject changes too fast; try again.", Err: err}
}

func (s *Service) attempt(ctx context.Context, subject Subject, exclusive bool, decide func(Edit) error) error {
	edit, err := s.store.Edit(ctx, subject, exclusive)
	if err != nil {
		return fmt.Errorf("editing %s: %w", subject, err)
	}
	defer edit.Close()
	return decide(edit)
}
