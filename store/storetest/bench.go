package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/muster-registry/muster/registry"
)

// Bench measures what a registry does most, with eight callers at a time.
func Bench(b *testing.B, s registry.Store) {
	const subjects, versions = 50, 5
	for i := range subjects {
		for v := range versions {
			benchAppend(b, s, fmt.Sprint("s", i), fmt.Sprint(i, " ", v))
		}
	}
	run := func(name string, do func(n int64) error) {
		b.Run(name, func(b *testing.B) {
			var n atomic.Int64
			b.SetParallelism(4) // times two processors
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := do(n.Add(1)); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "op/s")
		})
	}
	run("Snapshot", func(n int64) error {
		_, err := s.Snapshot(b.Context(), in(fmt.Sprint("s", n%subjects)))
		return err
	})
	run("Content", func(n int64) error {
		_, err := s.Content(b.Context(), registry.DefaultContext, registry.SchemaID(1+n%(subjects*versions)))
		return err
	})
	var round atomic.Int64
	run("AppendNew", func(n int64) error {
		name := fmt.Sprint("new ", round.Add(1))
		return appendNext(b, s, name, name)
	})
	run("AppendKnown", func(n int64) error {
		return appendNext(b, s, fmt.Sprint("known ", round.Add(1)), "0 0")
	})
}

func benchAppend(b *testing.B, s registry.Store, subject, text string) {
	b.Helper()
	if err := appendNext(b, s, subject, text); err != nil {
		b.Fatal(err)
	}
}

func appendNext(b *testing.B, s registry.Store, subject, text string) error {
	e, err := s.Edit(b.Context(), in(subject), false)
	if err != nil {
		return err
	}
	defer e.Close()
	_, err = e.Append(b.Context(), version(next(e.Snapshot()), schema(text)))
	return err
}
