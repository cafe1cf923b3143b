package registry

import (
	"context"
	"errors"
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
	content, record, err := s.judge(ctx, req, f)
	if err != nil {
		return Validated{}, err
	}
	var verdict compat.Verdict
	switch {
	case framed && !ok:
		verdict = BadFrame()
	case framed && !f.names(content):
		verdict = otherSchema()
	default:
		if framed {
			req.Payload = f.body
		}
		verdict, err = s.validate(ctx, content, req)
	}
	if err != nil {
		return Validated{}, err
	}
	v := Validated{Verdict: verdict, ID: content.ID, Type: content.Type, Subject: record.Subject, Version: record.Version}
	if !v.Valid() && v.Version > 0 && !framed {
		v.WouldBeValidUnder, err = s.alternatives(ctx, record, req)
	}
	return v, err
}

// judge finds the schema a payload is to be judged by: the one asked for, else
// the one its frame names.
func (s *Service) judge(ctx context.Context, req ValidateRequest, f frame) (*Content, Record, error) {
	if req.Version == 0 && req.ID == 0 && f.hasGUID {
		content, err := s.SchemaByGUID(ctx, req.Subject.Context, f.guid)
		return content, Record{}, err
	}
	if req.Version == 0 {
		content, err := s.Schema(ctx, req.Subject.Context, req.ID)
		return content, Record{}, err
	}
	registered, err := s.Version(ctx, req.Subject, req.Version, false)
	return &registered.Content, registered.Record, err
}

func (s *Service) validate(ctx context.Context, content *Content, req ValidateRequest) (compat.Verdict, error) {
	if req.Type != "" && req.Type != content.Type {
		return compat.Verdict{}, unsupportedEncoding(content)
	}
	stored, err := s.stored(ctx, content)
	if err != nil {
		return compat.Verdict{}, err
	}
	validator, err := stored.validators.get(stored.Schema, req.Message)
	switch {
	case errors.Is(err, compat.ErrMessage):
		return compat.Verdict{}, invalidSchema("Schema %d has no message '%s'", content.ID, clip(req.Message))
	case err != nil:
		return compat.Verdict{}, refused(content.Type, err)
	}
	verdict, err := validator.Validate(req.Payload, req.Encoding)
	var limit *compat.LimitError
	switch {
	case errors.Is(err, compat.ErrEncoding):
		return compat.Verdict{}, unsupportedEncoding(content)
	case errors.As(err, &limit):
		return compat.Verdict{}, fail(TooComplex, "The payload cannot be judged within the work budget: %s", limit.Message)
	}
	return verdict, err
}

func unsupportedEncoding(c *Content) *Error {
	return fail(UnsupportedEncoding, "Schemas of type %s have no payloads of this encoding.", c.Type)
}

// alternatives tries the subject's other live versions. One that cannot judge
// the payload is not an answer either way and is left out.
func (s *Service) alternatives(ctx context.Context, judged Record, req ValidateRequest) ([]Version, error) {
	snap, err := s.store.Snapshot(ctx, judged.Subject)
	if err != nil {
		return nil, err
	}
	var fit []Version
	tried := 0
	for r := range snap.newestFirst() {
		if r.Version == judged.Version {
			continue
		}
		if tried++; tried > maxAlternatives {
			break
		}
		content, err := s.content(ctx, r.Subject.Context, r.ID)
		if err != nil {
			continue
		}
		if verdict, err := s.validate(ctx, content, req); err == nil && len(verdict.Violations) == 0 {
			fit = append(fit, r.Version)
		}
	}
	return fit, nil
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
