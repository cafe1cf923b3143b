package avro

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/compattest"
)

// payloadsPerPair is how many payloads the law writes under each writer.
const payloadsPerPair = 3

// TestPairs is the law that matters most: what Check finds compatible is read,
// with every value the specification keeps; and of what it finds incompatible
// there is a payload that shows it. compattest.Pairs says how to run more.
func TestPairs(t *testing.T) {
	compattest.Pairs(t, 12_000, func(rnd *rand.Rand) (string, error) {
		p := drawPair(rnd)
		w, err := parse(compat.Source{Text: p.writer, Lenient: true})
		if err != nil {
			return "unparsed", p.errorf("%v", err)
		}
		r, err := parse(compat.Source{Text: p.reader, Lenient: true})
		if err != nil {
			return "unparsed", p.errorf("%v", err)
		}
		c, err := check(r.root, w.root, backward)
		if err != nil {
			return "failed", p.errorf("%v", err)
		}
		if len(c.Differences) > 0 {
			return p.shown(c.Differences, r.root, w.root)
		}
		return "compatible", p.reads(rnd, r.root, w.root)
	}, "compatible", "incompatible")
}

// textPair is a pair of schemas as text.
type textPair struct {
	reader, writer string
}

func (p textPair) errorf(format string, args ...any) error {
	return fmt.Errorf("%s\nwriter %s\nreader %s", fmt.Sprintf(format, args...), p.writer, p.reader)
}

// shown asks for one witness at least, and that none of them is read. Where a
// type has no finite value there may be none: that is the one reason.
func (p textPair) shown(found []compat.Difference, r, w *node) (string, error) {
	witnesses := 0
	for _, d := range found {
		if d.Witness == nil {
			continue
		}
		witnesses++
		if outcomeOf(r, w, d.Witness.Binary, nil) == "" {
			return "incompatible", p.errorf("the reader reads the witness %s of %s at %s", d.Witness.JSON, d.Rule, d.Path)
		}
	}
	if witnesses > 0 {
		return "incompatible", nil
	}
	if types, height := typesOf(w), heights(w); len(height) < len(types) {
		return "incompatible without a payload", nil
	}
	return "incompatible", p.errorf("no witness for %v", found)
}

// reads writes payloads and reads them back under the reader.
func (p textPair) reads(rnd *rand.Rand, r, w *node) error {
	height := heights(w)
	if _, finite := height[w]; !finite {
		return nil
	}
	judge, known := newValidator(w), aliased(r, w)
	for range payloadsPerPair {
		value := drawValue(rnd, w, height, 6)
		payload := encodeValue(nil, w, value)
		if verdict, err := judge.Validate(payload, compat.Binary); err != nil || len(verdict.Violations) > 0 {
			return p.errorf("%x is no payload: %v, %v", payload, verdict.Violations, err)
		}
		if outcome := outcomeOf(r, w, payload, nil); outcome != "" {
			return p.errorf("compatible, but of %x %s", payload, outcome)
		}
		in := &resolution{data: payload}
		got, err := in.read(r, known)
		switch {
		case err != nil:
			return p.errorf("compatible, but of %x the reader says: %v", payload, err)
		case len(in.data) > 0:
			return p.errorf("the reader leaves %d bytes of %x", len(in.data), payload)
		}
		if err := kept(r, got, w, value); err != nil {
			return p.errorf("%x is read as another value: %v", payload, err)
		}
	}
	return nil
}
