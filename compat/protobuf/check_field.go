package protobuf

import (
	"strings"

	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// class is what kind of thing a field holds.
type class byte

const (
	scalarClass class = iota
	messageClass
	groupClass // a message delimited by tags
	mapClass
)

func classOf(f protoreflect.FieldDescriptor) class {
	switch {
	case f.IsMap():
		return mapClass
	case f.Kind() == protoreflect.GroupKind:
		return groupClass
	case f.Kind() == protoreflect.MessageKind:
		return messageClass
	}
	return scalarClass
}

func (c *checker) field(r, w protoreflect.FieldDescriptor, path string) error {
	before := len(c.found)
	if err := c.kind(r, w, path); err != nil {
		return err
	}
	if len(c.found) == before && classOf(r) == scalarClass {
		c.label(r, w, path)
	}
	labelled := len(c.found) > before && c.found[len(c.found)-1].Rule == fieldLabelChanged
	if !labelled && r.Cardinality() == protoreflect.Required && w.Cardinality() != protoreflect.Required {
		c.report(fieldBecameRequired, path, c.fixes.becameRequired(r, w, path))
	}
	return nil
}

func (c *checker) kind(r, w protoreflect.FieldDescriptor, path string) error {
	rc, wc := classOf(r), classOf(w)
	switch {
	case rc == messageClass && wc == groupClass, rc == groupClass && wc == messageClass:
		c.report(fieldEncodingChanged, path, c.fixes.keepType(r, w, path))
		return nil
	case rc != wc:
		c.report(fieldKindChanged, path, c.fixes.keepType(r, w, path))
		return nil
	case rc == scalarClass:
		c.scalar(r, w, path)
		return nil
	case rc == mapClass:
		if err := c.kind(r.MapKey(), w.MapKey(), path); err != nil {
			return err
		}
		return c.kind(r.MapValue(), w.MapValue(), path)
	}
	return c.named(r, w, path)
}

// named compares message types. Two types of the files compared are compared
// where the files declare them, save the bodies of groups, which only their
// fields reach; content from elsewhere is compared here.
func (c *checker) named(r, w protoreflect.FieldDescriptor, path string) error {
	reader, writer := r.Message(), w.Message()
	if localName(reader) != localName(writer) {
		c.report(fieldNamedTypeChanged, path, c.fixes.keepType(r, w, path))
		return nil
	}
	body := r.Kind() == protoreflect.GroupKind && reader.Syntax() == protoreflect.Proto2
	if !body && reader.ParentFile() == c.reader && writer.ParentFile() == c.writer {
		return nil
	}
	key := pair{reader, writer}
	differs, known := c.seen[key]
	if !known {
		c.seen[key] = false
		before := len(c.found)
		compare := c.content
		if body {
			compare = c.message
		}
		if err := compare(reader, writer, path); err != nil {
			return err
		}
		differs = len(c.found) > before
		c.seen[key] = differs
	}
	if differs && !body {
		c.report(fieldNamedTypeChanged, path, c.fixes.keepType(r, w, path))
	}
	return nil
}

// localName is the name of a message within its package.
func localName(m protoreflect.MessageDescriptor) string {
	return strings.TrimPrefix(strings.TrimPrefix(string(m.FullName()), string(m.ParentFile().Package())), ".")
}

// wireGroup numbers the sets of scalar kinds that read each other.
func wireGroup(k protoreflect.Kind) int {
	switch k {
	case protoreflect.Int32Kind, protoreflect.Int64Kind, protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.BoolKind, protoreflect.EnumKind:
		return 1
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return 2
	case protoreflect.StringKind, protoreflect.BytesKind:
		return 3
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return 4
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return 5
	case protoreflect.FloatKind:
		return 6
	}
	return 7
}

func (c *checker) scalar(r, w protoreflect.FieldDescriptor, path string) {
	switch {
	case wireGroup(r.Kind()) != wireGroup(w.Kind()):
		c.report(fieldScalarChanged, path, c.fixes.keepType(r, w, path))
	case w.Kind() == protoreflect.BytesKind && checksUTF8(r):
		c.report(fieldBytesToString, path, c.fixes.keepType(r, w, path))
	}
}

// label compares how often a scalar may stand. The reference registry compares
// labels as written, and only those of numbers.
func (c *checker) label(r, w protoreflect.FieldDescriptor, path string) {
	if wireGroup(r.Kind()) == 3 {
		return
	}
	rl, wl := writtenLabel(r), writtenLabel(w)
	switch {
	case rl != 0 && wl != 0 && rl != wl:
		c.report(fieldLabelChanged, path, c.fixes.keepLabel(r, w, path))
	case w.IsList() && w.IsPacked() && !r.IsList():
		c.report(fieldPackedToSingle, path, c.fixes.keepLabel(r, w, path))
	}
}

// writtenLabel is the label in the text, zero when there is none.
func writtenLabel(f protoreflect.FieldDescriptor) protoreflect.Cardinality {
	switch {
	case f.Cardinality() == protoreflect.Repeated:
		return protoreflect.Repeated
	case f.Cardinality() == protoreflect.Required && f.ParentFile().Syntax() == protoreflect.Proto2:
		return protoreflect.Required
	case f.HasOptionalKeyword():
		return protoreflect.Optional
	}
	return 0
}

// checksUTF8 tells whether readers refuse a string that is not UTF-8: in
// proto3, and in editions unless a feature says otherwise.
func checksUTF8(f protoreflect.FieldDescriptor) bool {
	if f.Kind() != protoreflect.StringKind {
		return false
	}
	switch f.ParentFile().Syntax() {
	case protoreflect.Proto2:
		return false
	case protoreflect.Proto3:
		return true
	}
	feature := (&descriptorpb.FeatureSet{}).ProtoReflect().Descriptor().Fields().ByName("utf8_validation")
	value, err := protoutil.ResolveFeature(f, feature)
	return err != nil || value.Enum() != descriptorpb.FeatureSet_NONE.Number()
}
