package protobuf

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/options"
	"github.com/bufbuild/protocompile/reporter"

	"github.com/muster-registry/muster/compat"
)

// maxPublicPaths bounds the chains of public imports that lead into a file: the
// linker follows each of them for every name it looks up.
const maxPublicPaths = 512

// loader links one schema and what it imports. It reads nothing but its maps.
type loader struct {
	references map[string]string
	builtins   library
	lenient    bool

	symbols *linker.Symbols
	linked  map[string]linker.File // nil while a file is being linked
	public  map[string]int         // chains of public imports from a file
	bytes   int                    // of the references linked
	// stubs tells that a lenient reading stood in for types found nowhere.
	stubs bool
}

func newLoader(src compat.Source, builtins library) *loader {
	l := &loader{
		references: make(map[string]string, len(src.References)),
		builtins:   builtins,
		lenient:    src.Lenient,
		symbols:    &linker.Symbols{},
		linked:     make(map[string]linker.File),
		public:     make(map[string]int),
	}
	for _, r := range src.References {
		if _, ok := l.references[r.Name]; !ok {
			l.references[r.Name] = r.Text
		}
	}
	return l
}

// load links the file that an import names, once however many ask.
func (l *loader) load(path string) (linker.File, error) {
	if file, ok := l.linked[path]; ok {
		if file == nil {
			return nil, &compat.ParseError{Message: clip(fmt.Sprintf("import %q leads back to itself", path))}
		}
		return file, nil
	}
	text, ok := l.references[path]
	if !ok {
		if file, ok := l.builtins[path]; ok {
			return file, nil
		}
		return nil, missingImport{path}
	}
	l.linked[path] = nil
	l.bytes += len(text)
	file, err := l.loadText(path, text)
	if err != nil {
		return nil, err
	}
	l.linked[path] = file
	return file, nil
}

func (l *loader) loadText(path, text string) (linker.File, error) {
	doc, err := read(path, text)
	if err == nil && doc.descriptor != nil {
		doc, err = l.reprint(doc, path)
	}
	var file linker.Result
	if err == nil {
		file, err = l.link(doc)
	}
	var parse *compat.ParseError
	if errors.As(err, &parse) {
		// The position is one in the reference, not in the schema.
		return nil, &compat.ParseError{Message: clip(fmt.Sprintf("reference %q: %s", path, parse))}
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}

type missingImport struct{ path string }

func (e missingImport) Error() string {
	return fmt.Sprintf("import %q is not among the references", e.path)
}

// link resolves a file against what it imports. It uses doc.parsed up.
func (l *loader) link(doc *document) (linker.Result, error) {
	deps, err := l.imports(doc)
	if err != nil {
		return nil, err
	}
	names := newScope(doc.parsed.FileDescriptorProto(), deps)
	if err := names.bound(); err != nil {
		return nil, err
	}
	names.setAsideOptions()
	if l.lenient {
		stubs, err := names.stubs()
		if err != nil {
			return nil, err
		}
		l.stubs = l.stubs || len(stubs) > 0
		deps = append(deps, stubs...)
	}
	handler := reporter.NewHandler(nil)
	file, err := linker.Link(doc.parsed, deps, l.symbols, handler)
	if err != nil {
		return nil, parseError(doc.path, doc.text, err)
	}
	if l.lenient {
		if _, err := options.InterpretOptionsLenient(file); err != nil {
			return nil, parseError(doc.path, doc.text, err)
		}
	} else {
		if _, err := options.InterpretOptions(file, handler); err != nil {
			return nil, parseError(doc.path, doc.text, err)
		}
		if err := file.ValidateOptions(handler, l.symbols); err != nil {
			return nil, parseError(doc.path, doc.text, err)
		}
	}
	file.RemoveAST()
	return file, nil
}

// imports loads what doc imports. A lenient reading leaves out what is missing.
func (l *loader) imports(doc *document) (linker.Files, error) {
	file := doc.parsed.FileDescriptorProto()
	var deps linker.Files
	paths := 1
	for i, path := range file.Dependency {
		dep, err := l.load(path)
		var missing missingImport
		if errors.As(err, &missing) {
			if !l.lenient {
				return nil, importError(doc, path, missing)
			}
			if dep, err = emptyFile(path); err == nil {
				l.stubs = true
			}
		}
		if err != nil {
			return nil, err
		}
		deps = append(deps, dep)
		if slices.Contains(file.PublicDependency, int32(i)) {
			paths += max(1, l.public[path])
		}
	}
	if paths > maxPublicPaths {
		return nil, compat.Limitf("public imports lead to a file by more than %d ways", maxPublicPaths)
	}
	l.public[doc.path] = paths
	return deps, nil
}
