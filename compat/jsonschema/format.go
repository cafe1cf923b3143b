package jsonschema

import "github.com/muster-registry/muster/compat"

// format has no state.
type format struct{}

// New returns the format of JSON Schema.
func New() compat.Format { return format{} }

func (format) Type() compat.Type { return compat.JSON }

func (format) Parse(src compat.Source) (compat.Schema, error) {
	s, err := parse(src)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (format) Check(reader, writer compat.Schema, opts compat.CheckOptions) (compat.Comparison, error) {
	return check(reader.(*schema), writer.(*schema), opts)
}

func (format) Entry(d compat.Difference) string { return entry(d) }

func (format) Rules() []compat.Rule { return catalogue() }

func (format) Outline(text string) compat.Outline { return outline(text) }

func (format) Locate(text, path string) (line, column int) { return locate(text, path) }

func (format) Mend(text string, rule compat.RuleID, edit compat.Edit) []compat.Change {
	return mend(text, rule, edit)
}
