package client

import (
	"context"

	"github.com/muster-registry/muster/httpapi/entity"
)

// Contexts lists the contexts, the default one (".") first.
// GET /contexts
func (c *Client) Contexts(ctx context.Context) ([]string, error) {
	return call[[]string](ctx, c, get("/contexts", nil))
}

// ServerVersion tells which contract the registry speaks and which build it is.
// GET /v1/metadata/version
func (c *Client) ServerVersion(ctx context.Context) (entity.ServerVersion, error) {
	return call[entity.ServerVersion](ctx, c, get("/v1/metadata/version", nil))
}

// Ready returns nil when the registry can take requests, else an error that
// matches [ErrUnreachable]. Muster's own.
// GET /readyz
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.send(ctx, get("/readyz", nil))
	return err
}
