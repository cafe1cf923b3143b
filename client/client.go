package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say how a Client reaches its registry. The zero value asks without
// credentials and retries three times.
type Options struct {
	// HTTP sends the requests. Default: a client that gives up on a request
	// after 30 s.
	HTTP *http.Client
	// Username and Password are sent as basic authentication when Username is
	// set, Token as a bearer token when it is.
	Username, Password string
	Token              string
	// Retries is how often a request is sent again after 429, 503, 504 or a
	// network fault; default 3, negative for never.
	Retries int
	// Backoff bounds the wait before the first retry; each further bound is
	// twice as long, up to 5 s, and the wait is drawn at random below it. A
	// Retry-After of the registry is kept to, up to 5 s. Default 100 ms.
	Backoff   time.Duration
	UserAgent string // default "muster-client"
	// CacheBytes bounds the answers that are kept because they cannot change:
	// what an ID or a GUID stands for. Default 32 MiB, negative for none. An
	// operator can give an ID another meaning only after removing for good all
	// that used it; a client that must see that keeps nothing.
	CacheBytes int
}

// Client asks one registry. It is safe for concurrent use.
type Client struct {
	base  string
	opts  Options
	cache *cache // nil keeps nothing
}

// New returns a client of the registry at baseURL, which may have a path: of
// a proxy's prefix, or "/contexts/.ctx" for all requests in that context.
func New(baseURL string, opts Options) (*Client, error) {
	u, err := url.Parse(baseURL)
	switch {
	case err != nil:
		return nil, errors.New("registry URL: not a URL") // the reason quotes what may be a password
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("registry URL %q: want http://HOST:PORT", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("registry URL %q: has a query or a fragment", u.Redacted())
	case opts.Username != "" && opts.Token != "":
		return nil, errors.New("registry credentials: a user name and a token are both set")
	}
	if opts.HTTP == nil {
		opts.HTTP = &http.Client{Timeout: 30 * time.Second}
	}
	if opts.Retries == 0 {
		opts.Retries = 3
	}
	if opts.Backoff <= 0 {
		opts.Backoff = 100 * time.Millisecond
	}
	if opts.UserAgent == "" {
		opts.UserAgent = "muster-client"
	}
	return &Client{base: strings.TrimRight(baseURL, "/"), opts: opts, cache: newCache(opts.CacheBytes)}, nil
}

// contentType is the contract's media type.
const contentType = "application/vnd.schemaregistry.v1+json"

// request is one request of the API. Its path is escaped.
type request struct {
	method, path string
	query        url.Values
	contentType  string
	body         []byte
	immutable    bool // a success is the same for ever
}

func (r request) target() string {
	if len(r.query) == 0 {
		return r.path
	}
	return r.path + "?" + r.query.Encode()
}

// maxAnswer bounds what is read of one answer, so that a wrong base URL cannot
// fill memory.
const maxAnswer = 64 << 20

// to is r on its way to the registry, with a body of its own.
func (c *Client) to(ctx context.Context, r request, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.target(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", contentType+", application/json")
	req.Header.Set("User-Agent", c.opts.UserAgent)
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	switch {
	case c.opts.Token != "":
		req.Header.Set("Authorization", "Bearer "+c.opts.Token)
	case c.opts.Username != "":
		req.SetBasicAuth(c.opts.Username, c.opts.Password)
	}
	return req, nil
}

// exchange sends r once and returns the body of a success.
func (c *Client) exchange(ctx context.Context, r request) ([]byte, *http.Response, error) {
	req, err := c.to(ctx, r, bytes.NewReader(r.body))
	if err != nil {
		return nil, nil, err
	}
	resp, err := c.opts.HTTP.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, resp, err
	case len(body) > maxAnswer:
		return nil, resp, fmt.Errorf("%s %s: the answer is larger than %d bytes", r.method, r.path, maxAnswer)
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil, resp, errorOf(resp.StatusCode, body)
	}
	return body, resp, nil
}

// call sends r, again where that may help, and decodes a success into T.
func call[T any](ctx context.Context, c *Client, r request) (T, error) {
	var answer T
	body, err := c.send(ctx, r)
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return answer, fmt.Errorf("%s %s: the answer is not the registry's: %w", r.method, r.path, err)
	}
	return answer, nil
}

// get asks for path.
func get(path string, query url.Values) request {
	return request{method: http.MethodGet, path: path, query: query}
}

// withBody sends v as JSON.
func withBody(method, path string, query url.Values, v any) (request, error) {
	body, err := json.Marshal(v)
	return request{method: method, path: path, query: query, contentType: contentType, body: body}, err
}
