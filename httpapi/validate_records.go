package httpapi

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// maxRecords bounds a batch, and with it an answer whose every record is told
// what is wrong with it.
const maxRecords = 1000

// record is one payload of a batch.
type record struct {
	id      string // as JSON text, empty when there is none
	payload []byte
	binary  bool
	bad     *compat.Violation // why there is no payload
}

// batchDocument bounds a batch; each value in it is judged within the limits of
// payloads later on.
var batchDocument = jsondoc.Options{Limits: jsondoc.Limits{
	Bytes:    maxBody,
	Depth:    2 * jsondoc.PayloadLimits.Depth,
	Tokens:   2 * jsondoc.PayloadLimits.Tokens,
	Number:   jsondoc.PayloadLimits.Number,
	Exponent: jsondoc.PayloadLimits.Exponent,
}}

// records reads {"records": [{"id", "value" | "base64"}]}. Nothing but its
// shape tells a batch from a payload, so ok is false for a body with a member
// more or less anywhere, unless wanted is "true"; with "false" no body is a
// batch.
func records(body []byte, wanted string) (list []record, ok bool, err error) {
	if wanted == "false" || wanted != "true" && !startsLikeBatch(body) {
		return nil, false, nil
	}
	doc, err := jsondoc.Parse(string(body), batchDocument)
	if err == nil {
		list, err = readRecords(doc)
	}
	if err == nil && len(list) > maxRecords {
		return nil, false, refuse(413, 41301, "A batch has at most %d records. Send more as application/x-ndjson.", maxRecords)
	}
	if err != nil && wanted == "true" {
		return nil, false, errBadJSON("The body is no batch of records: %v", err)
	}
	return list, err == nil, nil
}

// startsLikeBatch spares payloads that are none a second reading.
func startsLikeBatch(body []byte) bool {
	const space = " \t\r\n"
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(body, space), []byte("{"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, space), []byte(`"records"`))
}

func readRecords(doc *jsondoc.Value) ([]record, error) {
	if doc.Kind != jsondoc.Object || len(doc.Members) != 1 || doc.Members[0].Name != "records" || doc.Members[0].Value.Kind != jsondoc.Array {
		return nil, errors.New("it is not an object with an array records alone")
	}
	items := doc.Members[0].Value.Items
	list := make([]record, len(items))
	for i, item := range items {
		if err := list[i].read(item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (rec *record) read(item *jsondoc.Value) error {
	payloads := 0
	for _, m := range item.Members {
		switch {
		case m.Name == "id" && (m.Value.Kind == jsondoc.String || m.Value.Kind == jsondoc.Number):
			rec.id = m.Value.Compact()
		case m.Name == "value":
			payloads++
			rec.payload = []byte(m.Value.Compact())
		case m.Name == "base64" && m.Value.Kind == jsondoc.String:
			payloads++
			rec.binary = true
			rec.payload, rec.bad = decodeBase64([]byte(m.Value.Text))
		default:
			return errors.New("a record has other members than id, value and base64, or of another type")
		}
	}
	if payloads != 1 {
		return errors.New("a record has neither value nor base64, or both")
	}
	return nil
}

// decodeBase64 reads base64 in the standard or the URL alphabet, padded or not.
// It decodes in place.
func decodeBase64(text []byte) ([]byte, *compat.Violation) {
	encoding := base64.StdEncoding
	if bytes.ContainsAny(text, "-_") {
		encoding = base64.URLEncoding
	}
	if len(text)%4 != 0 {
		encoding = encoding.WithPadding(base64.NoPadding)
	}
	n, err := encoding.Decode(text, text)
	if err != nil {
		return nil, &compat.Violation{Code: "INVALID_BASE64", Expected: "base64", Actual: "other text", Message: "The payload is not base64."}
	}
	return text[:n], nil
}

// validateRecords judges a batch by one version, read once.
func (s *Server) validateRecords(ctx context.Context, w http.ResponseWriter, r *http.Request, req registry.ValidateRequest, batch []record, q url.Values) error {
	stop, err := queryStop(q)
	if err != nil {
		return err
	}
	judge, err := s.registry.Judge(ctx, req)
	if err != nil {
		return err
	}
	answer := entity.BatchVerdict{Results: make([]entity.RecordVerdict, 0, len(batch))}
	for _, rec := range batch {
		enc := req.Encoding
		if rec.binary {
			enc = compat.Binary
		}
		verdict, err := s.judgeRecord(ctx, judge, rec, enc)
		if err != nil {
			return err
		}
		answer.Results = append(answer.Results, entity.RecordVerdict{ID: json.RawMessage(rec.id), Verdict: fromValidated(verdict)})
		if verdict.Valid() {
			answer.Summary.Valid++
			continue
		}
		if answer.Summary.Invalid++; answer.Summary.Invalid == stop {
			answer.Summary.Stopped = true
			break
		}
	}
	return writeVerdict(w, r, answer.Summary.Invalid == 0, answer, q)
}

func (s *Server) judgeRecord(ctx context.Context, judge *registry.Judge, rec record, enc compat.Encoding) (registry.Validated, error) {
	if rec.bad != nil {
		v := judge.Found(*rec.bad)
		s.metrics.countPayload(v, nil)
		return v, nil
	}
	v, err := judge.Validate(ctx, rec.payload, enc)
	if registry.KindOf(err) == registry.TooComplex {
		v, err = judge.Found(unjudged(err)), nil
	}
	s.metrics.countPayload(v, err)
	if err == nil && !v.Valid() {
		err = judge.Explain(ctx, &v, rec.payload, enc)
	}
	return v, err
}

// unjudged is the finding about one of many payloads that no verdict could be
// had on: the others still get theirs.
func unjudged(err error) compat.Violation {
	_, body := answerTo(err)
	code := "NOT_JUDGED"
	switch registry.KindOf(err) {
	case registry.TooComplex:
		code = "TOO_COMPLEX"
	case registry.SchemaNotFound:
		code = "UNKNOWN_SCHEMA"
	}
	return compat.Violation{Code: code, Message: body.Message}
}
