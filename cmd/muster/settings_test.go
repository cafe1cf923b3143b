package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// settle reads a serve command line without running it.
func settle(t *testing.T, args, environ []string, file string) map[string]string {
	t.Helper()
	cmd := newServeCommand(&program{})
	cmd.RunE = func(*cobra.Command, []string) error { return nil }
	cmd.SetArgs(args)
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	if err := complete(cmd.Flags(), environ); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "muster.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := completeFromFile(cmd.Flags(), path, "config"); err != nil {
		t.Fatal(err)
	}
	settings := make(map[string]string)
	for _, name := range []string{"listen", "database", "log-level", "drain-delay"} {
		settings[name] = cmd.Flags().Lookup(name).Value.String()
	}
	return settings
}

func TestSettings_FlagOverEnvironmentOverFile(t *testing.T) {
	got := settle(t,
		[]string{"--listen", "flag:1"},
		[]string{"MUSTER_LISTEN=variable:1", "MUSTER_DATABASE=sqlite:variable", "MUSTER_LOG_LEVEL="},
		"listen: file:1\ndatabase: sqlite:file\nlog-level: warn\ndrain-delay: 3s\n")
	want := map[string]string{
		"listen": "flag:1", "database": "sqlite:variable", "log-level": slog.LevelWarn.String(), "drain-delay": "3s",
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s = %q, want %q", name, got[name], value)
		}
	}
}

func TestSettings_EmptyFileSaysNothing(t *testing.T) {
	got := settle(t, nil, nil, "")
	if got["listen"] != "127.0.0.1:8081" || got["database"] != "sqlite:muster.db" {
		t.Errorf("got %v, want the defaults", got)
	}
}

func TestDrainDelay_OnlyWhereBalancersAre(t *testing.T) {
	for listen, want := range map[string]time.Duration{
		"127.0.0.1:8081": 0,
		"[::1]:8081":     0,
		"localhost:0":    0,
		":8081":          5 * time.Second,
		"0.0.0.0:8081":   5 * time.Second,
		"10.0.0.1:8081":  5 * time.Second,
	} {
		if got := drainDelay(listen); got != want {
			t.Errorf("drainDelay(%q) = %v, want %v", listen, got, want)
		}
	}
}

func TestRedactDSN_HidesPasswords(t *testing.T) {
	for dsn, want := range map[string]string{
		"sqlite:/srv/my data/muster.db":                  "sqlite:/srv/my data/muster.db",
		"postgres://u:p@db/muster":                       "postgres://u:xxxxx@db/muster",
		"postgres://db/muster?user=u&password=p":         "postgres://db/muster?password=xxxxx&user=u",
		"postgres://u:p@db:port/muster":                  "…",
		"postgres://u@db/muster?sslmode=verify-full":     "postgres://u@db/muster?sslmode=verify-full",
		"postgres://u:p@db/muster?sslpassword=p&other=1": "postgres://u:xxxxx@db/muster?other=1&sslpassword=xxxxx",
	} {
		if got := redactDSN(dsn); got != want {
			t.Errorf("redactDSN(%q) = %q, want %q", dsn, got, want)
		}
	}
}
