package httpapi

import (
	"net/http"

	"github.com/muster-registry/muster/registry"
)

// GET /scopes
func (s *Server) scopes(w http.ResponseWriter, r *http.Request) error {
	return s.listSubjects(w, r, registry.Configured)
}
