package main

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/muster-registry/muster/httpapi/entity"
)

// reporter writes the results of commands to stdout. The commands never print.
// Formats that are one document are written by finish.
type reporter interface {
	registered(registration) error
	judged(judgement) error
	validated(verdict) error
	tallied(tally) error
	version(build) error
	finish() error
}

// registration is a schema that a registry has taken.
type registration struct {
	File    string `json:"file"`
	Subject string `json:"subject"`
	entity.Registered
}

// judgement is what became of a schema that was checked, or that a registry
// refused.
type judgement struct {
	File    string `json:"file"`
	Subject string `json:"subject,omitempty"`
	// Against is the earlier schema's file that the incompatibilities were
	// found against; for a registry their version says it.
	Against    string `json:"against,omitempty"`
	Compatible bool   `json:"is_compatible"`
	// NewSubject: there was nothing to compare with.
	NewSubject bool `json:"new_subject,omitempty"`
	// Unchanged: it says what the earlier one says.
	Unchanged bool   `json:"unchanged,omitempty"`
	Evidence  string `json:"evidence,omitempty"`
	// Fault says why the file could not be compared.
	Fault             *fault    `json:"fault,omitempty"`
	Incompatibilities []finding `json:"incompatibilities"`
	Ignored           []ignored `json:"ignored,omitempty"`

	linted bool // it was compared with nothing
}

// fault is what is wrong with a file by itself.
type fault struct {
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Line    int    `json:"line"`
	Column  int    `json:"column"` // in UTF-16 code units
}

// The rules of faults. Like those of formats they are never renamed.
const (
	notASchema          = "NOT_A_SCHEMA"
	unresolvedReference = "UNRESOLVED_REFERENCE"
	ignoreExpired       = "IGNORE_EXPIRED"
)

// finding is an incompatibility and where the file has it.
type finding struct {
	entity.Incompatibility
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"` // in UTF-16 code units

	file schemaFile
}

// ignored is a finding that muster.yaml leaves out.
type ignored struct {
	finding
	Until  string `json:"until"`
	Reason string `json:"reason"`
}

// verdict is what became of a payload.
type verdict struct {
	Payload string `json:"payload"`
	By      string `json:"-"` // the schema's name, for people
	line    bool   // one of many: people are told only if it does not fit
	of      input
	entity.Verdict
}

// tally is what many payloads came to.
type tally struct {
	entity.Summary
	lines bool
}

func (t *tally) add(v verdict) {
	t.lines = t.lines || v.line
	if v.Valid {
		t.Valid++
	} else {
		t.Invalid++
	}
}

// build says which muster this is.
type build struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}

// printable keeps what a schema, a file name or a registry says from moving
// the cursor of a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// redactURL hides the password of a URL.
func redactURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "…"
	}
	return u.Redacted()
}
