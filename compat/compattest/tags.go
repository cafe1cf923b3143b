package compattest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

// entities reads a section of lines "KIND path tag tag".
func (c *corpusFile) entities(name string) (entities []compat.Entity) {
	text, _ := c.file(name)
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		entities = append(entities, compat.Entity{
			EntityName: compat.EntityName{Kind: compat.EntityKind(words[0]), Path: words[1]}, Tags: words[2:],
		})
	}
	return entities
}

func entityLines(s compat.Tagger) string {
	var lines []string
	for e := range s.Entities() {
		lines = append(lines, strings.Join(append([]string{string(e.Kind), e.Path}, e.Tags...), " "))
	}
	return strings.Join(lines, "\n")
}

// byPath lists what s.Entities yields in an order that canonical texts keep.
func byPath(s compat.Tagger) []compat.Entity {
	return slices.SortedStableFunc(s.Entities(), func(a, b compat.Entity) int { return strings.Compare(a.Path, b.Path) })
}

// taggable holds a schema to what Tagger promises: whatever is put on every
// entity is there in the text, and what is taken off again leaves the entities
// as they were.
func taggable(t *testing.T, format compat.Format, s compat.Tagger) {
	t.Helper()
	const tag = "law \"\\\n"
	var all []compat.Entity
	seen := make(map[compat.EntityName]bool)
	for e := range s.Entities() {
		if !seen[e.EntityName] {
			all = append(all, compat.Entity{EntityName: e.EntityName, Tags: []string{tag}})
		}
		seen[e.EntityName] = true
	}
	before := byPath(s)
	if text, changed, err := compat.Retag(s, nil, all); err != nil || changed {
		t.Errorf("taking off what is not there: %v\n%s", err, text)
	}
	if len(all) == 0 {
		return
	}
	text, _, err := compat.Retag(s, all, nil)
	if err != nil {
		t.Errorf("tagging all: %v\n%s", err, s.Canonical())
		return
	}
	parsed, err := format.Parse(compat.Source{Text: text, Lenient: true})
	if err != nil { // it may need references, or be too large with tags
		return
	}
	tagged := parsed.(compat.Tagger)
	count := 0
	for e := range tagged.Entities() {
		if slices.Contains(e.Tags, tag) {
			count++
		}
	}
	if count != len(all) {
		t.Errorf("%d of %d entities carry the tag:\n%s", count, len(all), text)
	}
	if text, _, err = compat.Retag(tagged, nil, all); err != nil {
		t.Errorf("taking all off: %v", err)
		return
	}
	if parsed, err = format.Parse(compat.Source{Text: text, Lenient: true}); err != nil {
		t.Errorf("with all taken off: %v\n%s", err, text)
		return
	}
	if diff := cmp.Diff(before, byPath(parsed.(compat.Tagger))); diff != "" {
		t.Errorf("putting on and taking off (-before +after):\n%s\n%s", diff, text)
	}
}
