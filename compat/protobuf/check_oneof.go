package protobuf

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// removedMembers reports the members of a oneof that the reader has nowhere,
// unless the whole oneof went and nothing of it stayed. A member that became a
// plain field reads what was written.
func (c *checker) removedMembers(reader, writer protoreflect.MessageDescriptor, readers fieldsByTag, path string) {
	for i := range writer.Oneofs().Len() {
		o := writer.Oneofs().Get(i)
		if o.IsSynthetic() {
			continue
		}
		var removed []protoreflect.FieldDescriptor
		for j := range o.Fields().Len() {
			if f := o.Fields().Get(j); readers[f.Number()] == nil {
				removed = append(removed, f)
			}
		}
		kept := reader.Oneofs().ByName(o.Name())
		if len(removed) == o.Fields().Len() && (kept == nil || kept.IsSynthetic()) {
			continue
		}
		for _, f := range removed {
			at := fieldPath(path, f)
			c.report(oneofFieldRemoved, at, c.fixes.memberRemoved(f, at))
		}
	}
}

// joinedMembers reports the oneofs of the reader whose members the writer
// could set at the same time: the last one wins and the others are lost.
func (c *checker) joinedMembers(reader protoreflect.MessageDescriptor, writers fieldsByTag, path string) {
	for i := range reader.Oneofs().Len() {
		o := reader.Oneofs().Get(i)
		if o.IsSynthetic() {
			continue
		}
		plain := 0
		origins := make(map[protoreflect.Name]bool)
		for j := range o.Fields().Len() {
			w := writers[o.Fields().Get(j).Number()]
			if w == nil {
				continue
			}
			if from := realOneof(w); from != nil {
				origins[from.Name()] = true
			} else {
				plain++
			}
		}
		if plain+len(origins) <= 1 {
			continue
		}
		rule := fieldMovedToOneof
		if plain > 1 {
			rule = fieldsMovedToOneof
		}
		at := path + "/" + string(o.Name())
		c.report(rule, at, c.fixes.joined(o, at))
	}
}
