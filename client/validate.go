package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/muster-registry/muster/httpapi/entity"
)

// Encoding is how a payload is written, told by its media type.
type Encoding string

// The encodings. One that the schema's type lacks is an *Error of status 415.
const (
	JSON           Encoding = "application/json" // for Avro its JSON encoding, for Protobuf ProtoJSON
	PlainJSON      Encoding = "plain JSON"       // Avro JSON with bare union values
	AvroBinary     Encoding = "avro/binary"
	ProtobufBinary Encoding = "application/x-protobuf"
	Wire           Encoding = "application/vnd.confluent.wire" // the Confluent wire format
)

// BinaryOf returns the binary encoding of a schema type; ok is false for types
// without one.
func BinaryOf(schemaType string) (encoding Encoding, ok bool) {
	switch schemaType {
	case "AVRO", "":
		return AvroBinary, true
	case "PROTOBUF":
		return ProtobufBinary, true
	}
	return "", false
}

// Payload is what is to be judged.
type Payload struct {
	Data     []byte
	Encoding Encoding // empty is JSON
	Message  string   // full name of the Protobuf message; empty is the first
}

// Validate judges a payload by a version of a subject, or the [Latest]. That it
// does not fit is an answer, not an error. Muster's own.
// POST /subjects/{subject}/versions/{version}/validate
func (c *Client) Validate(ctx context.Context, subject string, version int, p Payload) (entity.Verdict, error) {
	return call[entity.Verdict](ctx, c, p.to(versionPath(subject, version)+"/validate"))
}

// ByIDOptions say where the ID of a judging schema is looked up.
type ByIDOptions struct {
	Subject string // tells the context of the ID, as in SchemaOptions
}

// ValidateByID judges a payload by the schema that an ID stands for. Muster's
// own.
// POST /schemas/ids/{id}/validate
func (c *Client) ValidateByID(ctx context.Context, id int, p Payload, opts ByIDOptions) (entity.Verdict, error) {
	r := p.to(idPath(id) + "/validate")
	set(r.query, "subject", opts.Subject)
	return call[entity.Verdict](ctx, c, r)
}

// ValidateFramed judges a payload of encoding [Wire] by the schema it names.
// Muster's own.
// POST /validate
func (c *Client) ValidateFramed(ctx context.Context, p Payload, opts ByIDOptions) (entity.Verdict, error) {
	r := p.to("/validate")
	set(r.query, "subject", opts.Subject)
	return call[entity.Verdict](ctx, c, r)
}

func (p Payload) to(path string) request {
	query := url.Values{}
	set(query, "message", p.Message)
	mediaType := p.Encoding
	switch p.Encoding {
	case "":
		mediaType = JSON
	case PlainJSON:
		mediaType = JSON
		query.Set("avro_json", "plain")
	}
	if mediaType == JSON {
		query.Set("batch", "false") // whatever the payload looks like
	}
	return request{method: http.MethodPost, path: path, query: query, contentType: string(mediaType), body: p.Data}
}
