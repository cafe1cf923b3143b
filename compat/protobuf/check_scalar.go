package protobuf

import (
	"math"
	"slices"

	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// wireGroup numbers the sets of scalar kinds that read each other.
func wireGroup(k protoreflect.Kind) int {
	switch k {
	case protoreflect.Int32Kind, protoreflect.Int64Kind, protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.BoolKind, protoreflect.EnumKind:
		return varints
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return zigzags
	case protoreflect.StringKind, protoreflect.BytesKind:
		return texts
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return fixed32s
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return fixed64s
	case protoreflect.FloatKind:
		return floats
	}
	return doubles
}

const (
	varints = iota
	zigzags
	texts
	fixed32s
	fixed64s
	floats
	doubles
)

func (c *checker) scalar(r, w *fieldShape, on spot) {
	switch {
	case r.kind == w.kind:
	case wireGroup(r.kind) != wireGroup(w.kind):
		c.report(fieldScalarChanged, on.at(), c.fixes.keepType(on), on.w.tag)
	case w.kind == protoreflect.BytesKind && r.utf8:
		c.report(fieldBytesToString, on.at(), c.fixes.keepType(on), on.w.tag)
	}
}

// label compares how often a scalar may stand, and tells whether it reported
// that the labels differ. The reference registry compares labels as written,
// and only those of numbers. Under LENIENT only a list read as a single number
// counts: what may be left out is for FIELD_BECAME_REQUIRED to say.
func (c *checker) label(on spot) bool {
	r, w := on.r, on.w
	if wireGroup(r.kind) == texts {
		return false
	}
	shortened := w.list && !r.list
	switch {
	case r.label != 0 && w.label != 0 && r.label != w.label && (!c.lenient || shortened && !w.packed):
		c.report(fieldLabelChanged, on.at(), c.fixes.keepLabel(on), w.tag)
		return true
	case shortened && w.packed:
		c.report(fieldPackedToSingle, on.at(), c.fixes.keepLabel(on), w.tag)
	}
	return false
}

// initial compares what an absent field reads as. One that the writer requires
// is never absent, and absence from a list has no value.
func (c *checker) initial(on spot) {
	r, w := on.r, on.w
	if r.zero && w.zero || !r.initial.IsValid() || !w.initial.IsValid() || w.required {
		return
	}
	if !readAs(w.initial, w.kind, r.kind).Equal(r.initial) {
		c.report(fieldDefaultChanged, on.at(), c.fixes.keepDefault(on), on.w.tag)
	}
}

// requiredEnum reports a required field of a closed enum that lacks a number
// of the writer: parsers take an unknown number for no value at all.
func (c *checker) requiredEnum(on spot) {
	r, w := on.r, on.w
	if !r.required || r.closed == nil || !w.mayHold(func(n protoreflect.EnumNumber) bool {
		_, known := slices.BinarySearch(r.closed, n)
		return !known
	}) {
		return
	}
	c.report(requiredEnumNarrowed, on.at(), c.fixes.keepNumbers(on), w.tag)
}

// mayHold tells whether a value of f satisfies odd. A field that is no enum
// may hold more numbers than any enum lists.
func (f *fieldShape) mayHold(odd func(protoreflect.EnumNumber) bool) bool {
	switch f.kind {
	case protoreflect.EnumKind:
		values := f.desc.Enum().Values()
		for i := range values.Len() {
			if odd(values.Get(i).Number()) {
				return true
			}
		}
		return false
	case protoreflect.BoolKind:
		return odd(0) || odd(1)
	}
	return true
}

// readAs is the value that a field of kind to reads from what one of kind from
// wrote; the kinds are of one wire group. Numbers too large are cut off as a
// cast does (protobuf.dev, Updating A Message Type).
func readAs(v protoreflect.Value, from, to protoreflect.Kind) protoreflect.Value {
	if from == to {
		return v
	}
	switch to {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(string(v.Bytes()))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(v.String()))
	}
	bits := wireBits(v, from)
	switch to {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(bits != 0)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(bits))
	case protoreflect.Int32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(bits))
	case protoreflect.Sint32Kind:
		return protoreflect.ValueOfInt32(int32(protowire.DecodeZigZag(bits & math.MaxUint32)))
	case protoreflect.Sint64Kind:
		return protoreflect.ValueOfInt64(protowire.DecodeZigZag(bits))
	case protoreflect.Int64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(int64(bits))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(bits))
	}
	return protoreflect.ValueOfUint64(bits)
}

// wireBits is the number that stands on the wire for an integer.
func wireBits(v protoreflect.Value, kind protoreflect.Kind) uint64 {
	switch kind {
	case protoreflect.BoolKind:
		if v.Bool() {
			return 1
		}
		return 0
	case protoreflect.EnumKind:
		return uint64(v.Enum())
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return protowire.EncodeZigZag(v.Int())
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		return v.Uint()
	}
	return uint64(v.Int())
}

// isZero tells whether v is the zero value of its kind.
func isZero(v protoreflect.Value, kind protoreflect.Kind) bool {
	switch kind {
	case protoreflect.StringKind:
		return v.String() == ""
	case protoreflect.BytesKind:
		return len(v.Bytes()) == 0
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return math.Float64bits(v.Float()) == 0
	}
	return wireBits(v, kind) == 0
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
