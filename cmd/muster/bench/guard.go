package main

import (
	"context"
	"fmt"
	"time"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
	"github.com/muster-registry/muster/compat"
)

// benchGuard measures what a producer's event costs in a guard that is warm,
// beside the validator alone. The server has a subject for each language.
func benchGuard(muster string, list []language, rounds int) error {
	registry, err := client.New("http://"+muster, client.Options{})
	if err != nil {
		return err
	}
	g, err := guard.New(registry, guard.Options{Strategy: func(n guard.Naming) (string, error) { return n.Destination, nil }})
	if err != nil {
		return err
	}
	defer g.Close()
	ctx := context.Background()
	for _, l := range list {
		validator, err := l.validator()
		if err != nil {
			return err
		}
		event := guard.Payload{Data: l.payload, Encoding: l.encoding}
		checked := func() error {
			_, err := g.Check(ctx, benchSubject(l.of), event)
			return err
		}
		alone := func() error {
			_, err := validator.Validate(l.payload, l.encoding)
			return err
		}
		if err := g.Warm(ctx, benchSubject(l.of)); err != nil {
			return err
		}
		whole, part, err := quickest(checked, alone, rounds*100)
		if err != nil {
			return err
		}
		fmt.Printf("guard     %-8s event checked  %8v  beside the validator's %v\n", l.of, whole, part)
	}
	return nil
}

func benchSubject(of compat.Type) string { return "bench-" + string(of) }

// quickest measures two sides in turn, a slice of a millisecond at a time. The
// quickest slice of each counts: what others take of the machine only ever
// adds.
func quickest(one, other func() error, slices int) (first, second time.Duration, err error) {
	for range slices {
		for _, side := range []struct {
			f    func() error
			best *time.Duration
		}{{one, &first}, {other, &second}} {
			each, err := timePer(side.f, time.Millisecond)
			if err != nil {
				return 0, 0, err
			}
			if *side.best == 0 || each < *side.best {
				*side.best = each
			}
		}
	}
	return first, second, nil
}
