package migrations

import (
	"io/fs"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFoldersHaveTheSameFiles(t *testing.T) {
	postgres, sqlite := names(t, "postgres"), names(t, "sqlite")
	if diff := cmp.Diff(postgres, sqlite); diff != "" {
		t.Errorf("postgres and sqlite differ (-postgres +sqlite):\n%s", diff)
	}
	shape := regexp.MustCompile(`^\d{4}_[a-z_]+\.sql$`)
	for _, name := range postgres {
		if !shape.MatchString(name) {
			t.Errorf("file %q is not named NNNN_what.sql", name)
		}
	}
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
