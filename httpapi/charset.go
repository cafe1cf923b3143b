package httpapi

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// utf8Of returns a JSON text in UTF-8 whichever of Unicode's encodings it is
// in. The first four bytes tell: a byte-order mark, which is left out, or where
// the zeros are, since the first character of a JSON text is ASCII (RFC 4627,
// 3; addenda F). What is neither is returned as it is.
func utf8Of(text []byte) []byte {
	var head [4]byte
	if copy(head[:], text) < 2 {
		return text
	}
	a, b, c, d := head[0], head[1], head[2], head[3]
	switch {
	case a == 0xef && b == 0xbb && c == 0xbf:
		return text[3:]
	case len(text)%4 == 0 && a == 0xff && b == 0xfe && c == 0 && d == 0, len(text)%4 == 0 && a != 0 && b|c|d == 0:
		return fromUTF32(text, binary.LittleEndian)
	case len(text)%4 == 0 && a|b == 0 && (c == 0xfe && d == 0xff || c == 0 && d != 0):
		return fromUTF32(text, binary.BigEndian)
	case a == 0xff && b == 0xfe, a != 0 && b == 0:
		return fromUTF16(text, binary.LittleEndian)
	case a == 0xfe && b == 0xff, a == 0 && b != 0:
		return fromUTF16(text, binary.BigEndian)
	}
	return text
}

// mark is U+FEFF in UTF-8.
var mark = []byte("\ufeff")

func fromUTF16(text []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return bytes.TrimPrefix([]byte(string(utf16.Decode(units))), mark)
}

func fromUTF32(text []byte, order binary.ByteOrder) []byte {
	var out []byte
	for ; len(text) >= 4; text = text[4:] {
		out = utf8.AppendRune(out, rune(order.Uint32(text)))
	}
	return bytes.TrimPrefix(out, mark)
}
