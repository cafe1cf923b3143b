package protobuf

import (
	"sync"

	"github.com/muster-registry/muster/compat"
)

// New returns the format for Protocol Buffers.
func New() compat.Format {
	return format{builtins: sync.OnceValues(linkBuiltins)}
}

type format struct {
	// builtins links the embedded files on first use; they never change.
	builtins func() (library, error)
}

func (format) Type() compat.Type { return compat.Protobuf }

func (f format) Parse(src compat.Source) (compat.Schema, error) { return parse(src, f.builtins) }

func (format) Check(reader, writer compat.Schema, opts compat.CheckOptions) (compat.Comparison, error) {
	return check(reader.(*schema), writer.(*schema), opts)
}

func (format) Entry(d compat.Difference) string { return entry(d) }

func (format) Rules() []compat.Rule { return rules() }

func (format) Spelling(text string) string {
	if isBase64(text) {
		return serialized
	}
	return ""
}

func (format) Outline(text string) compat.Outline { return outline(text) }

func (format) Locate(text, path string) (line, column int) { return locate(text, path) }

func (format) Mend(text string, rule compat.RuleID, edit compat.Edit) []compat.Change {
	return mend(text, rule, edit)
}
