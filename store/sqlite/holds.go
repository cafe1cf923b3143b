package sqlite

import (
	"context"
	"sync"

	"github.com/muster-registry/muster/registry"
)

// holds locks subjects: for the time of an exclusive Edit, and for the moment
// of every change. It grows and shrinks with those who hold or wait.
type holds struct {
	mu   sync.Mutex
	held map[registry.Subject]*hold
}

type hold struct {
	token chan struct{} // full while free
	users int           // who holds or waits
}

func newHolds() *holds {
	return &holds{held: map[registry.Subject]*hold{}}
}

// take waits for s, in the order of coming, and returns how to give it back.
func (h *holds) take(ctx context.Context, s registry.Subject) (release func(), err error) {
	h.mu.Lock()
	one := h.held[s]
	if one == nil {
		one = &hold{token: make(chan struct{}, 1)}
		one.token <- struct{}{}
		h.held[s] = one
	}
	one.users++
	h.mu.Unlock()

	select {
	case <-one.token:
		return sync.OnceFunc(func() {
			one.token <- struct{}{}
			h.leave(s, one)
		}), nil
	case <-ctx.Done():
		h.leave(s, one)
		return nil, ctx.Err()
	}
}

func (h *holds) leave(s registry.Subject, one *hold) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(h.held, s)
	}
}
