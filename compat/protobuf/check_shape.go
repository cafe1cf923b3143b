package protobuf

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// shape is what a comparison needs of a file, looked up once: the linker's own
// descriptors answer by searching. It is not changed once shapeOf returns.
type shape struct {
	pkg      protoreflect.FullName
	messages declared
}

// declared is the messages of a file or of a message, in their order, without the
// entries of maps and the bodies of groups, which belong to their fields.
type declared struct {
	list   []*messageShape
	byName map[protoreflect.Name]*messageShape
}

type messageShape struct {
	desc protoreflect.MessageDescriptor
	// local is the name within the package.
	local string
	// own tells a message that the walk over the file's scopes reaches.
	own bool
	// fields stand by tag, the extensions the schema knows included.
	fields   []*fieldShape
	extended bool
	oneofs   []*oneofShape
	nested   declared
}

// oneofShape is a oneof of the text; those that stand for proto3's optional
// are none.
type oneofShape struct {
	name   protoreflect.Name
	fields []*fieldShape
}

type fieldShape struct {
	desc     protoreflect.FieldDescriptor
	tag      protoreflect.FieldNumber
	class    class
	kind     protoreflect.Kind
	label    protoreflect.Cardinality // as written, zero when there is none
	required bool
	list     bool
	packed   bool
	utf8     bool
	// body tells a group whose message its field declares.
	body       bool
	oneof      *oneofShape
	key, value *fieldShape   // of a map
	message    *messageShape // of a message, a group or a map: there the entry
	// initial is what an absent field reads as; invalid unless scalar.
	initial protoreflect.Value
	zero    bool
	// closed lists the numbers of a closed enum, in order.
	closed []protoreflect.EnumNumber
}

// shaper builds the messages of one schema once each.
type shaper struct {
	file     protoreflect.FileDescriptor
	extended map[protoreflect.FullName][]protoreflect.ExtensionDescriptor
	done     map[protoreflect.FullName]*messageShape
}

func shapeOf(s *schema) *shape {
	b := &shaper{file: s.file, extended: s.extensions(), done: make(map[protoreflect.FullName]*messageShape)}
	return &shape{pkg: s.file.Package(), messages: b.scope(s.file.Messages())}
}

func (b *shaper) scope(list protoreflect.MessageDescriptors) declared {
	d := declared{byName: make(map[protoreflect.Name]*messageShape, list.Len())}
	bodies := groupBodies(list)
	for i := range list.Len() {
		m := list.Get(i)
		if m.IsMapEntry() || bodies[m.Name()] {
			continue
		}
		shape := b.message(m)
		shape.own = m.ParentFile() == b.file
		d.list = append(d.list, shape)
		d.byName[m.Name()] = shape
	}
	return d
}

// groupBodies names the messages of a scope that a group field declares.
func groupBodies(list protoreflect.MessageDescriptors) map[protoreflect.Name]bool {
	if list.Len() == 0 || list.Get(0).Syntax() != protoreflect.Proto2 {
		return nil
	}
	bodies := make(map[protoreflect.Name]bool)
	note := func(f protoreflect.FieldDescriptor) {
		if f.Kind() == protoreflect.GroupKind {
			bodies[f.Message().Name()] = true
		}
	}
	var exts protoreflect.ExtensionDescriptors
	switch parent := list.Get(0).Parent().(type) {
	case protoreflect.MessageDescriptor:
		for i := range parent.Fields().Len() {
			note(parent.Fields().Get(i))
		}
		exts = parent.Extensions()
	case protoreflect.FileDescriptor:
		exts = parent.Extensions()
	}
	for i := range exts.Len() {
		note(exts.Get(i))
	}
	return bodies
}

func (b *shaper) message(m protoreflect.MessageDescriptor) *messageShape {
	if known, ok := b.done[m.FullName()]; ok {
		return known
	}
	s := &messageShape{desc: m, local: localName(m)}
	b.done[m.FullName()] = s
	oneofs := make(map[protoreflect.Name]*oneofShape)
	for i := range m.Oneofs().Len() {
		if o := m.Oneofs().Get(i); !o.IsSynthetic() {
			oneofs[o.Name()] = &oneofShape{name: o.Name()}
			s.oneofs = append(s.oneofs, oneofs[o.Name()])
		}
	}
	for i := range m.Fields().Len() {
		f := b.field(m.Fields().Get(i))
		if o := realOneof(f.desc); o != nil {
			f.oneof = oneofs[o.Name()]
			f.oneof.fields = append(f.oneof.fields, f)
		}
		s.fields = append(s.fields, f)
	}
	for _, x := range b.extended[m.FullName()] {
		s.fields = append(s.fields, b.field(x))
		s.extended = true
	}
	slices.SortFunc(s.fields, func(a, b *fieldShape) int { return cmp.Compare(a.tag, b.tag) })
	s.nested = b.scope(m.Messages())
	return s
}

func (b *shaper) field(f protoreflect.FieldDescriptor) *fieldShape {
	s := &fieldShape{
		desc:     f,
		tag:      f.Number(),
		class:    classOf(f),
		kind:     f.Kind(),
		label:    writtenLabel(f),
		required: f.Cardinality() == protoreflect.Required,
		list:     f.IsList(),
		utf8:     checksUTF8(f),
	}
	s.packed = s.list && f.IsPacked()
	s.body = s.class == groupClass && f.Message().Syntax() == protoreflect.Proto2
	if f.Message() != nil {
		s.message = b.message(f.Message())
	}
	if s.class == mapClass {
		s.key, s.value = b.field(f.MapKey()), b.field(f.MapValue())
	}
	if e := f.Enum(); e != nil && e.IsClosed() {
		for i := range e.Values().Len() {
			s.closed = append(s.closed, e.Values().Get(i).Number())
		}
		slices.Sort(s.closed)
	}
	if s.class == scalarClass && !s.list {
		s.initial = f.Default()
		s.zero = isZero(s.initial, s.kind)
	}
	return s
}

// field finds a field or a known extension by tag, nil when there is none.
func (m *messageShape) field(tag protoreflect.FieldNumber) *fieldShape {
	i, ok := slices.BinarySearchFunc(m.fields, tag, func(f *fieldShape, tag protoreflect.FieldNumber) int {
		return cmp.Compare(f.tag, tag)
	})
	if !ok {
		return nil
	}
	return m.fields[i]
}

// requires tells whether a message has required fields of its own.
func (m *messageShape) requires() bool {
	return slices.ContainsFunc(m.fields, func(f *fieldShape) bool { return f.required })
}
