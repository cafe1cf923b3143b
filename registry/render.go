package registry

import (
	"context"

	"github.com/muster-registry/muster/compat"
)

// Rendering says how content is shown. The zero value shows it as it is stored.
type Rendering struct {
	// Format is one that the schema's type has ([compat.Renderer]); any other
	// shows the text as stored (contract 2.3).
	Format string
	// Qualified names the context of references that lack one, outside the
	// default context.
	Qualified bool
}

// Spelling is the Rendering.Format that a schema is written in, empty for the
// one that is stored. Clients take what they get back for what they sent, and
// one that writes descriptors reads no text.
func (s *Service) Spelling(sc Schema) string {
	format, _ := s.formats.Lookup(sc.Type)
	if speller, ok := format.(compat.Speller); ok {
		return speller.Spelling(sc.Text)
	}
	return ""
}

// Render returns content as it is to be shown. GUID and hash stay those of
// what is stored.
func (s *Service) Render(ctx context.Context, c Content, how Rendering) (Content, error) {
	if how.Qualified && c.Context != DefaultContext {
		refs := make([]Reference, len(c.References))
		for i, r := range c.References {
			refs[i] = r
			refs[i].Subject = r.Target(c.Context).String()
		}
		c.References = refs
	}
	if how.Format == "" || how.Format == "default" {
		return c, nil
	}
	stored, err := s.stored(ctx, &c)
	if err != nil {
		return Content{}, err
	}
	if renderer, ok := stored.Schema.(compat.Renderer); ok {
		if text, ok := renderer.Render(how.Format); ok {
			c.Text = text
		}
	}
	return c, nil
}
