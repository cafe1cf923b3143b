package project

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// Schema is one schema of a tree.
type Schema struct {
	Path, Subject string
	Type          compat.Type
	Text          string
	Settings      Settings // the entry's, completed by the defaults
	// References are the schemas of the same tree that the text refers to.
	References []Reference
	// Unresolved are the names of references that no schema of the tree has.
	Unresolved []string

	outline compat.Outline
}

// Reference is a name in a text and the schema behind it.
type Reference struct {
	Name string
	To   *Schema
}

// Reader reads the schemas of trees. It remembers what texts say of
// themselves, so that reading many commits costs little more than one. One
// goroutine uses it at a time.
type Reader struct {
	file     *File
	entries  []entry
	outlines map[outlined]compat.Outline
}

type outlined struct {
	kind compat.Type
	text string
}

type entry struct {
	Entry
	paths   *regexp.Regexp
	subject *template.Template
}

// NewReader prepares to read what a file lists.
func NewReader(f *File) (*Reader, error) {
	r := &Reader{file: f, outlines: make(map[outlined]compat.Outline)}
	for i, e := range f.Schemas {
		subject, err := template.New("subject").Option("missingkey=error").Parse(e.Subject)
		if err != nil {
			return nil, fmt.Errorf("schemas[%d]: %w", i, err)
		}
		if _, ok := all.Formats().Lookup(e.Type); e.Type != "" && !ok {
			return nil, fmt.Errorf("schemas[%d]: there is no schema type %q", i, e.Type)
		}
		r.entries = append(r.entries, entry{Entry: e, paths: glob(e.Path), subject: subject})
	}
	return r, nil
}

// Schemas lists the schemas of a tree in the order of their paths. The first
// entry that matches a path has it. Two files for one subject are an error.
func (r *Reader) Schemas(tree Tree) ([]*Schema, error) {
	paths, err := tree.Paths()
	if err != nil {
		return nil, err
	}
	var schemas []*Schema
	bySubject := make(map[string]*Schema)
	for _, p := range paths {
		i := slices.IndexFunc(r.entries, func(e entry) bool { return e.paths.MatchString(p) })
		if i < 0 {
			continue
		}
		s, err := r.schema(tree, r.entries[i], p)
		if err != nil {
			return nil, err
		}
		if other := bySubject[s.Subject]; other != nil {
			return nil, fmt.Errorf("%s and %s are both for subject %s", other.Path, s.Path, s.Subject)
		}
		bySubject[s.Subject] = s
		schemas = append(schemas, s)
	}
	link(schemas)
	return schemas, nil
}

func (r *Reader) schema(tree Tree, e entry, p string) (*Schema, error) {
	text, err := tree.Text(p)
	if err != nil {
		return nil, err
	}
	s := &Schema{Path: p, Text: text, Type: e.Type, Settings: e.Settings}
	if s.Type == "" {
		kind, ok := all.TypeOfFile(p)
		if !ok {
			return nil, fmt.Errorf("%s: the type of schema does not show in the name; say type in %s", p, Name)
		}
		s.Type = kind
	}
	s.Settings.Compatibility = cmp.Or(s.Settings.Compatibility, r.file.Defaults.Compatibility)
	s.Settings.Owner = cmp.Or(s.Settings.Owner, r.file.Defaults.Owner)
	if s.Settings.Normalize == nil {
		s.Settings.Normalize = r.file.Defaults.Normalize
	}
	s.outline = r.outline(s.Type, text)
	var subject bytes.Buffer
	base := path.Base(p)
	err = e.subject.Execute(&subject, map[string]string{
		"file": p, "dir": path.Dir(p), "base": strings.TrimSuffix(base, path.Ext(base)),
		"name": s.outline.Name, "namespace": s.outline.Namespace,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	if s.Subject = subject.String(); s.Subject == "" {
		return nil, fmt.Errorf("%s: the template of its subject gives no name", p)
	}
	return s, nil
}

func (r *Reader) outline(kind compat.Type, text string) compat.Outline {
	key := outlined{kind, text}
	if o, ok := r.outlines[key]; ok {
		return o
	}
	format, _ := all.Formats().Lookup(kind)
	r.outlines[key] = format.Outline(text)
	return r.outlines[key]
}

// Normalized tells whether the schema asks to be normalized.
func (s *Schema) Normalized() bool { return s.Settings.Normalize != nil && *s.Settings.Normalize }
