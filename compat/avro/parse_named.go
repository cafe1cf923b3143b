package avro

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// words is a set of attribute names.
type words string

// The reserved words. An attribute of that name which means nothing where it
// stands is dropped; every other attribute is a custom property (addenda D.1).
const (
	typeWords  words = " type name namespace doc fields items values symbols size aliases "
	enumWords  words = typeWords + "default "
	fieldWords words = " name type doc default order aliases "
)

func (w words) has(s string) bool {
	return !strings.Contains(s, " ") && strings.Contains(string(w), " "+s+" ")
}

// custom lists the custom properties of v.
func custom(v *jsondoc.Value, reserved words) []jsondoc.Member {
	var props []jsondoc.Member
	for _, m := range v.Members {
		if !reserved.has(m.Name) {
			props = append(props, m)
		}
	}
	return props
}

// text is an optional text attribute; like Java, one that is no string counts
// as absent.
func text(v *jsondoc.Value, attribute string) *string {
	if t := v.Get(attribute); t != nil && t.Kind == jsondoc.String {
		return &t.Text
	}
	return nil
}

// define reads what record, enum and fixed have in common and makes the name
// known.
func (p *parser) define(v *jsondoc.Value, sc scope, k kind) (*node, error) {
	given := v.Get("name")
	if given == nil || given.Kind != jsondoc.String {
		return nil, p.bad(v.Offset, "%s without a name", article(k))
	}
	space := sc.space
	if own := v.Get("namespace"); own != nil && own.Kind == jsondoc.String {
		space = own.Text
	}
	full, err := p.fullName(given, space)
	if err != nil {
		return nil, err
	}
	if _, ok := primitive(full.full); ok {
		return nil, p.bad(given.Offset, "%s named after the primitive type %s", article(k), full.full)
	}
	if _, ok := p.names[full.full]; ok {
		return nil, p.bad(given.Offset, "the name %s is defined twice", full.full)
	}
	if p.named++; p.named > maxNamed {
		return nil, compat.Limitf("the schema defines more than %d named types", maxNamed)
	}
	n := p.node(k, sc)
	n.name, n.doc, n.external = full, text(v, "doc"), p.external
	if n.aliases, err = p.aliases(v, full.space); err != nil {
		return nil, err
	}
	p.names[full.full] = n
	return n, nil
}

// fullName resolves a name in a namespace. A dot makes it full.
func (p *parser) fullName(v *jsondoc.Value, space string) (name, error) {
	short := v.Text
	if dot := strings.LastIndexByte(short, '.'); dot >= 0 {
		space, short = short[:dot], short[dot+1:]
	}
	if err := p.checkName(v, short); err != nil {
		return name{}, err
	}
	if len(space)+len(short)+1 > maxName {
		return name{}, compat.Limitf("a name has more than %d bytes", maxName)
	}
	if space != "" && !p.lenient && !p.unvalidated {
		for part := range strings.SplitSeq(space, ".") {
			if !isName(part) {
				return name{}, p.bad(v.Offset, "the namespace %q has a part that is not a name", clip(space))
			}
		}
	}
	return join(space, short), nil
}

// checkName holds v's text, or the last part of it, to the form of names.
func (p *parser) checkName(v *jsondoc.Value, s string) error {
	if len(s) > maxName {
		return compat.Limitf("a name has more than %d bytes", maxName)
	}
	if !isName(s) {
		return p.bad(v.Offset, "%q is not a name: letters, digits and '_', not beginning with a digit", clip(s))
	}
	return nil
}

func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_':
		case '0' <= c && c <= '9' && i > 0:
		default:
			return false
		}
	}
	return s != ""
}

// aliases reads the aliases of a named type; those without a dot are in its
// own namespace.
func (p *parser) aliases(v *jsondoc.Value, space string) ([]name, error) {
	list, err := p.strings(v, "aliases")
	if err != nil {
		return nil, err
	}
	var out []name
	seen := make(map[string]bool, len(list))
	for _, item := range list {
		alias, err := p.fullName(item, space)
		if err != nil {
			return nil, err
		}
		if !seen[alias.full] {
			seen[alias.full] = true
			out = append(out, alias)
		}
	}
	return out, nil
}

// strings reads an optional attribute that is an array of strings.
func (p *parser) strings(v *jsondoc.Value, attribute string) ([]*jsondoc.Value, error) {
	list := v.Get(attribute)
	if list == nil {
		return nil, nil
	}
	if list.Kind != jsondoc.Array {
		return nil, p.bad(list.Offset, "%q is an array, not a %s", attribute, list.Kind)
	}
	for _, item := range list.Items {
		if item.Kind != jsondoc.String {
			return nil, p.bad(item.Offset, "%q holds strings, not a %s", attribute, item.Kind)
		}
	}
	return list.Items, nil
}

func (p *parser) fixed(v *jsondoc.Value, sc scope) (*node, error) {
	n, err := p.define(v, sc, kindFixed)
	if err != nil {
		return nil, err
	}
	size := v.Get("size")
	if size == nil {
		return nil, p.bad(v.Offset, "a fixed without \"size\"")
	}
	bytes, err := strconv.ParseInt(size.Text, 10, 32)
	if size.Kind != jsondoc.Number || err != nil || bytes < 0 {
		return nil, p.bad(size.Offset, "the size of a fixed is a whole number of bytes")
	}
	if bytes > maxFixed {
		return nil, compat.Limitf("a fixed has %d bytes, the limit is %d", bytes, maxFixed)
	}
	n.size, n.props = int(bytes), custom(v, typeWords)
	return n, nil
}

func (p *parser) enum(v *jsondoc.Value, sc scope) (*node, error) {
	if list := v.Get("symbols"); list == nil {
		return nil, p.bad(v.Offset, "an enum without \"symbols\"")
	} else if len(list.Items) > maxSymbols {
		return nil, compat.Limitf("an enum has %d symbols, the limit is %d", len(list.Items), maxSymbols)
	}
	n, err := p.define(v, sc, kindEnum)
	if err != nil {
		return nil, err
	}
	list, err := p.strings(v, "symbols")
	if err != nil {
		return nil, err
	}
	n.isSymbol, n.props = make(map[string]bool, len(list)), custom(v, enumWords)
	for _, item := range list {
		if err := p.checkName(item, item.Text); err != nil {
			return nil, err
		}
		if n.isSymbol[item.Text] {
			return nil, p.bad(item.Offset, "the symbol %s is given twice", item.Text)
		}
		n.isSymbol[item.Text] = true
		n.symbols = append(n.symbols, item.Text)
	}
	return n, p.enumDefault(n, v)
}

// enumDefault reads the default of an enum. Java passes over one that is no
// string, so a stored schema may hold such.
func (p *parser) enumDefault(n *node, v *jsondoc.Value) error {
	given := v.Get("default")
	switch {
	case given == nil, given.Kind != jsondoc.String && p.lenient:
		return nil
	case given.Kind != jsondoc.String || !n.isSymbol[given.Text]:
		return p.bad(given.Offset, "the default of enum %s is not one of its symbols", n.name.full)
	}
	n.fallback = given.Text
	return nil
}

func (p *parser) record(v *jsondoc.Value, sc scope, isError bool) (*node, error) {
	list := v.Get("fields")
	if list == nil || list.Kind != jsondoc.Array {
		return nil, p.bad(v.Offset, "a record without an array \"fields\"")
	}
	if len(list.Items) > maxFields {
		return nil, compat.Limitf("a record has %d fields, the limit is %d", len(list.Items), maxFields)
	}
	n, err := p.define(v, sc, kindRecord)
	if err != nil {
		return nil, err
	}
	n.isError, n.props, n.renames = isError, custom(v, typeWords), len(n.aliases)
	n.byName = make(map[string]*field, len(list.Items))
	for i, item := range list.Items {
		f, err := p.field(item, sc.inside(n, fmt.Sprintf("/fields/%d/type", i)))
		if err != nil {
			return nil, err
		}
		if n.byName[f.name] != nil {
			return nil, p.bad(item.Offset, "record %s has two fields %s", n.name.full, f.name)
		}
		f.index = i
		n.renames += len(f.aliases)
		n.byName[f.name] = f
		n.fields = append(n.fields, f)
	}
	return n, p.fieldAliases(n, list)
}

// fieldAliases refuses an alias that could mean two fields of the record. Java
// parses such a record, and fails when it decodes another version, so that a
// stored schema may hold one.
func (p *parser) fieldAliases(n *node, list *jsondoc.Value) error {
	if p.lenient {
		return nil
	}
	owner := make(map[string]*field)
	for i, f := range n.fields {
		for _, alias := range f.aliases {
			other := n.byName[alias]
			if other == nil {
				other = owner[alias]
			}
			if other != nil && other != f {
				return p.bad(list.Items[i].Offset, "the alias %s of field %s also means field %s", alias, f.name, other.name)
			}
			owner[alias] = f
		}
	}
	return nil
}

func (p *parser) field(v *jsondoc.Value, sc scope) (*field, error) {
	given := v.Get("name")
	if given == nil || given.Kind != jsondoc.String {
		return nil, p.bad(v.Offset, "a field without a name")
	}
	if err := p.checkName(given, given.Text); err != nil {
		return nil, err
	}
	typ := v.Get("type")
	if typ == nil {
		return nil, p.bad(v.Offset, "field %s has no type", given.Text)
	}
	f := &field{name: given.Text, doc: text(v, "doc"), props: custom(v, fieldWords), value: v.Get("default")}
	var err error
	if f.order, err = p.order(v.Get("order")); err != nil {
		return nil, err
	}
	if f.aliases, err = p.fieldNames(v); err != nil {
		return nil, err
	}
	if f.typ, err = p.typ(typ, sc); err != nil {
		return nil, err
	}
	if f.value != nil {
		p.defaults = append(p.defaults, f)
	}
	return f, nil
}

// order reads how a field takes part in sorting, in any letter case.
func (p *parser) order(v *jsondoc.Value) (string, error) {
	if v == nil {
		return "", nil
	}
	if v.Kind == jsondoc.String {
		switch word := strings.ToLower(v.Text); word {
		case "ascending":
			return "", nil
		case "descending", "ignore":
			return word, nil
		}
	}
	return "", p.bad(v.Offset, "\"order\" is ascending, descending or ignore")
}

// fieldNames reads the aliases of a field. Java holds them to no form: one that
// is no name is no field's.
func (p *parser) fieldNames(v *jsondoc.Value) ([]string, error) {
	list, err := p.strings(v, "aliases")
	if err != nil {
		return nil, err
	}
	var out []string
	seen := make(map[string]bool, len(list))
	for _, item := range list {
		if len(item.Text) > maxName {
			return nil, compat.Limitf("a name has more than %d bytes", maxName)
		}
		if !seen[item.Text] {
			seen[item.Text] = true
			out = append(out, item.Text)
		}
	}
	return out, nil
}
