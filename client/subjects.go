package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/muster-registry/muster/httpapi/entity"
)

// Latest asks for the newest live version wherever a version is asked for.
const Latest = -1

// ListOptions narrow a list of subjects.
type ListOptions struct {
	Prefix      string // of the qualified name; empty lists every context
	Deleted     bool   // softly deleted subjects too
	DeletedOnly bool
	Offset      int
	Limit       int // zero is all
}

// Subjects lists qualified subject names in byte order.
// GET /subjects
func (c *Client) Subjects(ctx context.Context, opts ListOptions) ([]string, error) {
	query := url.Values{}
	set(query, "subjectPrefix", opts.Prefix)
	flag(query, "deleted", opts.Deleted)
	flag(query, "deletedOnly", opts.DeletedOnly)
	number(query, "offset", opts.Offset)
	number(query, "limit", opts.Limit)
	return call[[]string](ctx, c, get("/subjects", query))
}

// VersionsOptions narrow a list of versions.
type VersionsOptions struct {
	Deleted     bool // softly deleted versions too
	DeletedOnly bool
}

// Versions lists a subject's version numbers in ascending order.
// GET /subjects/{subject}/versions
func (c *Client) Versions(ctx context.Context, subject string, opts VersionsOptions) ([]int, error) {
	query := url.Values{}
	flag(query, "deleted", opts.Deleted)
	flag(query, "deletedOnly", opts.DeletedOnly)
	return call[[]int](ctx, c, get(subjectPath(subject)+"/versions", query))
}

// RegisterOptions say how a schema is registered.
type RegisterOptions struct {
	Normalize bool // store and compare the normalized text
}

// Register gives a schema an ID and a version in a subject. A schema that is
// already there keeps both. One that breaks what the subject's level promises
// is an *Error of status 409 that says why.
// POST /subjects/{subject}/versions
func (c *Client) Register(ctx context.Context, subject string, schema entity.SchemaRequest, opts RegisterOptions) (entity.Registered, error) {
	query := url.Values{}
	flag(query, "normalize", opts.Normalize)
	r, err := withBody(http.MethodPost, subjectPath(subject)+"/versions", query, schema)
	if err != nil {
		return entity.Registered{}, err
	}
	return call[entity.Registered](ctx, c, r)
}

// LookupOptions say which versions a lookup considers, and how.
type LookupOptions struct {
	Normalize bool
	Deleted   bool // softly deleted versions too
}

// Lookup finds the version of a subject that holds a schema.
// POST /subjects/{subject}
func (c *Client) Lookup(ctx context.Context, subject string, schema entity.SchemaRequest, opts LookupOptions) (entity.Schema, error) {
	query := url.Values{}
	flag(query, "normalize", opts.Normalize)
	flag(query, "deleted", opts.Deleted)
	r, err := withBody(http.MethodPost, subjectPath(subject), query, schema)
	if err != nil {
		return entity.Schema{}, err
	}
	return call[entity.Schema](ctx, c, r)
}

// VersionOptions say in which form a version is wanted.
type VersionOptions struct {
	Deleted bool   // though softly deleted
	Format  string // e.g. "serialized" for Protobuf descriptors; empty is the text
}

func (o VersionOptions) query() url.Values {
	query := url.Values{}
	flag(query, "deleted", o.Deleted)
	set(query, "format", o.Format)
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
	text, err := c.send(ctx, get(versionPath(subject, version)+"/schema", opts.query()))
	return string(text), err
}

// ReferencedBy lists the IDs of the schemas that refer to a version.
// GET /subjects/{subject}/versions/{version}/referencedby
func (c *Client) ReferencedBy(ctx context.Context, subject string, version int) ([]int, error) {
	return call[[]int](ctx, c, get(versionPath(subject, version)+"/referencedby", nil))
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
