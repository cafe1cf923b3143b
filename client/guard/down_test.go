package guard_test

import (
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-registry/muster/client/guard"
)

// TestDown_NoEventUnjudged kills the registry under a guard that publishes
// 10,000 events to destinations that it knows and to one that it never met. In
// the bubble of synctest time passes only while everybody waits, so that the
// longest wait is measured exactly.
func TestDown_NoEventUnjudged(t *testing.T) {
	const events, producers = 10_000, 8
	const timeout = 300 * time.Millisecond
	for _, test := range []struct {
		name  string
		death int32
		start string // how the guard knows what it knows
		down  guard.Down
	}{
		{"warm, refusing, closed", refusing, "warm", guard.Closed},
		{"warm, refusing, open", refusing, "warm", guard.Open},
		{"warm, hanging, closed", hanging, "warm", guard.Closed},
		{"warm, hanging, open", hanging, "warm", guard.Open},
		{"bundle, refusing, closed", refusing, "bundle", guard.Closed},
		{"bundle, hanging, open", hanging, "bundle", guard.Open},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.register(t, "orders-value", orders)
				opts := guard.Options{
					Policy: guard.Policy{Down: test.down}, Timeout: timeout, Refresh: 10 * time.Second,
					Bundle: filepath.Join(t.TempDir(), "bundle.json"),
				}
				g := r.guard(t, opts)
				warm(t, g, "orders")
				if test.start == "bundle" {
					g.Close()
					r.state.Store(test.death)
					g = r.guard(t, opts)
				}
				longest := make([]time.Duration, producers)
				var valid, invalid, unavailable atomic.Int32
				var producing sync.WaitGroup
				for n := range producers {
					producing.Go(func() {
						for i := range events / producers {
							if i == events/producers/3 {
								r.state.Store(test.death)
							}
							destination, event, want := "orders", order, guard.Reason("")
							switch {
							case i%10 == 0:
								event, want = misspelt, guard.Invalid
							case i%10 == 1 && r.state.Load() == test.death:
								destination, want = "unheard-of", guard.Unavailable
							}
							before := time.Now()
							verdict, err := g.Check(t.Context(), destination, payload(event))
							longest[n] = max(longest[n], time.Since(before))
							if verdict.Reason != want {
								t.Errorf("producer %d, event %d to %s: %q, want %q", n, i, destination, verdict.Reason, want)
							}
							if published := want == "" || want == guard.Unavailable && test.down == guard.Open; verdict.Published != published || (err == nil) != published {
								t.Errorf("producer %d, event %d to %s, %q: published = %t with %v", n, i, destination, want, verdict.Published, err)
							}
							switch verdict.Reason {
							case "":
								valid.Add(1)
							case guard.Invalid:
								invalid.Add(1)
							case guard.Unavailable:
								unavailable.Add(1)
							}
							time.Sleep(time.Millisecond) // in the bubble: the events are spread over a second and more
						}
					})
				}
				producing.Wait()
				if judged := valid.Load() + invalid.Load() + unavailable.Load(); judged != events {
					t.Errorf("%d of %d events have a verdict", judged, events)
				}
				if unavailable.Load() == 0 || invalid.Load() != events/10 {
					t.Errorf("%d valid, %d invalid, %d not judged", valid.Load(), invalid.Load(), unavailable.Load())
				}
				if waited := slices.Max(longest); waited > timeout {
					t.Errorf("an event waited for %v, the timeout is %v", waited, timeout)
				}
				t.Logf("%d valid, %d invalid, %d not judged, longest wait %v",
					valid.Load(), invalid.Load(), unavailable.Load(), slices.Max(longest))
				g.Close()
			})
		})
	}
}
