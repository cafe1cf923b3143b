package registry

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/muster-registry/muster/compat"
)

// caches hold what cannot change: content by ID, and schemas parsed from text
// whose references are part of the key. The one thing that can make an ID mean
// something else is the removal of its last record; flush starts a new epoch
// then, which is part of every key, so that a read still under way cannot put
// an old answer back.
type caches struct {
	epoch    atomic.Int64
	purges   atomic.Int64 // the store's counter as last seen
	contents *otter.Cache[contentKey, *Content]
	parsed   *otter.Cache[parsedKey, *parsed]
	stats    map[string]*stats.Counter
}

type contentKey struct {
	epoch   int64
	context ContextName
	id      SchemaID
}

// parsedKey is the SHA-256 of type, reading, text and closure.
type parsedKey [sha256.Size]byte

func newCaches(contentBytes, parsedBytes int) *caches {
	if contentBytes == 0 {
		contentBytes = 32 << 20
	}
	if parsedBytes == 0 {
		parsedBytes = 48 << 20
	}
	c := &caches{stats: map[string]*stats.Counter{"content": stats.NewCounter(), "parsed": stats.NewCounter()}}
	c.contents = otter.Must(&otter.Options[contentKey, *Content]{
		MaximumWeight: uint64(contentBytes),
		StatsRecorder: c.stats["content"],
		Weigher:       func(_ contentKey, v *Content) uint32 { return weight(512 + len(v.Text)) },
	})
	c.parsed = otter.Must(&otter.Options[parsedKey, *parsed]{
		MaximumWeight: uint64(parsedBytes),
		StatsRecorder: c.stats["parsed"],
		Weigher:       func(_ parsedKey, v *parsed) uint32 { return weight(512 + v.Size()) },
	})
	return c
}

func weight(bytes int) uint32 { return uint32(min(bytes, math.MaxUint32)) }

// flush forgets everything that is kept by ID.
func (c *caches) flush() {
	c.epoch.Add(1)
	c.contents.InvalidateAll()
}

// CacheFigures are one cache's hits and misses since the start.
type CacheFigures struct{ Hits, Misses uint64 }

// Caches returns the figures of every cache by name.
func (s *Service) Caches() map[string]CacheFigures {
	figures := make(map[string]CacheFigures, len(s.caches.stats))
	for name, counter := range s.caches.stats {
		snapshot := counter.Snapshot()
		figures[name] = CacheFigures{Hits: snapshot.Hits, Misses: snapshot.Misses}
	}
	return figures
}

// FollowPurges watches for removals by other processes until ctx ends, and
// forgets what they made wrong within interval.
func (s *Service) FollowPurges(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		s.pollPurges(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// pollPurges flushes when the store's counter moved. A store out of reach
// changes nothing: what cannot be read cannot have been acknowledged to anyone
// who could tell.
func (s *Service) pollPurges(ctx context.Context) {
	n, err := s.store.Purges(ctx)
	if err == nil && s.caches.purges.Swap(n) != n {
		s.caches.flush()
	}
}

// fillPatience bounds a read that fills a cache for all who wait for it.
const fillPatience = 5 * time.Second

// content is what memory holds of an ID, nil when it holds nothing.
func (c *caches) content(at ContextID) *Content {
	content, _ := c.contents.GetIfPresent(contentKey{epoch: c.epoch.Load(), context: at.Context, id: at.ID})
	return content
}

// holds tells whether memory holds an ID, which counts as no use of it.
func (c *caches) holds(at ContextID) bool {
	_, ok := c.contents.GetEntryQuietly(contentKey{epoch: c.epoch.Load(), context: at.Context, id: at.ID})
	return ok
}

// content returns what an ID stands for, from memory when it can.
func (s *Service) content(ctx context.Context, cn ContextName, id SchemaID) (*Content, error) {
	key := contentKey{epoch: s.caches.epoch.Load(), context: cn, id: id}
	if c, ok := s.caches.contents.GetIfPresent(key); ok {
		return c, nil
	}
	// One flight serves everybody who asks. When the one who began it leaves,
	// the cache starts another for those who stay.
	return s.caches.contents.Get(ctx, key, otter.LoaderFunc[contentKey, *Content](
		func(ctx context.Context, key contentKey) (*Content, error) {
			ctx, cancel := context.WithTimeout(ctx, fillPatience)
			defer cancel()
			c, err := s.store.Content(ctx, key.context, key.id)
			if err != nil {
				return nil, fmt.Errorf("reading schema %d in %s: %w", key.id, key.context, err)
			}
			return kept(c), nil
		}))
}

// kept makes content ready for the cache, before anyone else has it: hashing a
// text for each payload that it judges costs as much as judging a small one.
func kept(c *Content) *Content {
	if len(c.References) == 0 {
		c.reading = keyOf(c.Type, storedSource(c, nil))
	}
	return c
}

// parsed is a schema with the validators made from it so far.
type parsed struct {
	compat.Schema
	validators validators
}
