package avro

import (
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// read is text as JSON, with or without comments.
func read(text string) *jsondoc.Value {
	opts := jsondoc.Schema
	opts.Comments = true
	v, err := jsondoc.Parse(text, opts)
	if err != nil {
		return nil
	}
	return v
}

// outline reads the names that text defines and those it uses without defining
// them. The name is that of the outermost type.
func outline(text string) compat.Outline {
	root := read(text)
	if root == nil {
		return compat.Outline{}
	}
	s := sketchOf(root)
	var o compat.Outline
	if len(s.defined) > 0 {
		o.Provides = s.order
		first := s.order[0]
		dot := strings.LastIndexByte(first, '.')
		o.Name, o.Namespace = first[dot+1:], first[:max(dot, 0)]
	}
	for _, use := range s.uses {
		if name := s.missing(use); name != "" && !slices.Contains(o.Needs, name) {
			o.Needs = append(o.Needs, name)
		}
	}
	return o
}

// locate follows a JSON pointer, through the names of types to where they are
// defined.
func locate(text, path string) (line, column int) {
	root := read(text)
	if root == nil {
		return 1, 1
	}
	_, offset, _ := sketchOf(root).find(root, path)
	return jsondoc.Position(text, offset)
}

// find follows a pointer as [jsondoc.Value.Find] does, and on from the name of
// a type.
func (s *sketch) find(root *jsondoc.Value, path string) (v *jsondoc.Value, offset int, left []string) {
	v, offset, left = root.Find(jsondoc.Steps(path))
	for range s.order { // a name leads on, but not in circles
		if len(left) == 0 || v.Kind != jsondoc.String {
			break
		}
		definition := s.definition(v)
		if definition == nil {
			break
		}
		next, at, rest := definition.Find(left)
		if len(rest) == len(left) {
			break
		}
		v, offset, left = next, at, rest
	}
	return v, offset, left
}

// sketch is what a text says of names without parsing it.
type sketch struct {
	defined map[string]*jsondoc.Value
	order   []string // of definition
	uses    []use
}

// use is a type named in a namespace.
type use struct {
	name, space string
	at          *jsondoc.Value
}

func sketchOf(root *jsondoc.Value) *sketch {
	s := &sketch{defined: make(map[string]*jsondoc.Value)}
	s.walk(root, "")
	return s
}

func (s *sketch) walk(v *jsondoc.Value, space string) {
	switch v.Kind {
	case jsondoc.String:
		if _, ok := primitive(v.Text); !ok {
			s.uses = append(s.uses, use{v.Text, space, v})
		}
	case jsondoc.Array:
		for _, branch := range v.Items {
			s.walk(branch, space)
		}
	case jsondoc.Object:
		s.object(v, space)
	}
}

func (s *sketch) object(v *jsondoc.Value, space string) {
	typ := v.Get("type")
	if typ == nil {
		return
	}
	if typ.Kind != jsondoc.String {
		s.walk(typ, space)
		return
	}
	switch typ.Text {
	case "record", "error", "enum", "fixed":
		space = s.define(v, space)
		if fields := v.Get("fields"); fields != nil {
			for _, f := range fields.Items {
				if t := f.Get("type"); t != nil {
					s.walk(t, space)
				}
			}
		}
	case "array", "map":
		for _, part := range []string{"items", "values"} {
			if t := v.Get(part); t != nil {
				s.walk(t, space)
			}
		}
	default:
		s.walk(typ, space)
	}
}

// define notes a named type and returns the namespace of what is within it.
func (s *sketch) define(v *jsondoc.Value, space string) string {
	given := text(v, "name")
	if given == nil {
		return space
	}
	if own := text(v, "namespace"); own != nil {
		space = *own
	}
	short := *given
	if dot := strings.LastIndexByte(short, '.'); dot >= 0 {
		space, short = short[:dot], short[dot+1:]
	}
	full := join(space, short).full
	if s.defined[full] == nil {
		s.defined[full] = v
		s.order = append(s.order, full)
	}
	return space
}

// missing is the full name of a used type that the text does not define, and
// empty for one that it does.
func (s *sketch) missing(u use) string {
	switch {
	case s.resolve(u) != nil:
		return ""
	case strings.Contains(u.name, ".") || u.space == "":
		return strings.TrimPrefix(u.name, ".")
	}
	return u.space + "." + u.name
}

// resolve finds what defines a used type, nil where the text does not.
func (s *sketch) resolve(u use) *jsondoc.Value {
	if d := s.defined[u.space+"."+u.name]; d != nil && !strings.Contains(u.name, ".") {
		return d
	}
	return s.defined[strings.TrimPrefix(u.name, ".")]
}

// definition is what the name at v leads to, nil when v is none or leads
// nowhere in the text.
func (s *sketch) definition(v *jsondoc.Value) *jsondoc.Value {
	for _, u := range s.uses {
		if u.at == v {
			return s.resolve(u)
		}
	}
	return nil
}
