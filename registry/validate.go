package registry

import (
	"context"
	"sync"

	"github.com/muster-registry/muster/compat"
)

// ValidateRequest asks whether a payload fits a schema the registry holds. The
// schema is named by subject and version, by context and ID, or by the payload.
type ValidateRequest struct {
	Subject Subject // with an empty name: its context
	Version Version // a number or Latest; zero when the subject is a context
	ID      SchemaID
	Payload []byte
	// Encoding of the payload; what the schema's type lacks is an
	// UnsupportedEncoding error. With compat.Wire the payload starts with the
	// Confluent frame, which must name the schema asked for; where neither
	// Version nor ID is set, the frame alone names it.
	Encoding compat.Encoding
	// Type is the schema type the encoding belongs to, empty for any. A schema
	// of another type lacks the encoding.
	Type    compat.Type
	Message string // full name of the Protobuf message; empty is the first
}

// Validated is the verdict on a payload.
type Validated struct {
	compat.Verdict
	// Subject and Version are those asked for; empty when an ID was.
	Subject Subject
	Version Version
	ID      SchemaID
	Type    compat.Type
	// WouldBeValidUnder lists the subject's other live versions that the
	// payload fits, newest first, for a payload that does not fit this one.
	WouldBeValidUnder []Version
	// Changed is what keeps this version and the first of WouldBeValidUnder
	// from reading each other's payloads. It is empty where readers get along
	// although the payload itself does not fit.
	Changed []compat.Incompatibility
}

// Valid tells whether the payload fits.
func (v Validated) Valid() bool { return len(v.Violations) == 0 }

// maxAlternatives bounds how many other versions a bad payload is tried on.
const maxAlternatives = 20

// Validate judges a payload. That it does not fit is an answer, not an error.
func (s *Service) Validate(ctx context.Context, req ValidateRequest) (Validated, error) {
	framed := req.Encoding == compat.Wire
	f, ok := parseFrame(req.Payload)
	if framed && req.Version == 0 && req.ID == 0 {
		if !ok {
			return Validated{Verdict: BadFrame()}, nil
		}
		req.ID = f.id
	}
	judge, err := s.judge(ctx, req, f)
	if err != nil {
		return Validated{}, err
	}
	payload := req.Payload
	switch {
	case framed && !ok:
		return judge.named(BadFrame()), nil
	case framed && !f.names(judge.content):
		return judge.named(otherSchema()), nil
	case framed:
		payload = f.body
	}
	v, err := judge.Validate(ctx, payload, req.Encoding)
	if err == nil && !v.Valid() {
		err = judge.Explain(ctx, &v, payload, req.Encoding)
	}
	return v, err
}

// validators are the compiled judges of one schema, by message name.
type validators struct {
	mu        sync.Mutex
	byMessage map[string]compat.Validator
}

// get compiles once for each message; other requests for the same schema wait.
func (v *validators) get(schema compat.Schema, message string) (compat.Validator, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if validator, ok := v.byMessage[message]; ok {
		return validator, nil
	}
	validator, err := schema.Validator(compat.ValidatorOptions{Message: message})
	if err != nil {
		return nil, err
	}
	if v.byMessage == nil {
		v.byMessage = make(map[string]compat.Validator)
	}
	v.byMessage[message] = validator
	return validator, nil
}
