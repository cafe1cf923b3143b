package protobuf

import (
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/muster-registry/muster/compat"
)

// corpusPairs calls f for the two schemas of every case of the check corpus.
func corpusPairs(t testing.TB, f func(name string, older, newer compat.Schema)) {
	t.Helper()
	paths, err := filepath.Glob("testdata/check/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	format := New()
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		parse := func(side string) compat.Schema {
			var src compat.Source
			for _, file := range archive.Files {
				if file.Name == side+".proto" {
					src.Text = string(file.Data)
				}
				for _, prefix := range [...]string{"ref/", side + ".ref/"} {
					if name, ok := strings.CutPrefix(file.Name, prefix); ok {
						src.References = append(src.References, compat.Reference{Name: name, Text: string(file.Data)})
					}
				}
			}
			schema, err := format.Parse(src)
			if err != nil {
				t.Fatalf("%s: %s: %v", path, side, err)
			}
			return schema
		}
		f(strings.TrimSuffix(filepath.Base(path), ".txtar"), parse("old"), parse("new"))
	}
}

// TestWitnessOfEveryRule holds each difference of the corpus to have a payload
// or a rule that says why it needs none.
func TestWitnessOfEveryRule(t *testing.T) {
	reasons := make(map[compat.RuleID]string)
	for _, r := range rules() {
		reasons[r.ID] = r.Unwitnessed
	}
	witnessed := make(map[compat.RuleID]bool)
	corpusPairs(t, func(name string, older, newer compat.Schema) {
		for _, side := range [...]struct{ reader, writer compat.Schema }{{newer, older}, {older, newer}} {
			found, err := New().Check(side.reader, side.writer, compat.CheckOptions{Reader: "new", Writer: "old"})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range found.Differences {
				if w := d.Witness; w != nil {
					witnessed[d.Rule] = true
					t.Logf("%s: %s %s: %s %s %s", name, d.Rule, d.Path, w.JSON, hex.EncodeToString(w.Binary), w.Outcome)
				} else if reasons[d.Rule] == "" {
					t.Errorf("%s: %s at %s has no witness and no reason", name, d.Rule, d.Path)
				} else {
					t.Logf("%s: %s %s: none", name, d.Rule, d.Path)
				}
			}
		}
	})
	for _, r := range rules() {
		never := r.ID == packageChanged || r.ID == messageRemoved || r.ID == requiredFieldRemoved || r.ID == requiredEnumNarrowed
		if r.ID != fieldTagReused && witnessed[r.ID] == never {
			t.Errorf("rule %s: witnessed: %t", r.ID, witnessed[r.ID])
		}
	}
}
