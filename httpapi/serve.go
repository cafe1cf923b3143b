package httpapi

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/muster-registry/muster/registry"
)

// handler answers a request or returns why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

// serve adapts a handler to net/http.
func (s *Server) serve(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.writeError(w, r, err)
		}
	}
}

// writeError writes an error body; failures of ours go to the log in full.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	status, body := answerTo(err)
	if status >= 500 && r.Context().Err() == nil {
		s.log.LogAttrs(r.Context(), slog.LevelError, "request failed",
			slog.String("request_id", w.Header().Get(requestIDHeader)), slog.String("error", err.Error()))
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if legacy(r) {
		body.Incompatibilities = nil
	}
	contentType, ok := negotiate(r.Header)
	if !ok {
		contentType = mediaTypes[0]
	}
	writeBody(w, status, contentType, body)
}

// writeJSON answers 200 in the media type the client prefers.
func writeJSON(w http.ResponseWriter, r *http.Request, v any) error {
	contentType, ok := negotiate(r.Header)
	if !ok {
		return errAccept()
	}
	writeBody(w, http.StatusOK, contentType, v)
	return nil
}

// writeText answers 200 with a text as it is.
func writeText(w http.ResponseWriter, r *http.Request, text string) error {
	contentType, ok := negotiate(r.Header)
	if !ok {
		return errAccept()
	}
	h := w.Header()
	h["Content-Type"] = contentTypes[contentType]
	h["Content-Length"] = []string{strconv.Itoa(len(text))}
	_, _ = io.WriteString(w, text) // nobody is left to tell
	return nil
}

func writeBody(w http.ResponseWriter, status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil { // an entity that cannot be marshalled is a mistake of ours
		panic(err)
	}
	h := w.Header()
	h["Content-Type"] = contentTypes[contentType]
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	if status != http.StatusOK { // which is told by the body alone; telling it first copies all headers
		w.WriteHeader(status)
	}
	_, _ = w.Write(body) // nobody is left to tell
}

// pathSegment is one segment of the path, decoded once. escapedPath sees to it
// that chi routes on the escaped path, so that %2F stays within its segment.
func pathSegment(r *http.Request, name string) (string, error) {
	segment, err := url.PathUnescape(chi.URLParam(r, name))
	// chi takes an empty segment for a parameter, the contract does not.
	if err != nil || segment == "" {
		return "", errNotFound()
	}
	return segment, nil
}

// pathSubject is the subject a path names. Whether it may be registered is for
// the registry to say, but one that cannot exist is refused here, so that no
// store is asked for it.
func pathSubject(r *http.Request) (registry.Subject, error) {
	name, err := pathSegment(r, "subject")
	if err != nil {
		return registry.Subject{}, err
	}
	subject := registry.ParseSubject(name)
	return subject, subject.Validate()
}

// pathScope is what a path of config or mode names: a subject, a context, or
// without a name the default context.
func pathScope(r *http.Request) (registry.Subject, error) {
	if chi.URLParam(r, "subject") == "" {
		return registry.Subject{Context: registry.DefaultContext}, nil
	}
	return pathSubject(r)
}

// pathVersion is the version a path names: a number, "latest" in any letter
// case, or -1.
func pathVersion(r *http.Request) (registry.Version, error) {
	segment, err := pathSegment(r, "version")
	if err != nil {
		return 0, err
	}
	return parseVersion(segment)
}

// pathSubjectVersion is the subject and the version that a path names.
func pathSubjectVersion(r *http.Request) (registry.Subject, registry.Version, error) {
	subject, err := pathSubject(r)
	if err != nil {
		return subject, 0, err
	}
	version, err := pathVersion(r)
	return subject, version, err
}

// parseVersion reads a version's number, or the word for the latest.
func parseVersion(text string) (registry.Version, error) {
	token := strings.TrimSpace(text)
	if strings.EqualFold(token, "latest") || token == "-1" {
		return registry.Latest, nil
	}
	n, err := strconv.ParseInt(token, 10, 32)
	if err != nil || n < 1 || token[0] == '+' {
		return 0, &registry.Error{Kind: registry.InvalidVersion, Message: "The specified version '" + clip(token) +
			`' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`}
	}
	return registry.Version(n), nil
}

// pathID is the schema ID a path names. What is no number has no route; a
// number out of range is an ID nobody has.
func pathID(r *http.Request) (registry.SchemaID, error) {
	token := chi.URLParam(r, "id")
	n, err := strconv.ParseInt(token, 10, 32)
	if err == nil {
		return registry.SchemaID(n), nil
	}
	if token == "" || strings.Trim(token, "0123456789") != "" {
		return 0, errNotFound()
	}
	return 0, &registry.Error{Kind: registry.SchemaNotFound, Message: "Schema " + clip(token) + " not found"}
}

// pathGUID is the GUID a path names. What is no GUID is one that nothing has.
func pathGUID(r *http.Request) (registry.GUID, error) {
	token, err := pathSegment(r, "guid")
	if err != nil {
		return registry.GUID{}, err
	}
	guid, ok := registry.ParseGUID(token)
	if !ok {
		return guid, &registry.Error{Kind: registry.SchemaNotFound, Message: "Schema " + clip(token) + " not found"}
	}
	return guid, nil
}

func clip(s string) string {
	if len(s) <= 64 {
		return s
	}
	return strings.ToValidUTF8(s[:64], "") + "…"
}

// queryBool is true for "true" in any letter case and false for all else, as
// Java's Boolean.valueOf has it.
func queryBool(q url.Values, name string) bool { return strings.EqualFold(q.Get(name), "true") }

// queryInt is a number, or def when absent. What is no number has no route
// (contract 1.4).
func queryInt(q url.Values, name string, def int) (int, error) {
	if !q.Has(name) {
		return def, nil
	}
	n, err := strconv.ParseInt(q.Get(name), 10, 32)
	if err != nil {
		return 0, errNotFound()
	}
	return int(n), nil
}

func queryPage(q url.Values) (registry.Page, error) {
	offset, err := queryInt(q, "offset", 0)
	if err != nil {
		return registry.Page{}, err
	}
	limit, err := queryInt(q, "limit", -1)
	return registry.Page{Offset: offset, Limit: limit}, err
}

// mostFound is how many items the lists without a natural bound give at most
// (contract 3.15).
const mostFound = 1000

// queryBoundedPage is a page of such a list: a limit that is none, or more
// than allowed, is the most.
func queryBoundedPage(q url.Values) (registry.Page, error) {
	p, err := queryPage(q)
	if p.Limit <= 0 || p.Limit > mostFound {
		p.Limit = mostFound
	}
	return p, err
}

// queryPrefix reads subjectPrefix: ":*:" and the start of a name in any
// context, else a subject whose name is the start of one.
func queryPrefix(q url.Values, def string) (within registry.Subject, everywhere bool) {
	prefix := def
	if q.Has("subjectPrefix") {
		prefix = q.Get("subjectPrefix")
	}
	if rest, ok := strings.CutPrefix(prefix, ":*:"); ok {
		return registry.Subject{Name: rest}, true
	}
	return registry.ParseSubject(prefix), false
}

// queryRendering reads how a schema is to be shown.
func queryRendering(q url.Values) registry.Rendering {
	return registry.Rendering{Format: q.Get("format"), Qualified: q.Get("referenceFormat") == "qualified"}
}

// queryVisibility reads deleted and deletedOnly, which wins.
func queryVisibility(q url.Values) registry.Visibility {
	switch {
	case queryBool(q, "deletedOnly"):
		return registry.DeletedOnly
	case queryBool(q, "deleted"):
		return registry.LiveAndDeleted
	}
	return registry.Live
}
