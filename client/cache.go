package client

import (
	"context"
	"math"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"
)

// cache holds answers that cannot change, by the target of their request.
// Failures are not kept.
type cache struct {
	answers *otter.Cache[string, []byte]
	flights singleflight.Group
}

// flightPatience bounds a flight, which nobody's context ends.
const flightPatience = time.Minute

// newCache returns a cache of so many bytes: zero is the default, less is nil.
func newCache(bytes int) *cache {
	if bytes < 0 {
		return nil
	}
	if bytes == 0 {
		bytes = 32 << 20
	}
	return &cache{answers: otter.Must(&otter.Options[string, []byte]{
		MaximumWeight: uint64(bytes),
		Weigher: func(target string, answer []byte) uint32 {
			return uint32(min(256+len(target)+len(answer), math.MaxUint32))
		},
	})}
}

// get returns the answer at target, asked for once however many want it. Each
// leaves when its own context ends; the flight goes on for the others. The
// answer is shared: callers only read it.
func (c *cache) get(ctx context.Context, target string, ask func(context.Context) ([]byte, error)) ([]byte, error) {
	if answer, ok := c.answers.GetIfPresent(target); ok {
		return answer, nil
	}
	shared := context.WithoutCancel(ctx)
	flight := c.flights.DoChan(target, func() (any, error) {
		shared, cancel := context.WithTimeout(shared, flightPatience)
		defer cancel()
		answer, err := ask(shared)
		if err == nil {
			c.answers.Set(target, answer)
		}
		return answer, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case landed := <-flight:
		answer, _ := landed.Val.([]byte)
		return answer, landed.Err
	}
}
