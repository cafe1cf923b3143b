package protobuf

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/muster-registry/muster/compat"
)

// readDescriptor reads a serialized FileDescriptorProto and bounds it as scan
// bounds text. Everything else is for the parser to find in the printed form.
func readDescriptor(path string, raw []byte) (*document, error) {
	file := new(descriptorpb.FileDescriptorProto)
	// Nothing but the file's imports may interpret its options.
	opts := proto.UnmarshalOptions{Resolver: new(protoregistry.Types), RecursionLimit: 2 * maxDepth}
	if err := opts.Unmarshal(raw, file); err != nil {
		return nil, &compat.ParseError{Message: "the descriptor is not well-formed"}
	}
	b := bounds{left: maxTokens}
	if err := b.file(file); err != nil {
		return nil, err
	}
	return &document{path: path, descriptor: file}, nil
}

// reprint turns a descriptor into text and reads that, so that both spellings
// of a schema share one path. Custom options need the extensions linked first.
func (l *loader) reprint(doc *document, path string) (*document, error) {
	file := doc.descriptor
	first, err := readText(path, sourceText(file))
	if err != nil {
		return nil, err
	}
	if hasUnknownOptions(file) {
		deps, err := l.imports(first)
		if err != nil {
			return nil, err
		}
		names := newScope(first.parsed.FileDescriptorProto(), deps)
		interpretOptions(file, names.extensions())
		if first, err = readText(path, sourceText(file)); err != nil {
			return nil, err
		}
	}
	first.descriptor = file
	return first, nil
}

// bounds checks what the printer takes for granted: depth, count, indexes and
// names that are names.
type bounds struct{ left int }

func (b *bounds) spend(n int) error {
	if b.left -= n; b.left < 0 {
		return compat.Limitf("the schema declares more than %d elements", maxTokens)
	}
	return nil
}

func (b *bounds) file(file *descriptorpb.FileDescriptorProto) error {
	switch {
	case len(file.Dependency) > maxImports:
		return compat.Limitf("the schema has more than %d imports", maxImports)
	case file.Package != nil && !typeIdent(file.GetPackage()):
		return badDescriptor("package")
	case file.GetSyntax() != "" && file.GetSyntax() != "proto2" && file.GetSyntax() != "proto3" && file.GetSyntax() != "editions":
		return badDescriptor("syntax")
	}
	for _, list := range [][]int32{file.PublicDependency, file.WeakDependency} {
		for _, i := range list {
			if i < 0 || int(i) >= len(file.Dependency) {
				return badDescriptor("import index")
			}
		}
	}
	if err := b.messages(file.MessageType, 1); err != nil {
		return err
	}
	if err := b.fields(file.Extension, 0, byName(file.MessageType)); err != nil {
		return err
	}
	if err := b.enums(file.EnumType); err != nil {
		return err
	}
	for _, s := range file.Service {
		if !ident(s.GetName()) {
			return badDescriptor("service name")
		}
		if err := b.spend(1 + len(s.Method)); err != nil {
			return err
		}
		for _, m := range s.Method {
			if !ident(m.GetName()) || !typeIdent(m.GetInputType()) || !typeIdent(m.GetOutputType()) {
				return badDescriptor("method")
			}
		}
	}
	return nil
}

func (b *bounds) messages(list []*descriptorpb.DescriptorProto, depth int) error {
	if len(list) > 0 && depth > maxDepth {
		return compat.Limitf("the schema nests deeper than %d levels", maxDepth)
	}
	for _, m := range list {
		if err := b.message(m, depth); err != nil {
			return err
		}
	}
	return nil
}

func (b *bounds) message(m *descriptorpb.DescriptorProto, depth int) error {
	if !ident(m.GetName()) {
		return badDescriptor("message name")
	}
	if err := b.spend(1 + len(m.ExtensionRange) + len(m.ReservedRange) + len(m.ReservedName) + len(m.OneofDecl)); err != nil {
		return err
	}
	if len(m.ExtensionRange)+len(m.ReservedRange)+len(m.ReservedName) > maxRanges {
		return compat.Limitf("a message has more than %d reserved or extension ranges", maxRanges)
	}
	for _, o := range m.OneofDecl {
		if !ident(o.GetName()) {
			return badDescriptor("oneof name")
		}
	}
	if m.GetOptions().GetMapEntry() && (len(m.Field) != 2 || m.Field[0].GetNumber() != 1 || m.Field[1].GetNumber() != 2) {
		return badDescriptor("map entry")
	}
	nested := byName(m.NestedType)
	if err := b.fields(m.Field, len(m.OneofDecl), nested); err != nil {
		return err
	}
	if err := b.fields(m.Extension, 0, nested); err != nil {
		return err
	}
	if err := b.enums(m.EnumType); err != nil {
		return err
	}
	return b.messages(m.NestedType, depth+1)
}

// fields checks those of one scope, whose messages are siblings: the body of a
// group is one of them, and has no other text.
func (b *bounds) fields(list []*descriptorpb.FieldDescriptorProto, oneofs int, siblings messages) error {
	if err := b.spend(len(list)); err != nil {
		return err
	}
	for _, f := range list {
		switch {
		case !ident(f.GetName()):
			return badDescriptor("field name")
		case f.TypeName != nil && !typeIdent(f.GetTypeName()), f.Extendee != nil && !typeIdent(f.GetExtendee()):
			return badDescriptor("type name")
		case f.TypeName == nil && (f.Type == nil || f.GetType().Descriptor().Values().ByNumber(f.GetType().Number()) == nil || named(f.GetType())):
			return badDescriptor("field type")
		case isGroup(f) && siblings[shortName(f.GetTypeName())] == nil:
			return badDescriptor("group")
		case f.OneofIndex != nil && (f.GetOneofIndex() < 0 || int(f.GetOneofIndex()) >= oneofs):
			return badDescriptor("oneof index")
		}
	}
	return nil
}

func (b *bounds) enums(list []*descriptorpb.EnumDescriptorProto) error {
	for _, e := range list {
		if !ident(e.GetName()) {
			return badDescriptor("enum name")
		}
		if err := b.spend(1 + len(e.Value) + len(e.ReservedRange) + len(e.ReservedName)); err != nil {
			return err
		}
		for _, v := range e.Value {
			if !ident(v.GetName()) {
				return badDescriptor("enum value name")
			}
		}
	}
	return nil
}

// named tells whether fields of that type name another type.
func named(t descriptorpb.FieldDescriptorProto_Type) bool {
	switch t {
	case descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, descriptorpb.FieldDescriptorProto_TYPE_GROUP, descriptorpb.FieldDescriptorProto_TYPE_ENUM:
		return true
	}
	return false
}

func badDescriptor(what string) error {
	return &compat.ParseError{Message: fmt.Sprintf("the descriptor has a bad %s", what)}
}

func ident(s string) bool { return protoreflect.Name(s).IsValid() && len(s) <= maxNameBytes }

func typeIdent(s string) bool {
	return protoreflect.FullName(strings.TrimPrefix(s, ".")).IsValid() && strings.Count(s, ".") <= maxNameParts
}
