package protobuf

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
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

// spot is a pair of fields of the same tag, in the messages at path.
type spot struct {
	r, w *fieldShape
	path string
}

func (on spot) at() string { return fieldPath(on.path, on.r.desc) }

func (c *checker) field(on spot) error {
	before := len(c.found)
	if err := c.kind(on.r, on.w, on); err != nil {
		return err
	}
	labelled := false
	if len(c.found) == before && on.r.class == scalarClass {
		labelled = c.label(on)
		c.initial(on)
		c.requiredEnum(on)
	}
	if !labelled && on.r.required && !on.w.required {
		at := on.at()
		c.report(fieldBecameRequired, at, c.fixes.becameRequired(on.r.desc, on.w.desc, at), on.w.tag)
	}
	if (on.r.desc.IsExtension() || on.w.desc.IsExtension()) && len(c.found) > before {
		c.reportAt(extensionChanged, on.at(), c.fixes.keepType(on), c.since(before, len(c.at.through)))
	}
	return nil
}

// since is the way to the first of the findings from index on, without its
// first steps.
func (c *checker) since(index, steps int) route {
	first := c.found[index].site.route
	return route{through: first.through[steps:], tags: first.tags}
}

// kind compares what two fields hold: those of on, or their keys or values.
func (c *checker) kind(r, w *fieldShape, on spot) error {
	if r.class == w.class {
		switch r.class {
		case scalarClass:
			c.scalar(r, w, on)
			return nil
		case mapClass:
			if err := c.kind(r.key, w.key, on); err != nil {
				return err
			}
			return c.kind(r.value, w.value, on)
		}
		return c.named(r, w, on)
	}
	rule := fieldKindChanged
	switch {
	case r.class == messageClass && w.class == groupClass, r.class == groupClass && w.class == messageClass:
		rule = fieldEncodingChanged
	case r.class == groupClass, w.class == groupClass:
		rule = fieldGroupChanged
	case c.lenient && w.class == messageClass && r.kind == protoreflect.BytesKind:
		return nil // the bytes are the message (protobuf.dev, Updating A Message Type)
	case c.lenient && entriesAlike(r, w):
		return c.entries(on)
	}
	c.report(rule, on.at(), c.fixes.keepType(on), on.w.tag)
	return nil
}

// entriesAlike tells a map from a list of messages that is written like it. A
// map reads an absent value as an empty one, which lacks what it requires, and
// no encoder of maps writes an entry with several keys.
func entriesAlike(r, w *fieldShape) bool {
	switch {
	case r.class == mapClass && w.class == messageClass:
		key := w.message.field(1)
		return w.list && (key == nil || !key.list) && (r.value.message == nil || !r.value.message.requires())
	case r.class == messageClass && w.class == mapClass:
		return r.list
	}
	return false
}

// entries compares a map with a list as what both are, a list of messages.
func (c *checker) entries(on spot) error {
	before := len(c.found)
	_, err := c.inner(on.r.message, on.w.message, on, false)
	for i := range c.found[before:] {
		c.found[before+i].site = site{from: c.at.from, route: route{through: c.at.through, tags: []protoreflect.FieldNumber{on.w.tag}}}
	}
	return err
}

// named compares message types. Two types of the files compared are compared
// where the files declare them, save the bodies of groups, which only their
// fields reach; content from elsewhere is compared here. The name of a group
// is that of its field and may change.
func (c *checker) named(r, w *fieldShape, on spot) error {
	bodies := r.body && w.body
	if r.message.local == w.message.local {
		if !bodies && r.message.own && w.message.own {
			return nil
		}
	} else if !bodies && !c.lenient {
		c.report(fieldNamedTypeChanged, on.at(), c.fixes.keepType(on), on.w.tag)
		return nil
	}
	onward, err := c.inner(r.message, w.message, on, bodies)
	if err != nil || onward == nil {
		return err
	}
	rule := fieldNamedTypeChanged
	if bodies {
		rule = fieldGroupChanged
	}
	c.reportAt(rule, on.at(), c.fixes.keepType(on), route{
		through: append([]*fieldShape{on.w}, onward.through...), tags: onward.tags,
	})
	return nil
}

// inner compares the messages two fields hold, once a pair, and returns the
// way to the first difference.
func (c *checker) inner(r, w *messageShape, on spot, declared bool) (*route, error) {
	key := pair{r, w}
	if onward, known := c.seen[key]; known {
		return onward, nil
	}
	c.seen[key] = nil
	before, above := len(c.found), c.at.through
	c.at.through = append(slices.Clip(above), on.w)
	compare := c.content
	if declared {
		compare = c.message
	}
	err := compare(r, w, on.at())
	if err == nil {
		err = c.pay()
	}
	c.at.through = above
	if err != nil || len(c.found) == before {
		return nil, err
	}
	onward := c.since(before, len(above)+1)
	c.seen[key] = &onward
	return &onward, nil
}

// localName is the name of a message within its package.
func localName(m protoreflect.MessageDescriptor) string {
	return strings.TrimPrefix(strings.TrimPrefix(string(m.FullName()), string(m.ParentFile().Package())), ".")
}
