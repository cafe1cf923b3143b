// Command with runs a command while a private Postgres server is up, which
// MUSTER_TEST_POSTGRES names to it:
//
//	go run ./store/postgres/pgtest/with go test ./...
//
// It exits with the command's code. A server that is named already is used.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/muster-registry/muster/store/postgres/pgtest"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if len(args) == 0 {
		return 2, errors.New("usage: with CMD ARGS…")
	}
	// The terminal sends its signals to the command as well, which ends first.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	env := os.Environ()
	if os.Getenv(pgtest.Env) == "" {
		cluster, startErr := pgtest.Start(context.Background())
		if startErr != nil {
			return 1, startErr
		}
		defer func() {
			if stopErr := cluster.Stop(); stopErr != nil && err == nil {
				code, err = max(code, 1), stopErr
			}
		}()
		env = append(env, pgtest.Env+"="+cluster.URL(), pgtest.EnvThrowaway+"=1")
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s) // gone already: nothing to end
		}
	}()
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if exit.ExitCode() < 0 {
			return 1, fmt.Errorf("%s: %w", args[0], err)
		}
		return exit.ExitCode(), nil
	}
	return 0, err
}
