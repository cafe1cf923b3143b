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

// testCase is one schema that was judged, or one file of payloads, in the words
// that all document formats share.
type testCase struct {
	file, subject string
	payload       bool
	outcome       string
	problems      []problem
}

type problem struct {
	rule, message string
	details       []string
	line, column  int    // zero where what was judged is in no file
	path          string // within the schema or the payload
	against       string
	record        int   // which payload of the file, from 1; zero for the only one
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
				line: f.Line, column: f.Column, path: f.Path, against: j.earlier(), mend: f.mended(),
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

// validated makes one case of all the lines of a file.
func (r *documentReporter) validated(v verdict) error {
	c := v.testCase()
	last := len(r.cases) - 1
	if !v.line || last < 0 || r.cases[last].file != c.file {
		r.cases = append(r.cases, c)
		return nil
	}
	if len(r.cases[last].problems) == 0 {
		r.cases[last].outcome = c.outcome
	}
	r.cases[last].problems = append(r.cases[last].problems, c.problems...)
	return nil
}

// testCase says what became of a payload.
func (v verdict) testCase() testCase {
	c := testCase{file: filepath.ToSlash(v.of.file), payload: true, outcome: "valid by " + v.by()}
	for _, e := range v.Errors {
		p := problem{rule: e.Code, message: e.Message, path: e.Pointer, against: v.by(), record: v.of.number}
		p.line, p.column = v.of.place(e.Pointer)
		if e.Hint != "" {
			p.details = []string{"hint: " + e.Hint}
		}
		c.problems = append(c.problems, p)
		c.outcome = "invalid by " + v.by()
	}
	if len(c.problems) > 0 {
		last := &c.problems[len(c.problems)-1]
		last.details = append(last.details, v.beyond()...)
	}
	return c
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
