package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode"

	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/httpapi/entity"
)

// reporter writes the results of commands to stdout. The commands never print.
type reporter interface {
	registered(registration) error
	judged(judgement) error
	validated(verdict) error
	version(build) error
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
	NewSubject bool   `json:"new_subject,omitempty"`
	Evidence   string `json:"evidence,omitempty"`
	// NoSchema says why the file is not a schema.
	NoSchema          string                   `json:"no_schema,omitempty"`
	Incompatibilities []entity.Incompatibility `json:"incompatibilities"`
}

// verdict is what became of a payload.
type verdict struct {
	Payload string `json:"payload"`
	By      string `json:"-"` // the schema's name, for people
	entity.Verdict
}

// build says which muster this is.
type build struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}

// format is the --format flag.
type format struct{ name string }

func (f *format) addFlag(flags *pflag.FlagSet) {
	f.name = "text"
	flags.Var(f, "format", "output `format`: text or json")
}

// String, Set and Type make a format a flag's value.
func (f *format) String() string { return f.name }

func (f *format) Set(name string) error {
	if name != "text" && name != "json" {
		return fmt.Errorf("want text or json")
	}
	f.name = name
	return nil
}

func (f *format) Type() string { return "format" }

func (f *format) reporter(w io.Writer) reporter {
	if f.name == "json" {
		return jsonReporter{w}
	}
	return textReporter{w}
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
