package client

import (
	"context"
	"net/url"
)

// ScopesOptions narrow a list of scopes.
type ScopesOptions struct {
	Prefix string // of the qualified name; empty lists every context
	Page
}

// Scopes lists the subjects and contexts that have a configuration or a mode of
// their own, and always ":.:", which is [Global], and ":.__GLOBAL:", in byte
// order. Muster's own.
// GET /scopes
func (c *Client) Scopes(ctx context.Context, opts ScopesOptions) ([]string, error) {
	query := url.Values{}
	set(query, "subjectPrefix", opts.Prefix)
	opts.add(query)
	return call[[]string](ctx, c, get("/scopes", query))
}
