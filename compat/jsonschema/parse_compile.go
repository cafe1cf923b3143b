package jsonschema

import (
	"errors"
	"io"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// compile has the library check the documents against their metaschemas and
// compile them. What a lenient reading passed over, the library does not see:
// the schema then judges no payloads.
func (p *parser) compile(s *schema) error {
	if p.fault != nil {
		s.fault, s.endless = p.fault, p.endless
		return nil
	}
	compiled, err := p.compileAll(s.root)
	var bad *compat.ParseError
	switch {
	case errors.As(err, &bad) && p.lenient:
		s.fault = bad
		return nil
	case err != nil:
		return err
	}
	s.compiled = compiled
	s.places = make(map[string]*node, len(p.order))
	for _, n := range p.order {
		s.places[n.place] = n
	}
	attach(compiled, s.places, make(map[*jsonschema.Schema]bool))
	return nil
}

func (p *parser) compileAll(root *node) (compiled *jsonschema.Schema, err error) {
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	c.LoadURL = func(string) (io.ReadCloser, error) { return nil, errors.New(notAllowed) }
	// The documents before the last one are compiled too, so that an error
	// names the one it is in.
	var loaded []*document
	for _, d := range p.documents {
		if d.loaded {
			loaded = append(loaded, d)
		}
	}
	for i := len(loaded) - 1; i >= 0; i-- {
		var b strings.Builder
		rewriting{parser: p}.value(&b, loaded[i].root)
		if err := c.AddResource(loaded[i].uri, strings.NewReader(b.String())); err != nil {
			return nil, loaded[i].bad(0, "the schema cannot be read")
		}
	}
	for i := len(loaded) - 1; i >= 0; i-- {
		if compiled, err = compileOne(c, loaded[i].uri); err != nil {
			return nil, p.explain(loaded[i], err)
		}
	}
	if len(p.copies) == 0 {
		return compiled, nil
	}
	for _, d := range []draft{draft4, draft6, draft7, draft2019, draft2020} {
		text, err := p.writeCopies(d)
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(copied(d), strings.NewReader(text)); err != nil {
			return nil, loaded[0].bad(0, "the schema cannot be read")
		}
	}
	if compiled, err = compileOne(c, root.place); err != nil {
		return nil, p.explain(loaded[0], err)
	}
	return compiled, nil
}

// compileOne turns a panic of the library into an error: it is a net under
// its mistakes, everything known to be dangerous is refused earlier.
func compileOne(c *jsonschema.Compiler, uri string) (compiled *jsonschema.Schema, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the schema cannot be compiled")
		}
	}()
	return c.Compile(uri)
}

// explain says where in the document the library found something wrong.
func (p *parser) explain(d *document, err error) *compat.ParseError {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		cause := errors.Unwrap(err)
		if cause == nil {
			cause = err
		}
		return d.bad(d.root.Offset, "%s", clip(strings.TrimPrefix(cause.Error(), "jsonschema: "), 256))
	}
	leaf := deepest(invalid)
	v := d.root
	var pointer strings.Builder
	for _, segment := range segments(leaf.InstanceLocation) {
		next := v.Get(segment)
		if next == nil && v.Kind == jsondoc.Array {
			if i, ok := index(segment, len(v.Items)); ok {
				next = v.Items[i]
			}
		}
		if next == nil {
			break
		}
		v = next
		pointer.WriteString("/" + escape(segment))
	}
	where := pointer.String()
	if where == "" {
		where = "/"
	}
	return d.bad(v.Offset, "%s is not allowed by the metaschema: %s", clip(where, 256), clip(leaf.Message, 256))
}

// deepest follows the branch that got furthest into the instance: of the
// failures of an anyOf, it is the one that was meant.
func deepest(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	best := e
	for _, cause := range e.Causes {
		leaf := deepest(cause)
		if len(best.Causes) > 0 || len(leaf.InstanceLocation) > len(best.InstanceLocation) ||
			len(leaf.InstanceLocation) == len(best.InstanceLocation) && leaf.KeywordLocation < best.KeywordLocation {
			best = leaf
		}
	}
	return best
}

// rewriting writes a document as the library shall see it, or one copy of a
// node.
type rewriting struct {
	*parser
	copy *node
	subs map[*jsondoc.Value]*node // of the copy, by where they stand
}

func (r rewriting) value(b *strings.Builder, v *jsondoc.Value) {
	n := r.nodes[v]
	switch {
	case n != nil && r.copy != nil:
		r.sub(b, v)
	case v.Kind == jsondoc.Array:
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			r.value(b, item)
		}
		b.WriteByte(']')
	case v.Kind != jsondoc.Object:
		b.WriteString(v.Compact())
	default:
		r.object(b, v, n)
	}
}

// sub writes a sub-schema of a copy as a reference. A definition asserts
// nothing where it stands.
func (r rewriting) sub(b *strings.Builder, v *jsondoc.Value) {
	w := objectWriter{b: b}
	switch sub := r.subs[v]; {
	case sub == nil:
	case sub.inline():
		b.WriteString(v.Compact())
		return
	default:
		w.text("$ref", sub.place)
	}
	w.end()
}

func (r rewriting) object(b *strings.Builder, v *jsondoc.Value, n *node) {
	w := objectWriter{b: b}
	if n != nil && n != r.copy && v == n.doc.root {
		w.text("$schema", n.draft.url())
	}
	for _, m := range v.Members {
		if n == nil || !r.keyword(&w, n, m) {
			w.key(m.Name)
			r.value(b, m.Value)
		}
	}
	w.end()
}

// keyword writes the keywords of a schema that the library must not
// see as they are. Identifiers go, references become pointers to what was
// resolved, patterns become RE2, annotations that the library asserts in some
// drafts go, and so does what it reads in drafts that have no such keyword. It
// returns false for other keywords.
func (r rewriting) keyword(w *objectWriter, n *node, m jsondoc.Member) bool {
	switch m.Name {
	case "$schema", "$vocabulary", "format", "contentEncoding", "contentMediaType", "regexProperties":
		return true
	case "id":
		return n.draft == draft4
	case "$id":
		return n.draft > draft4
	case "enum":
		if n.enum == nil || len(m.Value.Items) > 0 {
			return false
		}
		// The library takes an empty enum for none; nothing is valid under it.
		w.key("enum")
		w.b.WriteString(`[["never"]]`)
		w.key("allOf")
		w.b.WriteString(`[{"enum":["never"]}]`)
		return true
	case "allOf":
		return n.enum != nil && len(n.enum) == 0
	case "$anchor":
		return n.draft >= draft2019
	case "$ref", "$dynamicRef", "$recursiveRef":
		rewriteReference(w, n, m)
		return true
	case "pattern":
		if n.pattern == nil {
			return false
		}
		w.text("pattern", n.pattern.translated)
		return true
	case "patternProperties":
		return r.patterns(w, n, m)
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains":
		return rewriteCount(w, m)
	}
	return false
}

// rewriteReference writes where a reference leads. One that the dynamic scope
// moves leads somewhere only in the copies of its schema, one that the draft does
// not have nowhere.
func rewriteReference(w *objectWriter, n *node, m jsondoc.Member) {
	for _, r := range n.references {
		if r.value == m.Value && r.anchor == "" {
			w.text(m.Name, r.target.place)
		}
	}
}

func (r rewriting) patterns(w *objectWriter, n *node, m jsondoc.Member) bool {
	if m.Value.Kind != jsondoc.Object {
		return false
	}
	w.key(m.Name)
	inner := objectWriter{b: w.b}
	for _, property := range m.Value.Members {
		inner.key(n.translation(property.Name))
		r.value(w.b, property.Value)
	}
	inner.end()
	return true
}

// translation of a pattern that patternProperties has as a key.
func (n *node) translation(source string) string {
	for _, m := range n.patterns {
		if m.pattern.source == source {
			return m.pattern.translated
		}
	}
	return source
}

// rewriteCount writes a count that the library, which keeps an int, can hold.
// Nothing that passes the payload limits has that many of anything.
func rewriteCount(w *objectWriter, m jsondoc.Member) bool {
	const most = 1 << 40
	n := m.Value.Rational()
	if n == nil || n.Cmp(big.NewRat(most, 1)) <= 0 {
		return false
	}
	w.key(m.Name)
	w.b.WriteString(big.NewInt(most).String())
	return true
}

// objectWriter writes the members of one object.
type objectWriter struct {
	b       *strings.Builder
	started bool
}

func (w *objectWriter) key(name string) {
	if w.started {
		w.b.WriteByte(',')
	} else {
		w.b.WriteByte('{')
	}
	w.started = true
	jsondoc.Quote(w.b, name)
	w.b.WriteByte(':')
}

func (w *objectWriter) text(name, value string) {
	w.key(name)
	jsondoc.Quote(w.b, value)
}

func (w *objectWriter) end() {
	if !w.started {
		w.b.WriteByte('{')
	}
	w.b.WriteByte('}')
}

// attach gives every node the compiled schema that stands at its place.
func attach(s *jsonschema.Schema, places map[string]*node, seen map[*jsonschema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	n := places[s.Location]
	if n == nil {
		attach(s.Ref, places, seen) // stands for a sub-schema of a copy
		return
	}
	n.judge = s
	for _, sub := range compiledChildren(s) {
		attach(sub, places, seen)
	}
}

func compiledChildren(s *jsonschema.Schema) []*jsonschema.Schema {
	list := []*jsonschema.Schema{s.Ref, s.RecursiveRef, s.DynamicRef, s.Not, s.If, s.Then, s.Else, s.PropertyNames,
		s.UnevaluatedProperties, s.Items2020, s.Contains, s.UnevaluatedItems}
	list = append(list, s.AllOf...)
	list = append(list, s.AnyOf...)
	list = append(list, s.OneOf...)
	list = append(list, s.PrefixItems...)
	for _, sub := range s.Properties {
		list = append(list, sub)
	}
	for _, sub := range s.PatternProperties {
		list = append(list, sub)
	}
	for _, sub := range s.DependentSchemas {
		list = append(list, sub)
	}
	for _, value := range s.Dependencies {
		if sub, ok := value.(*jsonschema.Schema); ok {
			list = append(list, sub)
		}
	}
	for _, value := range []any{s.AdditionalProperties, s.Items, s.AdditionalItems} {
		switch value := value.(type) {
		case *jsonschema.Schema:
			list = append(list, value)
		case []*jsonschema.Schema:
			list = append(list, value...)
		}
	}
	return list
}
