package protobuf

import (
	"iter"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// builder makes small messages of the writer. left counts down the fields it
// may still set.
type builder struct{ left int }

// Bounds on what is tried for one place.
const (
	maxBuildDepth = 20 // messages that require one another
	maxVariants   = 12 // values of one message
)

// payloads yields messages that reach a place, and leave out or hold what
// stands there. Whatever else writer or reader require they hold as well.
func (b *builder) payloads(at site) iter.Seq[protoreflect.Message] {
	return func(yield func(protoreflect.Message) bool) {
		inner := at.from.writer
		if n := len(at.through); n > 0 {
			inner = content(at.through[n-1])
		}
		for _, m := range b.holding(inner, at.tags) {
			for _, f := range slices.Backward(at.through) {
				wrapped := dynamicpb.NewMessage(f.desc.ContainingMessage())
				b.set(wrapped, f, protoreflect.ValueOfMessage(m))
				m = wrapped
			}
			if b.complete(at.from, &at.route, m, 0) && !yield(m) {
				return
			}
		}
	}
}

// content is the message that a step through f leads to, nil when there is
// none: that of a map is in its values.
func content(f *fieldShape) *messageShape {
	if f.class == mapClass {
		return f.value.message
	}
	return f.message
}

// holding makes an empty message of a type, and messages with the tags set.
func (b *builder) holding(t *messageShape, tags []protoreflect.FieldNumber) []protoreflect.Message {
	if len(tags) == 1 {
		made := []protoreflect.Message{dynamicpb.NewMessage(t.desc)}
		if f := t.field(tags[0]); f != nil {
			made = append(made, b.with(t, f, 2)...)
		}
		return made
	}
	// Fields that may exclude each other in the reader, each with a value that
	// is not zero, and bytes with one that any string takes: all of two and all
	// at once show it.
	all := dynamicpb.NewMessage(t.desc)
	two := dynamicpb.NewMessage(t.desc)
	for i, tag := range tags {
		f := t.field(tag)
		values := b.values(f, 1)
		if len(values) == 0 {
			return nil
		}
		value := values[0]
		if f.kind == protoreflect.BytesKind {
			value = protoreflect.ValueOfBytes([]byte("a"))
		}
		b.set(all, f, value)
		if i < 2 {
			b.set(two, f, value)
		}
	}
	return []protoreflect.Message{two, all}
}

// with makes messages that hold values of f, lists of one and of two.
func (b *builder) with(t *messageShape, f *fieldShape, depth int) []protoreflect.Message {
	values := b.values(f, depth)
	var made []protoreflect.Message
	for _, v := range values {
		m := dynamicpb.NewMessage(t.desc)
		b.set(m, f, v)
		made = append(made, m)
	}
	if f.list && len(values) > 0 {
		m := dynamicpb.NewMessage(t.desc)
		b.set(m, f, values[0])
		b.set(m, f, values[len(values)-1])
		made = append(made, m)
	}
	return made
}

// values are small values for one occurrence of a field, most telling first.
// Of a map they are those of its values.
func (b *builder) values(f *fieldShape, depth int) []protoreflect.Value {
	if f.class == mapClass {
		return b.values(f.value, depth)
	}
	if f.message == nil {
		return scalars(f)
	}
	values := []protoreflect.Value{protoreflect.ValueOfMessage(dynamicpb.NewMessage(f.message.desc))}
	if depth == 0 {
		return values
	}
	for _, inner := range f.message.fields {
		for _, m := range b.with(f.message, inner, depth-1) {
			values = append(values, protoreflect.ValueOfMessage(m))
		}
		if len(values) > maxVariants || b.left < 0 {
			break
		}
	}
	return values
}

func scalars(f *fieldShape) []protoreflect.Value {
	switch f.kind {
	case protoreflect.BoolKind:
		return []protoreflect.Value{protoreflect.ValueOfBool(true)}
	case protoreflect.StringKind:
		return []protoreflect.Value{protoreflect.ValueOfString("a")}
	case protoreflect.BytesKind:
		return []protoreflect.Value{protoreflect.ValueOfBytes([]byte("\xff")), protoreflect.ValueOfBytes([]byte("a"))}
	case protoreflect.FloatKind:
		return []protoreflect.Value{protoreflect.ValueOfFloat32(1)}
	case protoreflect.DoubleKind:
		return []protoreflect.Value{protoreflect.ValueOfFloat64(1)}
	case protoreflect.EnumKind:
		var values []protoreflect.Value
		enum := f.desc.Enum().Values()
		for i := range min(enum.Len(), maxVariants) {
			values = append(values, protoreflect.ValueOfEnum(enum.Get(i).Number()))
		}
		if f.closed == nil && enum.Len() == 1 {
			values = append(values, protoreflect.ValueOfEnum(1)) // an open enum holds any number
		}
		slices.Reverse(values) // the first is often zero, which tells nothing
		return values
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return []protoreflect.Value{protoreflect.ValueOfInt32(1)}
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return []protoreflect.Value{protoreflect.ValueOfInt64(1)}
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return []protoreflect.Value{protoreflect.ValueOfUint32(1)}
	}
	return []protoreflect.Value{protoreflect.ValueOfUint64(1)}
}

// set gives f a value: it appends to a list and puts into a map.
func (b *builder) set(m protoreflect.Message, f *fieldShape, v protoreflect.Value) {
	b.left--
	fd := typed(f.desc)
	switch {
	case f.list:
		m.Mutable(fd).List().Append(v)
	case f.class == mapClass:
		m.Mutable(fd).Map().Set(scalars(f.key)[0].MapKey(), v)
	default:
		m.Set(fd, v)
	}
}

// typed is f as dynamic messages take it.
func typed(f protoreflect.FieldDescriptor) protoreflect.FieldDescriptor {
	if f.IsExtension() {
		return dynamicpb.NewExtensionType(f).TypeDescriptor()
	}
	return f
}

// complete sets what the writer requires in m and the messages in it, and what
// the reader requires away from the place to show, and tells whether it could.
func (b *builder) complete(of pair, on *route, m protoreflect.Message, depth int) bool {
	if depth > maxBuildDepth || b.left < 0 {
		return false
	}
	for _, f := range of.writer.fields {
		needed := f.required
		if !needed && of.reader != nil && f.class == scalarClass && !on.shows(f.tag) {
			rf := of.reader.field(f.tag)
			needed = rf != nil && rf.required
		}
		fd := typed(f.desc)
		switch {
		case !needed || m.Has(fd):
		case f.message != nil:
			b.set(m, f, protoreflect.ValueOfMessage(dynamicpb.NewMessage(f.message.desc)))
		case f.list:
			values := scalars(f)
			b.set(m, f, values[len(values)-1])
		case f.kind == protoreflect.StringKind:
			b.set(m, f, protoreflect.ValueOfString(""))
		case f.kind == protoreflect.BytesKind:
			b.set(m, f, protoreflect.ValueOfBytes(nil)) // what a message reads as well
		default:
			b.set(m, f, f.initial)
		}
		if inner := content(f); inner == nil || !m.Has(fd) {
			continue
		}
		if !b.within(f, of.inside(f), on.after(f), m.Get(fd), depth+1) {
			return false
		}
	}
	return true
}

// within completes the messages that a field holds.
func (b *builder) within(f *fieldShape, of pair, on *route, v protoreflect.Value, depth int) bool {
	ok := true
	switch {
	case f.class == mapClass:
		v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
			ok = b.complete(of, on, v.Message(), depth)
			return ok
		})
	case f.list:
		for i := range v.List().Len() {
			ok = ok && b.complete(of, on, v.List().Get(i).Message(), depth)
		}
	default:
		ok = b.complete(of, on, v.Message(), depth)
	}
	return ok
}

// inside is the pair of messages that a field of the writer leads to; the
// reader's is nil when it has another kind of field.
func (p pair) inside(f *fieldShape) pair {
	inner := pair{writer: content(f)}
	if p.reader == nil {
		return inner
	}
	if rf := p.reader.field(f.tag); rf != nil && rf.class == f.class {
		inner.reader = content(rf)
	}
	return inner
}

// shows tells whether a tag of the message a route starts from is one that it
// leads to. The nil route leads nowhere.
func (on *route) shows(tag protoreflect.FieldNumber) bool {
	return on != nil && len(on.through) == 0 && slices.Contains(on.tags, tag)
}

// after is the rest of a route once it went through f, nil when it does not.
func (on *route) after(f *fieldShape) *route {
	if on == nil || len(on.through) == 0 || on.through[0].tag != f.tag {
		return nil
	}
	return &route{through: on.through[1:], tags: on.tags}
}
