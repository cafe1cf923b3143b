package client

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/httpapi/entity"
)

// SchemaOptions say where an ID is looked up, and in which form it is wanted.
type SchemaOptions struct {
	// Subject tells the context of the ID, and the answer then names the
	// subject and version; empty is the default context.
	Subject string
	Form
	MaxID bool // tell the highest ID of the context too
	// FindTags asks for the entities that carry one of these tags; "*" is any.
	FindTags []string
}

func (o SchemaOptions) query() url.Values {
	query := url.Values{}
	set(query, "subject", o.Subject)
	o.add(query)
	flag(query, "fetchMaxId", o.MaxID)
	addTags(query, o.FindTags)
	return query
}

func addTags(query url.Values, tags []string) {
	for _, tag := range tags {
		query.Add("findTags", tag)
	}
}

// Form is how a schema is shown.
type Form struct {
	Format    string // e.g. "serialized" for Protobuf descriptors; empty is the text
	Qualified bool   // name the context of every reference, outside the default one
}

func (f Form) add(query url.Values) {
	set(query, "format", f.Format)
	if f.Qualified {
		query.Set("referenceFormat", "qualified")
	}
}

// immutable tells whether the answer can never change: it can where it names a
// subject's version, or the highest ID.
func (o SchemaOptions) immutable() bool {
	return !o.MaxID && (o.Subject == "" || strings.HasPrefix(o.Subject, ":.") && strings.Count(o.Subject, ":") == 2 && strings.HasSuffix(o.Subject, ":"))
}

// Schema returns what an ID stands for, softly deleted or not. Answers that
// cannot change are kept, see [Options.CacheBytes].
// GET /schemas/ids/{id}
func (c *Client) Schema(ctx context.Context, id int, opts SchemaOptions) (entity.SchemaString, error) {
	r := get(idPath(id), opts.query())
	r.immutable = opts.immutable()
	return call[entity.SchemaString](ctx, c, r)
}

// SchemaText returns the bare text that an ID stands for, kept as by
// [Client.Schema]. Qualified and MaxID mean nothing here.
// GET /schemas/ids/{id}/schema
func (c *Client) SchemaText(ctx context.Context, id int, opts SchemaOptions) (string, error) {
	query := url.Values{}
	set(query, "subject", opts.Subject)
	set(query, "format", opts.Format)
	r := get(idPath(id)+"/schema", query)
	r.immutable = opts.immutable()
	text, err := c.send(ctx, r)
	return string(text), err
}

// SchemaByGUID returns what a GUID stands for, in whichever context it is, kept
// as by [Client.Schema]. The GUID is the same in every registry.
// GET /schemas/guids/{guid}
func (c *Client) SchemaByGUID(ctx context.Context, guid, format string) (entity.SchemaString, error) {
	query := url.Values{}
	set(query, "format", format)
	r := get("/schemas/guids/"+url.PathEscape(guid), query)
	r.immutable = true
	return call[entity.SchemaString](ctx, c, r)
}

// IDsByGUID lists the IDs that content with a GUID has, by context.
// GET /schemas/guids/{guid}/ids
func (c *Client) IDsByGUID(ctx context.Context, guid string) ([]entity.ContextID, error) {
	return call[[]entity.ContextID](ctx, c, get("/schemas/guids/"+url.PathEscape(guid)+"/ids", nil))
}

// SearchOptions narrow a search.
type SearchOptions struct {
	Prefix   string // of the subject; empty is the default context, ":*:" every one
	Aliases  bool   // name the aliases of subjects, and follow them
	Deleted  bool   // softly deleted versions too
	Latest   bool   // the highest version of each subject alone
	RuleType string // schemas with such a rule alone
	Page            // at most 1000 at a time
}

// Search lists the versions of many subjects, by subject and version.
// GET /schemas
func (c *Client) Search(ctx context.Context, opts SearchOptions) ([]entity.Schema, error) {
	query := url.Values{}
	set(query, "subjectPrefix", opts.Prefix)
	flag(query, "aliases", opts.Aliases)
	flag(query, "deleted", opts.Deleted)
	flag(query, "latestOnly", opts.Latest)
	set(query, "ruleType", opts.RuleType)
	opts.add(query)
	return call[[]entity.Schema](ctx, c, get("/schemas", query))
}

// UsesOptions narrow a list of the uses of an ID.
type UsesOptions struct {
	Subject string // tells the context of the ID, as in SchemaOptions
	Deleted bool   // softly deleted versions too
	Page
}

func (o UsesOptions) query() url.Values {
	query := url.Values{}
	set(query, "subject", o.Subject)
	flag(query, "deleted", o.Deleted)
	o.add(query)
	return query
}

// SchemaSubjects lists the subjects that use an ID.
// GET /schemas/ids/{id}/subjects
func (c *Client) SchemaSubjects(ctx context.Context, id int, opts UsesOptions) ([]string, error) {
	return call[[]string](ctx, c, get(idPath(id)+"/subjects", opts.query()))
}

// SchemaVersions lists the versions that use an ID, the newest of each subject.
// GET /schemas/ids/{id}/versions
func (c *Client) SchemaVersions(ctx context.Context, id int, opts UsesOptions) ([]entity.SubjectVersion, error) {
	return call[[]entity.SubjectVersion](ctx, c, get(idPath(id)+"/versions", opts.query()))
}

// Types lists the schema types that the registry knows.
// GET /schemas/types
func (c *Client) Types(ctx context.Context) ([]string, error) {
	return call[[]string](ctx, c, get("/schemas/types", nil))
}

func idPath(id int) string { return "/schemas/ids/" + strconv.Itoa(id) }
