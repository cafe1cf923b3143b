package jsonschema

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// notAllowed is the one text for a reference that is not among those given,
// whether or not something exists there.
const notAllowed = "external reference not allowed"

// reference is a $ref, a $dynamicRef or a $recursiveRef.
type reference struct {
	keyword string
	value   *jsondoc.Value
	target  *node
	anchor  string // by which the dynamic scope moves it; empty where it does not
}

// recursiveAnchor stands among the names of dynamic anchors for the anchor
// without a name that 2019-09 has.
const recursiveAnchor = "$recursiveAnchor"

// readReference reads $ref, $dynamicRef and $recursiveRef. Their targets are
// looked for once the documents read so far are complete.
func (p *parser) readReference(n *node) error {
	for _, r := range []struct {
		keyword     string
		since, till draft
	}{{"$ref", draft4, draft2020}, {"$dynamicRef", draft2020, draft2020}, {"$recursiveRef", draft2019, draft2019}} {
		v := n.value.Get(r.keyword)
		if v == nil || n.draft < r.since || n.draft > r.till {
			continue
		}
		if v.Kind != jsondoc.String {
			if err := p.refuse(n.doc, v.Offset, "%s must be a string", r.keyword); err != nil {
				return err
			}
			continue
		}
		p.references++
		if p.references > maxReferences {
			return compat.Limitf("too complex: the schema has more than %d references", maxReferences)
		}
		n.references = append(n.references, reference{keyword: r.keyword, value: v})
	}
	if len(n.references) > 0 {
		p.referring = append(p.referring, n)
	}
	if _, ok := text(n.value.Get("$ref")); ok && n.draft <= draft7 {
		// Up to draft-07 nothing beside $ref counts.
		*n = node{doc: n.doc, value: n.value, path: n.path, place: n.place, base: n.base, holder: n.holder,
			draft: n.draft, types: allTypes, references: n.references}
	}
	return nil
}

// resolve finds the target of every reference; targets may bring further
// documents and further references.
func (p *parser) resolve() (err error) {
	for i := 0; i < len(p.referring); i++ {
		n := p.referring[i]
		for at := range n.references {
			r := &n.references[at]
			if r.target, err = p.find(n, r); err != nil {
				return err
			}
		}
	}
	for _, n := range p.referring {
		for at := range n.references {
			r := &n.references[at]
			if r.anchor = p.moves(r); r.anchor == "" {
				n.follow(*r)
			}
			p.moved = p.moved || r.anchor != ""
		}
	}
	return nil
}

// follow makes what a reference leads to a part of n.
func (n *node) follow(r reference) {
	if n.ref == nil {
		n.ref = r.target
		n.hold("$ref", r.target)
		return
	}
	n.allOf = append(n.allOf, r.target)
	n.hold(r.keyword, r.target)
}

// find returns the target of a reference of n.
func (p *parser) find(n *node, r *reference) (target *node, err error) {
	ref := r.value.Text
	name, fragment, _ := strings.Cut(ref, "#")
	fragment, badFragment := url.PathUnescape(fragment)
	if badFragment != nil {
		return nil, n.doc.bad(r.value.Offset, "%s is not a URI reference", r.keyword)
	}
	root := p.resources[n.base]
	if name != "" {
		if root, err = p.lookup(n.base, ref, name); err != nil {
			return nil, err
		}
		if root == nil {
			return nil, n.doc.bad(r.value.Offset, notAllowed)
		}
	}
	switch {
	case fragment == "":
		target = root
	case fragment[0] == '/':
		target, err = p.walk(root, fragment)
	default:
		target = p.anchors[root.base+"#"+fragment]
	}
	if target == nil && err == nil {
		return nil, n.doc.bad(r.value.Offset, "%s %q names no schema", r.keyword, clip(ref, 128))
	}
	return target, err
}

// lookup finds the resource a URI names: a reference of exactly that name,
// then the URI resolved against the base, a metaschema among what that may be,
// then the name with or without "./".
func (p *parser) lookup(base, ref, uri string) (*node, error) {
	for _, d := range p.documents[1:] {
		if d.name == ref || d.name == uri {
			return p.load(d)
		}
	}
	absolute, err := join(base, uri)
	if err != nil {
		return nil, nil
	}
	if n := p.resources[absolute]; n != nil {
		return n, nil
	}
	for _, d := range p.documents[1:] {
		if d.name == absolute || d.id() == absolute {
			return p.load(d)
		}
	}
	if n, err := p.openMetaschema(absolute); n != nil || err != nil {
		return n, err
	}
	for _, d := range p.documents[1:] {
		if strings.TrimPrefix(d.name, "./") == strings.TrimPrefix(uri, "./") {
			return p.load(d)
		}
	}
	return nil, nil
}

// id is the URI a document gives itself, without its fragment.
func (d *document) id() string {
	keyword := "$id"
	if d.draft == draft4 {
		keyword = "id"
	}
	id, _ := text(d.root.Get(keyword))
	id, _, _ = strings.Cut(id, "#")
	return id
}

// walk follows a JSON pointer from a resource. A target where no keyword
// expects a schema is read as one, save among the values of enum and const.
func (p *parser) walk(root *node, pointer string) (*node, error) {
	v, nearest := root.value, root
	var segments []string
	for _, segment := range strings.Split(pointer[1:], "/") {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(segment)
		if name == "enum" || name == "const" {
			if known := p.nodes[v]; known != nil {
				return nil, nil
			}
		}
		switch {
		case v.Kind == jsondoc.Object:
			v = v.Get(name)
		case v.Kind == jsondoc.Array:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v.Items) {
				return nil, nil
			}
			v = v.Items[i]
		default:
			return nil, nil
		}
		if v == nil {
			return nil, nil
		}
		segments = append(segments, name)
		if n := p.nodes[v]; n != nil {
			nearest, segments = n, nil
		}
	}
	if len(segments) == 0 {
		return nearest, nil
	}
	return p.sub(nearest, v, segments[0], segments[1:]...)
}
