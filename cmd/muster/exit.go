package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/muster-registry/muster/client"
)

// The exit codes. They are API: never reused, never renumbered.
const (
	exitOK          = 0
	exitFailed      = 1
	exitFindings    = 2
	exitChanges     = 3
	exitUnreachable = 4
	exitStale       = 5
)

// meaning of an exit code, for the help of the commands that use it.
func meaning(code int) string {
	switch code {
	case exitOK:
		return "fine"
	case exitFailed:
		return "the tool failed or was misused"
	case exitFindings:
		return "findings: incompatible, invalid or not a schema"
	case exitChanges:
		return "the plan has changes, with --detailed-exitcode alone"
	case exitStale:
		return "what was decided on has changed since: the plan or the lock is stale"
	case exitUnreachable:
		return "the registry is out of reach; trying again may help"
	}
	return ""
}

// withExitCodes ends a command's help with the codes it exits with.
func withExitCodes(help string, codes ...int) string {
	var b strings.Builder
	b.WriteString(help + "\n\nExit codes:\n")
	for _, code := range codes {
		fmt.Fprintf(&b, "  %d  %s\n", code, meaning(code))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// errFindings ends a command that has reported what it found.
var errFindings = errors.New("findings")

// errChanges ends a plan that has changes, when the caller asked to be told.
var errChanges = errors.New("changes")

// errStale matches the errors of a plan or a lock that no longer holds.
var errStale = errors.New("stale")

// exitCode is what an error means to the caller of the program.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errChanges):
		return exitChanges
	case errors.Is(err, errStale):
		return exitStale
	case errors.Is(err, client.ErrUnreachable):
		return exitUnreachable
	}
	return exitFailed
}

// hinted is an error with a remedy.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// hint adds a remedy to err.
func hint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// complain tells people what went wrong. Findings are reported already.
func complain(stderr io.Writer, err error) {
	if err == nil || errors.Is(err, errFindings) || errors.Is(err, errChanges) {
		return
	}
	fmt.Fprintf(stderr, "muster: error: %s\n", printable(err.Error()))
	var h hinted
	if errors.As(err, &h) {
		fmt.Fprintf(stderr, "muster: hint: %s\n", printable(h.hint))
	}
}

// note tells people what a command leaves out, on stderr.
type note func(format string, args ...any)

func (p *program) note(format string, args ...any) {
	fmt.Fprintf(p.stderr, "muster: note: %s\n", printable(fmt.Sprintf(format, args...)))
}
