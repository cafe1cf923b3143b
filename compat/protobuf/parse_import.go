package protobuf

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/ast"
	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// builtin holds the files every schema may import without a reference, beside
// those of google/protobuf/ (addenda D.3).
//
//go:embed builtin
var builtin embed.FS

// library is a set of linked files by import path.
type library map[string]linker.File

// linkBuiltins links the well-known files and those under builtin/.
func linkBuiltins() (library, error) {
	files := make(library)
	standard := protocompile.WithStandardImports(none{})
	for _, name := range [...]string{
		"any", "api", "compiler/plugin", "cpp_features", "descriptor", "duration", "empty", "field_mask", "go_features",
		"java_features", "source_context", "struct", "timestamp", "type", "wrappers",
	} {
		path := standardPrefix + name + ".proto"
		found, err := standard.FindFileByPath(path)
		if err != nil {
			return nil, err
		}
		if files[path], err = linker.NewFileRecursive(found.Desc); err != nil {
			return nil, err
		}
	}
	texts := make(map[string]string)
	err := fs.WalkDir(builtin, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := builtin.ReadFile(path)
		texts[strings.TrimPrefix(path, "builtin/")] = string(text)
		return err
	})
	if err != nil {
		return nil, err
	}
	l := newLoader(compat.Source{}, files)
	l.references = texts
	for path := range texts {
		file, err := l.load(path)
		if err != nil {
			return nil, err
		}
		files[path] = file
	}
	return files, nil
}

// none resolves nothing, so that the standard imports stand alone.
type none struct{}

func (none) FindFileByPath(string) (protocompile.SearchResult, error) {
	return protocompile.SearchResult{}, protoregistry.NotFound
}

// importError places the error at the import statement.
func importError(doc *document, path string, missing missingImport) error {
	parse := &compat.ParseError{Message: clip(missing.Error())}
	file, ok := doc.parsed.FileNode().(*ast.FileNode)
	if !ok {
		return parse
	}
	for _, decl := range file.Decls {
		if node, ok := decl.(*ast.ImportNode); ok && node.Name.AsString() == path {
			pos := file.NodeInfo(node.Name).Start()
			parse.Line, parse.Column = jsondoc.Position(doc.text, pos.Offset)
			break
		}
	}
	return parse
}

// emptyFile stands in for an import that a lenient reading does without.
func emptyFile(path string) (linker.File, error) {
	return linkProto(&descriptorpb.FileDescriptorProto{Name: proto.String(path), Syntax: proto.String("proto2")})
}

func linkProto(file *descriptorpb.FileDescriptorProto) (linker.File, error) {
	linked, err := protodesc.NewFile(file, nil)
	if err != nil {
		return nil, &compat.ParseError{Message: clip(fmt.Sprintf("a type found nowhere: %s", err))}
	}
	return linker.NewFileRecursive(linked)
}
