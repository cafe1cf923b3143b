package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/muster-registry/muster/httpapi/entity"
)

// The scopes of configuration and mode: a subject by its name, a context as
// ":.name:", the default context and so most of the registry as Global.
const Global = ""

// ScopeOptions say how a setting is read.
type ScopeOptions struct {
	// Effective asks for what is in force, wherever it comes from. Without it a
	// scope that sets nothing of its own is an *Error of status 404.
	Effective bool
}

func (o ScopeOptions) query() url.Values {
	query := url.Values{}
	flag(query, "defaultToGlobal", o.Effective)
	return query
}

// Config returns the configuration of a scope.
// GET /config, GET /config/{subject}
func (c *Client) Config(ctx context.Context, scope string, opts ScopeOptions) (entity.Config, error) {
	return call[entity.Config](ctx, c, get(scopePath("/config", scope), opts.query()))
}

// SetConfig sets the members of a scope's configuration that update has and
// leaves the others.
// PUT /config, PUT /config/{subject}
func (c *Client) SetConfig(ctx context.Context, scope string, update entity.ConfigUpdate) (entity.ConfigUpdate, error) {
	r, err := withBody(http.MethodPut, scopePath("/config", scope), nil, update)
	if err != nil {
		return entity.ConfigUpdate{}, err
	}
	return call[entity.ConfigUpdate](ctx, c, r)
}

// DeleteConfig takes away a scope's configuration and returns what it was.
// DELETE /config, DELETE /config/{subject}
func (c *Client) DeleteConfig(ctx context.Context, scope string) (entity.Config, error) {
	return call[entity.Config](ctx, c, remove(scopePath("/config", scope), false))
}

func scopePath(root, scope string) string {
	if scope == Global {
		return root
	}
	return root + "/" + url.PathEscape(scope)
}
