package protobuf

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// sourceText prints a linked descriptor: its options become statements, labels
// that syntax implies go, defaults and JSON names turn into options.
func sourceText(file *descriptorpb.FileDescriptorProto) string {
	file = proto.CloneOf(file)
	proto2 := file.GetSyntax() == "proto2"
	if proto2 {
		file.Syntax = nil
	}
	eachOptions(file, func(options proto.Message) {
		list := statements(options.ProtoReflect())
		entry, isMessage := options.(*descriptorpb.MessageOptions)
		isEntry := isMessage && entry.GetMapEntry()
		proto.Reset(options)
		m := options.ProtoReflect()
		slot := m.Mutable(m.Descriptor().Fields().ByName("uninterpreted_option")).List()
		for _, o := range list {
			slot.Append(protoreflect.ValueOfMessage(o.ProtoReflect()))
		}
		if isEntry {
			entry.MapEntry = proto.Bool(true)
		}
	})
	eachField(file, func(f *descriptorpb.FieldDescriptorProto, member bool) {
		plainLabel(f, file.GetSyntax(), member)
		plainField(f)
	})
	return printFile(file, proto2)
}

// plainLabel leaves a field the label it was written with: only proto2 and
// proto3's optional write one, and never in a oneof.
func plainLabel(f *descriptorpb.FieldDescriptorProto, syntax string, member bool) {
	switch {
	case f.GetLabel() != descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL:
	case syntax == "" && !member, f.GetProto3Optional():
		f.Label = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
	default:
		f.Label = nil
	}
}

// plainField writes as options what a descriptor keeps beside them.
func plainField(f *descriptorpb.FieldDescriptorProto) {
	add := func(o *descriptorpb.UninterpretedOption, name string) {
		o.Name = []*descriptorpb.UninterpretedOption_NamePart{{NamePart: proto.String(name), IsExtension: proto.Bool(false)}}
		if f.Options == nil {
			f.Options = &descriptorpb.FieldOptions{}
		}
		f.Options.UninterpretedOption = append(f.Options.UninterpretedOption, o)
	}
	if f.DefaultValue != nil {
		add(defaultOption(f), "default")
	}
	if f.JsonName != nil && f.GetJsonName() != jsonName(f.GetName()) && f.Extendee == nil {
		add(&descriptorpb.UninterpretedOption{StringValue: []byte(f.GetJsonName())}, "json_name")
	}
}

// defaultOption reads a default as descriptors spell it.
func defaultOption(f *descriptorpb.FieldDescriptorProto) *descriptorpb.UninterpretedOption {
	text := f.GetDefaultValue()
	switch f.GetType() {
	case descriptorpb.FieldDescriptorProto_TYPE_STRING:
		return &descriptorpb.UninterpretedOption{StringValue: []byte(text)}
	case descriptorpb.FieldDescriptorProto_TYPE_BYTES:
		return &descriptorpb.UninterpretedOption{StringValue: []byte(unquote(`"` + text + `"`))}
	case descriptorpb.FieldDescriptorProto_TYPE_BOOL, descriptorpb.FieldDescriptorProto_TYPE_ENUM:
		if !ident(text) {
			text = "invalid"
		}
		return &descriptorpb.UninterpretedOption{IdentifierValue: proto.String(text)}
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return &descriptorpb.UninterpretedOption{PositiveIntValue: proto.Uint64(n)}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return &descriptorpb.UninterpretedOption{NegativeIntValue: proto.Int64(n)}
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return &descriptorpb.UninterpretedOption{DoubleValue: proto.Float64(n)}
	}
	return &descriptorpb.UninterpretedOption{IdentifierValue: proto.String("invalid")}
}

// jsonName is the JSON name a field has when none is written.
func jsonName(name string) string {
	var b strings.Builder
	upper := false
	for i := range len(name) {
		c := name[i]
		if c == '_' {
			upper = true
			continue
		}
		if upper && 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper = false
		b.WriteByte(c)
	}
	return b.String()
}

// statements turns interpreted options into the statements that set them.
func statements(m protoreflect.Message) []*descriptorpb.UninterpretedOption {
	var list []*descriptorpb.UninterpretedOption
	add := func(fd protoreflect.FieldDescriptor, v protoreflect.Value) {
		name := &descriptorpb.UninterpretedOption_NamePart{NamePart: proto.String(string(fd.Name())), IsExtension: proto.Bool(fd.IsExtension())}
		if fd.IsExtension() {
			name.NamePart = proto.String(string(fd.FullName()))
		}
		o := optionOf(fd, v)
		o.Name = []*descriptorpb.UninterpretedOption_NamePart{name}
		list = append(list, o)
	}
	eachSet(m, func(fd protoreflect.FieldDescriptor, v protoreflect.Value) {
		switch {
		case fd.Name() == "uninterpreted_option" || fd.Name() == "map_entry" && !fd.IsExtension():
		case fd.IsList():
			for i := range v.List().Len() {
				add(fd, v.List().Get(i))
			}
		default:
			add(fd, v)
		}
	})
	return list
}

func optionOf(fd protoreflect.FieldDescriptor, v protoreflect.Value) *descriptorpb.UninterpretedOption {
	switch fd.Kind() {
	case protoreflect.StringKind:
		return &descriptorpb.UninterpretedOption{StringValue: []byte(v.String())}
	case protoreflect.BytesKind:
		return &descriptorpb.UninterpretedOption{StringValue: v.Bytes()}
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return &descriptorpb.UninterpretedOption{DoubleValue: proto.Float64(v.Float())}
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return &descriptorpb.UninterpretedOption{AggregateValue: proto.String(messageText(v.Message()))}
	case protoreflect.BoolKind, protoreflect.EnumKind:
		return &descriptorpb.UninterpretedOption{IdentifierValue: proto.String(scalarText(fd, v))}
	}
	text := scalarText(fd, v)
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return &descriptorpb.UninterpretedOption{PositiveIntValue: proto.Uint64(n)}
	}
	n, _ := strconv.ParseInt(text, 10, 64)
	return &descriptorpb.UninterpretedOption{NegativeIntValue: proto.Int64(n)}
}

// messageText writes the fields of a message value as tokens.
func messageText(m protoreflect.Message) string {
	var parts []string
	add := func(fd protoreflect.FieldDescriptor, v protoreflect.Value) {
		name := string(fd.Name())
		if fd.IsExtension() {
			name = "[" + string(fd.FullName()) + "]"
		}
		if fd.Kind() == protoreflect.GroupKind && !fd.IsExtension() {
			name = string(fd.Message().Name())
		}
		parts = append(parts, name+": "+scalarText(fd, v))
	}
	eachSet(m, func(fd protoreflect.FieldDescriptor, v protoreflect.Value) {
		switch {
		case fd.IsMap():
			for _, entry := range mapEntries(fd, v.Map()) {
				parts = append(parts, string(fd.Name())+": { "+entry+" }")
			}
		case fd.IsList():
			for i := range v.List().Len() {
				add(fd, v.List().Get(i))
			}
		default:
			add(fd, v)
		}
	})
	return strings.Join(parts, " ")
}

func mapEntries(fd protoreflect.FieldDescriptor, m protoreflect.Map) []string {
	entries := make(map[string]bool, m.Len())
	m.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		entries["key: "+scalarText(fd.MapKey(), k.Value())+" value: "+scalarText(fd.MapValue(), v)] = true
		return true
	})
	return sortedKeys(entries)
}

func scalarText(fd protoreflect.FieldDescriptor, v protoreflect.Value) string {
	switch fd.Kind() {
	case protoreflect.StringKind:
		return quote(v.String())
	case protoreflect.BytesKind:
		return quote(string(v.Bytes()))
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return float(v.Float())
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return "{ " + messageText(v.Message()) + " }"
	case protoreflect.EnumKind:
		if value := fd.Enum().Values().ByNumber(v.Enum()); value != nil {
			return string(value.Name())
		}
		return strconv.Itoa(int(v.Enum()))
	}
	return v.String()
}

// eachSet visits what is set in m by number, the order of a serialized message.
func eachSet(m protoreflect.Message, f func(protoreflect.FieldDescriptor, protoreflect.Value)) {
	set := make(map[int]protoreflect.FieldDescriptor)
	m.Range(func(fd protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		set[int(fd.Number())] = fd
		return true
	})
	for _, n := range slices.Sorted(maps.Keys(set)) {
		f(set[n], m.Get(set[n]))
	}
}

func hasUnknownOptions(file *descriptorpb.FileDescriptorProto) bool {
	found := false
	eachOptions(file, func(options proto.Message) {
		found = found || len(options.ProtoReflect().GetUnknown()) > 0
	})
	return found
}

// interpretOptions reads the custom options of file by the extensions known.
// Others stay unknown: without their definition they have no text.
func interpretOptions(file *descriptorpb.FileDescriptorProto, known *protoregistry.Types) {
	eachOptions(file, func(options proto.Message) {
		m := options.ProtoReflect()
		unknown := m.GetUnknown()
		if len(unknown) == 0 {
			return
		}
		m.SetUnknown(nil)
		opts := proto.UnmarshalOptions{Merge: true, AllowPartial: true, Resolver: known, RecursionLimit: 2 * maxDepth}
		if opts.Unmarshal(unknown, options) != nil {
			m.SetUnknown(unknown)
		}
	})
}

// extensions returns the extensions that the file declares or sees. Those of
// the file are built from its text, before it is linked.
func (s *scope) extensions() *protoregistry.Types {
	known := new(protoregistry.Types)
	add := func(x protoreflect.ExtensionDescriptor) {
		// Of two extensions with one number the first counts.
		_ = known.RegisterExtension(dynamicpb.NewExtensionType(x))
	}
	files := append(linker.Files(nil), s.deps...)
	own, err := protodesc.FileOptions{AllowUnresolvable: true}.New(s.file, files.AsResolver())
	if err == nil {
		eachExtension(own, add)
	}
	for _, dep := range s.deps {
		eachExtension(dep, add)
	}
	return known
}
