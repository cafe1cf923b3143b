package protobuf

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat"
)

// fixer words the smallest edit to the candidate that would pass. The
// candidate is the reader or the writer, by the direction of the check.
type fixer struct {
	candidateReads bool
	// free holds the tags found by freeTag.
	free map[[2]protoreflect.MessageDescriptor]protoreflect.FieldNumber
}

func newFixer(opts compat.CheckOptions) fixer {
	return fixer{candidateReads: opts.Reader != "old", free: make(map[[2]protoreflect.MessageDescriptor]protoreflect.FieldNumber)}
}

func fix(op, path, value, format string, args ...any) *compat.Fix {
	return &compat.Fix{
		Text: fmt.Sprintf(format, args...),
		Edit: compat.Edit{Op: op, Path: path, Value: strconv.Quote(value)},
	}
}

// earlier picks what belongs to the earlier schema.
func earlier[T any](x fixer, reader, writer T) T {
	if x.candidateReads {
		return writer
	}
	return reader
}

func (x fixer) keepPackage(reader, writer protoreflect.FullName) *compat.Fix {
	name := string(earlier(x, reader, writer))
	if name == "" {
		return fix("keep-package", "#/", name, "drop the package line")
	}
	return fix("keep-package", "#/", name, "keep the line \"package %s;\"", name)
}

func (x fixer) keepMessage(m protoreflect.MessageDescriptor, path string) *compat.Fix {
	if !x.candidateReads {
		return fix("remove-message", path, string(m.Name()), "add no message %s, which earlier readers lack", m.Name())
	}
	return fix("keep-message", path, string(m.Name()), "keep the message %s", m.Name())
}

// keepType restores the type of a field. A field of another name that has
// another type is another field, on a tag that was not free.
func (x fixer) keepType(on spot) *compat.Fix {
	f, changed := earlier(x, on.r, on.w).desc, earlier(x, on.w, on.r).desc
	if f.Name() != changed.Name() && !f.IsExtension() {
		if moved := x.moveTag(changed, f, on.at()); moved != nil {
			return moved
		}
	}
	name := kindName(f)
	return fix("keep-type", on.at(), name, "keep the type %s of field %s (tag %d), or give the changed field a tag never used",
		name, f.Name(), f.Number())
}

// keepNumbers restores an enum whose numbers changed, or the type that was one.
func (x fixer) keepNumbers(on spot) *compat.Fix {
	f := earlier(x, on.r, on.w).desc
	if on.r.desc.Enum() == nil || on.w.desc.Enum() == nil || on.r.desc.Enum().Name() != on.w.desc.Enum().Name() {
		return x.keepType(on)
	}
	name := kindName(f)
	return fix("keep-enum", on.at(), name, "keep the numbers of enum %s, which the required field %s (tag %d) has", name, f.Name(), f.Number())
}

// moveTag gives a field a tag that is free on both sides and keeps its own
// from being used again; nil when no tag is left.
func (x fixer) moveTag(f, before protoreflect.FieldDescriptor, path string) *compat.Fix {
	messages := [2]protoreflect.MessageDescriptor{f.ContainingMessage(), before.ContainingMessage()}
	tag, known := x.free[messages]
	if !known {
		tag = freeTag(messages)
		x.free[messages] = tag
	}
	if tag > maxFieldNumber {
		return nil
	}
	return &compat.Fix{
		Text: fmt.Sprintf("give field %s the tag %d, and write \"reserved %d;\" for the tag that field %s had",
			f.Name(), tag, f.Number(), before.Name()),
		Edit: compat.Edit{Op: "move-tag", Path: path, Value: strconv.Itoa(int(tag))},
	}
}

// freeTag is the first tag after the fields of both messages that neither
// reserves, or more than maxFieldNumber.
func freeTag(messages [2]protoreflect.MessageDescriptor) protoreflect.FieldNumber {
	tag := protoreflect.FieldNumber(1)
	taken := [][2]protoreflect.FieldNumber{{protowire.FirstReservedNumber, protowire.LastReservedNumber + 1}}
	for _, m := range messages {
		for i := range m.Fields().Len() {
			tag = max(tag, m.Fields().Get(i).Number()+1)
		}
		for _, ranges := range [...]protoreflect.FieldRanges{m.ReservedRanges(), m.ExtensionRanges()} {
			for i := range ranges.Len() {
				taken = append(taken, ranges.Get(i))
			}
		}
	}
	slices.SortFunc(taken, func(a, b [2]protoreflect.FieldNumber) int { return cmp.Compare(a[0], b[0]) })
	for _, r := range taken {
		if r[0] <= tag && tag < r[1] {
			tag = r[1]
		}
	}
	return tag
}

func (x fixer) keepLabel(on spot) *compat.Fix {
	f := earlier(x, on.r, on.w).desc
	name := labelName(f)
	return fix("keep-label", on.at(), name, "keep field %s (tag %d) %s", f.Name(), f.Number(), name)
}

func (x fixer) keepDefault(on spot) *compat.Fix {
	f := earlier(x, on.r, on.w).desc
	value := f.Default().String()
	switch f.Kind() {
	case protoreflect.BytesKind:
		value = string(f.Default().Bytes())
	case protoreflect.EnumKind:
		if v := f.Enum().Values().ByNumber(f.Default().Enum()); v != nil {
			value = string(v.Name())
		}
	}
	return fix("keep-default", on.at(), value, "keep %q as what an absent field %s (tag %d) reads as", value, f.Name(), f.Number())
}

func (x fixer) requiredAdded(f protoreflect.FieldDescriptor, path string) *compat.Fix {
	if !x.candidateReads {
		return fix("keep-field", path, string(f.Name()), "keep the field %s (tag %d), which earlier readers require", f.Name(), f.Number())
	}
	return fix("make-optional", path, string(f.Name()), "make field %s (tag %d) optional", f.Name(), f.Number())
}

func (x fixer) requiredRemoved(f protoreflect.FieldDescriptor, path string) *compat.Fix {
	if !x.candidateReads {
		return fix("make-optional", path, string(f.Name()), "make field %s (tag %d) optional", f.Name(), f.Number())
	}
	return fix("keep-field", path, string(f.Name()), "keep the required field %s (tag %d)", f.Name(), f.Number())
}

func (x fixer) becameRequired(r, w protoreflect.FieldDescriptor, path string) *compat.Fix {
	if !x.candidateReads {
		return fix("keep-label", path, "required", "keep field %s (tag %d) required", r.Name(), r.Number())
	}
	return fix("make-optional", path, string(r.Name()), "keep field %s (tag %d) %s", r.Name(), r.Number(), labelName(w))
}

func (x fixer) memberRemoved(f protoreflect.FieldDescriptor, path string) *compat.Fix {
	o := f.ContainingOneof().Name()
	if !x.candidateReads {
		return fix("remove-field", path, string(f.Name()), "add no field %s (tag %d) to oneof %s, which earlier readers lack", f.Name(), f.Number(), o)
	}
	return fix("keep-field", path, string(f.Name()), "keep the field %s (tag %d) of oneof %s", f.Name(), f.Number(), o)
}

func (x fixer) joined(o protoreflect.OneofDescriptor, path string) *compat.Fix {
	if !x.candidateReads {
		return fix("keep-oneof", path, string(o.Name()), "keep the fields of oneof %s in it", o.Name())
	}
	return fix("split-oneof", path, string(o.Name()), "leave the earlier fields of oneof %s where they were and add new tags to it instead", o.Name())
}

func kindName(f protoreflect.FieldDescriptor) string {
	switch {
	case f.IsMap():
		return fmt.Sprintf("map<%s, %s>", kindName(f.MapKey()), kindName(f.MapValue()))
	case f.Message() != nil:
		return string(f.Message().FullName())
	case f.Enum() != nil:
		return string(f.Enum().FullName())
	}
	return f.Kind().String()
}

func labelName(f protoreflect.FieldDescriptor) string {
	switch {
	case f.Cardinality() != protoreflect.Optional:
		return f.Cardinality().String()
	case f.HasOptionalKeyword():
		return "optional"
	}
	return "singular"
}
