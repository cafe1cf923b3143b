package protobuf

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// canonical prints a file as it was written, without what a reader of the
// schema cannot see: comments, spacing, quoting (addenda B.5).
func canonical(doc *document) string {
	return printFile(doc.source, doc.proto2)
}

// normalized prints a file with everything sorted whose order means nothing,
// and every type named in full (addenda B.1). linked is the same file after
// linking; messages, enums and services keep their order, which message
// indexes count.
func normalized(doc *document, linked *descriptorpb.FileDescriptorProto) string {
	file := proto.CloneOf(doc.source)
	var names []string
	visitTypes(linked, func(_ string, name *string) { names = append(names, *name) })
	visitTypes(file, func(_ string, name *string) {
		*name = names[0]
		names = names[1:]
	})
	visitOptions(file, func(_ string, list *[]*descriptorpb.UninterpretedOption) {
		slices.SortStableFunc(*list, func(a, b *descriptorpb.UninterpretedOption) int {
			return cmp.Compare(optionName(a), optionName(b))
		})
	})
	sortImports(file)
	sortExtensions(file.Extension)
	for _, m := range file.MessageType {
		sortMessage(m)
	}
	for _, e := range file.EnumType {
		sortEnum(e)
	}
	return printFile(file, false)
}

func sortImports(file *descriptorpb.FileDescriptorProto) {
	type statement struct {
		path         string
		public, weak bool
	}
	statements := make([]statement, len(file.Dependency))
	for i, path := range file.Dependency {
		statements[i] = statement{path, slices.Contains(file.PublicDependency, int32(i)), slices.Contains(file.WeakDependency, int32(i))}
	}
	slices.SortStableFunc(statements, func(a, b statement) int { return cmp.Compare(a.path, b.path) })
	file.Dependency, file.PublicDependency, file.WeakDependency = nil, nil, nil
	for i, s := range statements {
		file.Dependency = append(file.Dependency, s.path)
		if s.public {
			file.PublicDependency = append(file.PublicDependency, int32(i))
		}
		if s.weak {
			file.WeakDependency = append(file.WeakDependency, int32(i))
		}
	}
}

func sortMessage(m *descriptorpb.DescriptorProto) {
	sortOneofs(m)
	slices.SortStableFunc(m.Field, func(a, b *descriptorpb.FieldDescriptorProto) int { return cmp.Compare(a.GetNumber(), b.GetNumber()) })
	sortExtensions(m.Extension)
	slices.Sort(m.ReservedName)
	slices.SortFunc(m.ReservedRange, func(a, b *descriptorpb.DescriptorProto_ReservedRange) int {
		return cmp.Or(cmp.Compare(a.GetStart(), b.GetStart()), cmp.Compare(a.GetEnd(), b.GetEnd()))
	})
	slices.SortStableFunc(m.ExtensionRange, func(a, b *descriptorpb.DescriptorProto_ExtensionRange) int {
		return cmp.Compare(a.GetStart(), b.GetStart())
	})
	for _, n := range m.NestedType {
		sortMessage(n)
	}
	for _, e := range m.EnumType {
		sortEnum(e)
	}
}

func sortOneofs(m *descriptorpb.DescriptorProto) {
	order := make([]int, len(m.OneofDecl))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.OneofDecl[a].GetName(), m.OneofDecl[b].GetName()) })
	sorted := make([]*descriptorpb.OneofDescriptorProto, len(order))
	place := make([]int32, len(order))
	for to, from := range order {
		sorted[to] = m.OneofDecl[from]
		place[from] = int32(to)
	}
	m.OneofDecl = sorted
	for _, f := range m.Field {
		if f.OneofIndex != nil {
			f.OneofIndex = proto.Int32(place[*f.OneofIndex])
		}
	}
}

// sortExtensions brings the extensions of one message together, by tag.
func sortExtensions(list []*descriptorpb.FieldDescriptorProto) {
	slices.SortStableFunc(list, func(a, b *descriptorpb.FieldDescriptorProto) int {
		return cmp.Or(cmp.Compare(a.GetExtendee(), b.GetExtendee()), cmp.Compare(a.GetNumber(), b.GetNumber()))
	})
}

func sortEnum(e *descriptorpb.EnumDescriptorProto) {
	slices.Sort(e.ReservedName)
	slices.SortFunc(e.ReservedRange, func(a, b *descriptorpb.EnumDescriptorProto_EnumReservedRange) int {
		return cmp.Or(cmp.Compare(a.GetStart(), b.GetStart()), cmp.Compare(a.GetEnd(), b.GetEnd()))
	})
}
