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
	id, err := pathID(r)
	if err != nil {
		return err
	}
	var name string
	if r.URL.RawQuery != "" {
		name = r.URL.Query().Get("subject")
	}
	subject := registry.ParseSubject(name)
	content, err := s.registry.Schema(r.Context(), subject.Context, id)
	if err != nil {
		return err
	}
	if name == "" && !legacy(r) {
		contentType, ok := negotiate(r.Header)
		if !ok {
			return errAccept()
		}
		s.rendered.of(content).write(w, contentType)
		return nil
	}
	body := fromContent(content, legacy(r))
	if name != "" {
		if err := s.nameUse(r, subject, content, &body); err != nil {
			return err
		}
	}
	return writeJSON(w, r, body)
}

// nameUse adds the subject and version that carry an ID to its answer: those
// of the subject asked for, else any. A subject qualified with a context must
// carry it (contract 3.7).
func (s *Server) nameUse(r *http.Request, subject registry.Subject, c *registry.Content, body *entity.SchemaString) error {
	uses, err := s.registry.Uses(r.Context(), subject.Context, c.ID, true, registry.Page{})
	if err != nil {
		return err
	}
	named := uses[0]
	for _, use := range uses {
		if use.Subject == subject {
			named = use
		}
	}
	if named.Subject != subject && subject.Context != registry.DefaultContext && subject.Name != "" {
		return &registry.Error{Kind: registry.SchemaNotFound, Message: "Schema not found"}
	}
	if !legacy(r) {
		body.Subject, body.Version = named.Subject.String(), int(named.Version)
	}
	return nil
}

// GET /schemas/ids/{id}/schema
func (s *Server) schemaTextByID(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	subject := registry.ParseSubject(r.URL.Query().Get("subject"))
	content, err := s.registry.Schema(r.Context(), subject.Context, id)
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
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	window, err := queryPage(q)
	if err != nil {
		return nil, err
	}
	cn := registry.ParseSubject(q.Get("subject")).Context
	return s.registry.Uses(r.Context(), cn, id, queryBool(q, "deleted"), window)
}

// GET /contexts
func (s *Server) contexts(w http.ResponseWriter, r *http.Request) error {
	window, err := queryPage(r.URL.Query())
	if err != nil {
		return err
	}
	contexts, err := s.registry.Contexts(r.Context(), window)
	if err != nil {
		return err
	}
	return writeJSON(w, r, contexts)
}
