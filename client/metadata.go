package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/muster-registry/muster/httpapi/entity"
)

// ContextsOptions narrow a list of contexts.
type ContextsOptions struct {
	Prefix string // of the names, the dot included
	Page
}

// Contexts lists the contexts, the default one (".") first.
// GET /contexts
func (c *Client) Contexts(ctx context.Context, opts ContextsOptions) ([]string, error) {
	query := url.Values{}
	set(query, "contextPrefix", opts.Prefix)
	opts.add(query)
	return call[[]string](ctx, c, get("/contexts", query))
}

// DeleteContext takes an empty context off the list; its settings stay. One
// that is not there is no error.
// DELETE /contexts/{context}
func (c *Client) DeleteContext(ctx context.Context, name string) error {
	_, err := c.send(ctx, request{method: http.MethodDelete, path: "/contexts/" + url.PathEscape(name)})
	return err
}

// ServerVersion tells which contract the registry speaks and which build it is.
// GET /v1/metadata/version
func (c *Client) ServerVersion(ctx context.Context) (entity.ServerVersion, error) {
	return call[entity.ServerVersion](ctx, c, get("/v1/metadata/version", nil))
}

// Deployment tells what kind of deployment answers, in Confluent's words. Muster
// has none.
// GET /v1/metadata/deployment
func (c *Client) Deployment(ctx context.Context) (entity.Deployment, error) {
	return call[entity.Deployment](ctx, c, get("/v1/metadata/deployment", nil))
}

// ClusterID tells the identity of the registry: the clusters it belongs to, by
// their kind.
// GET /v1/metadata/id
func (c *Client) ClusterID(ctx context.Context) (map[string]string, error) {
	answer, err := call[struct {
		Scope struct {
			Clusters map[string]string `json:"clusters"`
		} `json:"scope"`
	}](ctx, c, get("/v1/metadata/id", nil))
	return answer.Scope.Clusters, err
}

// Specification returns the registry's own OpenAPI document. Muster's own.
// GET /openapi.yaml
func (c *Client) Specification(ctx context.Context) ([]byte, error) {
	return c.send(ctx, get("/openapi.yaml", nil))
}

// Live returns nil when the registry's process answers. Muster's own.
// GET /livez
func (c *Client) Live(ctx context.Context) error {
	_, err := c.send(ctx, get("/livez", nil))
	return err
}

// Ready returns nil when the registry can take requests, else an error that
// matches [ErrUnreachable]. Muster's own.
// GET /readyz
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.send(ctx, get("/readyz", nil))
	return err
}
