package client

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/muster-registry/muster/httpapi/entity"
)

// Latest asks for the newest live version wherever a version is asked for.
const Latest = -1

// Page is a part of a list.
type Page struct {
	Offset int
	Limit  int // zero is what the registry gives at most
}

func (p Page) add(query url.Values) {
	number(query, "offset", p.Offset)
	number(query, "limit", p.Limit)
}

// ListOptions narrow a list of subjects.
type ListOptions struct {
	Prefix      string // of the qualified name; empty lists every context
	Deleted     bool   // softly deleted subjects too
	DeletedOnly bool
	Page
}

// Subjects lists qualified subject names in byte order.
// GET /subjects
func (c *Client) Subjects(ctx context.Context, opts ListOptions) ([]string, error) {
	query := url.Values{}
	set(query, "subjectPrefix", opts.Prefix)
	flag(query, "deleted", opts.Deleted)
	flag(query, "deletedOnly", opts.DeletedOnly)
	opts.add(query)
	return call[[]string](ctx, c, get("/subjects", query))
}

// VersionsOptions narrow a list of versions.
type VersionsOptions struct {
	Deleted     bool // softly deleted versions too
	DeletedOnly bool
	// Negative lists every version and softly deleted ones as negative numbers,
	// if the subject has any that the other members let through.
	Negative bool
	Page
}

// Versions lists a subject's version numbers in ascending order.
// GET /subjects/{subject}/versions
func (c *Client) Versions(ctx context.Context, subject string, opts VersionsOptions) ([]int, error) {
	query := url.Values{}
	flag(query, "deleted", opts.Deleted)
	flag(query, "deletedOnly", opts.DeletedOnly)
	flag(query, "deletedAsNegative", opts.Negative)
	opts.add(query)
	return call[[]int](ctx, c, get(subjectPath(subject)+"/versions", query))
}

// RegisterOptions say how a schema is registered.
type RegisterOptions struct {
	Normalize bool   // store and compare the normalized text
	Force     bool   // leave out the compatibility check; Muster's own
	Format    string // of the schema in the answer, as in Form
}

// Register gives a schema an ID and a version in a subject. A schema that is
// already there keeps both. One that breaks what the subject's level promises
// is an *Error of status 409 that says why.
// POST /subjects/{subject}/versions
func (c *Client) Register(ctx context.Context, subject string, schema entity.SchemaRequest, opts RegisterOptions) (entity.Registered, error) {
	query := url.Values{}
	flag(query, "normalize", opts.Normalize)
	flag(query, "force", opts.Force)
	set(query, "format", opts.Format)
	r, err := withBody(http.MethodPost, subjectPath(subject)+"/versions", query, schema)
	if err != nil {
		return entity.Registered{}, err
	}
	return call[entity.Registered](ctx, c, r)
}

// LookupOptions say which versions a lookup considers, and how.
type LookupOptions struct {
	Normalize bool
	Deleted   bool   // softly deleted versions too
	Format    string // of the schema in the answer, as in Form
}

// Lookup finds the version of a subject that holds a schema.
// POST /subjects/{subject}
func (c *Client) Lookup(ctx context.Context, subject string, schema entity.SchemaRequest, opts LookupOptions) (entity.Schema, error) {
	query := url.Values{}
	flag(query, "normalize", opts.Normalize)
	flag(query, "deleted", opts.Deleted)
	set(query, "format", opts.Format)
	r, err := withBody(http.MethodPost, subjectPath(subject), query, schema)
	if err != nil {
		return entity.Schema{}, err
	}
	return call[entity.Schema](ctx, c, r)
}

// VersionOptions say in which form a version is wanted.
type VersionOptions struct {
	Deleted bool // though softly deleted
	Form
	// FindTags asks for the entities that carry one of these tags; "*" is any.
	FindTags []string
}

func (o VersionOptions) query() url.Values {
	query := url.Values{}
	flag(query, "deleted", o.Deleted)
	o.add(query)
	addTags(query, o.FindTags)
	return query
}

// Version returns one version of a subject, or the [Latest].
// GET /subjects/{subject}/versions/{version}
func (c *Client) Version(ctx context.Context, subject string, version int, opts VersionOptions) (entity.Schema, error) {
	return call[entity.Schema](ctx, c, get(versionPath(subject, version), opts.query()))
}

// VersionText returns the bare text of one version.
// GET /subjects/{subject}/versions/{version}/schema
func (c *Client) VersionText(ctx context.Context, subject string, version int, opts VersionOptions) (string, error) {
	opts.Qualified, opts.FindTags = false, nil // the answer is a text alone
	text, err := c.send(ctx, get(versionPath(subject, version)+"/schema", opts.query()))
	return string(text), err
}

// Tag registers a version of a subject again, with other tags, metadata or
// rules, as a new version. Retried, it may make two, unless the request says
// which number is the new one.
// POST /subjects/{subject}/versions/{version}/tags
func (c *Client) Tag(ctx context.Context, subject string, version int, change entity.TagRequest) (entity.Registered, error) {
	r, err := withBody(http.MethodPost, versionPath(subject, version)+"/tags", nil, change)
	if err != nil {
		return entity.Registered{}, err
	}
	return call[entity.Registered](ctx, c, r)
}

// NewestWith returns the newest version of a subject whose metadata has certain
// properties.
// GET /subjects/{subject}/metadata
func (c *Client) NewestWith(ctx context.Context, subject string, properties map[string]string, opts VersionOptions) (entity.Schema, error) {
	opts.Qualified = false // not asked for here
	query := opts.query()
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		query.Add("key", key)
		query.Add("value", properties[key])
	}
	return call[entity.Schema](ctx, c, get(subjectPath(subject)+"/metadata", query))
}

// ReferencedByOptions narrow a list of referrers.
type ReferencedByOptions struct {
	Deleted bool // softly deleted referrers too
	Page
}

// ReferencedBy lists the IDs of the schemas that refer to a version.
// GET /subjects/{subject}/versions/{version}/referencedby
func (c *Client) ReferencedBy(ctx context.Context, subject string, version int, opts ReferencedByOptions) ([]int, error) {
	query := url.Values{}
	flag(query, "deleted", opts.Deleted)
	opts.add(query)
	return call[[]int](ctx, c, get(versionPath(subject, version)+"/referencedby", query))
}

// DeleteSubject deletes every version of a subject and returns their numbers.
// Without permanent they stay readable by ID and can come back; with it they
// are gone, and have to be softly deleted before.
// DELETE /subjects/{subject}
func (c *Client) DeleteSubject(ctx context.Context, subject string, permanent bool) ([]int, error) {
	return call[[]int](ctx, c, remove(subjectPath(subject), permanent))
}

// DeleteVersion deletes one version and returns its number, as [Client.DeleteSubject]
// does.
// DELETE /subjects/{subject}/versions/{version}
func (c *Client) DeleteVersion(ctx context.Context, subject string, version int, permanent bool) (int, error) {
	return call[int](ctx, c, remove(versionPath(subject, version), permanent))
}

func remove(path string, permanent bool) request {
	query := url.Values{}
	flag(query, "permanent", permanent)
	return request{method: http.MethodDelete, path: path, query: query}
}

// subjectPath escapes a subject into one segment: its slashes and percent
// signs are its own.
func subjectPath(subject string) string { return "/subjects/" + url.PathEscape(subject) }

func versionPath(subject string, version int) string {
	return subjectPath(subject) + "/versions/" + versionToken(version)
}

func versionToken(version int) string {
	if version == Latest {
		return "latest"
	}
	return strconv.Itoa(version)
}

func set(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

func flag(query url.Values, name string, on bool) {
	if on {
		query.Set(name, "true")
	}
}

func number(query url.Values, name string, n int) {
	if n != 0 {
		query.Set(name, strconv.Itoa(n))
	}
}
