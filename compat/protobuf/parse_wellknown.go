package protobuf

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat"
)

// standardPrefix is where the files live that come with every compiler.
const standardPrefix = "google/protobuf/"

// withoutWellKnown leaves out the references to well-known files, which clients
// send that were told not to skip them: those built in stand for them. It
// refuses what says another thing under such a name (reliability.md 5.4, row
// 31). Releases of a file differ in comments, options and what was added; that
// is no other thing.
func withoutWellKnown(references []compat.Reference, known library) ([]compat.Reference, error) {
	var kept []compat.Reference
	for _, r := range references {
		if !strings.HasPrefix(r.Name, standardPrefix) {
			kept = append(kept, r)
			continue
		}
		if err := agrees(r, known); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// agrees compares a reference with the built-in file of its name.
func agrees(r compat.Reference, known library) error {
	theirs, err := newLoader(compat.Source{}, known).loadText(r.Name, r.Text)
	if err != nil {
		return err
	}
	ours, ok := known[r.Name]
	if !ok || ours.Package() != theirs.Package() || !alike(ours, theirs) {
		return &compat.ParseError{Message: clip(fmt.Sprintf("a reference may not stand for another file than %s is", r.Name))}
	}
	return nil
}

// declares is a file or a message.
type declares interface {
	Messages() protoreflect.MessageDescriptors
	Enums() protoreflect.EnumDescriptors
}

// alike tells whether what both declare is the same, in each message something,
// and one declares all the types that the other does.
func alike(a, b declares) bool {
	common := 0
	for i := range a.Messages().Len() {
		m := a.Messages().Get(i)
		other := b.Messages().ByName(m.Name())
		if other == nil {
			continue
		}
		if common++; !sameFields(m, other) || !alike(m, other) {
			return false
		}
	}
	for i := range a.Enums().Len() {
		e := a.Enums().Get(i)
		other := b.Enums().ByName(e.Name())
		if other == nil {
			continue
		}
		if common++; !sameValues(e, other) {
			return false
		}
	}
	return common == min(a.Messages().Len()+a.Enums().Len(), b.Messages().Len()+b.Enums().Len())
}

func sameFields(a, b protoreflect.MessageDescriptor) bool {
	common := 0
	for i := range a.Fields().Len() {
		f := a.Fields().Get(i)
		other := b.Fields().ByNumber(f.Number())
		if other != b.Fields().ByName(f.Name()) {
			return false
		}
		if other == nil {
			continue
		}
		if common++; f.Kind() != other.Kind() || f.Cardinality() != other.Cardinality() || heldType(f) != heldType(other) {
			return false
		}
	}
	return common > 0 || a.Fields().Len() == b.Fields().Len()
}

// heldType is the name of the message or enum that a field holds, empty for
// other fields.
func heldType(f protoreflect.FieldDescriptor) protoreflect.FullName {
	switch {
	case f.Message() != nil:
		return f.Message().FullName()
	case f.Enum() != nil:
		return f.Enum().FullName()
	}
	return ""
}

func sameValues(a, b protoreflect.EnumDescriptor) bool {
	for i := range a.Values().Len() {
		v := a.Values().Get(i)
		if other := b.Values().ByName(v.Name()); other != nil && other.Number() != v.Number() {
			return false
		}
	}
	return true
}
