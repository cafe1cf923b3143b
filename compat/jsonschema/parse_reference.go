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

// pendingReference is a $ref whose target is looked for once the documents
// read so far are complete.
type pendingReference struct {
	from    *node
	keyword string
	value   *jsondoc.Value
}

// readReference reads $ref, $dynamicRef and $recursiveRef.
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
		p.pending = append(p.pending, pendingReference{n, r.keyword, v})
	}
	if _, ok := text(n.value.Get("$ref")); ok && n.draft <= draft7 {
		// Up to draft-07 nothing beside $ref counts.
		*n = node{doc: n.doc, value: n.value, path: n.path, place: n.place, base: n.base, holder: n.holder, draft: n.draft, types: allTypes}
	}
	return nil
}

// resolve finds the target of every reference; targets may bring further
// documents and further references.
func (p *parser) resolve() error {
	for i := 0; i < len(p.pending); i++ {
		r := p.pending[i]
		target, opaque, err := p.find(r)
		if err != nil {
			return err
		}
		switch {
		case target == nil:
			r.from.opaque += opaque
		case r.keyword != "$ref" && p.moves(r, target):
			r.from.opaque += r.keyword + r.value.Text
			r.from.hold(r.keyword, target)
			for _, d := range p.documents {
				d.moving = true
			}
		case r.from.ref == nil:
			r.from.ref = target
			r.from.hold("$ref", target)
		default:
			r.from.allOf = append(r.from.allOf, target)
			r.from.hold(r.keyword, target)
		}
	}
	return nil
}

// moves tells whether the dynamic scope can lead a reference elsewhere than
// to its first target. It cannot when only one schema has the anchor.
func (p *parser) moves(r pendingReference, target *node) bool {
	if r.keyword == "$recursiveRef" {
		holders := p.dynamic["$recursiveAnchor"]
		return len(holders) > 1 || len(holders) == 1 && holders[0] != target
	}
	_, anchor, _ := strings.Cut(r.value.Text, "#")
	return len(p.dynamic[anchor]) > 1
}

// find returns the target of a reference, or the name of one that is known
// and not looked into.
func (p *parser) find(r pendingReference) (target *node, opaque string, err error) {
	ref := r.value.Text
	uri, fragment, _ := strings.Cut(ref, "#")
	fragment, badFragment := url.PathUnescape(fragment)
	if badFragment != nil {
		return nil, "", r.from.doc.bad(r.value.Offset, "%s is not a URI reference", r.keyword)
	}
	root := p.resources[r.from.base]
	if uri != "" {
		if d, ok := metaschema(uri); ok && fragment == "" {
			return nil, d.url(), nil
		}
		if root, err = p.lookup(r.from.base, ref, uri); err != nil {
			return nil, "", err
		}
		if root == nil {
			return nil, "", r.from.doc.bad(r.value.Offset, notAllowed)
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
		return nil, "", r.from.doc.bad(r.value.Offset, "%s %q names no schema", r.keyword, clip(ref, 128))
	}
	return target, "", err
}

// lookup finds the resource a URI names: a reference of exactly that name,
// then the URI resolved against the base, then the name with or without "./".
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
