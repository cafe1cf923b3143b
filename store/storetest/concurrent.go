package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/muster-registry/muster/registry"
)

var concurrentCases = []testCase{
	{"appends to one subject get distinct ascending versions and lose none", func(s *store) {
		const writers, each = 8, 8
		s.together(writers, func(w int) {
			last := registry.Version(0)
			for i := range each {
				r := s.retry("a", func(e registry.Edit) (registry.Record, error) {
					return e.Append(s.ctx(), version(next(e.Snapshot()), schema(fmt.Sprintf("%d %d", w, i))))
				})
				if r.Version <= last {
					s.t.Errorf("writer %d got version %d after %d", w, r.Version, last)
				}
				last = r.Version
			}
		})
		snapshot := s.snapshot("a")
		ids := map[registry.SchemaID]bool{}
		for i, r := range snapshot.Versions {
			ids[r.ID] = true
			if int(r.Version) != i+1 {
				s.t.Errorf("version %d stands at place %d", r.Version, i+1)
			}
		}
		s.equal("versions", len(snapshot.Versions), writers*each)
		s.equal("IDs", len(ids), writers*each)
		s.equal("rev", snapshot.Scopes.Own.Rev, int64(writers*each))
	}},
	{"registrations of one content get one ID", func(s *store) {
		for _, context := range []string{"", ":.ctx:"} {
			for i := range 4 {
				const writers = 8
				ids := make([]registry.SchemaID, writers)
				s.together(writers, func(w int) {
					r := s.retry(fmt.Sprintf("%s%d %d", context, i, w), func(e registry.Edit) (registry.Record, error) {
						return e.Append(s.ctx(), version(1, schema(fmt.Sprint(i))))
					})
					ids[w] = r.ID
				})
				if len(slices.Compact(ids)) != 1 {
					s.t.Errorf("one content got the IDs %v", ids)
				}
			}
		}
	}},
	{"explicit IDs and assigned ones do not meet", func(s *store) {
		for _, context := range []string{"", ":.ctx:"} {
			s.together(6, func(w int) {
				for i := range 12 {
					subject, text := fmt.Sprint(context, w), fmt.Sprint(w, " ", i)
					r := s.retry(subject, func(e registry.Edit) (registry.Record, error) {
						v := version(next(e.Snapshot()), schema(text))
						if w%2 == 0 {
							v = imported(v.Version, registry.SchemaID(10*i+w+1), schema(text))
						}
						r, err := e.Append(s.ctx(), v)
						if errors.Is(err, registry.ErrTaken) {
							v.ID = 0 // an assigned one was there first
							e = s.edit(subject)
							return e.Append(s.ctx(), v)
						}
						return r, err
					})
					if got := s.content(in(subject).Context, r.ID).Text; got != text {
						s.t.Errorf("ID %d was given to %q and stands for %q", r.ID, text, got)
					}
				}
			})
		}
	}},
	{"changes wait or go stale while an edit is exclusive", func(s *store) {
		s.register("a", schema("1"))
		early := s.edit("a")
		held, err := s.Edit(s.ctx(), in("a"), true)
		s.must(err)
		defer held.Close()
		before := held.Snapshot()
		outcome := make(chan error, 1)
		go func() {
			_, err := early.Append(s.ctx(), version(2, schema("early")))
			outcome <- err
		}()
		_, err = held.Append(s.ctx(), version(2, schema("held")))
		s.must(err)
		held.Close()
		s.refused("append on an earlier snapshot", <-outcome, registry.ErrStale)
		s.equal("rev seen", before.Scopes.Own.Rev, int64(1))
		s.equal("versions", s.versions("a"), []int{1, 2})
		s.equal("content", s.content(".", s.record("a", 2).ID).Text, "held")
	}},
	{"exclusive edits commit however many others try", func(s *store) {
		ctx, cancel := context.WithCancel(s.ctx())
		var others sync.WaitGroup
		for w := range 3 {
			others.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					text := fmt.Sprintf("other %d %d", w, i)
					_ = s.change(in("a"), false, func(e registry.Edit) error {
						_, err := e.Append(s.ctx(), version(next(e.Snapshot()), schema(text)))
						return err
					})
				}
			})
		}
		for i := range 20 {
			s.must(s.change(in("a"), true, func(e registry.Edit) error {
				_, err := e.Append(s.ctx(), version(next(e.Snapshot()), schema(fmt.Sprint("held ", i))))
				return err
			}))
		}
		cancel()
		others.Wait()
	}},
	{"an exclusive edit that is closed leaves nothing and lets go", func(s *store) {
		for range 3 {
			e, err := s.Edit(s.ctx(), in("a"), true)
			s.must(err)
			s.equal("snapshot", e.Snapshot(), &registry.Snapshot{Subject: in("a")})
			e.Close()
			e.Close()
		}
		s.equal("snapshot", s.snapshot("a"), &registry.Snapshot{Subject: in("a")})
		s.register("a", schema("1"))
	}},
	{"waiting for an exclusive edit ends with the context", func(s *store) {
		held, err := s.Edit(s.ctx(), in("a"), true)
		s.must(err)
		defer held.Close()
		for what, wait := range map[string]func(ctx context.Context) error{
			"edit": func(ctx context.Context) error { return s.exclusively(ctx, "a") },
			"change": func(ctx context.Context) error {
				_, err := s.edit("a").Append(ctx, version(1, schema("1")))
				return err
			},
		} {
			ctx, cancel := context.WithTimeout(s.ctx(), 50*time.Millisecond)
			s.refused(what, wait(ctx), context.DeadlineExceeded)
			cancel()
		}
		s.must(s.exclusively(s.ctx(), "b"))
		held.Close()
		s.must(s.exclusively(s.ctx(), "a"))
	}},
	{"a soft delete and a reference to the version do not both happen", func(s *store) {
		for i := range 30 {
			target, referrer := fmt.Sprint("t", i), fmt.Sprint("r", i)
			s.register(target, schema(target))
			var deleted, referred error
			s.together(2, func(w int) {
				if w == 0 {
					deleted = s.softDelete(target, 1)
				} else {
					_, referred = s.append(in(referrer), version(1, schema(referrer, ref("x", target, 1))))
				}
			})
			s.oneOf(i, deleted, registry.ErrReferenced, referred, registry.ErrDangling)
		}
	}},
	{"a purge and a reference to the version do not both happen", func(s *store) {
		for i := range 30 {
			target, referrer := fmt.Sprint("t", i), fmt.Sprint("r", i)
			s.register(target, schema(target))
			s.must(s.softDelete(target, 1))
			v := version(1, schema(referrer, ref("x", target, 1)))
			v.Import = true // else it is refused for being deleted
			var purged, referred error
			s.together(2, func(w int) {
				if w == 0 {
					purged = s.purge(target, 1)
				} else {
					_, referred = s.append(in(referrer), v)
				}
			})
			s.oneOf(i, purged, registry.ErrReferenced, referred, registry.ErrDangling)
		}
	}},
	{"a purge leaves content that another subject takes up meanwhile", func(s *store) {
		for i := range 30 {
			one, other := fmt.Sprint("a", i), fmt.Sprint("b", i)
			first := s.register(one, schema(one))
			s.must(s.softDelete(one, 1))
			var r registry.Record
			s.together(2, func(w int) {
				if w == 0 {
					s.retry(one, func(e registry.Edit) (registry.Record, error) {
						return registry.Record{}, e.Purge(s.ctx(), []registry.Version{1})
					})
				} else {
					r = s.retry(other, func(e registry.Edit) (registry.Record, error) {
						return e.Append(s.ctx(), version(1, schema(one)))
					})
				}
			})
			s.equal("ID", r.ID, first.ID)
			s.equal("content", s.content(".", r.ID).Text, one)
		}
	}},
	{"schemas that refer to each other's subjects do not block each other for good", func(s *store) {
		s.register("a", schema("a"))
		s.register("b", schema("b"))
		s.together(4, func(w int) {
			own, other := "a", "b"
			if w%2 == 0 {
				own, other = other, own
			}
			for i := range 8 {
				s.retry(own, func(e registry.Edit) (registry.Record, error) {
					text := fmt.Sprint(w, " ", i)
					refs := []registry.Reference{ref("x", other, 1), ref("y", own, 1)}
					return e.Append(s.ctx(), version(next(e.Snapshot()), schema(text, refs...)))
				})
			}
		})
		s.equal("versions", len(s.versions("a"))+len(s.versions("b")), 34)
	}},
	{"settings that were acknowledged govern what is not yet there", func(s *store) {
		for _, scope := range []string{":.ctx:", ":.:", ":.__GLOBAL:"} {
			for i := range 20 {
				subject := fmt.Sprint(":.ctx:", scope, i)
				e := s.edit(subject)
				var seen []int
				var appended error
				s.together(2, func(w int) {
					if w == 0 {
						_, appended = e.Append(s.ctx(), version(1, schema(subject)))
						return
					}
					s.must(s.configure(scope, &registry.Config{Level: "NONE"}, ""))
					seen = s.versions(subject)
				})
				switch {
				case appended != nil:
					s.refused("append", appended, registry.ErrStale)
				case len(seen) == 0:
					s.t.Errorf("%s: a version judged before a change appeared after it", subject)
				}
			}
		}
	}},
	{"snapshots show one moment", func(s *store) {
		ctx, cancel := context.WithCancel(s.ctx())
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for ctx.Err() == nil {
					snapshot := s.snapshot("a")
					if rev := snapshot.Scopes.Own.Rev; rev != int64(len(snapshot.Versions)) {
						s.t.Errorf("rev %d with %d versions", rev, len(snapshot.Versions))
					}
				}
			})
		}
		for i := range 30 {
			s.register("a", schema(fmt.Sprint(i)))
		}
		cancel()
		readers.Wait()
	}},
}

// together runs n calls of do that begin at once, and waits for them.
func (s *store) together(n int, do func(w int)) {
	s.t.Helper()
	var group sync.WaitGroup
	begin := make(chan struct{})
	for w := range n {
		group.Go(func() {
			<-begin
			do(w)
		})
	}
	close(begin)
	group.Wait()
}

// retry makes a change as the registry does: twice on a snapshot, then with
// the subject held.
func (s *store) retry(subject string, do func(registry.Edit) (registry.Record, error)) registry.Record {
	var r registry.Record
	for attempt := 0; ; attempt++ {
		err := s.change(in(subject), attempt >= 2, func(e registry.Edit) (err error) {
			r, err = do(e)
			return err
		})
		if err == nil {
			return r
		}
		if !errors.Is(err, registry.ErrStale) || attempt > 20 {
			s.t.Errorf("attempt %d on %s: %v", attempt, subject, err)
			return r
		}
	}
}

// exclusively takes a subject and lets it go.
func (s *store) exclusively(ctx context.Context, subject string) error {
	e, err := s.Edit(ctx, in(subject), true)
	if err != nil {
		return err
	}
	e.Close()
	return nil
}

// oneOf holds that exactly one of two succeeded, and the other for its reason.
func (s *store) oneOf(round int, one, oneLost, other, otherLost error) {
	s.t.Helper()
	switch {
	case one == nil && (errors.Is(other, otherLost) || errors.Is(other, registry.ErrStale)):
	case other == nil && (errors.Is(one, oneLost) || errors.Is(one, registry.ErrStale)):
	case errors.Is(one, registry.ErrStale) && errors.Is(other, registry.ErrStale):
	default:
		s.t.Errorf("round %d: %v and %v", round, one, other)
	}
}
