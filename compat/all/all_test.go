package all

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// directories of the formats, one for each entry of Formats.
var directories = []string{"avro", "jsonschema", "protobuf"}

// nouns are the files that every format has. A split of one has its name, an
// underscore and the half's name.
var nouns = []string{"doc", "format", "schema", "parse", "normalize", "check", "rules", "validate", "outline", "infer", "fields", "mend", "tags"}

func TestFormats_AreTheDirectories(t *testing.T) {
	if n := len(Formats().Types()); n != len(directories) {
		t.Errorf("%d formats, %d directories", n, len(directories))
	}
}

func TestFormats_HaveTheSameFiles(t *testing.T) {
	for _, directory := range directories {
		files := goFiles(t, directory)
		for _, noun := range append([]string{"format_test"}, nouns...) {
			if !slices.Contains(files, noun+".go") {
				t.Errorf("compat/%s has no %s.go, as its siblings have", directory, noun)
			}
		}
		for _, file := range files {
			noun, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(file, ".go"), "_test"), "_")
			if !slices.Contains(nouns, noun) {
				t.Errorf("compat/%s/%s: not one of %v, nor a half of one", directory, file, nouns)
			}
		}
	}
}

func TestFormats_HaveTheSameTestData(t *testing.T) {
	first := folders(t, directories[0])
	for _, directory := range directories[1:] {
		if got := folders(t, directory); !slices.Equal(got, first) {
			t.Errorf("compat/%s/testdata has %v, compat/%s/testdata %v", directory, got, directories[0], first)
		}
	}
}

func TestFormats_ExportNothingButNew(t *testing.T) {
	for _, directory := range directories {
		var exported []string
		for _, file := range goFiles(t, directory) {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", directory, file), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			exported = append(exported, exports(parsed)...)
		}
		if !slices.Equal(exported, []string{"New"}) {
			t.Errorf("compat/%s exports %v, want New alone", directory, exported)
		}
	}
}

// exports lists the exported names a file declares at package level.
func exports(file *ast.File) []string {
	var names []*ast.Ident
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name)
				case *ast.ValueSpec:
					names = append(names, s.Names...)
				}
			}
		}
	}
	var exported []string
	for _, name := range names {
		if name.IsExported() {
			exported = append(exported, name.Name)
		}
	}
	return exported
}

func goFiles(t *testing.T, directory string) []string {
	t.Helper()
	var files []string
	for _, entry := range entries(t, directory) {
		if strings.HasSuffix(entry.Name(), ".go") {
			files = append(files, entry.Name())
		}
	}
	return files
}

// folders of test data. What fuzzers keep is not part of the shape.
func folders(t *testing.T, directory string) []string {
	t.Helper()
	var names []string
	for _, entry := range entries(t, filepath.Join(directory, "testdata")) {
		if entry.IsDir() && entry.Name() != "fuzz" && entry.Name() != "rapid" {
			names = append(names, entry.Name())
		}
	}
	return names
}

func entries(t *testing.T, directory string) []fs.DirEntry {
	t.Helper()
	found, err := os.ReadDir(filepath.Join("..", directory))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
