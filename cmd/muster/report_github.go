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
	for _, p := range c.problems {
		text := strings.Join(append([]string{p.message}, p.details...), "\n")
		_, err := fmt.Fprintf(r.w, "::error file=%s,line=%d,col=%d,title=%s::%s\n",
			githubProperty(j.File), p.line, p.column, githubProperty(p.rule), githubData(printable(text)))
		if err != nil {
			return err
		}
	}
	_, err := io.WriteString(r.w, githubData(printable(fmt.Sprintf("%s: %s", j.File, c.outcome)))+"\n")
	return err
}

// githubData and githubProperty escape as actions/toolkit does.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}
