package httpapi

import (
	"net/http"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/registry"
)

// POST /subjects/{subject}/versions/{version}/validate
func (s *Server) validateByVersion(w http.ResponseWriter, r *http.Request) error {
	subject, err := pathSubject(r)
	if err != nil {
		return err
	}
	version, err := pathVersion(r)
	if err != nil {
		return err
	}
	return s.validate(w, r, registry.ValidateRequest{Subject: subject, Version: version})
}

// POST /schemas/ids/{id}/validate
func (s *Server) validateByID(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	within := registry.ParseSubject(r.URL.Query().Get("subject"))
	return s.validate(w, r, registry.ValidateRequest{Subject: registry.Subject{Context: within.Context}, ID: id})
}

// POST /validate judges a payload that names its own schema.
func (s *Server) validateFramed(w http.ResponseWriter, r *http.Request) error {
	mediaType, err := contentType(r.Header)
	if err != nil {
		return err
	}
	if mediaType != wireType {
		return errMediaType()
	}
	within := registry.ParseSubject(r.URL.Query().Get("subject"))
	return s.validate(w, r, registry.ValidateRequest{Subject: registry.Subject{Context: within.Context}})
}

// wireType is the media type of the Confluent wire format.
const wireType = "application/vnd.confluent.wire"

// validate reads the payload and answers with the verdict: 200 whether it is
// valid or not, unless the client asks for ?fail=status.
func (s *Server) validate(w http.ResponseWriter, r *http.Request, req registry.ValidateRequest) error {
	q := r.URL.Query()
	req.Message = q.Get("message")
	var err error
	if req.Encoding, req.Type, err = payloadEncoding(r.Header, q.Get("avro_json") == "plain"); err != nil {
		return err
	}
	if req.Payload, err = readBody(w, r, maxPayload); err != nil {
		return err
	}
	verdict, err := s.registry.Validate(r.Context(), req)
	s.metrics.countPayload(verdict, err)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !verdict.Valid() && q.Get("fail") == "status" {
		status = http.StatusUnprocessableEntity
	}
	contentType, ok := negotiate(r.Header)
	if !ok {
		return errAccept()
	}
	writeBody(w, status, contentType, fromValidated(verdict))
	return nil
}

// payloadEncoding tells from its media type how a payload is written, and for
// a binary one which schema type it belongs to.
func payloadEncoding(h http.Header, plain bool) (compat.Encoding, compat.Type, error) {
	mediaType, err := contentType(h)
	if err != nil {
		return "", "", err
	}
	switch mediaType {
	case "", mediaTypes[0], mediaTypes[1], mediaTypes[2]:
		if plain {
			return compat.PlainJSON, compat.Avro, nil
		}
		return compat.JSONText, "", nil
	case "avro/binary", "application/avro", "application/vnd.apache.avro+binary":
		return compat.Binary, compat.Avro, nil
	case "application/x-protobuf", "application/protobuf":
		return compat.Binary, compat.Protobuf, nil
	case wireType:
		return compat.Wire, "", nil
	}
	return "", "", errMediaType()
}
