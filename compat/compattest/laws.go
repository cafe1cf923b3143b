package compattest

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/muster-registry/muster/compat"
)

// laws holds over every schema of the corpus and over the catalogue of rules.
func laws(t *testing.T, format compat.Format, schemas []compat.Schema, hit map[compat.RuleID]bool) {
	for _, s := range schemas {
		Law(t, format, s)
	}
	listed := make(map[compat.RuleID]bool)
	for _, rule := range format.Rules() {
		if listed[rule.ID] {
			t.Errorf("rule %s is listed twice", rule.ID)
		}
		listed[rule.ID] = true
		if rule.Doc == "" {
			t.Errorf("rule %s has no doc", rule.ID)
		}
		if !hit[rule.ID] {
			t.Errorf("no case hits rule %s", rule.ID)
		}
	}
	for rule := range hit {
		if !listed[rule] {
			t.Errorf("rule %s is reported but not listed", rule)
		}
	}
	parallel(t, format, schemas)
}

// Law checks what must hold of any one schema: it reads itself, its canonical
// and normalized texts are fixed points, and it and its normalized form read
// each other. It passes over texts that need references, which the texts alone
// do not carry.
func Law(t *testing.T, format compat.Format, s compat.Schema) {
	t.Helper()
	opts := compat.CheckOptions{Reader: "new", Writer: "old"}
	reads := func(what string, reader, writer compat.Schema) {
		t.Helper()
		comparison, err := format.Check(reader, writer, opts)
		if err != nil {
			t.Errorf("%s: %v\n%s", what, err, s.Canonical())
		}
		if len(comparison.Differences) > 0 {
			t.Errorf("%s: %v\n%s", what, comparison.Differences, s.Canonical())
		}
	}
	reads("a schema reads itself", s, s)
	if s.Size() <= 0 {
		t.Errorf("Size is %d", s.Size())
	}
	canonical, err := format.Parse(compat.Source{Text: s.Canonical(), Lenient: true})
	if err != nil {
		return
	}
	if got := canonical.Canonical(); got != s.Canonical() {
		t.Errorf("canonicalizing twice changes the text:\n%s\n%s", s.Canonical(), got)
	}
	if canonical.LookupKey() != s.LookupKey() {
		t.Errorf("the canonical form has another lookup key: %s", s.Canonical())
	}
	normalized, err := format.Parse(compat.Source{Text: s.Normalized(), Lenient: true})
	if err != nil {
		t.Errorf("the normalized text does not parse: %v\n%s", err, s.Normalized())
		return
	}
	if got := normalized.Normalized(); got != s.Normalized() {
		t.Errorf("normalizing twice changes the text:\n%s\n%s", s.Normalized(), got)
	}
	reads("the normalized form reads the original", normalized, s)
	reads("the original reads the normalized form", s, normalized)
	if tagger, ok := s.(compat.Tagger); ok {
		taggable(t, format, tagger)
	}
}

// full holds FULL to BACKWARD and FORWARD: it finds what each of them does,
// forward first, and fails exactly when one of them fails.
func full(t *testing.T, format compat.Format, newer, older compat.Schema, opts compat.CheckOptions) {
	t.Helper()
	at := func(level compat.Level) []compat.Incompatibility {
		return checked(t, format, level, newer, []compat.Schema{older}, opts).Incompatibilities
	}
	if diff := cmp.Diff(append(at(compat.Forward), at(compat.Backward)...), at(compat.Full), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("FULL is not FORWARD and BACKWARD (-both +FULL):\n%s", diff)
	}
}

// canonical is a format that parses the canonical text of what it is given. A
// comparison depends on nothing that canonicalizing takes away, nor on which
// pairs its schemas were compared in before.
type canonical struct{ compat.Format }

func (c canonical) Parse(src compat.Source) (compat.Schema, error) {
	s, err := c.Format.Parse(src)
	if err != nil {
		return nil, err
	}
	src.Text, src.Lenient = s.Canonical(), true
	return c.Format.Parse(src)
}

// parallel compares every neighbouring pair from several goroutines, half of
// them from the last pair on, and holds the answers to be equal; -race watches
// the rest.
func parallel(t *testing.T, format compat.Format, schemas []compat.Schema) {
	const workers = 4
	answers := make([][]compat.Comparison, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			answers[w] = make([]compat.Comparison, len(schemas))
			for n := 1; n < len(schemas); n++ {
				i := n
				if w%2 == 1 {
					i = len(schemas) - n
				}
				var err error
				if answers[w][i], err = format.Check(schemas[i], schemas[i-1], compat.CheckOptions{Reader: "new", Writer: "old"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for w := 1; w < workers; w++ {
		if diff := cmp.Diff(answers[0], answers[w]); diff != "" {
			t.Errorf("the same pairs got other answers (-first +other):\n%s", diff)
		}
	}
}

// Fuzz is the body of each format's FuzzParse: no panic, no error of a foreign
// kind, and the laws for what parses.
func Fuzz(f *testing.F, format compat.Format) {
	f.Fuzz(func(t *testing.T, text string) {
		schema, err := format.Parse(compat.Source{Text: text})
		if err != nil {
			var parse *compat.ParseError
			var limit *compat.LimitError
			if !errors.As(err, &parse) && !errors.As(err, &limit) {
				t.Fatalf("Parse returned a %T: %v", err, err)
			}
			return
		}
		Law(t, format, schema)
	})
}
