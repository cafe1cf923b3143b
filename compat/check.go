package compat

import (
	"fmt"
	"iter"
	"slices"
	"unicode/utf16"
)

// TypeChanged is the rule reported between schemas of different types. It is
// the one rule that no format owns.
const TypeChanged RuleID = "SCHEMA_TYPE_CHANGED"

// Earlier is a version a candidate is compared with.
type Earlier struct {
	Version int // zero when unknown
	Schema  Schema
}

// Incompatibility is a difference found against one earlier version.
type Incompatibility struct {
	Version   int
	Direction Direction
	Difference
	// Entry is the difference as the contract's clients know it.
	Entry string
}

// Report is the answer to "may candidate follow these versions?".
type Report struct {
	Level             Level
	Incompatibilities []Incompatibility
	Evidence          Evidence
	// against is the version the incompatibilities were found against; it is
	// set when the contract has it named in the messages.
	against *Earlier
}

// Compatible tells whether nothing was found.
func (r Report) Compatible() bool { return len(r.Incompatibilities) == 0 }

// Check compares candidate with the versions that level asks for and stops at
// the first version that yields anything (contract 3.6). earlier yields live
// versions, newest first; no more of them are drawn than needed, and an error
// it yields is returned. The other error is a *LimitError.
func Check(format Format, level Level, candidate Schema, earlier iter.Seq2[Earlier, error], opts CheckOptions) (Report, error) {
	report := Report{Level: level, Evidence: Proof}
	directions := level.directions()
	if len(directions) == 0 {
		return report, nil
	}
	var history []Earlier
	for e, err := range earlier {
		if err != nil {
			return Report{}, err
		}
		if err := report.compare(format, directions, candidate, e, opts); err != nil {
			return Report{}, err
		}
		if !level.Transitive() {
			return report, nil
		}
		history = append(history, e)
		if !report.Compatible() {
			break
		}
	}
	return report, report.recall(format, directions, candidate, history, opts)
}

// Recall lists what candidate breaks of the earlier versions, newest first, that
// Check shows at a transitive level alone: between no two that follow each other
// is there a difference. It is for those who lint, whatever the level. The
// errors are those of Check.
func Recall(format Format, candidate Schema, earlier iter.Seq2[Earlier, error], opts CheckOptions) (Report, error) {
	report := Report{Level: BackwardTransitive, Evidence: Proof}
	var history []Earlier
	for e, err := range earlier {
		if err != nil {
			return Report{}, err
		}
		history = append(history, e)
	}
	return report, report.recall(format, report.Level.directions(), candidate, history, opts)
}

// recall adds what the versions compared show together, where format sees it.
func (r *Report) recall(format Format, directions []Direction, candidate Schema, history []Earlier, opts CheckOptions) error {
	historian, ok := format.(Historian)
	if !ok || slices.ContainsFunc(history, func(e Earlier) bool { return e.Schema.Type() != candidate.Type() }) {
		return nil
	}
	direction := directions[len(directions)-1]
	opts.Reader, opts.Writer = roles(direction)
	schemas := make([]Schema, len(history))
	for i, e := range history {
		schemas[i] = e.Schema
	}
	index, found, err := historian.CheckHistory(candidate, schemas, opts)
	if err != nil || len(found) == 0 {
		return err
	}
	if r.Compatible() {
		r.against, r.Evidence = &history[index], RulesEvidence
	}
	r.add(format, direction, history[index], found)
	return nil
}

// roles are the words for reader and writer in messages.
func roles(d Direction) (reader, writer string) {
	if d == CandidateWrites {
		return "old", "new"
	}
	return "new", "old"
}

// compare adds what separates candidate from one earlier version.
func (r *Report) compare(format Format, directions []Direction, candidate Schema, e Earlier, opts CheckOptions) error {
	if candidate.Type() != e.Schema.Type() {
		const text = "Incompatible because of different schema type"
		r.Incompatibilities = append(r.Incompatibilities, Incompatibility{
			Version: e.Version, Direction: directions[len(directions)-1], Entry: text,
			Difference: Difference{Rule: TypeChanged, Message: text},
		})
		r.Evidence = RulesEvidence
		return nil
	}
	for _, direction := range directions {
		reader, writer := candidate, e.Schema
		opts.Reader, opts.Writer = roles(direction)
		if direction == CandidateWrites {
			reader, writer = writer, reader
		}
		comparison, err := format.Check(reader, writer, opts)
		if err != nil {
			return err
		}
		if comparison.Evidence != Proof && r.Evidence == Proof {
			r.Evidence = RulesEvidence
		}
		r.add(format, direction, e, comparison.Differences)
		// FULL names the old schema only when its backward half found
		// something (contract 1.8).
		if len(comparison.Differences) > 0 && direction == directions[len(directions)-1] {
			r.against = &e
		}
	}
	return nil
}

// add notes what was found against one earlier version. A witness outweighs
// what else a verdict rests on.
func (r *Report) add(format Format, direction Direction, e Earlier, found []Difference) {
	for _, d := range found {
		if d.Witness != nil {
			r.Evidence = WitnessShown
		}
		r.Incompatibilities = append(r.Incompatibilities, Incompatibility{
			Version: e.Version, Direction: direction, Difference: d, Entry: format.Entry(d),
		})
	}
}

// Messages renders the report as the contract's list of strings: the entries,
// then the old version and its text, then the settings in force. It is empty
// for a compatible report.
func (r Report) Messages(validateFields bool) []string {
	if r.Compatible() {
		return []string{}
	}
	messages := make([]string, 0, len(r.Incompatibilities)+3)
	for _, i := range r.Incompatibilities {
		messages = append(messages, i.Entry)
	}
	if r.against != nil {
		if r.against.Version > 0 {
			messages = append(messages, fmt.Sprintf("{oldSchemaVersion: %d}", r.against.Version))
		}
		messages = append(messages, oldSchema(r.against.Schema.Canonical()))
	}
	return append(messages, fmt.Sprintf("{validateFields: '%t', compatibility: '%s'}", validateFields, r.Level))
}

// oldSchema quotes at most 10,240 UTF-16 code units, the unit in which the
// contract's servers count.
func oldSchema(text string) string {
	const limit = 10240
	if len(text) <= limit {
		return fmt.Sprintf("{oldSchema: '%s'}", text)
	}
	units := 0
	for i, c := range text {
		units += utf16.RuneLen(c)
		if units > limit {
			return fmt.Sprintf("{oldSchema: <truncated> '%s...'}", text[:i])
		}
	}
	return fmt.Sprintf("{oldSchema: '%s'}", text)
}
