package protobuf

import (
	"slices"
	"strings"
	"sync"

	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat"
)

// schema is one linked file with what it imports.
type schema struct {
	text       string
	canonical  string
	normalized string
	file       protoreflect.FileDescriptor
	files      linker.Files // the file and all it imports, once each
	builtins   library
	size       int
	// stubs tells that types found nowhere were stood in for.
	stubs bool
	// shape is what comparisons walk, made for the first of them.
	shape func() *shape
}

func newSchema(text string, doc *document, linked linker.Result, l *loader) *schema {
	s := &schema{
		text:       text,
		canonical:  canonical(doc),
		normalized: normalized(doc, linked.FileDescriptorProto()),
		file:       linked,
		builtins:   l.builtins,
		stubs:      l.stubs,
	}
	if doc.descriptor != nil {
		s.text = s.canonical
	}
	s.files = importClosure(linked)
	s.shape = sync.OnceValue(func() *shape { return shapeOf(s) })
	// Linked descriptors take some thirty times their text.
	s.size = 4096 + len(s.text) + len(s.canonical) + len(s.normalized) + 30*(len(s.canonical)+l.bytes)
	return s
}

func importClosure(file linker.File) linker.Files {
	var files linker.Files
	seen := make(map[string]bool)
	var visit func(linker.File)
	visit = func(f linker.File) {
		if f == nil || seen[f.Path()] {
			return
		}
		seen[f.Path()] = true
		files = append(files, f)
		for i := range f.Imports().Len() {
			visit(f.FindImportByPath(f.Imports().Get(i).Path()))
		}
	}
	visit(file)
	return files
}

// ownWellKnown tells whether types under google.protobuf come from elsewhere
// than the built-in files: a file of that package, or messages of these names.
func (s *schema) ownWellKnown() bool {
	const name = "google.protobuf"
	_, err := s.files.AsResolver().FindDescriptorByName(name)
	return err == nil || slices.ContainsFunc(s.files, func(f linker.File) bool {
		return f.Package() == name && !strings.HasPrefix(f.Path(), standardPrefix)
	})
}

// extensions lists the extensions of each message that the schema knows.
func (s *schema) extensions() map[protoreflect.FullName][]protoreflect.ExtensionDescriptor {
	extended := make(map[protoreflect.FullName][]protoreflect.ExtensionDescriptor)
	for _, file := range s.files {
		eachExtension(file, func(x protoreflect.ExtensionDescriptor) {
			name := x.ContainingMessage().FullName()
			extended[name] = append(extended[name], x)
		})
	}
	return extended
}

func (s *schema) Type() compat.Type { return compat.Protobuf }

func (s *schema) Text() string { return s.text }

func (s *schema) Canonical() string { return s.canonical }

func (s *schema) Normalized() string { return s.normalized }

func (s *schema) LookupKey() string { return s.canonical }

func (s *schema) Size() int { return s.size }

func (s *schema) Validator(opts compat.ValidatorOptions) (compat.Validator, error) {
	return newValidator(s, opts)
}

// message finds a message by full name, with or without a leading dot; the
// empty name is the first message of the file. Map entries are no messages.
func (s *schema) message(name string) (protoreflect.MessageDescriptor, error) {
	if name == "" {
		if s.file.Messages().Len() == 0 {
			return nil, compat.ErrMessage
		}
		return s.file.Messages().Get(0), nil
	}
	local := strings.TrimPrefix(name, ".")
	if pkg := string(s.file.Package()); pkg != "" {
		var ok bool
		if local, ok = strings.CutPrefix(local, pkg+"."); !ok {
			return nil, compat.ErrMessage
		}
	}
	scope := s.file.Messages()
	for {
		first, rest, more := strings.Cut(local, ".")
		m := scope.ByName(protoreflect.Name(first))
		if m == nil || m.IsMapEntry() {
			return nil, compat.ErrMessage
		}
		if !more {
			return m, nil
		}
		scope, local = m.Messages(), rest
	}
}
