package registry

import (
	"encoding/binary"

	"github.com/muster-registry/muster/compat"
)

// frame is what stands before a payload in the Confluent wire format: a magic
// byte, then the schema's ID or its GUID (contract section 5).
type frame struct {
	id      SchemaID
	guid    GUID
	hasGUID bool // in place of the ID
	body    []byte
}

const (
	magicID   = 0 // four bytes of ID follow, big-endian
	magicGUID = 1 // sixteen bytes of GUID follow
)

func parseFrame(payload []byte) (frame, bool) {
	switch {
	case len(payload) >= 5 && payload[0] == magicID:
		return frame{id: SchemaID(int32(binary.BigEndian.Uint32(payload[1:]))), body: payload[5:]}, true
	case len(payload) >= 17 && payload[0] == magicGUID:
		return frame{guid: GUID(payload[1:17]), hasGUID: true, body: payload[17:]}, true
	}
	return frame{}, false
}

// names tells whether the frame names this content.
func (f frame) names(c *Content) bool {
	if f.hasGUID {
		return f.guid == c.GUID
	}
	return f.id == c.ID
}

// BadFrame is the verdict on a payload that names no schema.
func BadFrame() compat.Verdict {
	return compat.Verdict{Violations: []compat.Violation{{
		Code:     "INVALID_FRAME",
		Expected: "a magic byte 0 and a schema ID, or a magic byte 1 and a GUID",
		Message:  "The payload does not start like the Confluent wire format.",
		Hint:     "Serialize with a registry-aware serializer, or send the bare payload with the content type of its encoding.",
	}}}
}

func otherSchema() compat.Verdict {
	return compat.Verdict{Violations: []compat.Violation{{
		Code:     "SCHEMA_ID_MISMATCH",
		Expected: "the ID or GUID of the schema that judges",
		Message:  "The payload names another schema than the one it is judged by.",
		Hint:     "Judge it by the schema it names (POST /validate), or write it with the version asked for.",
	}}}
}
