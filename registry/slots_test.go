package registry

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestSlots_GoToWhoeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1)
		if err := s.take(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := make(chan error)
		go func() { got <- s.take(t.Context()) }()
		synctest.Wait()
		s.give()
		if err := <-got; err != nil {
			t.Errorf("after a slot was given back: %v", err)
		}
	})
}

func TestSlots_RefuseWhoWaitsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1)
		if err := s.take(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := s.take(t.Context()); KindOf(err) != Overloaded {
			t.Errorf("got %v, want an Overloaded error", err)
		}
		if waited := time.Since(start); waited != patience {
			t.Errorf("waited %v, want %v", waited, patience)
		}
	})
}

func TestSlots_RefuseBeyondTheQueueAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1)
		if err := s.take(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		waiters := make(chan error, queue)
		for range queue {
			go func() { waiters <- s.take(ctx) }()
		}
		synctest.Wait()
		start := time.Now()
		if err := s.take(t.Context()); KindOf(err) != Overloaded || time.Since(start) != 0 {
			t.Errorf("got %v after %v, want an Overloaded error at once", err, time.Since(start))
		}
		cancel()
		for range queue {
			if err := <-waiters; !errors.Is(err, context.Canceled) {
				t.Errorf("a waiter whose request ended: %v", err)
			}
		}
		// They have left the queue, and the slot is still one.
		s.give()
		if err := s.take(t.Context()); err != nil {
			t.Errorf("with everybody gone: %v", err)
		}
	})
}

func TestSlots_AwaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1)
		if err := s.await(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error)
		go func() { got <- s.await(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-got; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the end of the context", err)
		}
	})
}
