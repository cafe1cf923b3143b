package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/muster-registry/muster/compat"
)

// documentReporter gathers what was judged and writes it as one document.
type documentReporter struct {
	w      io.Writer
	cases  []testCase
	render func([]testCase) ([]byte, error)
}

// testCase is one schema that was judged, in the words that all document
// formats share.
type testCase struct {
	file, subject string
	outcome       string
	problems      []problem
}

type problem struct {
	rule, message string
	details       []string
	line, column  int
	path          string // within the schema
	against       string
	mend          *mend // nil when a machine may not
}

// mend is what --fix would do about a problem.
type mend struct {
	says    string
	text    string // of the file
	changes []compat.Change
}

// testCase says what became of a schema.
func (j judgement) testCase() testCase {
	c := testCase{file: filepath.ToSlash(j.File), subject: j.Subject}
	switch {
	case j.Fault != nil:
		c.outcome = "not compared"
		c.problems = []problem{{
			rule: j.Fault.Rule, message: j.Fault.Message, line: max(j.Fault.Line, 1), column: max(j.Fault.Column, 1),
		}}
	case j.Compatible:
		c.outcome = j.outcome()
	default:
		c.outcome = "incompatible with " + j.earlier()
		for _, f := range j.Incompatibilities {
			c.problems = append(c.problems, problem{
				rule: f.Rule, message: f.Message, details: f.details(),
				line: max(f.Line, 1), column: max(f.Column, 1), path: f.Path, against: j.earlier(), mend: f.mended(),
			})
		}
	}
	return c
}

func (f finding) mended() *mend {
	changes := f.changes(f.file.text)
	if changes == nil {
		return nil
	}
	return &mend{f.Fix.Text, f.file.text, changes}
}

func (r *documentReporter) judged(j judgement) error {
	r.cases = append(r.cases, j.testCase())
	return nil
}

func (r *documentReporter) registered(g registration) error {
	r.cases = append(r.cases, testCase{
		file: filepath.ToSlash(g.File), subject: g.Subject,
		outcome: fmt.Sprintf("registered as %s version %d, id %d", g.Subject, g.Version, g.ID),
	})
	return nil
}

// tallied writes nothing: a document counts its own cases.
func (r *documentReporter) tallied(tally) error { return nil }

func (r *documentReporter) validated(v verdict) error {
	if v.Valid && v.line {
		return nil
	}
	c := testCase{file: filepath.ToSlash(v.Payload), outcome: "valid by " + v.by()}
	for _, e := range v.Errors {
		p := problem{rule: e.Code, message: e.Message, line: 1, column: 1, path: e.Pointer, against: v.by()}
		if e.Hint != "" {
			p.details = []string{"hint: " + e.Hint}
		}
		c.problems = append(c.problems, p)
		c.outcome = "invalid by " + v.by()
	}
	r.cases = append(r.cases, c)
	return nil
}

func (r *documentReporter) version(b build) error { return textReporter{r.w}.version(b) }

func (r *documentReporter) finish() error {
	document, err := r.render(r.cases)
	if err != nil {
		return err
	}
	_, err = r.w.Write(document)
	return err
}
