package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// recorder keeps judgements for later.
type recorder struct {
	reporter
	judgements []judgement
}

func (r *recorder) judged(j judgement) error {
	r.judgements = append(r.judgements, j)
	return nil
}

func (r *recorder) finish() error { return nil }

// fixing runs a check or a lint, makes the edits to files that a machine may make, and
// goes on as long as there are some: a mended difference can show another. The
// last check is the one that is reported.
func fixing(check func(reporter) error, r reporter, notes io.Writer) error {
	const maxRounds = 16
	made := make(map[string]bool)
	for round := 0; ; round++ {
		var seen recorder
		outcome := check(&seen)
		if outcome != nil && !errors.Is(outcome, errFindings) {
			return outcome
		}
		changed := false
		for i := 0; i < len(seen.judgements) && round < maxRounds; i++ {
			mended, err := seen.judgements[i].mend(made, notes)
			if err != nil {
				return err
			}
			changed = changed || mended
		}
		if changed {
			continue
		}
		for _, j := range seen.judgements {
			if err := r.judged(j); err != nil {
				return err
			}
		}
		return finish(r, outcome)
	}
}

// mend makes the edits that findings allow to the file they are in, each once,
// and tells of them. A file that is not what was judged is left alone: an
// earlier judgement of the round has changed it, or somebody else.
func (j judgement) mend(made map[string]bool, notes io.Writer) (changed bool, err error) {
	if len(j.Incompatibilities) == 0 || j.File == "-" {
		return false, nil
	}
	judged := j.Incompatibilities[0].file
	held, err := os.ReadFile(judged.path)
	if err != nil {
		return false, err
	}
	if string(held) != judged.text {
		return true, nil // judge it again
	}
	text := judged.text
	var told []string
	for _, f := range j.Incompatibilities {
		key := fmt.Sprint(judged.path, f.Rule, f.edit())
		changes := f.changes(text)
		if changes == nil || made[key] {
			continue
		}
		made[key] = true
		text = compat.Apply(text, changes)
		told = append(told, fmt.Sprintf("muster: fixed %s", placed(judged.path, f.Line, f.Column, f.Rule, f.Fix.Text)))
	}
	if told == nil {
		return false, nil
	}
	if err := os.WriteFile(judged.path, []byte(text), 0o666); err != nil { // it keeps the mode it has
		return false, err
	}
	for _, line := range told {
		fmt.Fprintln(notes, printable(line))
	}
	return true, nil
}

// edit is a finding's fix as data, empty when it has none.
func (f finding) edit() compat.Edit {
	if f.Fix == nil || f.Fix.Edit == nil {
		return compat.Edit{}
	}
	return compat.Edit{Op: f.Fix.Edit.Op, Path: f.Fix.Edit.Path, Value: f.Fix.Edit.Value}
}

// changes are those to a text of the file that a machine may make, nil when
// the finding has none.
func (f finding) changes(text string) []compat.Change {
	format, ok := all.Formats().Lookup(f.file.kind)
	if !ok || f.Fix == nil {
		return nil
	}
	return format.Mend(text, compat.RuleID(f.Rule), f.edit())
}
