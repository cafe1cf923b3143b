package compattest

import (
	"testing"

	"github.com/muster-registry/muster/compat"
)

// Witnesses holds every incompatible pair of the corpus to a witness, unless
// all that is found is of rules that by their nature have none, or the case
// says why it has none, and then has none. A witness is checked by the format
// before it is shown.
func Witnesses(t *testing.T, format compat.Format) {
	unshowable := make(map[compat.RuleID]bool)
	for _, rule := range format.Rules() {
		unshowable[rule.ID] = rule.Unwitnessed != ""
	}
	eachFile(t, "check", func(t *testing.T, c *corpusFile) {
		older := c.parse(t, format, "old", "ref/", "old.ref/")
		newer := c.parse(t, format, "new", "ref/", "new.ref/")
		c.keep()
		for direction, pair := range map[string][2]compat.Schema{"backward": {newer, older}, "forward": {older, newer}} {
			comparison, err := format.Check(pair[0], pair[1], c.options())
			if err != nil {
				t.Fatal(err)
			}
			if found := comparison.Differences; len(found) > 0 && shown(found, unshowable) == c.unshowable() {
				t.Errorf("%s: witness shown = %t for %v", direction, !c.unshowable(), found)
			}
		}
		if _, ok := c.file("between"); ok {
			between := c.parse(t, format, "between", "ref/")
			if found := history(t, format, newer, []compat.Schema{between, older}); !shown(found, unshowable) {
				t.Errorf("no witness in the history: %v", found)
			}
		}
	})
}

// shown tells whether a witness stands for the pair or none can.
func shown(found []compat.Difference, unshowable map[compat.RuleID]bool) bool {
	all := true
	for _, d := range found {
		if d.Witness != nil {
			return true
		}
		all = all && unshowable[d.Rule]
	}
	return all
}
