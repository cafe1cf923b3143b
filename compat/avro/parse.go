package avro

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Limits on one text (reliability 5.3), next to those of jsondoc.SchemaLimits.
const (
	maxNesting  = 32
	maxFields   = 2000
	maxNamed    = 1000
	maxSymbols  = 4096
	maxBranches = 64
	maxName     = 512
	maxFixed    = 1 << 20
)

// parse reads a text and the texts it refers to. References are read as stored
// schemas are: leniently.
func parse(src compat.Source) (*schema, error) {
	names := make(map[string]*node)
	nodes := 0
	for _, ref := range src.References {
		p := &parser{text: ref.Text, names: names, lenient: true, external: true}
		if _, err := p.document(ref.Name + "#"); err != nil {
			return nil, inReference(ref.Name, err)
		}
		nodes += p.nodes
	}
	p := &parser{text: src.Text, names: names, lenient: src.Lenient, unvalidated: src.Unvalidated}
	root, err := p.document("")
	if err != nil {
		return nil, err
	}
	if root.kind > kindString { // those are shared
		root.takers = takersOf(root)
	}
	return newSchema(root, src.Text, p.commented, nodes+p.nodes, shadows(names)), nil
}

// inReference moves the position into the message: it is none of the text the
// caller submitted.
func inReference(name string, err error) error {
	message := fmt.Sprintf("reference %q: %s", clip(name), err)
	if limit := (*compat.LimitError)(nil); errors.As(err, &limit) {
		return &compat.LimitError{Message: message}
	}
	return &compat.ParseError{Message: message}
}

// parser reads one text.
type parser struct {
	text        string
	names       map[string]*node // by full name, over all texts
	lenient     bool
	unvalidated bool
	external    bool
	commented   bool
	nodes       int
	named       int
	defaults    []*field // to be checked once all types are known
}

// document reads the text. root begins every pointer into it.
func (p *parser) document(root string) (*node, error) {
	opts := jsondoc.Schema
	opts.UniqueKeys = !p.lenient
	if len(p.text) <= opts.Limits.Bytes {
		if err := prescan(p.text); err != nil {
			return nil, err
		}
	}
	v, err := jsondoc.Parse(p.text, opts)
	if parse := (*compat.ParseError)(nil); errors.As(err, &parse) {
		opts.Comments, p.commented = true, true
		v, err = jsondoc.Parse(p.text, opts)
	}
	if err != nil {
		return nil, err
	}
	if p.lenient {
		v = lastWins(v)
	}
	n, err := p.typ(v, scope{at: place{step: root}})
	if err != nil || p.lenient || p.unvalidated {
		return n, err
	}
	return n, p.checkDefaults()
}

// lastWins drops all but the last of the values an object gives to one key;
// the key keeps its first place, as in Java.
func lastWins(v *jsondoc.Value) *jsondoc.Value {
	out := *v
	out.Items, out.Members = nil, nil
	for _, item := range v.Items {
		out.Items = append(out.Items, lastWins(item))
	}
	first := make(map[string]int, len(v.Members))
	for _, m := range v.Members {
		m.Value = lastWins(m.Value)
		if i, ok := first[m.Name]; ok {
			out.Members[i].Value = m.Value
			continue
		}
		first[m.Name] = len(out.Members)
		out.Members = append(out.Members, m)
	}
	return &out
}

// scope is where a type stands.
type scope struct {
	space string // the enclosing namespace
	depth int    // how many types enclose it
	at    place
}

// inside is the scope of a type written within n.
func (sc scope) inside(n *node, step string) scope {
	if n.kind == kindRecord {
		sc.space = n.name.space
	}
	return scope{space: sc.space, depth: sc.depth + 1, at: place{parent: n, step: step}}
}

func (p *parser) bad(offset int, format string, args ...any) error {
	line, column := jsondoc.Position(p.text, offset)
	return &compat.ParseError{Line: line, Column: column, Message: fmt.Sprintf(format, args...)}
}

// typ reads a type in any of its three spellings.
func (p *parser) typ(v *jsondoc.Value, sc scope) (*node, error) {
	if sc.depth >= maxNesting {
		return nil, compat.Limitf("types nest deeper than %d levels", maxNesting)
	}
	switch v.Kind {
	case jsondoc.String:
		return p.byName(v, v.Text, sc)
	case jsondoc.Array:
		return p.union(v, sc)
	case jsondoc.Object:
		return p.object(v, sc)
	}
	return nil, p.bad(v.Offset, "a type is a name, an object or an array, not a %s", v.Kind)
}

func (p *parser) node(k kind, sc scope) *node {
	p.nodes++
	return &node{kind: k, at: sc.at}
}

// byName reads a primitive or the name of a type defined earlier. A name
// without a dot that the enclosing namespace lacks is looked for in the null
// namespace, as in Java.
func (p *parser) byName(v *jsondoc.Value, word string, sc scope) (*node, error) {
	if k, ok := primitive(word); ok {
		return p.node(k, sc), nil
	}
	if sc.space != "" && !strings.Contains(word, ".") {
		if n, ok := p.names[sc.space+"."+word]; ok {
			return n, nil
		}
	}
	if n, ok := p.names[strings.TrimPrefix(word, ".")]; ok {
		return n, nil
	}
	return nil, p.bad(v.Offset, "unknown type %q: a name has to be defined before it is used", clip(word))
}

func (p *parser) union(v *jsondoc.Value, sc scope) (*node, error) {
	if len(v.Items) > maxBranches {
		return nil, compat.Limitf("a union has %d branches, the limit is %d", len(v.Items), maxBranches)
	}
	n := p.node(kindUnion, sc)
	seen := make(map[string]bool, len(v.Items))
	for i, item := range v.Items {
		branch, err := p.typ(item, sc.inside(n, fmt.Sprintf("/%d", i)))
		if err != nil {
			return nil, err
		}
		if branch.kind == kindUnion {
			return nil, p.bad(item.Offset, "a union directly within a union")
		}
		if seen[branch.branchName()] {
			return nil, p.bad(item.Offset, "a union with two branches %s", branch.branchName())
		}
		seen[branch.branchName()] = true
		n.members = append(n.members, branch)
	}
	return n, nil
}

// object reads a type written as an object. Its "type" is a word or a name: a
// type in full does not stand there, as in Java.
func (p *parser) object(v *jsondoc.Value, sc scope) (*node, error) {
	typ := v.Get("type")
	switch {
	case typ == nil:
		return nil, p.bad(v.Offset, "an object without \"type\"")
	case typ.Kind != jsondoc.String:
		return nil, p.bad(typ.Offset, "the \"type\" of a type is a name, not a %s", typ.Kind)
	}
	switch typ.Text {
	case "record", "error":
		return p.record(v, sc, typ.Text == "error")
	case "enum":
		return p.enum(v, sc)
	case "fixed":
		return p.fixed(v, sc)
	case "array":
		return p.collection(v, sc, kindArray, "items")
	case "map":
		return p.collection(v, sc, kindMap, "values")
	}
	n, err := p.byName(typ, typ.Text, sc)
	if err == nil && !n.kind.named() {
		n.props = custom(v, typeWords)
	}
	return n, err
}

func (p *parser) collection(v *jsondoc.Value, sc scope, k kind, attribute string) (*node, error) {
	of := v.Get(attribute)
	if of == nil {
		return nil, p.bad(v.Offset, "%s without %q", article(k), attribute)
	}
	n := p.node(k, sc)
	n.props = custom(v, typeWords)
	items, err := p.typ(of, sc.inside(n, "/"+attribute))
	n.items = items
	return n, err
}

// article puts the indefinite article before a kind.
func article(k kind) string {
	if strings.ContainsRune("aei", rune(k.String()[0])) {
		return "an " + k.String()
	}
	return "a " + k.String()
}

// clip keeps messages short, whatever the input.
func clip(s string) string {
	const limit = 64
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
