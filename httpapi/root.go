package httpapi

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/muster-registry/muster/httpapi/entity"
)

// contractVersion is the release of Confluent's registry whose contract is
// spoken. User interfaces parse it.
const contractVersion = "8.2.0"

// GET /, POST /
func (s *Server) root(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, struct{}{})
}

// GET /livez depends on nothing.
func (s *Server) livez(w http.ResponseWriter, _ *http.Request) error {
	return writePlain(w, http.StatusOK, "ok\n")
}

// readyPatience bounds how long a readiness probe waits for the store.
const readyPatience = 2 * time.Second

// GET /readyz is 200 when a write could be attempted, else it says why not.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	if s.draining.Load() {
		return writePlain(w, http.StatusServiceUnavailable, "draining\n")
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
	defer cancel()
	if err := s.registry.Ping(ctx); err != nil {
		return writePlain(w, http.StatusServiceUnavailable, "the store is out of reach\n")
	}
	return writePlain(w, http.StatusOK, "ok\n")
}

func writePlain(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // nobody is left to tell
	return nil
}

// GET /metrics
func (s *Server) exposition(w http.ResponseWriter, r *http.Request) error {
	s.metrics.exposition.ServeHTTP(w, r)
	return nil
}

// GET /openapi.yaml
func (s *Server) specification(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openAPI) // nobody is left to tell
	return nil
}

// GET /v1/metadata/id
func (s *Server) metadataID(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, map[string]any{"scope": map[string]any{
		"path":     []string{},
		"clusters": map[string]string{"schema-registry-cluster": "schema-registry"},
	}})
}

// GET /v1/metadata/version
func (s *Server) metadataVersion(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, entity.ServerVersion{
		Version: contractVersion,
		Muster:  entity.BuildFigure{Version: s.version, Go: runtime.Version()},
	})
}

// GET /v1/metadata/deployment; no deployment of Muster has what Confluent's name.
func (s *Server) metadataDeployment(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, entity.Deployment{Attributes: []string{}})
}

func (s *Server) notFound(http.ResponseWriter, *http.Request) error { return errNotFound() }

// methodNotAllowed answers OPTIONS on what is there, as the contract does. Both
// answers name the methods that are (RFC 9110, 15.5.6).
func (s *Server) methodNotAllowed(w http.ResponseWriter, r *http.Request) error {
	path := r.URL.Path
	if r.URL.RawPath != "" {
		path = r.URL.RawPath // what chi routes on
	}
	allowed := []string{http.MethodOptions}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if s.handler.Match(chi.NewRouteContext(), method, path) {
			allowed = append(allowed, method)
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	return errMethod()
}
