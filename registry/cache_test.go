package registry

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/muster-registry/muster/compat"
)

// contents is a store of one content. What is read waits for the gate.
type contents struct {
	Store
	gate chan struct{}

	mu     sync.Mutex
	text   string // none: the ID stands for nothing
	purges int64
	reads  int
}

func (s *contents) Content(ctx context.Context, _ ContextName, _ SchemaID) (*Content, error) {
	s.mu.Lock()
	s.reads++
	text := s.text
	s.mu.Unlock()
	select {
	case <-s.gate:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if text == "" {
		return nil, ErrNotFound
	}
	return &Content{ID: 1, Schema: Schema{Text: text}}, nil
}

func (s *contents) Purges(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.purges, nil
}

// purge removes the last record of the ID, as another process would.
func (s *contents) purge() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = ""
	s.purges++
}

func (s *contents) readSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

func TestContent_IsReadOnceForAllWhoAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &contents{gate: make(chan struct{}), text: `"int"`}
		service := New(store, compat.NewFormats(), Options{})
		var askers sync.WaitGroup
		for range 32 {
			askers.Go(func() {
				c, err := service.content(t.Context(), DefaultContext, 1)
				if err != nil || c.Text != `"int"` {
					t.Errorf("got %v, %v", c, err)
				}
			})
		}
		synctest.Wait()
		close(store.gate)
		askers.Wait()
		if reads := store.readSoFar(); reads != 1 {
			t.Errorf("the store was read %d times, want once", reads)
		}
	})
}

// The first to ask does not end the read for those who ask after.
func TestContent_IsReadForThoseWhoStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &contents{gate: make(chan struct{}), text: `"int"`}
		service := New(store, compat.NewFormats(), Options{})
		ctx, leave := context.WithCancel(t.Context())
		var askers sync.WaitGroup
		askers.Go(func() { _, _ = service.content(ctx, DefaultContext, 1) }) // its answer finds nobody
		synctest.Wait()
		askers.Go(func() {
			if _, err := service.content(t.Context(), DefaultContext, 1); err != nil {
				t.Errorf("who stayed: %v", err)
			}
		})
		synctest.Wait()
		leave()
		synctest.Wait()
		close(store.gate)
		askers.Wait()
	})
}

// A purge that another process made is noticed at the next poll; a read that
// began before it does not bring the old answer back.
func TestContent_IsForgottenWhenPurged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &contents{gate: make(chan struct{}), text: `"int"`}
		service := New(store, compat.NewFormats(), Options{})
		service.pollPurges(t.Context())
		var early sync.WaitGroup
		early.Go(func() {
			if _, err := service.content(t.Context(), DefaultContext, 1); err != nil {
				t.Errorf("asked before the purge: %v", err)
			}
		})
		synctest.Wait()
		store.purge()
		service.pollPurges(t.Context())
		close(store.gate)
		early.Wait()
		if c, err := service.content(t.Context(), DefaultContext, 1); !errors.Is(err, ErrNotFound) {
			t.Errorf("asked after the purge: %v, %v", c, err)
		}
		service.pollPurges(t.Context())
		if got := service.caches.epoch.Load(); got != 1 {
			t.Errorf("epoch %d after one purge and three polls, want 1", got)
		}
	})
}
