package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/registry"
)

// POST /subjects/{subject}/versions/{version}/validate
func (s *Server) validateByVersion(w http.ResponseWriter, r *http.Request) error {
	subject, version, err := pathSubjectVersion(r)
	if err != nil {
		return err
	}
	return s.validate(w, r, registry.ValidateRequest{Subject: subject, Version: version}, r.URL.Query())
}

// POST /schemas/ids/{id}/validate
func (s *Server) validateByID(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	return s.validate(w, r, registry.ValidateRequest{Subject: within(q), ID: id}, q)
}

// POST /validate judges payloads that name their own schema.
func (s *Server) validateSelfDescribed(w http.ResponseWriter, r *http.Request) error {
	mediaType, err := contentType(r.Header)
	if err != nil {
		return err
	}
	switch {
	case mediaType == eventType:
		return timed(acceptable(s.validateEvent))(w, r)
	case r.Header.Get("Ce-Specversion") != "":
		return timed(acceptable(s.validateEventHeaders))(w, r)
	case mediaType == wireType || isLines(mediaType):
		q := r.URL.Query()
		return s.validate(w, r, registry.ValidateRequest{Subject: within(q)}, q)
	}
	return errMediaType()
}

// within is the context that IDs are looked up in: that of ?subject=.
func within(q url.Values) registry.Subject {
	return registry.Subject{Context: registry.ParseSubject(q.Get("subject")).Context}
}

// wireType is the media type of the Confluent wire format.
const wireType = "application/vnd.confluent.wire"

// validate reads one payload or many and answers with the verdicts. One, or a
// batch, has to be read within the time of any request; a stream goes on for as
// long as its chunks come.
func (s *Server) validate(w http.ResponseWriter, r *http.Request, req registry.ValidateRequest, q url.Values) error {
	mediaType, err := contentType(r.Header)
	if err != nil {
		return err
	}
	req.Message = q.Get("message")
	if isLines(mediaType) {
		return s.validateLines(w, r, req, q)
	}
	if req.Encoding, req.Type, err = payloadEncoding(mediaType, plainJSON(q)); err != nil {
		return err
	}
	if _, ok := negotiate(r.Header); !ok {
		return errAccept()
	}
	ctx := r.Context()
	// What an ID asks for is in memory most of the time, and the registry bounds
	// the reads that fill it.
	if req.ID == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	return s.validateBody(ctx, w, r, req, q)
}

func plainJSON(q url.Values) bool { return q.Get("avro_json") == "plain" }

// validateBody judges a body that is one payload, or a batch of records.
func (s *Server) validateBody(ctx context.Context, w http.ResponseWriter, r *http.Request, req registry.ValidateRequest, q url.Values) error {
	limit := int64(maxPayload)
	text := req.Encoding == compat.JSONText || req.Encoding == compat.PlainJSON
	if text {
		limit = maxBody
	}
	var err error
	if req.Payload, err = readBody(w, r, limit); err != nil {
		return err
	}
	if text {
		batch, ok, err := records(req.Payload, q.Get("batch"))
		if err != nil {
			return err
		}
		if ok {
			return s.validateRecords(ctx, w, r, req, batch, q)
		}
		if len(req.Payload) > maxPayload {
			return errTooLarge(maxPayload)
		}
	}
	return s.validateOne(ctx, w, r, req, q)
}

// validateOne answers with the verdict on one payload: 200 whether it is valid
// or not, unless the client asks for ?fail=status.
func (s *Server) validateOne(ctx context.Context, w http.ResponseWriter, r *http.Request, req registry.ValidateRequest, q url.Values) error {
	verdict, err := s.registry.Validate(ctx, req)
	s.metrics.countPayload(verdict, err)
	if err != nil {
		return err
	}
	if verdict.Valid() && verdict.Version == 0 {
		return writeText(w, r, validByID(verdict))
	}
	return writeVerdict(w, r, verdict.Valid(), fromValidated(verdict), q)
}

// validByID is the answer to most payloads, written without reflection: the
// entity of one that fits the schema of an ID.
func validByID(v registry.Validated) string {
	return `{"valid":true,"schema":{"id":` + strconv.Itoa(int(v.ID)) + `,"type":"` + string(v.Type) + `"},"errors":[],"truncated":false}`
}

// writeVerdict answers with a verdict, or with many.
func writeVerdict(w http.ResponseWriter, r *http.Request, valid bool, verdict any, q url.Values) error {
	status := http.StatusOK
	if !valid && q.Get("fail") == "status" {
		status = http.StatusUnprocessableEntity
	}
	contentType, ok := negotiate(r.Header)
	if !ok {
		return errAccept()
	}
	writeBody(w, status, contentType, verdict)
	return nil
}

// payloadEncoding tells from its media type how a payload is written, and for
// a binary one which schema type it belongs to.
func payloadEncoding(mediaType string, plain bool) (compat.Encoding, compat.Type, error) {
	switch mediaType {
	case "avro/binary", "application/avro", "application/vnd.apache.avro+binary":
		return compat.Binary, compat.Avro, nil
	case "application/x-protobuf", "application/protobuf":
		return compat.Binary, compat.Protobuf, nil
	case wireType:
		return compat.Wire, "", nil
	}
	switch {
	case mediaType != "" && !slices.Contains(mediaTypes[:], mediaType) &&
		(!strings.HasSuffix(mediaType, "+json") || strings.HasPrefix(mediaType, "application/cloudevents")):
		return "", "", errMediaType()
	case plain:
		return compat.PlainJSON, compat.Avro, nil
	}
	return compat.JSONText, "", nil
}

// queryStop reads stop_after: after how many payloads that do not fit a batch
// or a stream ends, zero for never.
func queryStop(q url.Values) (int, error) {
	if !q.Has("stop_after") {
		return 0, nil
	}
	n, err := strconv.ParseUint(q.Get("stop_after"), 10, 31)
	if err != nil {
		return 0, errBadJSON("stop_after is no number from 0 to 2147483647.")
	}
	return int(n), nil
}
