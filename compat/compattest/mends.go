package compattest

import (
	"testing"

	"github.com/muster-registry/muster/compat"
)

// Mends holds every pair of the corpus, either side as the candidate and in
// both directions, to what [compat.Format.Mend] promises: the text it makes is
// a schema, the difference is gone, making it again changes nothing, and a
// candidate all of whose differences were mended passes.
func Mends(t *testing.T, format compat.Format) {
	mended := 0
	eachFile(t, "check", func(t *testing.T, c *corpusFile) {
		c.keep()
		older := c.source("old", "ref/", "old.ref/")
		newer := c.source("new", "ref/", "new.ref/")
		for _, m := range []mending{
			{name: "new reads", candidate: newer, earlier: older, reads: true}, {name: "new writes", candidate: newer, earlier: older},
			{name: "old reads", candidate: older, earlier: newer, reads: true}, {name: "old writes", candidate: older, earlier: newer},
		} {
			m.format, m.policy = format, c.options().Policy
			t.Run(m.name, func(t *testing.T) { mended += m.run(t) })
		}
	})
	t.Logf("%d differences mended", mended)
	if mended == 0 {
		t.Error("no case was mended")
	}
}

// mending is a candidate whose differences are mended, one after the other.
type mending struct {
	name               string
	format             compat.Format
	policy             compat.Policy
	candidate, earlier compat.Source
	reads              bool // the candidate reads what was written, or else writes
}

func (m mending) run(t *testing.T) (mended int) {
	made := make(map[compat.Difference]bool)
	whole := true // each difference of the first check was mended
	for round := 0; ; round++ {
		found, before := m.check(t), mended
		for _, d := range found {
			key := compat.Difference{Rule: d.Rule, Path: d.Path}
			if made[key] {
				t.Fatalf("%s at %s was mended, and is there in\n%s", d.Rule, d.Path, m.candidate.Text)
			}
			if !m.mend(t, d) {
				whole = whole && round > 0
				continue
			}
			made[key] = true
			mended++
		}
		if mended > before {
			continue
		}
		if whole && len(found) > 0 {
			t.Errorf("every difference was mended, and there are %v in\n%s", found, m.candidate.Text)
		}
		return mended
	}
}

// mend makes one edit, where Mend does.
func (m *mending) mend(t *testing.T, d compat.Difference) bool {
	t.Helper()
	if d.Fix == nil {
		return false
	}
	changes := m.format.Mend(m.candidate.Text, d.Rule, d.Fix.Edit)
	if changes == nil {
		return false
	}
	m.candidate.Text = compat.Apply(m.candidate.Text, changes)
	if again := m.format.Mend(m.candidate.Text, d.Rule, d.Fix.Edit); again != nil {
		t.Errorf("%s at %s is mended twice: %v\n%s", d.Rule, d.Path, again, m.candidate.Text)
	}
	return true
}

// check compares as a registry does.
func (m mending) check(t *testing.T) []compat.Difference {
	t.Helper()
	candidate, err := m.format.Parse(m.candidate)
	if err != nil {
		t.Fatalf("%v\n%s", err, m.candidate.Text)
	}
	m.earlier.Lenient = true
	earlier, err := m.format.Parse(m.earlier)
	if err != nil {
		t.Fatal(err)
	}
	opts := compat.CheckOptions{Policy: m.policy, Reader: "new", Writer: "old"}
	if !m.reads {
		candidate, earlier = earlier, candidate
		opts.Reader, opts.Writer = "old", "new"
	}
	comparison, err := m.format.Check(candidate, earlier, opts)
	if err != nil {
		t.Fatal(err)
	}
	return comparison.Differences
}
