package main

import (
	"fmt"
	"io"
	"strings"
)

// githubReporter writes workflow commands, which GitHub turns into annotations
// of lines, and plain text for the rest.
type githubReporter struct{ textReporter }

func (r githubReporter) judged(j judgement) error {
	c := j.testCase()
	if len(c.problems) == 0 {
		return r.textReporter.judged(j)
	}
	return r.annotate(c)
}

func (r githubReporter) validated(v verdict) error {
	c := v.testCase()
	if len(c.problems) == 0 {
		return r.textReporter.validated(v)
	}
	return r.annotate(c)
}

func (r githubReporter) annotate(c testCase) error {
	for _, p := range c.problems {
		text := strings.Join(append([]string{p.message}, p.details...), "\n")
		place := ""
		if p.line > 0 {
			place = fmt.Sprintf("file=%s,line=%d,col=%d,", githubProperty(c.file), p.line, p.column)
		}
		_, err := fmt.Fprintf(r.w, "::error %stitle=%s::%s\n", place, githubProperty(p.rule), githubData(printable(text)))
		if err != nil {
			return err
		}
	}
	_, err := io.WriteString(r.w, githubData(printable(fmt.Sprintf("%s: %s", c.file, c.outcome)))+"\n")
	return err
}

// githubData and githubProperty escape as actions/toolkit does.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}
