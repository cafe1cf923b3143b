package protobuf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/descriptorpb"
)

// printFile writes a file in the layout of addenda B.5. file is in source form:
// options are uninterpreted, labels are those written.
func printFile(file *descriptorpb.FileDescriptorProto, proto2 bool) string {
	p := &printer{editions: file.GetSyntax() == "editions"}
	switch {
	case p.editions:
		p.line("edition = %s;", quote(strings.TrimPrefix(file.GetEdition().String(), "EDITION_")))
	case file.GetSyntax() != "":
		p.line("syntax = %s;", quote(file.GetSyntax()))
	case proto2:
		p.line(`syntax = "proto2";`)
	}
	if file.GetPackage() != "" {
		p.line("package %s;", file.GetPackage())
	}
	p.gap()
	p.imports(file)
	p.gap()
	p.options(file.GetOptions().GetUninterpretedOption())
	p.gap()
	nested := byName(file.MessageType)
	groups := extensionGroups(file.Extension)
	for _, m := range file.MessageType {
		if !groups[m.GetName()] {
			p.message("message "+m.GetName(), m)
		}
	}
	for _, e := range file.EnumType {
		p.enum(e)
	}
	p.gap()
	p.extensions(file.Extension, nested)
	p.gap()
	for _, s := range file.Service {
		p.service(s)
	}
	return p.String()
}

// printer writes lines; a gap is one blank line between lines, never before
// the first or after the last of a block.
type printer struct {
	strings.Builder
	editions bool // reserved names are identifiers
	indent   int
	blank    bool // a gap is due before the next line
	open     bool // a block was opened and has no line yet
}

func (p *printer) line(format string, args ...any) {
	p.start(fmt.Sprintf(format, args...))
	p.WriteByte('\n')
}

func (p *printer) start(text string) {
	switch {
	case p.open, p.blank && p.Len() > 0:
		p.WriteByte('\n')
	}
	p.blank, p.open = false, false
	p.margin()
	p.WriteString(text)
}

func (p *printer) margin() {
	for range p.indent {
		p.WriteString("  ")
	}
}

func (p *printer) gap() { p.blank = true }

// block writes head and the lines of body between braces, on one line when
// there are none.
func (p *printer) block(head string, body func()) {
	p.start(head + " {")
	p.indent++
	p.open = true
	body()
	p.indent--
	if !p.open {
		p.margin()
	}
	p.WriteString("}\n")
	p.blank, p.open = false, false
}

func (p *printer) imports(file *descriptorpb.FileDescriptorProto) {
	for i, path := range file.Dependency {
		switch {
		case slices.Contains(file.PublicDependency, int32(i)):
		case slices.Contains(file.WeakDependency, int32(i)):
			p.line("import weak %s;", quote(path))
		default:
			p.line("import %s;", quote(path))
		}
	}
	for _, i := range file.PublicDependency {
		p.line("import public %s;", quote(file.Dependency[i]))
	}
}

func (p *printer) options(list []*descriptorpb.UninterpretedOption) {
	for _, o := range list {
		p.line("option %s = %s;", optionName(o), optionValue(o))
	}
}

func (p *printer) message(head string, m *descriptorpb.DescriptorProto) {
	p.block(head, func() {
		p.reserved(messageRanges(m), m.ReservedName)
		p.gap()
		p.options(m.GetOptions().GetUninterpretedOption())
		p.gap()
		var groups []*descriptorpb.FieldDescriptorProto
		nested := byName(m.NestedType)
		inline := extensionGroups(m.Extension)
		for _, f := range m.Field {
			switch {
			case isGroup(f):
				inline[shortName(f.GetTypeName())] = true
				if !inOneof(f) {
					groups = append(groups, f)
				}
			case !inOneof(f):
				p.field(f, nested)
			}
		}
		p.gap()
		p.oneofs(m, nested)
		p.gap()
		for _, f := range groups {
			p.group(f, nested)
		}
		p.gap()
		for _, r := range m.ExtensionRange {
			p.line("extensions %s%s;", span(r.GetStart(), r.GetEnd()-1, maxFieldNumber), bracketed(r.GetOptions().GetUninterpretedOption()))
		}
		p.gap()
		p.extensions(m.Extension, nested)
		p.gap()
		for _, n := range m.NestedType {
			if !n.GetOptions().GetMapEntry() && !inline[n.GetName()] {
				p.message("message "+n.GetName(), n)
			}
		}
		p.gap()
		for _, e := range m.EnumType {
			p.enum(e)
		}
	})
}

// inOneof leaves out the oneof that stands for proto3's optional.
func inOneof(f *descriptorpb.FieldDescriptorProto) bool {
	return f.OneofIndex != nil && !f.GetProto3Optional()
}

func isGroup(f *descriptorpb.FieldDescriptorProto) bool {
	return f.GetType() == descriptorpb.FieldDescriptorProto_TYPE_GROUP
}

// extensionGroups names the messages that are bodies of group extensions.
func extensionGroups(list []*descriptorpb.FieldDescriptorProto) map[string]bool {
	names := make(map[string]bool)
	for _, f := range list {
		if isGroup(f) {
			names[shortName(f.GetTypeName())] = true
		}
	}
	return names
}

func shortName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func (p *printer) oneofs(m *descriptorpb.DescriptorProto, nested messages) {
	members := make([][]*descriptorpb.FieldDescriptorProto, len(m.OneofDecl))
	for _, f := range m.Field {
		if inOneof(f) {
			members[f.GetOneofIndex()] = append(members[f.GetOneofIndex()], f)
		}
	}
	for i, o := range m.OneofDecl {
		if len(members[i]) == 0 {
			continue
		}
		p.block("oneof "+o.GetName(), func() {
			p.options(o.GetOptions().GetUninterpretedOption())
			for _, f := range members[i] {
				p.declare(f, nested)
			}
		})
	}
}

// declare writes a field, or the group that one is.
func (p *printer) declare(f *descriptorpb.FieldDescriptorProto, nested messages) {
	if isGroup(f) {
		p.group(f, nested)
		return
	}
	p.field(f, nested)
}

func (p *printer) field(f *descriptorpb.FieldDescriptorProto, nested messages) {
	options := bracketed(f.GetOptions().GetUninterpretedOption())
	if entry := mapEntry(f, nested); entry != nil {
		p.line("map<%s, %s> %s = %d%s;", typeName(entry.Field[0]), typeName(entry.Field[1]), f.GetName(), f.GetNumber(), options)
		return
	}
	p.line("%s%s %s = %d%s;", label(f), typeName(f), f.GetName(), f.GetNumber(), options)
}

func (p *printer) group(f *descriptorpb.FieldDescriptorProto, nested messages) {
	name := shortName(f.GetTypeName())
	head := fmt.Sprintf("%sgroup %s = %d%s", label(f), name, f.GetNumber(), bracketed(f.GetOptions().GetUninterpretedOption()))
	if body := nested[name]; body != nil {
		p.message(head, body)
	}
}

func label(f *descriptorpb.FieldDescriptorProto) string {
	if f.Label == nil {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(f.GetLabel().String(), "LABEL_")) + " "
}

func typeName(f *descriptorpb.FieldDescriptorProto) string {
	if f.TypeName != nil {
		return f.GetTypeName()
	}
	return strings.ToLower(strings.TrimPrefix(f.GetType().String(), "TYPE_"))
}

// mapEntry returns the message behind a map field, nil for any other field.
func mapEntry(f *descriptorpb.FieldDescriptorProto, nested messages) *descriptorpb.DescriptorProto {
	if f.TypeName == nil || f.GetLabel() != descriptorpb.FieldDescriptorProto_LABEL_REPEATED {
		return nil
	}
	entry := nested[shortName(f.GetTypeName())]
	if !entry.GetOptions().GetMapEntry() || len(entry.Field) != 2 {
		return nil
	}
	return entry
}

// messages are the messages of one scope by name.
type messages map[string]*descriptorpb.DescriptorProto

func byName(list []*descriptorpb.DescriptorProto) messages {
	named := make(messages, len(list))
	for _, m := range list {
		named[m.GetName()] = m
	}
	return named
}

func (p *printer) extensions(list []*descriptorpb.FieldDescriptorProto, nested messages) {
	for len(list) > 0 {
		extendee := list[0].GetExtendee()
		n := slices.IndexFunc(list, func(f *descriptorpb.FieldDescriptorProto) bool { return f.GetExtendee() != extendee })
		if n < 0 {
			n = len(list)
		}
		p.block("extend "+extendee, func() {
			for _, f := range list[:n] {
				p.declare(f, nested)
			}
		})
		list = list[n:]
	}
}

func (p *printer) enum(e *descriptorpb.EnumDescriptorProto) {
	p.block("enum "+e.GetName(), func() {
		p.reserved(enumRanges(e), e.ReservedName)
		p.gap()
		p.options(e.GetOptions().GetUninterpretedOption())
		p.gap()
		for _, v := range e.Value {
			p.line("%s = %d%s;", v.GetName(), v.GetNumber(), bracketed(v.GetOptions().GetUninterpretedOption()))
		}
	})
}

func (p *printer) service(s *descriptorpb.ServiceDescriptorProto) {
	stream := func(is bool, name string) string {
		if is {
			return "stream " + name
		}
		return name
	}
	p.block("service "+s.GetName(), func() {
		p.options(s.GetOptions().GetUninterpretedOption())
		p.gap()
		for _, m := range s.Method {
			head := fmt.Sprintf("rpc %s (%s) returns (%s)", m.GetName(),
				stream(m.GetClientStreaming(), m.GetInputType()), stream(m.GetServerStreaming(), m.GetOutputType()))
			if options := m.GetOptions().GetUninterpretedOption(); len(options) > 0 {
				p.block(head, func() { p.options(options) })
			} else {
				p.line("%s;", head)
			}
		}
	})
}

func messageRanges(m *descriptorpb.DescriptorProto) []string {
	ranges := make([]string, len(m.ReservedRange))
	for i, r := range m.ReservedRange {
		ranges[i] = span(r.GetStart(), r.GetEnd()-1, maxFieldNumber)
	}
	return ranges
}

func enumRanges(e *descriptorpb.EnumDescriptorProto) []string {
	ranges := make([]string, len(e.ReservedRange))
	for i, r := range e.ReservedRange {
		ranges[i] = span(r.GetStart(), r.GetEnd(), 1<<31-1)
	}
	return ranges
}

func span(start, end, highest int32) string {
	switch {
	case start == end:
		return strconv.Itoa(int(start))
	case end >= highest:
		return fmt.Sprintf("%d to max", start)
	}
	return fmt.Sprintf("%d to %d", start, end)
}

func (p *printer) reserved(ranges, names []string) {
	if len(ranges) > 0 {
		p.line("reserved %s;", strings.Join(ranges, ", "))
	}
	if len(names) == 0 {
		return
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = name
		if !p.editions {
			quoted[i] = quote(name)
		}
	}
	p.line("reserved %s;", strings.Join(quoted, ", "))
}
