package httpapi

import (
	"net/http"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// GET /subjects/{subject}/diff
func (s *Server) diff(w http.ResponseWriter, r *http.Request) error {
	subject, err := pathSubject(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	req := registry.DiffRequest{Subject: subject, To: registry.Latest}
	if q.Has("from") {
		if req.From, err = parseVersion(q.Get("from")); err != nil {
			return err
		}
	}
	if q.Has("to") {
		if req.To, err = parseVersion(q.Get("to")); err != nil {
			return err
		}
	}
	d, err := s.registry.Diff(r.Context(), req)
	if err != nil {
		return err
	}
	return writeJSON(w, r, entity.Diff{
		Subject: d.Subject.String(), From: int(d.From), To: int(d.To),
		Backward: d.Reads(compat.CandidateReads), Forward: d.Reads(compat.CandidateWrites),
		Evidence: string(d.Evidence), Incompatibilities: append([]entity.Incompatibility{}, FromIncompatibilities(d.Incompatibilities)...),
	})
}
