package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/registry"
)

// Limits of bodies, in bytes. A schema may take 1 MiB once its JSON escapes
// are undone.
const (
	maxBody    = 2 << 20
	maxPayload = 1 << 20
)

// trusted is how long a body may say it is and have the memory before the bytes.
const trusted = 64 << 10

// readBody reads at most limit bytes of a body.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	var body []byte
	var err error
	if n := r.ContentLength; n >= 0 && n <= min(limit, trusted) {
		body = make([]byte, n)
		_, err = io.ReadFull(r.Body, body) // which ends there
	} else {
		body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errTooLarge(limit)
	}
	if err != nil {
		return nil, errBadJSON("The request body could not be read.")
	}
	return body, nil
}

// envelope is how a request's JSON is bounded. Its schema is one string here
// and is scanned on its own later.
var envelope = jsondoc.Options{Limits: jsondoc.Limits{
	Bytes:    maxBody,
	Depth:    jsondoc.SchemaLimits.Depth,
	Tokens:   jsondoc.SchemaLimits.Tokens,
	Number:   jsondoc.SchemaLimits.Number,
	Exponent: jsondoc.SchemaLimits.Exponent,
}}

// decode reads a JSON object. Text that is no JSON is 400; text that is, but
// names a key twice or holds characters no store can keep, is 42201
// (reference/reliability.md 5.4, rows 4 to 7, as design §7 has them).
func decode(w http.ResponseWriter, r *http.Request) (*jsondoc.Value, error) {
	mediaType, err := contentType(r.Header)
	if err != nil {
		return nil, err
	}
	switch mediaType {
	case "", mediaTypes[0], mediaTypes[1], mediaTypes[2], "application/octet-stream":
	default:
		return nil, errMediaType()
	}
	body, err := readBody(w, r, maxBody)
	if err != nil {
		return nil, err
	}
	if len(body) == 0 {
		return nil, errMissingBody()
	}
	if body = utf8Of(body); !utf8.Valid(body) {
		return nil, invalidSchema("The request body is not valid UTF-8")
	}
	if err := jsondoc.Scan(string(body), envelope); err != nil {
		return nil, errBadJSON("%v", err)
	}
	strict := envelope
	strict.UniqueKeys, strict.Storable = true, true
	v, err := jsondoc.Parse(string(body), strict)
	if err != nil {
		return nil, invalidSchema("%v", err)
	}
	switch v.Kind {
	case jsondoc.Object:
		return v, nil
	case jsondoc.Null:
		return nil, errMissingBody()
	}
	return nil, errBadJSON("The request body is not a JSON object.")
}

// text reads a member as a string. Scalars of other types are taken by their
// spelling, as Jackson does (addenda F); absent and null are the empty string.
func text(body *jsondoc.Value, name string) (string, error) {
	v := body.Get(name)
	if v == nil {
		return "", nil
	}
	return scalar(v, name)
}

func scalar(v *jsondoc.Value, name string) (string, error) {
	switch v.Kind {
	case jsondoc.Null:
		return "", nil
	case jsondoc.Object, jsondoc.Array:
		return "", errBadJSON("Cannot read %s: a string is wanted, not an %s.", name, v.Kind)
	case jsondoc.String, jsondoc.Number:
		return v.Text, nil
	}
	return v.Compact(), nil
}

// integer reads a member as a number of 32 bits; ok is false for absent, null
// and, as with Jackson, the empty string.
func integer(body *jsondoc.Value, name string) (n int, ok bool, err error) {
	v := body.Get(name)
	if v == nil || v.Kind == jsondoc.Null || v.Kind == jsondoc.String && v.Text == "" {
		return 0, false, nil
	}
	if v.Kind == jsondoc.String || v.Kind == jsondoc.Number {
		if f, err := strconv.ParseFloat(v.Text, 64); err == nil && f >= -1<<31 && f < 1<<31 {
			return int(f), true, nil // a fraction is cut off, as Jackson does
		}
	}
	return 0, false, errBadJSON("Cannot read %s: a number of 32 bits is wanted.", name)
}

// boolean reads a member as true or false.
func boolean(v *jsondoc.Value, name string) (bool, error) {
	switch {
	case v.Kind == jsondoc.True || v.Kind == jsondoc.String && v.Text == "true":
		return true, nil
	case v.Kind == jsondoc.False || v.Kind == jsondoc.String && (v.Text == "false" || v.Text == ""):
		return false, nil
	}
	return false, errBadJSON("Cannot read %s: true or false is wanted.", name)
}

// schemaRequest is the body of register, lookup and check.
type schemaRequest struct {
	schema  registry.Schema
	version registry.Version
	id      *registry.SchemaID
	// registered is when a schema that is imported was registered; zero when
	// the request does not say.
	registered time.Time
	tags       registry.TagChange
}

func decodeSchema(w http.ResponseWriter, r *http.Request) (schemaRequest, error) {
	body, err := decode(w, r)
	if err != nil {
		return schemaRequest{}, err
	}
	var req schemaRequest
	if req.schema.Text, err = text(body, "schema"); err != nil {
		return schemaRequest{}, err
	}
	schemaType, err := text(body, "schemaType")
	if err != nil {
		return schemaRequest{}, err
	}
	req.schema.Type = compat.Type(schemaType)
	if schemaType == "" {
		req.schema.Type = compat.Avro
	}
	references, err := list(body, "references", reference)
	if err != nil {
		return schemaRequest{}, err
	}
	req.schema.References = toReferences(references)
	m, err := metadata(body, "metadata")
	if err != nil {
		return schemaRequest{}, err
	}
	req.schema.Metadata = toMetadata(m)
	rules, err := ruleSet(body, "ruleSet")
	if err != nil {
		return schemaRequest{}, err
	}
	req.schema.RuleSet = toRuleSet(rules)
	version, _, err := integer(body, "version")
	if err != nil {
		return schemaRequest{}, err
	}
	req.version = registry.Version(version)
	id, ok, err := integer(body, "id")
	if err != nil {
		return schemaRequest{}, err
	}
	if ok && id >= 0 {
		explicit := registry.SchemaID(id)
		req.id = &explicit
	}
	if req.registered, err = timestamp(body, "ts"); err != nil {
		return schemaRequest{}, err
	}
	req.tags, err = tagChange(body)
	return req, err
}

// timestamp reads a member in milliseconds since 1970; zero for absent, null
// and 0.
func timestamp(body *jsondoc.Value, name string) (time.Time, error) {
	v := body.Get(name)
	if v == nil || v.Kind == jsondoc.Null {
		return time.Time{}, nil
	}
	if v.Kind == jsondoc.String || v.Kind == jsondoc.Number {
		ms, err := strconv.ParseInt(v.Text, 10, 64)
		switch {
		case err == nil && ms == 0:
			return time.Time{}, nil
		case err == nil && ms > 0 && ms < maxTimestamp:
			return time.UnixMilli(ms), nil
		}
	}
	return time.Time{}, errBadJSON("Cannot read %s: milliseconds since 1970 are wanted.", name)
}

// maxTimestamp is the beginning of the year 10000, in milliseconds.
const maxTimestamp = 253402300800000

func invalidSchema(format string, args ...any) error {
	return refuse(422, answers[registry.InvalidSchema].code, format, args...)
}
