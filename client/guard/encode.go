package guard

import (
	"context"
	"time"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
)

// Framing is how [Guard.Encode] names the schema.
type Framing int

// The framings of the Confluent wire format.
const (
	ByID   Framing = iota // magic byte 0 and four bytes of ID
	ByGUID                // magic byte 1 and sixteen bytes of GUID
)

// Encode judges an event as [Guard.Check] does and frames it with the schema
// that judged it: the ID or GUID, for Protobuf the message indexes, and Data,
// which is the binary form of the schema's type, or JSON where it has none.
// In the modes that let an invalid event through it is framed with the newest
// version. What cannot be judged cannot be framed and is rejected whatever
// Policy.Down says.
func (g *Guard) Encode(ctx context.Context, destination string, p Payload) ([]byte, Verdict, error) {
	start := time.Now()
	verdict, by := g.judge(ctx, destination, p, p.tryFramed)
	var framed []byte
	if by != nil {
		body, err := p.body(by)
		if err == nil {
			framed = g.opts.Framing.frame(by, body)
		}
	}
	verdict, err := g.conclude(ctx, destination, p, verdict, start, framed != nil)
	if err != nil {
		return nil, verdict, err
	}
	return framed, verdict, nil
}

// frame names a version before a body; nil when the registry gave it no GUID.
func (f Framing) frame(v *version, body []byte) []byte {
	frame := client.Frame{ID: v.id, Body: body}
	if f == ByGUID {
		if v.guidBytes == [16]byte{} {
			return nil
		}
		frame.ID, frame.GUID = 0, v.guidBytes
	}
	return frame.AppendTo(make([]byte, 0, 17+len(body)))
}

// tryFramed judges what would follow the schema's name in the frame.
func (p Payload) tryFramed(v *version) (compat.Verdict, error) {
	body, err := p.body(v)
	if err != nil {
		return compat.Verdict{}, err
	}
	validator, err := v.validator(p.Message)
	if err != nil {
		return compat.Verdict{}, err
	}
	return validator.Validate(body, compat.Wire)
}

// body is what follows the schema's name in the frame.
func (p Payload) body(v *version) ([]byte, error) {
	if p.Encoding != "" && p.Encoding != v.natural() {
		return nil, compat.ErrEncoding
	}
	validator, err := v.validator(p.Message)
	if err != nil {
		return nil, err
	}
	prefixer, ok := validator.(compat.WirePrefixer)
	if !ok {
		return p.Data, nil
	}
	prefix, ok := prefixer.WirePrefix()
	if !ok {
		return nil, compat.ErrMessage
	}
	return append(prefix[:len(prefix):len(prefix)], p.Data...), nil
}
