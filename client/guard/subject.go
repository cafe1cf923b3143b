package guard

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/muster-registry/muster/client"
)

const (
	// askAgain is how long an answer of the registry about a subject stands,
	// a failure too, before an event may cause another question.
	askAgain = time.Second
	// flightLimit bounds one question, so that a registry that hangs is asked
	// anew once it recovers.
	flightLimit = 10 * time.Second
)

// subject is what the guard knows of one subject.
type subject struct {
	name string
	// current is nil until the registry or the bundle has answered; a subject
	// that is not there has no versions.
	current atomic.Pointer[snapshot]

	mu     sync.Mutex
	flight *flight   // under way, or nil
	asked  time.Time // when the last flight ended
	err    error     // of the last flight
}

// flight is one question to the registry, shared by all who wait for it.
type flight struct {
	since time.Time
	done  chan struct{}
	err   error // once done is closed
}

// errSlow is a registry that takes longer than an event may wait.
var errSlow = fmt.Errorf("%w: no answer in time", client.ErrUnreachable)

// errClosed is a guard that asks no more.
var errClosed = errors.New("the guard is closed")

// known returns what is known of a subject, asking if nothing is.
func (g *Guard) known(ctx context.Context, s *subject) (*snapshot, error) {
	if snap := s.current.Load(); snap != nil {
		return snap, nil
	}
	err := g.ask(ctx, s)
	if snap := s.current.Load(); snap != nil {
		return snap, nil
	}
	return nil, err
}

// ask waits for a question to the registry to be answered, at most until
// Options.Timeout after it was sent. An answer less than askAgain old is taken
// as it is.
func (g *Guard) ask(ctx context.Context, s *subject) error {
	s.mu.Lock()
	f := s.flight
	if f == nil {
		if !s.asked.IsZero() && time.Since(s.asked) < askAgain {
			defer s.mu.Unlock()
			return s.err
		}
		if f = g.depart(ctx, s); f == nil {
			s.mu.Unlock()
			return errClosed
		}
	}
	s.mu.Unlock()
	patience := g.opts.Timeout - time.Since(f.since)
	if patience <= 0 {
		return errSlow
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-f.done:
		return f.err
	case <-timer.C:
		return errSlow
	case <-ctx.Done():
		return ctx.Err()
	}
}

// depart starts a flight; s.mu is held. It is nil once the guard is closed.
func (g *Guard) depart(ctx context.Context, s *subject) *flight {
	f := &flight{since: time.Now(), done: make(chan struct{})}
	started := g.background(context.WithoutCancel(ctx), func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, flightLimit)
		defer cancel()
		f.err = g.refresh(ctx, s)
		s.mu.Lock()
		s.flight, s.asked, s.err = nil, time.Now(), f.err
		s.mu.Unlock()
		close(f.done)
	})
	if !started {
		return nil
	}
	s.flight = f
	return f
}

// refresh brings what is known of a subject up to date.
func (g *Guard) refresh(ctx context.Context, s *subject) error {
	before := s.current.Load()
	after, err := fetch(ctx, g.registry, s.name, before)
	if err != nil {
		return err
	}
	s.current.Store(after)
	if g.opts.Bundle != "" && !before.same(after) {
		g.save()
	}
	return nil
}

// background runs work until it ends or the guard is closed, and tells whether
// it was started.
func (g *Guard) background(ctx context.Context, work func(context.Context)) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.running.Go(func() {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ended := make(chan struct{})
		defer close(ended)
		go func() {
			select {
			case <-g.closing:
				cancel()
			case <-ended:
			}
		}()
		work(ctx)
	})
	return true
}

// follow asks for news of the given subjects, and every Options.Refresh of all
// that are known then. A registry out of reach ends the round.
func (g *Guard) follow(ctx context.Context, round []*subject) {
	ticker := time.NewTicker(g.opts.Refresh)
	defer ticker.Stop()
	for {
		for _, s := range round {
			if err := g.renew(ctx, s); err != nil {
				g.opts.Log.WarnContext(ctx, "guard: no news of a subject", "subject", s.name, "error", err)
				if ctx.Err() != nil || errors.Is(err, client.ErrUnreachable) {
					break
				}
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			round = g.subjects.all()
		}
	}
}

// renew waits for a flight that started after it was called, or joins one.
func (g *Guard) renew(ctx context.Context, s *subject) error {
	s.mu.Lock()
	f := s.flight
	if f == nil {
		f = g.depart(ctx, s)
	}
	s.mu.Unlock()
	if f == nil {
		return errClosed
	}
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
