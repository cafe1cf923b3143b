package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store"
	"github.com/muster-registry/muster/store/postgres/pgtest"
)

// tests runs the package's tests and stops the Postgres they started.
type tests struct{ *testing.M }

func (t tests) Run() int { return pgtest.Main(t.M) }

// exitAtOnce is for children. The race detector would have each of them wait a
// second before it exits.
const exitAtOnce = "atexit_sleep_ms=0"

// TestMain puts a muster on PATH that is this test's binary.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", exitAtOnce)
	testscript.Main(tests{m}, map[string]func(){"muster": main})
}

// TestScripts runs testdata/*.txtar, each against a registry of its own, whose
// URL is in MUSTER_REGISTRY. Beside testscript's commands they have
//
//	exits CODE COMMAND…  run a command that must exit with CODE
//	sarif FILE           hold a file to the published schema of SARIF 2.1.0
//	junit FILE           hold a file to the published schema of JUnit reports
//
// and in the environment SECOND, the URL of another registry, NOBODY, one where
// nobody listens, and OVERLOADED, a registry that answers 503.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			first, err := serveRegistry(t, env, "muster.db")
			if err != nil {
				return err
			}
			second, err := serveRegistry(t, env, "second.db")
			if err != nil {
				return err
			}
			overloaded := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusServiceUnavailable)
			}))
			env.Defer(overloaded.Close)
			nobody, err := freeAddress()
			if err != nil {
				return err
			}
			env.Setenv("MUSTER_REGISTRY", first)
			env.Setenv("SECOND", second)
			env.Setenv("OVERLOADED", overloaded.URL)
			env.Setenv("NOBODY", "http://"+nobody)
			for name, value := range map[string]string{
				"GORACE":            exitAtOnce,
				"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
				"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
				"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
			} {
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "sarif": sarifValid, "junit": junitValid},
	})
}

// serveRegistry serves a registry of the script's own and returns its URL.
func serveRegistry(t *testing.T, env *testscript.Env, name string) (string, error) {
	opened, err := store.Open(t.Context(), "sqlite:"+filepath.Join(env.WorkDir, name), store.Options{})
	if err != nil {
		return "", err
	}
	service := registry.New(opened, all.Formats(), registry.Options{})
	server := httptest.NewServer(httpapi.New(service, httpapi.Options{Version: "v0.0.0-test"}))
	env.Defer(func() {
		server.Close()
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL, nil
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got, err = exit.ExitCode(), nil
	}
	ts.Check(err)
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// freeAddress is an address on which nobody listened just now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// sarifSchema is the schema of SARIF as @microsoft/jest-sarif publishes it.
//
//go:embed testdata/sarif-2.1.0.schema.json
var sarifSchema string

func sarifValid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sarif FILE")
	}
	schema, err := jsonschema.CompileString("sarif.json", sarifSchema)
	ts.Check(err)
	var document any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &document))
	ts.Check(schema.Validate(document))
}
