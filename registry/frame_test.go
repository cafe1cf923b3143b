package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The layouts of contract section 5.
func TestParseFrame(t *testing.T) {
	guid := GUID{0xca, 0xfe, 15: 0x01}
	for _, tc := range []struct {
		name    string
		payload []byte
		want    frame
		ok      bool
	}{
		{"an ID", []byte{0, 0, 0, 1, 2, 'x', 'y'}, frame{id: 258, body: []byte("xy")}, true},
		{"an ID and nothing", []byte{0, 0, 0, 0, 7}, frame{id: 7, body: []byte{}}, true},
		{"an ID beyond 31 bits", []byte{0, 0xff, 0xff, 0xff, 0xff}, frame{id: -1, body: []byte{}}, true},
		{"a GUID", append(append([]byte{1}, guid[:]...), 'x'), frame{guid: guid, hasGUID: true, body: []byte("x")}, true},
		{"half an ID", []byte{0, 0, 0, 1}, frame{}, false},
		{"half a GUID", append([]byte{1}, guid[:15]...), frame{}, false},
		{"another magic", []byte{2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, frame{}, false},
		{"nothing", nil, frame{}, false},
	} {
		got, ok := parseFrame(tc.payload)
		if ok != tc.ok {
			t.Errorf("%s: a frame: %t, want %t", tc.name, ok, tc.ok)
		}
		if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(frame{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}
