package registry

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/muster-registry/muster/compat"
)

// slots bound how many requests burn CPU in a format at the same time, so that
// reads by ID stay quick beside hostile schemas.
type slots struct {
	free    chan struct{}
	waiting atomic.Int32
}

// At most queue requests wait for a slot, for at most patience.
const (
	queue    = 64
	patience = time.Second
)

func newSlots(n int) *slots {
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return &slots{free: make(chan struct{}, n)}
}

// take waits for a slot. It returns an Overloaded error instead of queueing
// for long.
func (s *slots) take(ctx context.Context) error {
	select {
	case s.free <- struct{}{}:
		return nil
	default:
	}
	if s.waiting.Add(1) > queue {
		s.waiting.Add(-1)
		return overloaded()
	}
	defer s.waiting.Add(-1)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case s.free <- struct{}{}:
		return nil
	case <-timer.C:
		return overloaded()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await waits for a slot until ctx ends, however many others do: whatever holds
// one has a budget.
func (s *slots) await(ctx context.Context) error {
	select {
	case s.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slots) give() { <-s.free }

func overloaded() *Error {
	return fail(Overloaded, "The registry has more schemas to parse and compare than it can; try again.")
}

// slotted is a format whose costly methods each take a slot. The slot is held
// for the one call alone, so no call waits for another while it holds one.
type slotted struct {
	compat.Format
	ctx   context.Context
	slots *slots
}

func (f slotted) Parse(src compat.Source) (compat.Schema, error) {
	if err := f.slots.take(f.ctx); err != nil {
		return nil, err
	}
	defer f.slots.give()
	return f.Format.Parse(src)
}

func (f slotted) Check(reader, writer compat.Schema, opts compat.CheckOptions) (compat.Comparison, error) {
	if err := f.slots.take(f.ctx); err != nil {
		return compat.Comparison{}, err
	}
	defer f.slots.give()
	return f.Format.Check(reader, writer, opts)
}

// CheckHistory passes on what not every format has: compat.Historian. It finds
// nothing for the others.
func (f slotted) CheckHistory(candidate compat.Schema, earlier []compat.Schema, opts compat.CheckOptions) (int, []compat.Difference, error) {
	historian, ok := f.Format.(compat.Historian)
	if !ok {
		return 0, nil, nil
	}
	if err := f.slots.take(f.ctx); err != nil {
		return 0, nil, err
	}
	defer f.slots.give()
	return historian.CheckHistory(candidate, earlier, opts)
}

// format returns the format of a type for the length of one request.
func (s *Service) format(ctx context.Context, t compat.Type) (compat.Format, error) {
	f, ok := s.formats.Lookup(t)
	if !ok {
		return nil, invalidSchema("Invalid schema type %s", clip(string(t)))
	}
	return slotted{Format: f, ctx: ctx, slots: s.slots}, nil
}
