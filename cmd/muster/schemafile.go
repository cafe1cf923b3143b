package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi/entity"
)

// schemaType is the --type flag: empty to go by the file's extension.
type schemaType struct{ name string }

func (t *schemaType) addFlag(flags *pflag.FlagSet) {
	flags.StringVar(&t.name, "type", "", "schema `type`: AVRO, PROTOBUF or JSON (default: by extension, .avsc, .proto or .json)")
}

// schemaFile is a schema that somebody keeps in a file.
type schemaFile struct {
	path string
	kind compat.Type
	text string
}

// readSchema reads a schema from path, or from stdin for "-".
func (p *program) readSchema(path string, t schemaType) (schemaFile, error) {
	kind, err := t.of(path)
	if err != nil {
		return schemaFile{}, err
	}
	text, err := p.read(path)
	return schemaFile{path: path, kind: kind, text: string(text)}, err
}

func (t schemaType) of(path string) (compat.Type, error) {
	if t.name == "" {
		if kind, ok := all.TypeOfFile(path); ok {
			return kind, nil
		}
		return "", hint(fmt.Errorf("%s: the type of schema does not show in the name", path), "say --type AVRO, PROTOBUF or JSON")
	}
	kind := compat.Type(strings.ToUpper(t.name))
	if _, ok := all.Formats().Lookup(kind); !ok {
		return "", hint(fmt.Errorf("there is no schema type %q", t.name), "the types are %v", all.Formats().Types())
	}
	return kind, nil
}

// body is the schema as a registry takes it.
func (f schemaFile) body(references []entity.Reference) entity.SchemaRequest {
	return entity.SchemaRequest{Schema: f.text, SchemaType: string(f.kind), References: references}
}

// parse reads the schema with the engine the registry uses. A schema that is
// none is a *compat.ParseError or a *compat.LimitError.
func (f schemaFile) parse(references []compat.Reference) (compat.Schema, error) {
	format, _ := all.Formats().Lookup(f.kind)
	return format.Parse(compat.Source{Text: f.text, References: references})
}

// findings gives incompatibilities their place in the file: that of the edit
// which would mend one, or of what it is about where that is within or there is
// no edit.
func (f schemaFile) findings(list []entity.Incompatibility) []finding {
	format, _ := all.Formats().Lookup(f.kind)
	var findings []finding
	for _, i := range list {
		path := i.Path
		if i.Fix != nil && i.Fix.Edit != nil && i.Fix.Edit.Path != "" && !strings.HasPrefix(path, strings.TrimSuffix(i.Fix.Edit.Path, "/")+"/") {
			path = i.Fix.Edit.Path
		}
		line, column := format.Locate(f.text, path)
		findings = append(findings, finding{i, line, inUnits(f.text, line, column), f})
	}
	return findings
}

// placeOf is the place of an offset in a text, as findings have it.
func placeOf(text string, offset int) (line, column int) {
	before := text[:offset]
	return 1 + strings.Count(before, "\n"), 1 + units(before[strings.LastIndexByte(before, '\n')+1:])
}

// inUnits turns a column that counts bytes into one that counts UTF-16 code
// units, as editors, SARIF and code hosts do.
func inUnits(text string, line, column int) int {
	for range line - 1 {
		_, text, _ = strings.Cut(text, "\n")
	}
	return 1 + units(text[:min(max(column-1, 0), len(text))])
}

func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1) // of a byte that is no UTF-8: one
	}
	return n
}

// fault tells that a registry does not take the file for a schema. Where it
// says so in words alone, the engine here may know the place.
func (f schemaFile) fault(message string) *fault {
	found := fault{Rule: notASchema, Message: message, Line: 1, Column: 1}
	_, err := f.parse(nil)
	var parse *compat.ParseError
	if errors.As(err, &parse) {
		found.Line, found.Column = max(parse.Line, 1), inUnits(f.text, parse.Line, parse.Column)
	}
	return &found
}

// faultOf tells what parse says about a text.
func (f schemaFile) faultOf(err error) *fault {
	found := fault{Rule: notASchema, Message: err.Error(), Line: 1, Column: 1}
	var parse *compat.ParseError
	if errors.As(err, &parse) {
		found.Message, found.Line, found.Column = parse.Message, max(parse.Line, 1), inUnits(f.text, parse.Line, parse.Column)
	}
	return &found
}

// isNoSchema tells what parse says about a text from other failures.
func isNoSchema(err error) bool {
	var parse *compat.ParseError
	var limit *compat.LimitError
	return errors.As(err, &parse) || errors.As(err, &limit)
}

// parseReferences reads --reference flags, NAME=SUBJECT:VERSION.
func parseReferences(flags []string) ([]entity.Reference, error) {
	var references []entity.Reference
	for _, flag := range flags {
		name, target, ok := cutLast(flag, "=")
		subject, token, versioned := cutLast(target, ":")
		version, err := strconv.Atoi(token)
		if token == "latest" {
			version, err = client.Latest, nil
		}
		if !ok || !versioned || name == "" || err != nil {
			return nil, fmt.Errorf("--reference %q: want NAME=SUBJECT:VERSION", flag)
		}
		references = append(references, entity.Reference{Name: name, Subject: subject, Version: version})
	}
	return references, nil
}

// readReferences reads --reference-file flags, NAME=PATH.
func (p *program) readReferences(flags []string) ([]compat.Reference, error) {
	var references []compat.Reference
	for _, flag := range flags {
		name, path, ok := cutLast(flag, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--reference-file %q: want NAME=PATH", flag)
		}
		text, err := p.read(path)
		if err != nil {
			return nil, err
		}
		references = append(references, compat.Reference{Name: name, Text: string(text)})
	}
	return references, nil
}

// cutLast cuts at the last separator: the names of references may be URLs.
func cutLast(s, separator string) (before, after string, ok bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}
