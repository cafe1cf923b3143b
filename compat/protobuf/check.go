package protobuf

import (
	"maps"
	"slices"
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat"
)

// check walks writer and reader together (compat-rules.md 2.2). The policy has
// no meaning for Protobuf.
func check(reader, writer *schema, opts compat.CheckOptions) (compat.Comparison, error) {
	c := &checker{
		reader: reader.file,
		writer: writer.file,
		opts:   opts,
		seen:   make(map[pair]bool),
		fixes:  fixer{candidateReads: opts.Reader != "old"},
	}
	if err := c.file(); err != nil {
		return compat.Comparison{}, err
	}
	return compat.Comparison{Differences: c.found, Evidence: compat.RulesEvidence}, nil
}

type pair struct {
	reader, writer protoreflect.MessageDescriptor
}

type checker struct {
	reader, writer protoreflect.FileDescriptor
	opts           compat.CheckOptions
	found          []compat.Difference
	// seen holds the pairs of messages compared through fields, and whether
	// they differ; a pair being compared counts as equal.
	seen  map[pair]bool
	fixes fixer
}

func (c *checker) report(rule compat.RuleID, path string, fix *compat.Fix) {
	c.found = append(c.found, compat.Difference{
		Rule: rule, Path: path, Message: message(rule, path, c.opts.Reader, c.opts.Writer), Fix: fix,
	})
}

func (c *checker) file() error {
	if r, w := c.reader.Package(), c.writer.Package(); r != w {
		c.report(packageChanged, "#/", c.fixes.keepPackage(r, w))
	}
	return c.messages(c.reader.Messages(), c.writer.Messages(), "#")
}

// messages compares the messages of one scope by name. Map entries and the
// bodies of groups belong to their fields.
func (c *checker) messages(reader, writer protoreflect.MessageDescriptors, path string) error {
	bodies := groupBodies(writer)
	for i := range writer.Len() {
		w := writer.Get(i)
		if w.IsMapEntry() || bodies[w.Name()] {
			continue
		}
		at := path + "/" + string(w.Name())
		r := reader.ByName(w.Name())
		if r == nil || r.IsMapEntry() {
			c.report(messageRemoved, at, c.fixes.keepMessage(w, at))
			continue
		}
		if err := c.message(r, w, at); err != nil {
			return err
		}
	}
	return nil
}

// groupBodies names the messages of a scope that a group field declares.
func groupBodies(list protoreflect.MessageDescriptors) map[protoreflect.Name]bool {
	bodies := make(map[protoreflect.Name]bool)
	if list.Len() == 0 || list.Get(0).Syntax() != protoreflect.Proto2 {
		return bodies
	}
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

// message compares two messages and the messages they declare.
func (c *checker) message(reader, writer protoreflect.MessageDescriptor, path string) error {
	if err := c.content(reader, writer, path); err != nil {
		return err
	}
	return c.messages(reader.Messages(), writer.Messages(), path)
}

// content compares the fields of two messages.
func (c *checker) content(reader, writer protoreflect.MessageDescriptor, path string) error {
	if err := c.opts.Work.Spend(1 + reader.Fields().Len() + writer.Fields().Len()); err != nil {
		return err
	}
	readers, writers := byTag(reader), byTag(writer)
	c.removedMembers(reader, writer, readers, path)
	c.joinedMembers(reader, writers, path)
	tags := maps.Clone(readers)
	maps.Copy(tags, writers)
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		if err := c.tag(readers[tag], writers[tag], path); err != nil {
			return err
		}
	}
	return nil
}

type fieldsByTag map[protoreflect.FieldNumber]protoreflect.FieldDescriptor

// byTag indexes the fields of a message; the linker's own lookup scans them.
func byTag(m protoreflect.MessageDescriptor) fieldsByTag {
	fields := make(fieldsByTag, m.Fields().Len())
	for i := range m.Fields().Len() {
		fields[m.Fields().Get(i).Number()] = m.Fields().Get(i)
	}
	return fields
}

func (c *checker) tag(r, w protoreflect.FieldDescriptor, path string) error {
	switch {
	case w == nil:
		if at := fieldPath(path, r); r.Cardinality() == protoreflect.Required {
			c.report(requiredFieldAdded, at, c.fixes.requiredAdded(r, at))
		}
		return nil
	case r == nil:
		if at := fieldPath(path, w); w.Cardinality() == protoreflect.Required {
			c.report(requiredFieldRemoved, at, c.fixes.requiredRemoved(w, at))
		}
		return nil
	}
	return c.field(r, w, fieldPath(path, r))
}

// fieldPath is where a field stands: by tag, below its oneof if it has one.
func fieldPath(path string, f protoreflect.FieldDescriptor) string {
	if o := realOneof(f); o != nil {
		path += "/" + string(o.Name())
	}
	return path + "/" + strconv.Itoa(int(f.Number()))
}

// realOneof leaves out the oneof that stands for proto3's optional.
func realOneof(f protoreflect.FieldDescriptor) protoreflect.OneofDescriptor {
	if o := f.ContainingOneof(); o != nil && !o.IsSynthetic() {
		return o
	}
	return nil
}
