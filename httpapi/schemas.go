package httpapi

import (
	"net/http"
	"net/url"

	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// GET /schemas/types
func (s *Server) types(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, s.registry.Types())
}

// GET /schemas/ids/{id}
func (s *Server) schemaByID(w http.ResponseWriter, r *http.Request) error {
	if r.URL.RawQuery != "" {
		q := r.URL.Query()
		if q.Get("subject") != "" || queryRendering(q) != (registry.Rendering{}) || queryBool(q, "fetchMaxId") || q.Has("findTags") {
			return s.schemaAsAsked(w, r, q)
		}
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

// schemaAsAsked answers with all that the query can ask for: the subject and
// version that carry the ID, where it names a subject or context, the highest
// ID, tags, and other ways of showing the schema.
func (s *Server) schemaAsAsked(w http.ResponseWriter, r *http.Request, q url.Values) error {
	req, err := idRequest(r)
	if err != nil {
		return err
	}
	content, use, err := s.registry.Use(r.Context(), req)
	if err != nil {
		return err
	}
	shown, err := s.registry.Render(r.Context(), *content, queryRendering(q))
	if err != nil {
		return err
	}
	body := fromContent(&shown, legacy(r))
	if body.SchemaTags, err = s.tagged(r, content); err != nil {
		return err
	}
	if q.Get("subject") != "" && !legacy(r) {
		body.Subject, body.Version = use.Subject.String(), int(use.Version)
	}
	if queryBool(q, "fetchMaxId") {
		highest, err := s.registry.HighestID(r.Context(), content.Context)
		if err != nil {
			return err
		}
		body.MaxID = int(highest)
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
	rendering := queryRendering(r.URL.Query())
	shown, err := s.registry.Render(r.Context(), *content, rendering)
	if err != nil {
		return err
	}
	if rendering.Format == "" {
		w.Header().Set("Etag", etag(content))
		w.Header()["Cache-Control"] = forever
		w.Header()["Vary"] = vary
	}
	return writeText(w, r, shown.Text)
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

// GET /schemas/guids/{guid}
func (s *Server) schemaByGUID(w http.ResponseWriter, r *http.Request) error {
	guid, err := pathGUID(r)
	if err != nil {
		return err
	}
	content, err := s.registry.SchemaByGUID(r.Context(), registry.DefaultContext, guid)
	if err != nil {
		return err
	}
	shown, err := s.registry.Render(r.Context(), *content, queryRendering(r.URL.Query()))
	if err != nil {
		return err
	}
	return writeJSON(w, r, fromContent(&shown, legacy(r)))
}

// GET /schemas/guids/{guid}/ids; a GUID that is none has none.
func (s *Server) idsByGUID(w http.ResponseWriter, r *http.Request) error {
	ids := []entity.ContextID{}
	guid, err := pathGUID(r)
	if err != nil {
		return writeJSON(w, r, ids)
	}
	found, err := s.registry.Identified(r.Context(), guid)
	if err != nil {
		return err
	}
	for _, id := range found {
		ids = append(ids, entity.ContextID{Context: string(id.Context), ID: int(id.ID)})
	}
	return writeJSON(w, r, ids)
}
