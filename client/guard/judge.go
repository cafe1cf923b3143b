package guard

import (
	"context"
	"errors"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
)

// maxTried is how many versions a bare payload is tried on, as in the registry.
const maxTried = 20

// trial judges an event by one version. Its errors are those of
// [version.validator] and of compat.Validator.
type trial func(*version) (compat.Verdict, error)

// judge finds the version an event fits, or why it fits none; the version is
// nil when none could be tried.
func (g *Guard) judge(ctx context.Context, destination string, p Payload, try trial) (Verdict, *version) {
	verdict := Verdict{}
	naming := Naming{Destination: destination, Record: p.Record, Key: p.Key}
	if naming.Record == "" {
		naming.Record = p.Message
	}
	name, err := g.opts.Strategy(naming)
	if err != nil {
		return verdict.fail(NoSubject, "The strategy names no subject: %v.", err), nil
	}
	verdict.Subject = name
	s := g.subjects.get(name)
	known, err := g.known(ctx, s)
	if err != nil {
		return verdict.unavailable(err), nil
	}
	window := g.policy(destination).Versions
	judged, by := known.judge(verdict, window, p, try)
	switch judged.Reason {
	case Invalid, UnknownSchema, UnknownSubject, VersionNotAccepted:
	default:
		return judged, by
	}
	// The producer may be ahead of what is known.
	err = g.ask(ctx, s)
	if news := s.current.Load(); news != known {
		return news.judge(verdict, window, p, try)
	}
	if err != nil && (judged.Reason == UnknownSchema || judged.Reason == UnknownSubject) {
		return verdict.unavailable(err), nil
	}
	return judged, by
}

func (v Verdict) unavailable(err error) Verdict {
	v = v.fail(Unavailable, "The event could not be judged: %v.", err)
	v.Cause = err
	return v
}

// judge judges by what the snapshot holds.
func (s *snapshot) judge(verdict Verdict, window Window, p Payload, try trial) (Verdict, *version) {
	if len(s.versions) == 0 {
		return verdict.fail(UnknownSubject, "The registry has no live version of %s.", verdict.Subject), nil
	}
	if p.Encoding == compat.Wire {
		return s.judgeFramed(verdict, window, p, try)
	}
	var first Verdict
	var by *version
	tried := 0
	for i, v := range s.versions {
		if !window.accepts(v.number, i) {
			continue
		}
		if tried++; tried > maxTried {
			break
		}
		judged := verdict.by(v, try)
		if judged.Valid() {
			return judged, v
		}
		if by == nil {
			first, by = judged, v
		}
	}
	if by == nil {
		return verdict.fail(VersionNotAccepted, "%s has no live version that the destination accepts.", verdict.Subject), nil
	}
	return first, by
}

// judgeFramed judges by the version that the payload names, which must be one
// of this subject: another destination's schema does not count.
func (s *snapshot) judgeFramed(verdict Verdict, window Window, p Payload, try trial) (Verdict, *version) {
	frame, ok := client.ParseFrame(p.Data)
	if !ok {
		return verdict.fail(BadFrame, "The payload does not start like the Confluent wire format."), nil
	}
	v, i := s.named(frame.ID, frame.GUID)
	if v == nil {
		return verdict.fail(UnknownSchema, "The payload names a schema that is no live version of %s.", verdict.Subject), nil
	}
	if !window.accepts(v.number, i) {
		return verdict.of(v).fail(VersionNotAccepted, "The destination does not accept version %d of %s.", v.number, verdict.Subject), v
	}
	return verdict.by(v, try), v
}

// of names the version in a verdict.
func (v Verdict) of(by *version) Verdict {
	v.Version, v.ID, v.GUID, v.Type = by.number, by.id, by.guid, by.kind
	return v
}

// by tries one version.
func (v Verdict) by(by *version, try trial) Verdict {
	v = v.of(by)
	found, err := try(by)
	var limit *compat.LimitError
	switch {
	case errors.Is(err, compat.ErrEncoding):
		return v.fail(UnsupportedEncoding, "Schemas of type %s have no payloads of this encoding.", by.kind)
	case errors.Is(err, compat.ErrMessage):
		v = v.fail(Invalid, "The schema has no such message.")
		v.Violations[0].Code = "UNKNOWN_MESSAGE"
		return v
	case errors.Is(err, errUnusable):
		return v.fail(Unusable, "%v.", err)
	case errors.As(err, &limit):
		v = v.fail(Invalid, "The event cannot be judged within the work budget: %s.", limit.Message)
		v.Violations[0].Code = "TOO_COMPLEX"
		return v
	case err != nil:
		return v.fail(Unusable, "%v.", err)
	}
	if len(found.Violations) > 0 {
		v.Reason, v.Violations, v.Truncated = Invalid, found.Violations, found.Truncated
	}
	return v
}

// try judges the payload as it is.
func (p Payload) try(v *version) (compat.Verdict, error) {
	data, encoding, message := p.Data, p.Encoding, p.Message
	switch encoding {
	case compat.Wire:
		frame, _ := client.ParseFrame(data) // judgeFramed has seen it
		data, message = frame.Body, ""      // the frame names the message
	case "":
		encoding = v.natural()
	}
	validator, err := v.validator(message)
	if err != nil {
		return compat.Verdict{}, err
	}
	return validator.Validate(data, encoding)
}

// natural is how payloads of the version's type are written by default.
func (v *version) natural() compat.Encoding {
	if _, ok := client.BinaryOf(string(v.kind)); ok {
		return compat.Binary
	}
	return compat.JSONText
}
