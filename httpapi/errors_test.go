package httpapi

import (
	"net/http"
	"slices"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/registry"
)

func TestEveryKindHasAnAnswer(t *testing.T) {
	byAnswer := make(map[answer]registry.Kind)
	for _, kind := range registry.Kinds() {
		a, ok := answers[kind]
		if !ok {
			t.Errorf("kind %d has no row in answers", kind)
			continue
		}
		if other, taken := byAnswer[a]; taken {
			t.Errorf("kinds %d and %d are both answered with %v", other, kind, a)
		}
		byAnswer[a] = kind
		// A store out of reach is 503, so that clients try again, under the
		// contract's code for failures of the store (reliability P10).
		if kind != registry.Unavailable && a.code != a.status && a.code/100 != a.status {
			t.Errorf("kind %d: the code %d does not begin with the status %d", kind, a.code, a.status)
		}
		if http.StatusText(a.status) == "" {
			t.Errorf("kind %d: no status %d", kind, a.status)
		}
	}
	if len(answers) != len(registry.Kinds()) {
		t.Errorf("answers has %d rows for %d kinds", len(answers), len(registry.Kinds()))
	}
}

// TestForeignErrorsSayNothing: what is no business of the client's stays out
// of the body.
func TestForeignErrorsSayNothing(t *testing.T) {
	status, body := answerTo(&secret{})
	if status != 500 || body.Code != 500 || body.Message != "Internal Server Error" {
		t.Errorf("got %d %+v, want a bare 500", status, body)
	}
}

type secret struct{}

func (*secret) Error() string { return "password=hunter2" }

// Codes lists every error_code there is, for the tests outside the package.
func Codes() []int {
	var codes []int
	add := func(err error) {
		_, body := answerTo(err)
		codes = append(codes, body.Code)
	}
	for kind := range answers {
		add(&registry.Error{Kind: kind})
	}
	for _, err := range []error{
		errNotFound(), errMethod(), errAccept(), errMediaType(), errEncoded(), errInternal(), errMissingBody(), errTooLarge(1), errBadJSON(""),
	} {
		add(err)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Routes lists every method and pattern that is served.
func Routes(t *testing.T) []string {
	t.Helper()
	s := New(registry.New(nil, compat.NewFormats(), registry.Options{}), Options{})
	var routes []string
	err := chi.Walk(s.routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes = append(routes, method+" "+pattern)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return routes
}
