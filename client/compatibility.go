package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/muster-registry/muster/httpapi/entity"
)

// CheckOptions say how a schema is compared.
type CheckOptions struct {
	Normalize bool
}

// Check tells whether a schema may be registered next, judged against every
// version that the level in force asks for. The answer holds all findings. A
// subject without versions takes anything.
// POST /compatibility/subjects/{subject}/versions
func (c *Client) Check(ctx context.Context, subject string, schema entity.SchemaRequest, opts CheckOptions) (entity.Compatibility, error) {
	return c.check(ctx, "/versions", subject, schema, opts)
}

// CheckVersion compares a schema with one version, or the [Latest].
// POST /compatibility/subjects/{subject}/versions/{version}
func (c *Client) CheckVersion(ctx context.Context, subject string, version int, schema entity.SchemaRequest, opts CheckOptions) (entity.Compatibility, error) {
	return c.check(ctx, "/versions/"+versionToken(version), subject, schema, opts)
}

func (c *Client) check(ctx context.Context, versions, subject string, schema entity.SchemaRequest, opts CheckOptions) (entity.Compatibility, error) {
	query := url.Values{"verbose": {"true"}}
	flag(query, "normalize", opts.Normalize)
	r, err := withBody(http.MethodPost, "/compatibility"+subjectPath(subject)+versions, query, schema)
	if err != nil {
		return entity.Compatibility{}, err
	}
	return call[entity.Compatibility](ctx, c, r)
}

// Diff compares two versions of a subject in both directions; either may be
// the [Latest], and a from of zero is the version before to.
// GET /subjects/{subject}/diff
func (c *Client) Diff(ctx context.Context, subject string, from, to int) (entity.Diff, error) {
	query := url.Values{"to": {versionToken(to)}}
	if from != 0 {
		query.Set("from", versionToken(from))
	}
	return call[entity.Diff](ctx, c, get(subjectPath(subject)+"/diff", query))
}
