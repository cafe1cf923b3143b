package protobuf

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// visitTypes calls f for every name of a type in file, with the full name of
// the element it stands in.
func visitTypes(file *descriptorpb.FileDescriptorProto, f func(inside string, name *string)) {
	field := func(inside string, x *descriptorpb.FieldDescriptorProto) {
		if x.TypeName != nil {
			f(inside, x.TypeName)
		}
		if x.Extendee != nil {
			f(inside, x.Extendee)
		}
	}
	var message func(inside string, m *descriptorpb.DescriptorProto)
	message = func(inside string, m *descriptorpb.DescriptorProto) {
		name := join(inside, m.GetName())
		for _, x := range m.Field {
			field(name, x)
		}
		for _, x := range m.Extension {
			field(name, x)
		}
		for _, n := range m.NestedType {
			message(name, n)
		}
	}
	pkg := file.GetPackage()
	for _, m := range file.MessageType {
		message(pkg, m)
	}
	for _, x := range file.Extension {
		field(pkg, x)
	}
	for _, s := range file.Service {
		for _, m := range s.Method {
			f(join(pkg, s.GetName()), m.InputType)
			f(join(pkg, s.GetName()), m.OutputType)
		}
	}
}

// visitOptions calls f for every list of uninterpreted options in file, with
// the full name of the scope their names are looked up in.
func visitOptions(file *descriptorpb.FileDescriptorProto, f func(inside string, list *[]*descriptorpb.UninterpretedOption)) {
	pkg := file.GetPackage()
	if file.Options != nil {
		f(pkg, &file.Options.UninterpretedOption)
	}
	for _, m := range file.MessageType {
		visitMessageOptions(pkg, m, f)
	}
	for _, x := range file.Extension {
		visitFieldOptions(pkg, x, f)
	}
	for _, e := range file.EnumType {
		visitEnumOptions(pkg, e, f)
	}
	for _, s := range file.Service {
		if s.Options != nil {
			f(pkg, &s.Options.UninterpretedOption)
		}
		for _, m := range s.Method {
			if m.Options != nil {
				f(join(pkg, s.GetName()), &m.Options.UninterpretedOption)
			}
		}
	}
}

func visitMessageOptions(inside string, m *descriptorpb.DescriptorProto, f func(string, *[]*descriptorpb.UninterpretedOption)) {
	// A message's own options are looked up outside of it, as protoc does.
	if m.Options != nil {
		f(inside, &m.Options.UninterpretedOption)
	}
	name := join(inside, m.GetName())
	for _, x := range m.Field {
		visitFieldOptions(name, x, f)
	}
	for _, x := range m.Extension {
		visitFieldOptions(name, x, f)
	}
	for _, o := range m.OneofDecl {
		if o.Options != nil {
			f(name, &o.Options.UninterpretedOption)
		}
	}
	for _, r := range m.ExtensionRange {
		if r.Options != nil {
			f(name, &r.Options.UninterpretedOption)
		}
	}
	for _, e := range m.EnumType {
		visitEnumOptions(name, e, f)
	}
	for _, n := range m.NestedType {
		visitMessageOptions(name, n, f)
	}
}

func visitFieldOptions(inside string, x *descriptorpb.FieldDescriptorProto, f func(string, *[]*descriptorpb.UninterpretedOption)) {
	if x.Options != nil {
		f(inside, &x.Options.UninterpretedOption)
	}
}

func visitEnumOptions(inside string, e *descriptorpb.EnumDescriptorProto, f func(string, *[]*descriptorpb.UninterpretedOption)) {
	if e.Options != nil {
		f(inside, &e.Options.UninterpretedOption)
	}
	for _, v := range e.Value {
		if v.Options != nil {
			f(inside, &v.Options.UninterpretedOption)
		}
	}
}

// eachField calls f for every field and extension of file; member tells that
// the field stands in a oneof.
func eachField(file *descriptorpb.FileDescriptorProto, f func(field *descriptorpb.FieldDescriptorProto, member bool)) {
	var message func(m *descriptorpb.DescriptorProto)
	message = func(m *descriptorpb.DescriptorProto) {
		for _, x := range m.Field {
			f(x, inOneof(x))
		}
		for _, x := range m.Extension {
			f(x, false)
		}
		for _, n := range m.NestedType {
			message(n)
		}
	}
	for _, m := range file.MessageType {
		message(m)
	}
	for _, x := range file.Extension {
		f(x, false)
	}
}

// eachOptions calls f for every options message that is set in file.
func eachOptions(file *descriptorpb.FileDescriptorProto, f func(proto.Message)) {
	var visit func(m protoreflect.Message)
	visit = func(m protoreflect.Message) {
		m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			switch {
			case fd.Message() == nil || fd.IsMap():
			case fd.Name() == "options":
				f(v.Message().Interface())
			case fd.IsList():
				for i := range v.List().Len() {
					visit(v.List().Get(i).Message())
				}
			}
			return true
		})
	}
	visit(file.ProtoReflect())
}

// eachExtension calls f for the extensions a file declares, at any depth.
func eachExtension(file protoreflect.FileDescriptor, f func(protoreflect.ExtensionDescriptor)) {
	list := func(exts protoreflect.ExtensionDescriptors) {
		for i := range exts.Len() {
			f(exts.Get(i))
		}
	}
	var messages func(protoreflect.MessageDescriptors)
	messages = func(all protoreflect.MessageDescriptors) {
		for i := range all.Len() {
			list(all.Get(i).Extensions())
			messages(all.Get(i).Messages())
		}
	}
	list(file.Extensions())
	messages(file.Messages())
}
