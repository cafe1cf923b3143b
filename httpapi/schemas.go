package httpapi

import (
	"net/http"

	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// GET /schemas/types
func (s *Server) types(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, s.registry.Types())
}

// GET /schemas/ids/{id}
func (s *Server) schemaByID(w http.ResponseWriter, r *http.Request) error {
	if r.URL.RawQuery != "" && r.URL.Query().Get("subject") != "" {
		return s.schemaByUse(w, r)
	}
	id, err := pathID(r)
	if err != nil {
		return err
	}
	content, err := s.registry.Schema(r.Context(), registry.DefaultContext, id)
	if err != nil {
		return err
	}
	if legacy(r) {
		return writeJSON(w, r, fromContent(content, true))
	}
	contentType, ok := negotiate(r.Header)
	if !ok {
		return errAccept()
	}
	s.rendered.of(content).write(w, contentType)
	return nil
}

// schemaByUse answers with the subject and version that carry the ID too.
func (s *Server) schemaByUse(w http.ResponseWriter, r *http.Request) error {
	req, err := idRequest(r)
	if err != nil {
		return err
	}
	content, use, err := s.registry.Use(r.Context(), req)
	if err != nil {
		return err
	}
	body := fromContent(content, legacy(r))
	if !legacy(r) {
		body.Subject, body.Version = use.Subject.String(), int(use.Version)
	}
	return writeJSON(w, r, body)
}

// idRequest is the path's ID as the subject in the query has it.
func idRequest(r *http.Request) (registry.IDRequest, error) {
	id, err := pathID(r)
	name := r.URL.Query().Get("subject")
	return registry.IDRequest{ID: id, Subject: registry.ParseSubject(name), Anywhere: !qualified(name)}, err
}

// GET /schemas/ids/{id}/schema
func (s *Server) schemaTextByID(w http.ResponseWriter, r *http.Request) error {
	req, err := idRequest(r)
	if err != nil {
		return err
	}
	var content *registry.Content
	if req.Subject.Name == "" {
		content, err = s.registry.Schema(r.Context(), req.Subject.Context, req.ID)
	} else {
		content, _, err = s.registry.Use(r.Context(), req)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Etag", etag(content))
	w.Header()["Cache-Control"] = forever
	w.Header()["Vary"] = vary
	return writeText(w, r, content.Text)
}

// GET /schemas/ids/{id}/subjects
func (s *Server) subjectsByID(w http.ResponseWriter, r *http.Request) error {
	uses, err := s.usesByID(r)
	if err != nil {
		return err
	}
	subjects := make([]string, len(uses))
	for i, use := range uses {
		subjects[i] = use.Subject.String()
	}
	return writeJSON(w, r, subjects)
}

// GET /schemas/ids/{id}/versions
func (s *Server) versionsByID(w http.ResponseWriter, r *http.Request) error {
	uses, err := s.usesByID(r)
	if err != nil {
		return err
	}
	versions := make([]entity.SubjectVersion, len(uses))
	for i, use := range uses {
		versions[i] = entity.SubjectVersion{Subject: use.Subject.String(), Version: int(use.Version)}
	}
	return writeJSON(w, r, versions)
}

func (s *Server) usesByID(r *http.Request) ([]registry.Record, error) {
	req, err := idRequest(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	window, err := queryPage(q)
	if err != nil {
		return nil, err
	}
	return s.registry.Uses(r.Context(), req, queryBool(q, "deleted"), window)
}
