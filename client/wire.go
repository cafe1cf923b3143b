package client

import "encoding/binary"

// Frame is what stands before a payload in the Confluent wire format.
type Frame struct {
	ID   int      // of the schema; zero when GUID names it
	GUID [16]byte // of the schema; zero when ID names it
	Body []byte   // the payload after it, which for Protobuf starts with message indexes
}

// The magic bytes say how the schema is named.
const (
	magicID   = 0 // four bytes of ID follow, big-endian
	magicGUID = 1 // sixteen bytes of GUID follow
)

// ParseFrame splits a framed payload; ok is false when it does not start like
// one. Body shares memory with payload.
func ParseFrame(payload []byte) (f Frame, ok bool) {
	switch {
	case len(payload) >= 5 && payload[0] == magicID:
		return Frame{ID: int(int32(binary.BigEndian.Uint32(payload[1:]))), Body: payload[5:]}, true
	case len(payload) >= 17 && payload[0] == magicGUID:
		return Frame{GUID: [16]byte(payload[1:]), Body: payload[17:]}, true
	}
	return Frame{}, false
}

// AppendTo appends the framed payload to dst. A frame without ID is named by
// its GUID.
func (f Frame) AppendTo(dst []byte) []byte {
	if f.ID != 0 {
		dst = append(dst, magicID)
		dst = binary.BigEndian.AppendUint32(dst, uint32(f.ID))
	} else {
		dst = append(dst, magicGUID)
		dst = append(dst, f.GUID[:]...)
	}
	return append(dst, f.Body...)
}
