package jsonschema

import (
	"fmt"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Limits of reference/reliability.md 5.3, over the document and what it
// refers to together.
const (
	maxSubschemas   = 5000
	maxReferences   = 2000
	maxWeight       = 100_000 // evaluations that one value can cost in place
	maxEnum         = 10_000
	maxPattern      = 1 << 10
	maxInstructions = 10_000
)

// document is one text: the schema itself or something it refers to.
type document struct {
	uri    string // opaque and absolute, where the compiled tree has it
	name   string // of the reference; empty for the schema itself
	text   string
	root   *jsondoc.Value
	draft  draft
	loaded bool
}

// draft is the number of a draft, or its year.
type draft int

const (
	draft4    draft = 4
	draft6    draft = 6
	draft7    draft = 7
	draft2019 draft = 2019
	draft2020 draft = 2020
)

// metaschema returns the draft that a URI names.
func metaschema(uri string) (draft, bool) {
	uri = strings.TrimPrefix(strings.TrimPrefix(uri, "http://"), "https://")
	switch strings.TrimRight(uri, "#") {
	case "json-schema.org/draft-04/schema":
		return draft4, true
	case "json-schema.org/draft-06/schema":
		return draft6, true
	case "json-schema.org/draft-07/schema":
		return draft7, true
	case "json-schema.org/draft/2019-09/schema":
		return draft2019, true
	case "json-schema.org/draft/2020-12/schema", "json-schema.org/schema":
		return draft2020, true
	}
	return draft7, false
}

// url is the URI by which the library knows d.
func (d draft) url() string {
	switch d {
	case draft4:
		return "http://json-schema.org/draft-04/schema#"
	case draft6:
		return "http://json-schema.org/draft-06/schema#"
	case draft2019:
		return "https://json-schema.org/draft/2019-09/schema"
	case draft2020:
		return "https://json-schema.org/draft/2020-12/schema"
	}
	return "http://json-schema.org/draft-07/schema#"
}

// parser reads one source into nodes.
type parser struct {
	lenient    bool
	documents  []*document
	nodes      map[*jsondoc.Value]*node
	order      []*node
	resources  map[string]*node            // by absolute URI
	anchors    map[string]*node            // by URI of the resource, '#' and the name
	dynamic    map[string]map[string]*node // by dynamic anchor and the URI of the resource
	referring  []*node
	references int
	moved      bool // the dynamic scope moves a reference
	copies     []*node
	fault      *compat.ParseError // what a lenient reading passed over
	endless    bool               // that was a reference that leads back to itself

	metaschemas map[string]*document // that were referred to, by path
}

// parse reads a schema: the text under its limits, then the nodes, the
// references and their budgets, and last the library's own compilation.
func parse(src compat.Source) (*schema, error) {
	p := &parser{
		lenient:   src.Lenient,
		nodes:     make(map[*jsondoc.Value]*node),
		resources: make(map[string]*node),
		anchors:   make(map[string]*node),
		dynamic:   make(map[string]map[string]*node),

		metaschemas: make(map[string]*document),
	}
	main, err := p.open(src.Text, "")
	if err != nil {
		return nil, err
	}
	for _, r := range src.References {
		if _, err := p.open(r.Text, r.Name); err != nil {
			return nil, err
		}
	}
	s := &schema{text: src.Text}
	s.texts(main.root, src.References)
	if s.root, err = p.load(main); err != nil {
		return nil, err
	}
	if err := p.resolve(); err != nil {
		return nil, err
	}
	if err := p.unfold(s); err != nil {
		return nil, err
	}
	if err := p.weigh(); err != nil {
		return nil, err
	}
	if err := p.compile(s); err != nil {
		return nil, err
	}
	// A node and its compiled form take about two kilobytes together.
	s.footprint = 2*len(s.text) + len(s.canonical) + len(s.normalized) + 2048*len(p.order) + 1024
	return s, nil
}

// open reads one document's JSON.
func (p *parser) open(text, name string) (*document, error) {
	d := &document{uri: fmt.Sprintf("muster:///%d", len(p.documents)), name: name, text: text}
	opts := jsondoc.Schema
	opts.UniqueKeys = !p.lenient
	root, err := jsondoc.Parse(text, opts)
	if err != nil {
		return nil, inReference(name, err)
	}
	if p.lenient {
		root = lastWins(root)
	}
	d.root = root
	p.documents = append(p.documents, d)
	switch root.Kind {
	case jsondoc.Object, jsondoc.True, jsondoc.False:
	default:
		return d, p.refuse(d, root.Offset, "a schema is an object or a boolean, not %s", article(root.Kind.String()))
	}
	d.draft = draft7
	switch v := root.Get("$schema"); {
	case v == nil:
	case v.Kind != jsondoc.String:
		return d, p.refuse(d, v.Offset, "$schema must be a string")
	default:
		d.draft, _ = metaschema(v.Text)
	}
	return d, nil
}

func article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

// inReference marks an error as one of a reference's text, whose line and
// column would mislead.
func inReference(name string, err error) error {
	if name == "" {
		return err
	}
	if bad, ok := err.(*compat.ParseError); ok {
		return &compat.ParseError{Message: fmt.Sprintf("reference %q: %s", clip(name, 64), bad.Error())}
	}
	return err
}

// bad makes the error for a place in d.
func (d *document) bad(offset int, format string, args ...any) *compat.ParseError {
	line, column := jsondoc.Position(d.text, offset)
	err := inReference(d.name, &compat.ParseError{Line: line, Column: column, Message: fmt.Sprintf(format, args...)})
	return err.(*compat.ParseError)
}

// refuse returns the error, or remembers it when the reading is lenient: the
// schema stands then, and its Validator says why it cannot judge.
func (p *parser) refuse(d *document, offset int, format string, args ...any) error {
	bad := d.bad(offset, format, args...)
	if !p.lenient {
		return bad
	}
	if p.fault == nil {
		p.fault = bad
	}
	return nil
}

// clip keeps messages short, whatever the input.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
