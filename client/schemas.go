package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/muster-registry/muster/httpapi/entity"
)

// SchemaOptions say where an ID is looked up, and in which form it is wanted.
type SchemaOptions struct {
	// Subject tells the context of the ID, and the answer then names the
	// subject and version; empty is the default context.
	Subject string
	Format  string // as in VersionOptions
}

func (o SchemaOptions) query() url.Values {
	query := url.Values{}
	set(query, "subject", o.Subject)
	set(query, "format", o.Format)
	return query
}

// Schema returns what an ID stands for, softly deleted or not.
// GET /schemas/ids/{id}
func (c *Client) Schema(ctx context.Context, id int, opts SchemaOptions) (entity.SchemaString, error) {
	return call[entity.SchemaString](ctx, c, get(idPath(id), opts.query()))
}

// SchemaText returns the bare text that an ID stands for.
// GET /schemas/ids/{id}/schema
func (c *Client) SchemaText(ctx context.Context, id int, opts SchemaOptions) (string, error) {
	text, err := c.send(ctx, get(idPath(id)+"/schema", opts.query()))
	return string(text), err
}

// SchemaVersions lists where an ID is in use.
// GET /schemas/ids/{id}/versions
func (c *Client) SchemaVersions(ctx context.Context, id int, opts SchemaOptions) ([]entity.SubjectVersion, error) {
	return call[[]entity.SubjectVersion](ctx, c, get(idPath(id)+"/versions", opts.query()))
}

// Types lists the schema types that the registry knows.
// GET /schemas/types
func (c *Client) Types(ctx context.Context) ([]string, error) {
	return call[[]string](ctx, c, get("/schemas/types", nil))
}

func idPath(id int) string { return "/schemas/ids/" + strconv.Itoa(id) }
