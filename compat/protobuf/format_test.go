package protobuf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/compattest"
)

func TestCorpus(t *testing.T) { compattest.Run(t, New()) }

func TestCorpus_Witnesses(t *testing.T) { compattest.Witnesses(t, New()) }

func TestCorpus_Mends(t *testing.T) { compattest.Mends(t, New()) }

func FuzzParse(f *testing.F) {
	for _, text := range corpusTexts(f) {
		f.Add(text)
	}
	compattest.Fuzz(f, New())
}

// FuzzCheck holds any pair of schemas to the laws that need no oracle: no
// panic, the same answer twice, nothing found between a schema and itself, and
// only rules that are listed.
func FuzzCheck(f *testing.F) {
	texts := corpusTexts(f)
	for i := 1; i < len(texts); i++ {
		f.Add(texts[i-1], texts[i])
	}
	format := New()
	listed := make(map[compat.RuleID]bool)
	for _, r := range format.Rules() {
		listed[r.ID] = true
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		reader, err := format.Parse(compat.Source{Text: a})
		if err != nil {
			t.Skip()
		}
		writer, err := format.Parse(compat.Source{Text: b})
		if err != nil {
			t.Skip()
		}
		opts := compat.CheckOptions{Reader: "new", Writer: "old"}
		found, err := format.Check(reader, writer, opts)
		if err != nil {
			t.Fatal(err)
		}
		again, err := format.Check(reader, writer, opts)
		if err != nil || len(again.Differences) != len(found.Differences) {
			t.Fatalf("two checks differ: %v, %v (%v)", found, again, err)
		}
		for _, d := range found.Differences {
			if !listed[d.Rule] || d.Message == "" || d.Fix == nil {
				t.Errorf("incomplete difference %+v", d)
			}
		}
	})
}

// corpusTexts are the schemas of the corpus that stand without references.
func corpusTexts(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			if strings.HasSuffix(file.Name, ".proto") && !strings.Contains(file.Name, "/") {
				texts = append(texts, string(file.Data))
			}
		}
	}
	return texts
}
