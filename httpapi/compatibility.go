package httpapi

import (
	"net/http"

	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// POST /compatibility/subjects/{subject}/versions
func (s *Server) checkAll(w http.ResponseWriter, r *http.Request) error {
	return s.check(w, r, 0)
}

// POST /compatibility/subjects/{subject}/versions/{version}
func (s *Server) checkVersion(w http.ResponseWriter, r *http.Request) error {
	version, err := pathVersion(r)
	if err != nil {
		return err
	}
	return s.check(w, r, version)
}

func (s *Server) check(w http.ResponseWriter, r *http.Request, against registry.Version) error {
	subject, err := pathSubject(r)
	if err != nil {
		return err
	}
	body, err := decodeSchema(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	verbose := queryBool(q, "verbose")
	checked, err := s.registry.Check(r.Context(), registry.CheckRequest{
		Subject: subject, Schema: body.schema, Normalize: queryBool(q, "normalize"), Version: against,
	})
	if verbose && registry.KindOf(err) == registry.InvalidSchema {
		// A verbose check answers 200 even for what is no schema (contract 3.6).
		_, refusal := answerTo(err)
		return writeJSON(w, r, entity.Compatibility{Messages: &[]string{refusal.Message}})
	}
	if err != nil {
		return err
	}
	s.metrics.countCheck(body.schema.Type, checked.Report)
	answer := entity.Compatibility{IsCompatible: checked.Compatible()}
	if verbose {
		answer.Messages = &checked.Messages
		if !legacy(r) {
			answer.Evidence = string(checked.Evidence)
			answer.Incompatibilities = FromIncompatibilities(checked.Incompatibilities)
		}
	}
	return writeJSON(w, r, answer)
}
