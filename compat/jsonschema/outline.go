package jsonschema

import (
	"net/url"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// outline reads the title, the $id and what every $ref points to outside of
// the text. A $ref is named as it is spelled, without its fragment.
func outline(text string) compat.Outline {
	root, err := jsondoc.Parse(text, jsondoc.Schema)
	if err != nil {
		return compat.Outline{}
	}
	var o compat.Outline
	if title := root.Get("title"); title != nil && title.Kind == jsondoc.String {
		o.Name = title.Text
	}
	s := &sketch{}
	s.walk(root)
	o.Provides = s.ids
	for _, ref := range s.refs {
		if !s.own(ref) && !slices.Contains(o.Needs, ref) {
			o.Needs = append(o.Needs, ref)
		}
	}
	return o
}

// sketch collects the IDs and references of a text.
type sketch struct{ ids, refs []string }

func (s *sketch) walk(v *jsondoc.Value) {
	for _, item := range v.Items {
		s.walk(item)
	}
	for _, m := range v.Members {
		switch m.Name {
		case "enum", "const", "default", "examples":
			continue // values, not schemas
		case "$ref", "$dynamicRef":
			if m.Value.Kind == jsondoc.String {
				if name, _, _ := strings.Cut(m.Value.Text, "#"); name != "" {
					s.refs = append(s.refs, name)
				}
			}
		case "$id", "id":
			if m.Value.Kind == jsondoc.String {
				if id, _, _ := strings.Cut(m.Value.Text, "#"); id != "" {
					s.ids = append(s.ids, id)
				}
			}
		}
		s.walk(m.Value)
	}
}

// own tells a reference that the text or a dialect of JSON Schema resolves.
func (s *sketch) own(ref string) bool {
	if slices.Contains(s.ids, ref) || strings.HasPrefix(ref, "http://json-schema.org/") || strings.HasPrefix(ref, "https://json-schema.org/") {
		return true
	}
	if len(s.ids) == 0 {
		return false
	}
	base, err := url.Parse(s.ids[0])
	if err != nil {
		return false
	}
	target, err := base.Parse(ref)
	return err == nil && slices.Contains(s.ids, target.String())
}

// locate follows a JSON pointer.
func locate(text, path string) (line, column int) {
	root, err := jsondoc.Parse(text, jsondoc.Schema)
	if err != nil {
		return 1, 1
	}
	_, offset, _ := root.Find(jsondoc.Steps(path))
	return jsondoc.Position(text, offset)
}
