// Package pgtest gives tests a Postgres: a fresh database each, on the server
// that MUSTER_TEST_POSTGRES names, else on a private one that lives as long as
// the test process. Tests never skip for want of a server: without one they
// fail and say what to do.
//
// [Main] in TestMain stops the private server at the end. A test process that
// is killed takes it along too.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Env names a server to use: a URL whose user may create databases. With
// [EnvThrowaway] set as well the server goes after the tests, databases and all.
const (
	Env          = "MUSTER_TEST_POSTGRES"
	EnvThrowaway = "MUSTER_TEST_POSTGRES_THROWAWAY"
)

// private is this process's own server, started by the first test that asks.
var private struct {
	sync.Mutex
	*Cluster
	err error
}

// Main runs the tests and stops what [DSN] started. It returns the exit code.
func Main(m *testing.M) (code int) {
	defer func() {
		private.Lock()
		defer private.Unlock()
		if private.Cluster == nil {
			return
		}
		if err := private.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			code = 1
		}
	}()
	return m.Run()
}

// DSN is the URL of an empty database of the test's own. On a server that stays
// it is dropped when the test ends; elsewhere that would only cost a checkpoint.
func DSN(t testing.TB) string {
	t.Helper()
	server, err := url.Parse(serverURL(t))
	if err != nil || server.Scheme == "" {
		t.Fatalf("%s is not a URL postgres://…", Env)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server.String())
	if err != nil {
		t.Fatalf("test server: %v", err)
	}
	name := pgx.Identifier{"muster_test_" + rand.Text()}
	if _, err := conn.Exec(ctx, `create database `+name.Sanitize()); err != nil {
		t.Fatalf("creating a test database: %v", err)
	}
	database := *server
	database.Path = "/" + name[0]
	if os.Getenv(Env) == "" || os.Getenv(EnvThrowaway) != "" {
		_ = conn.Close(ctx) // nothing is lost
		return database.String()
	}
	t.Cleanup(func() {
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, `drop database `+name.Sanitize()+` with (force)`); err != nil {
			t.Errorf("dropping a test database: %v", err)
		}
	})
	return database.String()
}

func serverURL(t testing.TB) string {
	t.Helper()
	if named := os.Getenv(Env); named != "" {
		return named
	}
	private.Lock()
	defer private.Unlock()
	if private.Cluster == nil && private.err == nil {
		private.Cluster, private.err = Start(context.Background())
	}
	if private.err != nil {
		t.Fatalf("no Postgres to test with: %v\nInstall its server programs, or set %s to the URL of a server "+
			"on which databases may be created.", private.err, Env)
	}
	return private.URL()
}
