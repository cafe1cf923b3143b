package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/muster-registry/muster/registry"
)

// GET /contexts
func (s *Server) contexts(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	window, err := queryPage(q)
	if err != nil {
		return err
	}
	contexts, err := s.registry.Contexts(r.Context(), q.Get("contextPrefix"), window)
	if err != nil {
		return err
	}
	return writeJSON(w, r, contexts)
}

// DELETE /contexts/{context}
func (s *Server) deleteContext(w http.ResponseWriter, r *http.Request) error {
	name, err := pathSegment(r, "context")
	if err != nil {
		return err
	}
	cn, _ := registry.ParseContext(name) // withinContext has read it
	if err := s.registry.DeleteContext(r.Context(), cn); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// withinContext takes "/contexts/{context}" for the base of every path, as the
// contract does (3.7): subjects, configuration and mode are meant within the
// context, and so are the queries of the lists and of schemas by ID. A name
// that is qualified already stays.
func (s *Server) withinContext(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.RawPath
		if path == "" {
			path = r.URL.Path
		}
		base, ok := strings.CutPrefix(path, "/contexts/")
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		escaped, rest, _ := strings.Cut(base, "/")
		name, err := url.PathUnescape(escaped)
		if err != nil || name == "" {
			s.writeError(w, r, errNotFound())
			return
		}
		cn, ok := registry.ParseContext(name)
		if !ok {
			s.writeError(w, r, errContext(name))
			return
		}
		if rest == "" && r.Method == http.MethodDelete && cn != registry.DefaultContext {
			next.ServeHTTP(w, r) // the context itself is meant
			return
		}
		prefix := registry.Subject{Context: cn}.String()
		target := *r.URL
		target.RawPath = qualifyPath(rest, prefix)
		target.RawQuery = qualifyQuery(rest, r.URL.RawQuery, prefix)
		routed := *r
		routed.URL = &target
		next.ServeHTTP(w, &routed)
	})
}

// qualifyPath puts a context's prefix before the names in an escaped path that
// lacks its leading slash.
func qualifyPath(path, prefix string) string {
	if path == "config" || path == "mode" {
		return "/" + path + "/" + url.PathEscape(prefix)
	}
	segments := strings.Split(path, "/")
	for i := 1; i < len(segments); i++ {
		before := segments[i-1]
		if before != "subjects" && (i > 1 || before != "config" && before != "mode") {
			continue
		}
		name, err := url.PathUnescape(segments[i])
		if err != nil || name == "" || qualified(name) || strings.HasPrefix(name, ":*:") {
			continue
		}
		segments[i] = url.PathEscape(prefix + name)
		i++ // a subject may be called "subjects"
	}
	return "/" + strings.Join(segments, "/")
}

// qualifyQuery does the same for the parameter that names a subject or the
// beginning of one, and adds it where it is missing.
func qualifyQuery(path, query, prefix string) string {
	var parameter string
	switch {
	case path == "validate", strings.HasPrefix(path, "schemas/ids/"):
		parameter = "subject"
	case path == "subjects", path == "schemas", path == "scopes":
		parameter = "subjectPrefix"
	default:
		return query
	}
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{} // what cannot be read is ignored, as everywhere
	}
	if name := q.Get(parameter); !qualified(name) && !strings.HasPrefix(name, ":*:") {
		q.Set(parameter, prefix+name)
	}
	return q.Encode()
}

// qualified tells whether a name says which context it belongs to.
func qualified(name string) bool { return strings.HasPrefix(name, ":.") }

// pathQualified tells whether the path says which context its subject belongs
// to. Where it does not, some verbs look into every context.
func pathQualified(r *http.Request) bool {
	name, err := pathSegment(r, "subject")
	return err == nil && qualified(name)
}
