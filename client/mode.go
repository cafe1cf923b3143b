package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/muster-registry/muster/httpapi/entity"
)

// Mode returns the mode of a scope.
// GET /mode, GET /mode/{subject}
func (c *Client) Mode(ctx context.Context, scope string, opts ScopeOptions) (string, error) {
	answer, err := call[entity.Mode](ctx, c, get(scopePath("/mode", scope), opts.query()))
	return modeOf(answer), err
}

// SetModeOptions say how a mode is set.
type SetModeOptions struct {
	Force bool // IMPORT although there are schemas
}

// SetMode sets the mode of a scope; an empty one clears it.
// PUT /mode, PUT /mode/{subject}
func (c *Client) SetMode(ctx context.Context, scope, mode string, opts SetModeOptions) error {
	query := url.Values{}
	flag(query, "force", opts.Force)
	var body entity.Mode
	if mode != "" {
		body.Mode = &mode
	}
	r, err := withBody(http.MethodPut, scopePath("/mode", scope), query, body)
	if err != nil {
		return err
	}
	_, err = c.send(ctx, r)
	return err
}

// DeleteModeOptions say how a mode is taken away.
type DeleteModeOptions struct {
	Recursive bool // of all subjects within the scope too
}

// DeleteMode takes away the mode of a scope and returns what it was.
// DELETE /mode, DELETE /mode/{subject}
func (c *Client) DeleteMode(ctx context.Context, scope string, opts DeleteModeOptions) (string, error) {
	r := remove(scopePath("/mode", scope), false)
	flag(r.query, "recursive", opts.Recursive)
	answer, err := call[entity.Mode](ctx, c, r)
	return modeOf(answer), err
}

func modeOf(m entity.Mode) string {
	if m.Mode == nil {
		return ""
	}
	return *m.Mode
}
