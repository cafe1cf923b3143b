package protobuf

import (
	"maps"
	"slices"
	"strings"

	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/muster-registry/muster/compat"
)

// stubPath begins the paths of files that stand in for types found nowhere.
const stubPath = "/unresolved/"

// scope answers which names a file can see before it is linked.
type scope struct {
	file  *descriptorpb.FileDescriptorProto
	types map[string]bool // messages and enums of the file
	exts  map[string]bool // extensions of the file
	deps  linker.Files
}

func newScope(file *descriptorpb.FileDescriptorProto, deps linker.Files) *scope {
	s := &scope{file: file, types: make(map[string]bool), exts: make(map[string]bool)}
	s.declare(file.GetPackage(), file.MessageType, file.EnumType, file.Extension)
	seen := make(map[string]bool)
	for _, dep := range deps {
		s.see(dep, seen)
	}
	return s
}

// see adds a file and what it imports publicly.
func (s *scope) see(file linker.File, seen map[string]bool) {
	if file == nil || seen[file.Path()] {
		return
	}
	seen[file.Path()] = true
	s.deps = append(s.deps, file)
	for i := range file.Imports().Len() {
		if imported := file.Imports().Get(i); imported.IsPublic {
			s.see(file.FindImportByPath(imported.Path()), seen)
		}
	}
}

func (s *scope) declare(prefix string, messages []*descriptorpb.DescriptorProto, enums []*descriptorpb.EnumDescriptorProto, exts []*descriptorpb.FieldDescriptorProto) {
	for _, e := range enums {
		s.types[join(prefix, e.GetName())] = true
	}
	for _, x := range exts {
		s.exts[join(prefix, x.GetName())] = true
	}
	for _, m := range messages {
		name := join(prefix, m.GetName())
		s.types[name] = true
		s.declare(name, m.NestedType, m.EnumType, m.Extension)
	}
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// sees tells whether name, used inside the element of that full name, is one
// of own or is found in a visible file.
func (s *scope) sees(name, inside string, own map[string]bool, found func(protoreflect.Descriptor) bool) bool {
	if absolute, ok := strings.CutPrefix(name, "."); ok {
		name, inside = absolute, ""
	}
	for {
		full := join(inside, name)
		if own[full] {
			return true
		}
		for _, dep := range s.deps {
			if d := dep.FindDescriptorByName(protoreflect.FullName(full)); d != nil && found(d) {
				return true
			}
		}
		if inside == "" {
			return false
		}
		inside = inside[:max(0, strings.LastIndexByte(inside, '.'))]
	}
}

// maxLookups bounds the names times the scopes and files each may be looked up
// in, which is what linking costs.
const maxLookups = 2_000_000

// bound refuses a file that would take too long to link.
func (s *scope) bound() error {
	lookups := 0
	count := func(inside, name string) {
		scopes := 1
		if !strings.HasPrefix(name, ".") {
			scopes += strings.Count(inside, ".") + 1
		}
		lookups += scopes * (len(s.deps) + 1)
	}
	visitTypes(s.file, func(inside string, name *string) { count(inside, *name) })
	visitOptions(s.file, func(inside string, list *[]*descriptorpb.UninterpretedOption) {
		for _, o := range *list {
			for _, part := range o.Name {
				if part.GetIsExtension() {
					count(inside, part.GetNamePart())
				}
			}
		}
	})
	if lookups > maxLookups {
		return compat.Limitf("too complex: the names of the schema take more than %d look-ups to resolve", maxLookups)
	}
	return nil
}

func isExtension(d protoreflect.Descriptor) bool {
	f, ok := d.(protoreflect.FieldDescriptor)
	return ok && f.IsExtension()
}

func isType(d protoreflect.Descriptor) bool {
	switch d.(type) {
	case protoreflect.MessageDescriptor, protoreflect.EnumDescriptor:
		return true
	}
	return false
}

// setAsideOptions drops the custom options whose extension is defined nowhere.
// They stay in the text; the linker would refuse them (addenda D.3).
func (s *scope) setAsideOptions() {
	visitOptions(s.file, func(inside string, list *[]*descriptorpb.UninterpretedOption) {
		// Ranges of one statement share their options: never filter in place.
		var kept []*descriptorpb.UninterpretedOption
		for _, o := range *list {
			unknown := slices.ContainsFunc(o.Name, func(part *descriptorpb.UninterpretedOption_NamePart) bool {
				return part.GetIsExtension() && !s.sees(part.GetNamePart(), inside, s.exts, isExtension)
			})
			if !unknown {
				kept = append(kept, o)
			}
		}
		*list = kept
	})
}

// stubs returns files that define, as messages that take any field, the types
// the file names and cannot see. It makes the file import them.
func (s *scope) stubs() (linker.Files, error) {
	missing := make(map[string]map[string]bool) // by package
	visitTypes(s.file, func(inside string, name *string) {
		if s.sees(*name, inside, s.types, isType) {
			return
		}
		full := strings.TrimPrefix(*name, ".")
		dot := strings.LastIndexByte(full, '.')
		pkg := full[:max(0, dot)]
		if missing[pkg] == nil {
			missing[pkg] = make(map[string]bool)
		}
		missing[pkg][full[dot+1:]] = true
	})
	var files linker.Files
	for _, pkg := range sortedKeys(missing) {
		stub := &descriptorpb.FileDescriptorProto{Name: proto.String(stubPath + pkg), Package: proto.String(pkg), Syntax: proto.String("proto2")}
		for _, name := range sortedKeys(missing[pkg]) {
			stub.MessageType = append(stub.MessageType, &descriptorpb.DescriptorProto{
				Name:           proto.String(name),
				ExtensionRange: []*descriptorpb.DescriptorProto_ExtensionRange{{Start: proto.Int32(1), End: proto.Int32(maxFieldNumber + 1)}},
			})
		}
		file, err := linkProto(stub)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
		s.file.Dependency = append(s.file.Dependency, stub.GetName())
	}
	return files, nil
}

const maxFieldNumber = 1<<29 - 1

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
