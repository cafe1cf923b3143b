package registry

import (
	"context"
	"errors"

	"github.com/muster-registry/muster/compat"
)

// Judge is one schema made ready to judge any number of payloads: what a batch
// or a stream is judged by, so that all of it meets the same version. It is
// safe for concurrent use.
type Judge struct {
	service   *Service
	content   *Content
	record    Record // empty when an ID was asked for
	message   string
	validator compat.Validator
}

// Judge finds the schema a request names by version or ID and compiles it. The
// request's payload and encoding do not matter, its Type does.
func (s *Service) Judge(ctx context.Context, req ValidateRequest) (*Judge, error) {
	return s.judge(ctx, req, frame{})
}

// judge takes the schema that the payload's frame names where the request names
// none.
func (s *Service) judge(ctx context.Context, req ValidateRequest, f frame) (*Judge, error) {
	j := &Judge{service: s, message: req.Message}
	var err error
	switch {
	case req.Version == 0 && req.ID == 0 && f.hasGUID:
		j.content, err = s.SchemaByGUID(ctx, req.Subject.Context, f.guid)
	case req.Version == 0:
		j.content, err = s.Schema(ctx, req.Subject.Context, req.ID)
	default:
		var registered Registered
		registered, err = s.Version(ctx, req.Subject, req.Version, false)
		j.content, j.record = &registered.Content, registered.Record
	}
	if err != nil {
		return nil, err
	}
	if req.Type != "" && req.Type != j.content.Type {
		return nil, unsupportedEncoding(j.content.Type)
	}
	j.validator, err = s.validator(ctx, j.content, req.Message)
	return j, err
}

// validator compiles content, once for each message.
func (s *Service) validator(ctx context.Context, content *Content, message string) (compat.Validator, error) {
	stored, err := s.stored(ctx, content)
	if err != nil {
		return nil, err
	}
	validator, err := stored.validators.get(stored.Schema, message)
	switch {
	case errors.Is(err, compat.ErrMessage):
		return nil, invalidSchema("Schema %d has no message '%s'", content.ID, clip(message))
	case err != nil:
		return nil, refused(content.Type, err)
	}
	return validator, nil
}

// largePayload is the length in bytes from which on a payload is judged in a
// slot: what is decoded of it takes many times its own memory.
const largePayload = 64 << 10

func (s *Service) verdict(ctx context.Context, validator compat.Validator, payload []byte, enc compat.Encoding) (compat.Verdict, error) {
	if len(payload) >= largePayload {
		if err := s.slots.await(ctx); err != nil {
			return compat.Verdict{}, err
		}
		defer s.slots.give()
	}
	return validator.Validate(payload, enc)
}

// Validate judges one payload. The error is UnsupportedEncoding for an encoding
// that the schema's type lacks, TooComplex for a payload beyond the work
// budget, and the context's when that ends before a large payload's turn.
func (j *Judge) Validate(ctx context.Context, payload []byte, enc compat.Encoding) (Validated, error) {
	verdict, err := j.service.verdict(ctx, j.validator, payload, enc)
	var limit *compat.LimitError
	switch {
	case errors.Is(err, compat.ErrEncoding):
		return Validated{}, unsupportedEncoding(j.content.Type)
	case errors.As(err, &limit):
		return Validated{}, fail(TooComplex, "The payload cannot be judged within the work budget: %s", limit.Message)
	case err != nil:
		return Validated{}, err
	}
	return j.named(verdict), nil
}

// named adds to a verdict which schema it is by.
func (j *Judge) named(verdict compat.Verdict) Validated {
	return Validated{
		Verdict: verdict, ID: j.content.ID, Type: j.content.Type,
		Subject: j.record.Subject, Version: j.record.Version,
	}
}

func unsupportedEncoding(t compat.Type) *Error {
	return fail(UnsupportedEncoding, "Schemas of type %s have no payloads of this encoding.", t)
}

// Explain adds to the verdict on a payload that does not fit which of the
// subject's other live versions it fits, and what changed since the newest of
// them. A verdict by an ID has no other versions. The error is of the store or
// the context: a version that is gone by now, or that cannot judge the payload
// within its budget, is no answer either way.
func (j *Judge) Explain(ctx context.Context, v *Validated, payload []byte, enc compat.Encoding) error {
	if v.Version == 0 {
		return nil
	}
	snap, err := j.service.store.Snapshot(ctx, v.Subject)
	if err != nil {
		return err
	}
	var newest *Content
	tried := 0
	for r := range snap.newestFirst() {
		if r.Version == v.Version {
			continue
		}
		if tried++; tried > maxAlternatives {
			break
		}
		content, fits, err := j.fits(ctx, r, payload, enc)
		if err != nil {
			return err
		}
		if !fits {
			continue
		}
		if newest == nil {
			newest = content
		}
		v.WouldBeValidUnder = append(v.WouldBeValidUnder, r.Version)
	}
	if newest != nil {
		v.Changed, err = j.changes(ctx, newest, v.WouldBeValidUnder[0])
	}
	return err
}

// fits tries a payload on another version than the judging one.
func (j *Judge) fits(ctx context.Context, r Record, payload []byte, enc compat.Encoding) (*Content, bool, error) {
	content, err := j.service.content(ctx, r.Subject.Context, r.ID)
	if errors.Is(err, ErrNotFound) || err == nil && content.Type != j.content.Type {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	validator, err := j.service.validator(ctx, content, j.message)
	if err != nil {
		return nil, false, unlessJudged(err)
	}
	verdict, err := j.service.verdict(ctx, validator, payload, enc)
	return content, err == nil && len(verdict.Violations) == 0, unlessJudged(err)
}

// unlessJudged leaves the errors that say nothing about schema or payload.
func unlessJudged(err error) error {
	var refusal *Error
	var limit *compat.LimitError
	if errors.As(err, &refusal) || errors.As(err, &limit) || errors.Is(err, compat.ErrEncoding) {
		return nil
	}
	return err
}

// changes compares the judging schema with another version, both ways. What
// cannot be compared within the budget has no answer here.
func (j *Judge) changes(ctx context.Context, other *Content, version Version) ([]compat.Incompatibility, error) {
	format, err := j.service.format(ctx, j.content.Type)
	if err != nil {
		return nil, err
	}
	judging, err := j.service.stored(ctx, j.content)
	if err != nil {
		return nil, unlessJudged(err)
	}
	fitting, err := j.service.stored(ctx, other)
	if err != nil {
		return nil, unlessJudged(err)
	}
	earlier := func(yield func(compat.Earlier, error) bool) {
		yield(compat.Earlier{Version: int(version), Schema: fitting.Schema}, nil)
	}
	report, err := compat.Check(format, compat.Full, judging.Schema, earlier, compat.CheckOptions{Work: compat.NewBudget(j.service.work)})
	return report.Incompatibilities, unlessJudged(err)
}

// Found is the verdict on a payload that was found wrong before it could be
// judged.
func (j *Judge) Found(v compat.Violation) Validated {
	return j.named(compat.Verdict{Violations: []compat.Violation{v}})
}
