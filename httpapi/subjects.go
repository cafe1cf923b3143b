package httpapi

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// GET /subjects
func (s *Server) subjects(w http.ResponseWriter, r *http.Request) error {
	return s.listSubjects(w, r, queryVisibility(r.URL.Query()))
}

// listSubjects answers with the subjects that are wanted and that the query
// lets through.
func (s *Server) listSubjects(w http.ResponseWriter, r *http.Request, which registry.Visibility) error {
	q := r.URL.Query()
	window, err := queryPage(q)
	if err != nil {
		return err
	}
	within, everywhere := queryPrefix(q, ":*:")
	list, err := s.registry.Subjects(r.Context(), registry.SubjectFilter{
		AllContexts: everywhere, Context: within.Context, Prefix: within.Name,
		Which: which, Offset: window.Offset, Limit: window.Limit,
	})
	if err != nil {
		return err
	}
	names := make([]string, len(list))
	for i, subject := range list {
		names[i] = subject.String()
	}
	return writeJSON(w, r, names)
}

// POST /subjects/{subject}
func (s *Server) lookup(w http.ResponseWriter, r *http.Request) error {
	subject, err := pathSubject(r)
	if err != nil {
		return err
	}
	body, err := decodeSchema(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	lookup := s.registry.LookupAnywhere
	if pathQualified(r) {
		lookup = s.registry.Lookup
	}
	found, err := lookup(r.Context(), registry.LookupRequest{
		Subject: subject, Schema: body.schema, Normalize: queryBool(q, "normalize"), Deleted: queryBool(q, "deleted"),
	})
	if err != nil {
		return err
	}
	if found.Content, err = s.registry.Render(r.Context(), found.Content, s.renderingLike(body.schema, q)); err != nil {
		return err
	}
	return writeJSON(w, r, fromVersion(found, legacy(r)))
}

// renderingLike shows a schema in the way the client wrote it, unless it asks
// for another: some clients keep the answer for what the ID stands for, and can
// read no other way (the Python, .NET and JavaScript ones of Confluent).
func (s *Server) renderingLike(sent registry.Schema, q url.Values) registry.Rendering {
	how := queryRendering(q)
	how.Format = cmp.Or(how.Format, s.registry.Spelling(sent))
	return how
}

// writeVersion answers with a version, shown as the query asks for.
func (s *Server) writeVersion(w http.ResponseWriter, r *http.Request, found registry.Registered, tags []entity.SchemaTags) error {
	var err error
	if found.Content, err = s.registry.Render(r.Context(), found.Content, queryRendering(r.URL.Query())); err != nil {
		return err
	}
	e := fromVersion(found, legacy(r))
	e.SchemaTags = tags
	return writeJSON(w, r, e)
}

// DELETE /subjects/{subject}
func (s *Server) deleteSubject(w http.ResponseWriter, r *http.Request) error {
	subject, err := pathSubject(r)
	if err != nil {
		return err
	}
	deleted, err := s.registry.DeleteSubject(r.Context(), subject, queryBool(r.URL.Query(), "permanent"))
	if err != nil {
		return err
	}
	s.metrics.deleted.Add(float64(len(deleted)))
	return writeJSON(w, r, deleted)
}

// GET /subjects/{subject}/metadata
func (s *Server) newestWithMetadata(w http.ResponseWriter, r *http.Request) error {
	subject, err := pathSubject(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	// The n-th value belongs to the n-th key; what is left over is ignored.
	properties := make(map[string]string)
	for i, key := range q["key"] {
		if i < len(q["value"]) {
			properties[key] = q["value"][i]
		}
	}
	found, err := s.registry.Newest(r.Context(), subject, properties, queryBool(q, "deleted"))
	if err != nil {
		return err
	}
	return s.writeVersion(w, r, found, nil)
}

// GET /subjects/{subject}/versions
func (s *Server) versions(w http.ResponseWriter, r *http.Request) error {
	subject, err := pathSubject(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	window, err := queryPage(q)
	if err != nil {
		return err
	}
	versions, err := s.registry.Versions(r.Context(), registry.VersionsRequest{
		Subject: subject, Which: queryVisibility(q), DeletedAsNegative: queryBool(q, "deletedAsNegative"), Page: window,
	})
	if err != nil {
		return err
	}
	return writeJSON(w, r, versions)
}

// POST /subjects/{subject}/versions
func (s *Server) register(w http.ResponseWriter, r *http.Request) error {
	subject, err := pathSubject(r)
	if err != nil {
		return err
	}
	body, err := decodeSchema(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	registered, err := s.registry.Register(r.Context(), registry.RegisterRequest{
		Subject: subject, Schema: body.schema, Normalize: queryBool(q, "normalize"), Version: body.version, ID: body.id,
		Registered: body.registered, Force: queryBool(q, "force"), Tags: body.tags,
	})
	s.metrics.countRegistration(body.schema.Type, registered, err)
	if err != nil {
		return err
	}
	if registered.Content, err = s.registry.Render(r.Context(), registered.Content, s.renderingLike(body.schema, q)); err != nil {
		return err
	}
	return writeJSON(w, r, fromRegistered(registered, legacy(r)))
}

// GET /subjects/{subject}/versions/{version}
func (s *Server) getVersion(w http.ResponseWriter, r *http.Request) error {
	found, err := s.findVersion(r)
	if err != nil {
		return err
	}
	tags, err := s.tagged(r, &found.Content)
	if err != nil {
		return err
	}
	return s.writeVersion(w, r, found, tags)
}

// GET /subjects/{subject}/versions/{version}/schema
func (s *Server) versionText(w http.ResponseWriter, r *http.Request) error {
	found, err := s.findVersion(r)
	if err != nil {
		return err
	}
	shown, err := s.registry.Render(r.Context(), found.Content, queryRendering(r.URL.Query()))
	if err != nil {
		return err
	}
	return writeText(w, r, shown.Text)
}

func (s *Server) findVersion(r *http.Request) (registry.Registered, error) {
	subject, version, err := pathSubjectVersion(r)
	if err != nil {
		return registry.Registered{}, err
	}
	find := s.registry.VersionAnywhere
	if pathQualified(r) {
		find = s.registry.Version
	}
	return find(r.Context(), subject, version, queryBool(r.URL.Query(), "deleted"))
}

// DELETE /subjects/{subject}/versions/{version}
func (s *Server) deleteVersion(w http.ResponseWriter, r *http.Request) error {
	subject, version, err := pathSubjectVersion(r)
	if err != nil {
		return err
	}
	deleted, err := s.registry.DeleteVersion(r.Context(), subject, version, queryBool(r.URL.Query(), "permanent"))
	if err != nil {
		return err
	}
	s.metrics.deleted.Inc()
	return writeJSON(w, r, deleted)
}

// GET /subjects/{subject}/versions/{version}/referencedby
func (s *Server) referencedBy(w http.ResponseWriter, r *http.Request) error {
	subject, version, err := pathSubjectVersion(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	window, err := queryBoundedPage(q)
	if err != nil {
		return err
	}
	ids, err := s.registry.ReferencedBy(r.Context(), subject, version, queryBool(q, "deleted"), window)
	if err != nil {
		return err
	}
	return writeJSON(w, r, ids)
}
