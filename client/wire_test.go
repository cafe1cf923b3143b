package client_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/client"
)

func TestParseFrame(t *testing.T) {
	guid := "0123456789abcdef"
	for _, test := range []struct {
		name, payload string
		want          client.Frame
		ok            bool
	}{
		{"by ID", "\x00\x00\x00\x01\x02body", client.Frame{ID: 258, Body: []byte("body")}, true},
		{"by ID, empty body", "\x00\x00\x00\x00\x07", client.Frame{ID: 7, Body: []byte{}}, true},
		{"by GUID", "\x01" + guid + "body", client.Frame{GUID: [16]byte([]byte(guid)), Body: []byte("body")}, true},
		{"cut ID", "\x00\x00\x00\x00", client.Frame{}, false},
		{"cut GUID", "\x01" + guid[1:], client.Frame{}, false},
		{"other magic", "\x02\x00\x00\x00\x01", client.Frame{}, false},
		{"empty", "", client.Frame{}, false},
	} {
		got, ok := client.ParseFrame([]byte(test.payload))
		if diff := cmp.Diff(test.want, got); diff != "" || ok != test.ok {
			t.Errorf("%s: ok = %t, frame (-want +got):\n%s", test.name, ok, diff)
		}
	}
}
