package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store"
)

// TestImport_Interrupted interrupts an import while it waits for the answer to
// a registration: it ends with a code of its own choice, and gives the subject
// the mode back that it had.
func TestImport_Interrupted(t *testing.T) {
	opened, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "muster.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	api := httpapi.New(registry.New(opened, all.Formats(), registry.Options{}), httpapi.Options{})
	process := make(chan *os.Process, 1)
	modes := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			if err := (<-process).Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
			// Only once the body is read does the server see that the process has
			// given up waiting.
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		}
		if r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/mode/") {
			modes++
		}
		api.ServeHTTP(w, r)
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "a.ndjson")
	archive := `{"muster_archive":1}
{"version":{"subject":"a","version":1,"id":1,"schemaType":"AVRO","schema":"\"int\""}}
{"end":{"versions":1,"configs":0,"modes":0}}
`
	if err := os.WriteFile(file, []byte(archive), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("muster", "import", file, "--registry", server.URL)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	process <- cmd.Process
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		t.Errorf("%v, want exit code %d", err, exitFailed)
	}
	mode, err := http.Get(server.URL + "/mode/a")
	if _, _, err := read(mode, err); err != nil {
		t.Fatal(err)
	}
	if mode.StatusCode != http.StatusNotFound || modes != 2 {
		t.Errorf("GET /mode/a: status %d after %d changes, want none of its own after 2", mode.StatusCode, modes)
	}
}
