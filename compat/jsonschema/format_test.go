package jsonschema

import (
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

// archives calls use with every file of a part of the corpus.
func archives(tb testing.TB, dir string, use func(*txtar.Archive)) {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no corpus in %s: %v", dir, err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		use(archive)
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return strings.TrimSuffix(string(f.Data), "\n")
		}
	}
	return ""
}

func FuzzParse(f *testing.F) {
	archives(f, "parse", func(a *txtar.Archive) { f.Add(section(a, "schema.json")) })
	archives(f, "check", func(a *txtar.Archive) { f.Add(section(a, "new.json")) })
	compattest.Fuzz(f, New())
}

// FuzzCheck holds Check to its promise: what it accepts, no witness refutes,
// and every witness it shows was checked.
func FuzzCheck(f *testing.F) {
	archives(f, "check", func(a *txtar.Archive) { f.Add(section(a, "new.json"), section(a, "old.json"), `{"a":1}`) })
	f.Fuzz(func(t *testing.T, reader, writer, document string) {
		r, err := New().Parse(compat.Source{Text: reader})
		if err != nil {
			return
		}
		w, err := New().Parse(compat.Source{Text: writer})
		if err != nil {
			return
		}
		comparison, err := New().Check(r, w, compat.CheckOptions{Reader: "new", Writer: "old", Work: compat.NewBudget(200_000)})
		if err != nil || len(comparison.Differences) > 0 {
			return
		}
		if accepts(t, w, document) && !accepts(t, r, document) {
			t.Fatalf("compatible, yet %s is valid under %s and not under %s", document, writer, reader)
		}
	})
}

func accepts(t *testing.T, s compat.Schema, document string) bool {
	t.Helper()
	v, err := s.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	verdict, err := v.Validate([]byte(document), compat.JSONText)
	return err == nil && len(verdict.Violations) == 0
}

func FuzzValidate(f *testing.F) {
	archives(f, "validate", func(a *txtar.Archive) {
		for _, file := range a.Files {
			if strings.HasPrefix(file.Name, "payload/") {
				f.Add(section(a, "schema.json"), string(file.Data))
			}
		}
	})
	f.Fuzz(func(t *testing.T, text, payload string) {
		s, err := New().Parse(compat.Source{Text: text})
		if err != nil {
			return
		}
		v, err := s.Validator(compat.ValidatorOptions{})
		if err != nil {
			t.Fatal(err)
		}
		verdict, err := v.Validate([]byte(payload), compat.JSONText)
		if err != nil {
			return
		}
		size := 0
		for _, violation := range verdict.Violations {
			size += len(violation.Message) + len(violation.Hint) + len(violation.Pointer)
			if violation.Code == "" || violation.Message == "" {
				t.Fatalf("a violation without words: %+v", violation)
			}
		}
		if len(verdict.Violations) > compat.MaxViolations || size > 2*maxText {
			t.Fatalf("%d violations of %d bytes", len(verdict.Violations), size)
		}
	})
}
