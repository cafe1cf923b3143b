package protobuf

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// WirePrefix is the message indexes of the validator's message: from the
// outermost message of the file inwards (confluent-api.md 5). A message of an
// imported file has none.
func (v *validator) WirePrefix() ([]byte, bool) {
	var indexes []int
	var at protoreflect.Descriptor = v.plan.desc
	for ; ; at = at.Parent() {
		m, ok := at.(protoreflect.MessageDescriptor)
		if !ok {
			break
		}
		indexes = append(indexes, m.Index())
	}
	if at != v.schema.file {
		return nil, false
	}
	slices.Reverse(indexes)
	if len(indexes) == 1 && indexes[0] == 0 {
		return []byte{0}, true
	}
	prefix := protowire.AppendVarint(nil, protowire.EncodeZigZag(int64(len(indexes))))
	for _, index := range indexes {
		prefix = protowire.AppendVarint(prefix, protowire.EncodeZigZag(int64(index)))
	}
	return prefix, true
}
