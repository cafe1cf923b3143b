package jsonschema

import (
	"embed"
	"strings"
)

// metaschemas are the texts of the drafts' metaschemas and of the parts of the
// later ones, by the paths of their URIs.
//
//go:embed metaschema
var metaschemas embed.FS

// openMetaschema reads the metaschema, or the part of one, that a URI names. It
// is nil when the URI names none.
func (p *parser) openMetaschema(uri string) (*node, error) {
	path, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimPrefix(uri, "http://"), "https://"), "json-schema.org/")
	if !ok {
		return nil, nil
	}
	if path == "schema" {
		path = "draft/2020-12/schema"
	}
	text, err := metaschemas.ReadFile("metaschema/" + path + ".json")
	if err != nil {
		return nil, nil
	}
	d := p.metaschemas[path]
	if d == nil {
		if d, err = p.open(string(text), uri); err != nil {
			return nil, err
		}
		p.metaschemas[path] = d
	}
	return p.load(d)
}
