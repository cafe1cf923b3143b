package httpapi

import (
	"net/http"

	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// GET /mode, GET /mode/{subject}
func (s *Server) mode(w http.ResponseWriter, r *http.Request) error {
	scope, err := pathScope(r)
	if err != nil {
		return err
	}
	mode, err := s.registry.Mode(r.Context(), scope, queryBool(r.URL.Query(), "defaultToGlobal"))
	if err != nil {
		return err
	}
	return writeMode(w, r, mode)
}

// PUT /mode, PUT /mode/{subject}: the answer repeats the request, letter case
// and all (contract 2.7).
func (s *Server) setMode(w http.ResponseWriter, r *http.Request) error {
	scope, err := pathScope(r)
	if err != nil {
		return err
	}
	body, err := decode(w, r)
	if err != nil {
		return err
	}
	word, err := text(body, "mode")
	if err != nil {
		return err
	}
	name := &word
	if v := body.Get("mode"); v != nil && v.Kind == jsondoc.Null {
		name = nil
	}
	if err := s.registry.SetMode(r.Context(), scope, name, queryBool(r.URL.Query(), "force")); err != nil {
		return err
	}
	return writeJSON(w, r, entity.Mode{Mode: name})
}

// DELETE /mode, DELETE /mode/{subject}
func (s *Server) deleteMode(w http.ResponseWriter, r *http.Request) error {
	scope, err := pathScope(r)
	if err != nil {
		return err
	}
	mode, err := s.registry.DeleteMode(r.Context(), scope, queryBool(r.URL.Query(), "recursive"))
	if err != nil {
		return err
	}
	if mode == "" {
		return writeJSON(w, r, struct{}{})
	}
	return writeMode(w, r, mode)
}

func writeMode(w http.ResponseWriter, r *http.Request, mode registry.Mode) error {
	name := string(mode)
	return writeJSON(w, r, entity.Mode{Mode: &name})
}
