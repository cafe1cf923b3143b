package client_test

import (
	"testing"

	"github.com/muster-registry/muster/client"
)

func TestReferred(t *testing.T) {
	for _, test := range []struct{ reference, subject, want string }{
		{"money", "orders", "money"},
		{"money", ":.eu:orders", ":.eu:money"},
		{"money", ":.:orders", "money"},
		{":.eu:money", "orders", ":.eu:money"},
		{":.us:money", ":.eu:orders", ":.us:money"},
		{":.:money", ":.eu:orders", "money"},
		{"a:b", ":.eu:c:d", ":.eu:a:b"},
	} {
		if got := client.Referred(test.reference, test.subject); got != test.want {
			t.Errorf("%q in a schema of %q points to %q, want %q", test.reference, test.subject, got, test.want)
		}
	}
}
