package registry

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muster-registry/muster/compat"
)

// Kind says what went wrong, as far as a client is concerned. httpapi/errors.go
// turns kinds into statuses and codes.
type Kind int

// The kinds. Internal is the zero value: whatever has no kind is a failure of
// ours.
const (
	Internal Kind = iota
	SubjectNotFound
	VersionNotFound
	SchemaNotFound
	SubjectSoftDeleted
	SubjectNotSoftDeleted
	VersionSoftDeleted
	VersionNotSoftDeleted
	LevelNotConfigured
	ModeNotConfigured
	Incompatible
	InvalidSchema
	InvalidVersion
	InvalidLevel
	InvalidMode
	NotPermitted
	ReferenceExists
	InvalidSubject
	SchemaTooLarge
	InvalidRuleSet
	ContextNotEmpty
	TooComplex
	UnsupportedEncoding
	Unavailable
	Overloaded
	kinds // how many there are
)

// Kinds lists every kind, for tests that hold tables to be complete.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for k := range all {
		all[k] = Kind(k)
	}
	return all
}

// Error is the one error type that leaves the package.
type Error struct {
	Kind    Kind
	Message string // for the client; names the thing and no internals
	Err     error  // for the log; may be nil
	// Incompatibilities says why, for kind Incompatible.
	Incompatibilities []compat.Incompatibility
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of err, Internal for anything foreign.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.Is(err, ErrUnavailable) {
		return Unavailable
	}
	return Internal
}

func fail(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// The texts below are the contract's, section 1.6, oddities included.

func subjectNotFound(s Subject) *Error {
	return fail(SubjectNotFound, "Subject '%s' not found.", s)
}

func versionNotFound(v Version) *Error {
	return fail(VersionNotFound, "Version %d not found.", v)
}

func invalidSubject(qualified string) *Error {
	return fail(InvalidSubject, "The specified subject '%s' is not a valid.", clip(qualified))
}

func invalidSchema(format string, args ...any) *Error {
	return fail(InvalidSchema, format, args...)
}

// clip keeps what a client sent from filling its answer.
func clip(s string) string {
	if len(s) <= maxSubject {
		return s
	}
	return strings.ToValidUTF8(s[:maxSubject], "") + "…"
}
