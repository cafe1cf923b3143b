package protobuf

import (
	"strings"

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
	resolver   linker.Resolver // of everything the file and its imports declare
	size       int
	// stubs tells that types found nowhere were stood in for.
	stubs bool
}

func newSchema(text string, doc *document, linked linker.Result, l *loader) *schema {
	s := &schema{
		text:       text,
		canonical:  canonical(doc),
		normalized: normalized(doc, linked.FileDescriptorProto()),
		file:       linked,
		stubs:      l.stubs,
	}
	if doc.descriptor != nil {
		s.text = s.canonical
	}
	files := linker.Files{linked}
	for _, path := range sortedKeys(l.linked) {
		files = append(files, l.linked[path])
	}
	for _, path := range sortedKeys(l.builtins) {
		files = append(files, l.builtins[path])
	}
	s.resolver = files.AsResolver()
	// Linked descriptors take some thirty times their text.
	s.size = 4096 + len(s.text) + len(s.canonical) + len(s.normalized) + 30*(len(s.canonical)+l.bytes)
	return s
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
