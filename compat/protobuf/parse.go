package protobuf

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/bufbuild/protocompile/parser"
	"github.com/bufbuild/protocompile/reporter"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Limits on the closure of references (reliability.md 5.3).
const (
	maxReferences   = 256
	maxClosureBytes = 4 << 20
)

// parse reads .proto text or, failing that, a base64 FileDescriptorProto
// (addenda D.3), and links it with its references.
func parse(src compat.Source, builtins func() (library, error)) (*schema, error) {
	if err := closure(src.References); err != nil {
		return nil, err
	}
	known, err := builtins()
	if err != nil {
		return nil, &compat.ParseError{Message: err.Error()}
	}
	if src.References, err = withoutWellKnown(src.References, known); err != nil {
		return nil, err
	}
	path := mainPath(src.References)
	doc, err := read(path, src.Text)
	if err != nil {
		return nil, err
	}
	l := newLoader(src, known)
	if doc.descriptor != nil {
		if doc, err = l.reprint(doc, path); err != nil {
			return nil, err
		}
		l = newLoader(src, known)
	}
	linked, err := l.link(doc)
	if err != nil {
		return nil, err
	}
	return newSchema(src.Text, doc, linked, l), nil
}

func closure(references []compat.Reference) error {
	if len(references) > maxReferences {
		return compat.Limitf("the schema has %d references, the limit is %d", len(references), maxReferences)
	}
	bytes := 0
	for _, r := range references {
		bytes += len(r.Text)
	}
	if bytes > maxClosureBytes {
		return compat.Limitf("the references have %d bytes, the limit is %d", bytes, maxClosureBytes)
	}
	return nil
}

// mainPath names the schema itself, which no file imports, apart from all
// references.
func mainPath(references []compat.Reference) string {
	path := "schema.proto"
	for _, r := range references {
		for strings.HasSuffix(r.Name, path) {
			path = "_" + path
		}
	}
	return path
}

// document is one parsed file that is not linked.
type document struct {
	path, text string
	// source is the file as written: names unresolved, options uninterpreted.
	source *descriptorpb.FileDescriptorProto
	// proto2 tells that a syntax line names proto2, which source cannot.
	proto2 bool
	parsed parser.Result
	// descriptor is what base64 text held; nil for .proto text.
	descriptor *descriptorpb.FileDescriptorProto
}

// read parses text. What is written in base64's letters alone is tried as a
// descriptor: no other .proto text than a comment is.
func read(path, text string) (*document, error) {
	if len(text) > maxBytes*4/3+8 {
		return nil, compat.Limitf("the schema has %d bytes, the limit is %d", len(text), maxBytes)
	}
	if isBase64(text) {
		return readBase64(path, text)
	}
	if err := scan(text); err != nil {
		return nil, err
	}
	return readText(path, text)
}

func readText(path, text string) (*document, error) {
	handler := reporter.NewHandler(nil)
	file, err := parser.Parse(path, strings.NewReader(text), handler)
	if err != nil {
		return nil, parseError(path, text, err)
	}
	if file.Edition != nil && file.Edition.Edition.AsString() == "2024" {
		pos := file.NodeInfo(file.Edition.Edition).Start()
		line, column := jsondoc.Position(text, pos.Offset)
		return nil, &compat.ParseError{Line: line, Column: column, Message: "edition 2024 is not supported; editions up to 2023 are"}
	}
	parsed, err := parser.ResultFromAST(file, true, handler)
	if err != nil {
		return nil, parseError(path, text, err)
	}
	source := proto.CloneOf(parsed.FileDescriptorProto())
	eachField(source, func(f *descriptorpb.FieldDescriptorProto, member bool) {
		plainLabel(f, source.GetSyntax(), member)
	})
	return &document{
		path: path, text: text,
		source: source,
		proto2: file.Syntax != nil && file.Syntax.Syntax.AsString() == "proto2",
		parsed: parsed,
	}, nil
}

// isBase64 tells whether text can be nothing else but base64. "//" begins a
// comment, and no descriptor.
func isBase64(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, "//") {
		return false
	}
	for i := range len(text) {
		if c := text[i]; c == '_' || !isLetter(c) && !isDigit(c) && c != '+' && c != '/' && c != '=' {
			return false
		}
	}
	return true
}

func readBase64(path, text string) (*document, error) {
	text = strings.TrimSpace(text)
	if base64.StdEncoding.DecodedLen(len(text)) > maxBytes {
		return nil, compat.Limitf("the schema has more than %d bytes", maxBytes)
	}
	if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
		if doc, err := readDescriptor(path, raw); err == nil || isLimit(err) {
			return doc, err
		}
	}
	return readText(path, text)
}

func isLimit(err error) bool {
	var limit *compat.LimitError
	return errors.As(err, &limit)
}

// parseError turns an error of protocompile about a text into ours, position
// kept. A column of protocompile counts tabs as up to eight.
func parseError(path, text string, err error) error {
	var placed reporter.ErrorWithPos
	if !errors.As(err, &placed) {
		return &compat.ParseError{Message: clip(err.Error())}
	}
	pos := placed.GetPosition()
	line, column := pos.Line, pos.Col
	if line > 0 && pos.Filename == path {
		line, column = jsondoc.Position(text, pos.Offset)
	}
	return &compat.ParseError{Line: line, Column: column, Message: clip(placed.Unwrap().Error())}
}

// clip keeps messages short, whatever the input.
func clip(s string) string {
	const limit = 500
	if len(s) <= limit {
		return s
	}
	end := limit
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
