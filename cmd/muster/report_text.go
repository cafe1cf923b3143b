package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
)

// textReporter writes for a person who has ten seconds: the outcome on the
// first line, then each finding with what shows it and what would help.
type textReporter struct{ w io.Writer }

func (r textReporter) registered(g registration) error {
	return r.lines(fmt.Sprintf("%s: registered as %s version %d, id %d", g.File, g.Subject, g.Version, g.ID))
}

func (r textReporter) judged(j judgement) error {
	switch {
	case j.Fault != nil:
		return r.lines(placed(j.File, j.Fault.Line, j.Fault.Column, j.Fault.Rule, j.Fault.Message))
	case j.Compatible:
		return r.lines(append([]string{fmt.Sprintf("%s: %s", j.File, j.outcome())}, j.ignoredLines()...)...)
	}
	lines := []string{fmt.Sprintf("%s: incompatible with %s", j.File, j.earlier())}
	for _, direction := range []struct{ name, meaning string }{
		{string(compat.CandidateReads), "It cannot read everything that %s wrote:"},
		{string(compat.CandidateWrites), "%s cannot read everything that it writes:"},
	} {
		found := j.findingLines(direction.name)
		if len(found) > 0 {
			lines = append(append(lines, fmt.Sprintf(direction.meaning, j.earlier())), found...)
		}
	}
	return r.lines(append(lines, j.ignoredLines()...)...)
}

// outcome says in a few words how a schema passed.
func (j judgement) outcome() string {
	switch {
	case j.linted:
		return "fine"
	case j.NewSubject && j.Against != "":
		return fmt.Sprintf("compatible: %s has no %s yet", j.Against, j.Subject)
	case j.NewSubject:
		return fmt.Sprintf("compatible: %s has no versions yet", j.Subject)
	case j.Unchanged:
		return fmt.Sprintf("no change since %s", j.compared())
	}
	return fmt.Sprintf("compatible with %s", j.compared())
}

// compared names what a compatible schema was compared with.
func (j judgement) compared() string {
	if j.Against != "" {
		return j.Against
	}
	return j.Subject
}

// earlier names the schema that the findings are about.
func (j judgement) earlier() string {
	if j.Against != "" {
		return j.Against
	}
	for _, i := range j.Incompatibilities {
		if i.Version > 0 {
			return fmt.Sprintf("%s version %d", j.Subject, i.Version)
		}
	}
	return j.Subject
}

func (j judgement) findingLines(direction string) []string {
	var lines []string
	for _, f := range j.Incompatibilities {
		if f.Direction != direction {
			continue
		}
		lines = append(lines, placed(j.File, f.Line, f.Column, f.Rule, f.at()))
		for _, detail := range f.details() {
			lines = append(lines, "    "+detail)
		}
	}
	return lines
}

// at is the message of a finding with its place in the schema.
func (f finding) at() string {
	if f.Path == "" {
		return f.Message
	}
	return fmt.Sprintf("%s (%s)", f.Message, f.Path)
}

// details are what shows a finding and what would help.
func (f finding) details() []string {
	var lines []string
	if w := f.Witness; w != nil {
		lines = append(lines, "payload: "+shown(w), "outcome: "+w.Outcome)
	}
	if f.Fix != nil {
		lines = append(lines, "fix: "+f.Fix.Text)
	}
	return lines
}

func (j judgement) ignoredLines() []string {
	var lines []string
	for _, i := range j.Ignored {
		lines = append(lines, fmt.Sprintf("  ignored until %s, %s: %s %s", i.Until, i.Reason, i.Rule, i.at()))
	}
	return lines
}

// placed is a finding on one line, as editors and CI systems read them. What is
// in no file, as the versions of a registry, has no line.
func placed(file string, line, column int, rule, message string) string {
	if line == 0 {
		return fmt.Sprintf("%s: %s %s", file, rule, message)
	}
	return fmt.Sprintf("%s:%d:%d: %s %s", file, line, column, rule, message)
}

// shown is a witness, cut where it would bury what follows.
func shown(w *entity.Witness) string {
	const limit = 300
	text := string(w.JSON)
	if text == "" {
		text = "base64 " + w.Base64
	}
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}

func (r textReporter) tallied(t tally) error {
	return r.lines(fmt.Sprintf("%d payloads: %d valid, %d invalid", t.Valid+t.Invalid, t.Valid, t.Invalid))
}

func (r textReporter) validated(v verdict) error {
	if v.Valid && v.line {
		return nil
	}
	if v.Valid {
		return r.lines(fmt.Sprintf("%s: valid by %s", v.Payload, v.by()))
	}
	lines := []string{fmt.Sprintf("%s: invalid by %s", v.Payload, v.by())}
	for _, e := range v.Errors {
		lines = append(lines, "  "+located(e.Pointer, e.Code, e.Message))
		if e.Hint != "" {
			lines = append(lines, "    hint: "+e.Hint)
		}
	}
	for _, line := range v.beyond() {
		lines = append(lines, "  "+line)
	}
	return r.lines(lines...)
}

// beyond is what there is to say of a payload besides what is listed.
func (v verdict) beyond() []string {
	var lines []string
	if v.Truncated {
		lines = append(lines, "and more")
	}
	if len(v.WouldBeValidUnder) > 0 {
		lines = append(lines, fmt.Sprintf("It would be valid by version %s.", strings.Trim(fmt.Sprint(v.WouldBeValidUnder), "[]")))
	}
	return lines
}

// by names the schema that a payload was judged by.
func (v verdict) by() string {
	if s := v.Schema; v.By == "" && s != nil {
		if s.Subject == "" {
			return fmt.Sprintf("schema %d", s.ID)
		}
		return fmt.Sprintf("%s version %d", s.Subject, s.Version)
	}
	return v.By
}

func (r textReporter) version(b build) error {
	return r.lines(fmt.Sprintf("muster %s %s", b.Version, b.Go))
}

func (r textReporter) finish() error { return nil }

// located is a violation on one line. The place of one about the whole is
// empty.
func located(path, rule, message string) string {
	if path == "" {
		return rule + ": " + message
	}
	return path + ": " + rule + ": " + message
}

// lines writes each on one line: what a schema says cannot begin another, which
// a CI system may take for a command.
func (r textReporter) lines(lines ...string) error {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(printable(strings.ReplaceAll(line, "\n", `\n`)) + "\n")
	}
	_, err := io.WriteString(r.w, b.String())
	return err
}
