package samples_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/samples"
)

// TestShape_Format holds when texts are said to keep to a format: there are
// several different ones, and all do.
func TestShape_Format(t *testing.T) {
	for _, test := range []struct {
		want  string
		texts []string
	}{
		{"", []string{"2026-11-21"}},
		{"", []string{"2026-11-21", "2026-11-21"}},
		{"date", []string{"2026-11-21", "2026-11-22"}},
		{"", []string{"2026-11-21", "2026-11-31"}},
		{"", []string{"2026-11-21", "2026-11-21T20:10:00Z"}},
		{"date-time", []string{"2026-11-21T20:10:00Z", "2026-11-21T20:10:00.5+01:00"}},
		{"uuid", []string{"9f0c2ac5-3a3f-4e5c-9c1d-0a1b2c3d4e5f", "9F0C2AC5-3A3F-4E5C-9C1D-0A1B2C3D4E5E"}},
		{"ipv4", []string{"10.0.0.1", "10.0.0.2"}},
		{"ipv6", []string{"::1", "::2"}},
		{"", []string{"::1", "fe80::1%eth0"}},
		{"email", []string{"a@b.example", "b@b.example"}},
		{"uri", []string{"http://example.com", "https://example.com/x?y#z"}},
		{"", []string{"a", "b"}},
	} {
		set := samples.New(0)
		for _, text := range test.texts {
			if err := set.Add(fmt.Sprintf("%q", text)); err != nil {
				t.Fatal(err)
			}
		}
		if got := set.Shape().Format(); got != test.want {
			t.Errorf("%q: %q, want %q", test.texts, got, test.want)
		}
	}
}

// TestSet_KeysThatAreData bounds what a set remembers.
func TestSet_KeysThatAreData(t *testing.T) {
	set := samples.New(0)
	for i := range 20_000 {
		err := set.Add(fmt.Sprintf(`{"k%d":1}`, i))
		var limit *compat.LimitError
		if errors.As(err, &limit) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Error("20000 different keys are remembered")
}
