package main

import "testing"

// TestEvent: the three payloads are one event, of the size the goals are for,
// and each validator takes its own.
func TestEvent(t *testing.T) {
	e, err := newEvent()
	if err != nil {
		t.Fatal(err)
	}
	list, err := languages(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		v, err := l.validator()
		if err != nil {
			t.Fatal(err)
		}
		verdict, err := v.Validate(l.payload, l.encoding)
		if err != nil || len(verdict.Violations) > 0 {
			t.Errorf("%s: %+v %v", l.of, verdict, err)
		}
		if err := l.decode(); err != nil {
			t.Errorf("%s, %s: %v", l.of, l.decoder, err)
		}
		if allocs := testing.AllocsPerRun(100, func() { v.Validate(l.payload, l.encoding) }); allocs > 0 {
			t.Errorf("%s: %v allocations", l.of, allocs)
		}
		if n := len(l.payload); n < 650 || n > 1300 {
			t.Errorf("%s: %d bytes", l.of, n)
		}
	}
}
