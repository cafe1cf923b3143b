package protobuf

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// removedMembers reports the members of a oneof that the reader has nowhere,
// unless the whole oneof went and nothing of it stayed. A member that became a
// plain field reads what was written.
func (c *checker) removedMembers(r, w *messageShape, path string) {
	for _, o := range w.oneofs {
		removed := 0
		for _, f := range o.fields {
			if r.field(f.tag) == nil {
				removed++
			}
		}
		if removed == 0 || removed == len(o.fields) && r.oneof(o.name) == nil {
			continue
		}
		for _, f := range o.fields {
			if r.field(f.tag) == nil {
				at := fieldPath(path, f.desc)
				c.report(oneofFieldRemoved, at, c.fixes.memberRemoved(f.desc, at), f.tag)
			}
		}
	}
}

// oneof finds a oneof by name, nil when there is none.
func (m *messageShape) oneof(name protoreflect.Name) *oneofShape {
	for _, o := range m.oneofs {
		if o.name == name {
			return o
		}
	}
	return nil
}

// joinedMembers reports the oneofs of the reader whose members the writer
// could set at the same time: the last one wins and the others are lost.
func (c *checker) joinedMembers(r, w *messageShape, path string) {
	for _, o := range r.oneofs {
		// together holds a member of each origin: the writer can set them all.
		var together []protoreflect.FieldNumber
		var origins []*oneofShape
		plain := 0
		for _, f := range o.fields {
			from := w.field(f.tag)
			switch {
			case from == nil:
				continue
			case from.oneof == nil:
				plain++
			case slices.Contains(origins, from.oneof):
				continue
			default:
				origins = append(origins, from.oneof)
			}
			together = append(together, f.tag)
		}
		if len(together) <= 1 {
			continue
		}
		rule := fieldMovedToOneof
		if plain > 1 {
			rule = fieldsMovedToOneof
		}
		at := path + "/" + string(o.name)
		c.report(rule, at, c.fixes.joined(realOneof(o.fields[0].desc), at), together...)
	}
}
