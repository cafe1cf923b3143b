package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// format is the --format flag.
type format struct{ name string }

// formats are the output formats. The document formats are for commands that
// judge schemas or payloads.
var (
	plainFormats    = []string{"text", "json"}
	documentFormats = []string{"text", "json", "junit", "sarif", "github", "gitlab", "markdown"}
)

// addFlag offers text and json.
func (f *format) addFlag(flags *pflag.FlagSet) {
	f.name = "text"
	flags.Var(&formatFlag{f, plainFormats}, "format", "output `format`: text or json")
}

// addDocumentFlag offers every format, and sees to it that the one of the CI
// system at hand is chosen when none is said.
func (f *format) addDocumentFlag(flags *pflag.FlagSet) {
	f.name = "text"
	flags.Var(&formatFlag{f, documentFormats}, "format",
		"output `format`: text, json, junit, sarif, github, gitlab or markdown (default: github where GITHUB_ACTIONS is true, gitlab where GITLAB_CI is, else text)")
	flags.Lookup("format").Annotations = map[string][]string{detected: nil}
	flags.Lookup("format").DefValue = ""
}

// detected annotates the flag whose value may follow from where muster runs.
const detected = "detected"

// detect tells the output format of the CI system that environ is from.
func detect(environ map[string]string) string {
	switch {
	case environ["GITHUB_ACTIONS"] == "true":
		return "github"
	case environ["GITLAB_CI"] == "true":
		return "gitlab"
	}
	return "text"
}

// formatFlag makes a format a flag's value.
type formatFlag struct {
	format *format
	names  []string
}

func (f *formatFlag) String() string {
	if f.format == nil {
		return ""
	}
	return f.format.name
}

func (f *formatFlag) Set(name string) error {
	if !slices.Contains(f.names, name) {
		last := len(f.names) - 1
		return fmt.Errorf("want %s or %s", strings.Join(f.names[:last], ", "), f.names[last])
	}
	f.format.name = name
	return nil
}

func (f *formatFlag) Type() string { return "format" }

func (f *format) reporter(w io.Writer) reporter {
	switch f.name {
	case "json":
		return jsonReporter{w}
	case "github":
		return githubReporter{textReporter{w}}
	case "junit":
		return &documentReporter{w: w, render: junit}
	case "sarif":
		return &documentReporter{w: w, render: sarif}
	case "gitlab":
		return &documentReporter{w: w, render: codeQuality}
	case "markdown":
		return &documentReporter{w: w, render: markdown}
	}
	return textReporter{w}
}
