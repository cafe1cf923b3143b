package client_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

// sent is what a request looks like on the wire.
type sent struct{ Method, Target, ContentType, Body string }

// record returns a client of a registry that answers with answer and notes
// what it was asked.
func record(t *testing.T, answer string, opts client.Options) (*client.Client, *sent, *http.Header) {
	t.Helper()
	var got sent
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = sent{r.Method, r.RequestURI, r.Header.Get("Content-Type"), string(body)}
		header = r.Header
		io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	c, err := client.New(server.URL, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c, &got, &header
}

func TestClient_Credentials(t *testing.T) {
	for _, test := range []struct {
		name string
		opts client.Options
		want string
	}{
		{"none", client.Options{}, ""},
		{"basic", client.Options{Username: "ci", Password: "secret"}, "Basic Y2k6c2VjcmV0"},
		{"bearer", client.Options{Token: "t0ken"}, "Bearer t0ken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _, header := record(t, `[]`, test.opts)
			if _, err := c.Types(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := header.Get("Authorization"); got != test.want {
				t.Errorf("Authorization = %q, want %q", got, test.want)
			}
		})
	}
}

func TestNew_RefusesWhatCannotWork(t *testing.T) {
	for _, test := range []struct {
		name, url string
		opts      client.Options
	}{
		{"no scheme", "127.0.0.1:8081", client.Options{}},
		{"other scheme", "ftp://127.0.0.1", client.Options{}},
		{"no host", "http:///subjects", client.Options{}},
		{"query", "http://127.0.0.1?a=b", client.Options{}},
		{"two credentials", "http://127.0.0.1", client.Options{Username: "u", Token: "t"}},
	} {
		if _, err := client.New(test.url, test.opts); err == nil {
			t.Errorf("%s: New(%q) took it", test.name, test.url)
		}
	}
}

func TestNew_KeepsThePathOfTheBase(t *testing.T) {
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.RequestURI
		io.WriteString(w, `[]`)
	}))
	t.Cleanup(server.Close)
	c, err := client.New(server.URL+"/contexts/.ctx/", client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Subjects(t.Context(), client.ListOptions{}); err != nil {
		t.Fatal(err)
	}
	if target := <-got; target != "/contexts/.ctx/subjects" {
		t.Errorf("asked for %s", target)
	}
}

func TestError_HoldsTheRefusal(t *testing.T) {
	refusal := entity.Error{Code: 409, Message: "no", Incompatibilities: []entity.Incompatibility{{Rule: "R", Path: "/a"}}}
	body, err := json.Marshal(refusal)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   client.Error
	}{
		{"of the registry", 409, string(body), client.Error{Status: 409, Code: 409, Message: "no", Incompatibilities: refusal.Incompatibilities}},
		{"five digits", 404, `{"error_code":40401,"message":"m"}`, client.Error{Status: 404, Code: 40401, Message: "m"}},
		{"of a proxy", 403, "<html>\n<b>no</b>", client.Error{Status: 403, Code: 403, Message: "the registry answered 403 <html> <b>no</b>"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(test.status)
				io.WriteString(w, test.body)
			}))
			t.Cleanup(server.Close)
			c, err := client.New(server.URL, client.Options{Retries: -1, HTTP: &http.Client{Timeout: 10 * time.Second}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Register(t.Context(), "s", entity.SchemaRequest{}, client.RegisterOptions{})
			var got *client.Error
			if !errors.As(err, &got) {
				t.Fatalf("got %T: %v, want *client.Error", err, err)
			}
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if errors.Is(err, client.ErrUnreachable) {
				t.Error("a refusal counts as out of reach")
			}
		})
	}
}
