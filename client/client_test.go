package client_test

import (
	"context"
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

func TestClient_SendsWhatTheContractNames(t *testing.T) {
	const media = "application/vnd.schemaregistry.v1+json"
	schema := entity.SchemaRequest{Schema: `"int"`}
	for _, test := range []struct {
		name, answer string
		call         func(context.Context, *client.Client) error
		want         sent
	}{
		{"subjects", `["a"]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Subjects(ctx, client.ListOptions{Prefix: ":*:a", Deleted: true, Limit: 2})
			return err
		}, sent{Method: "GET", Target: "/subjects?deleted=true&limit=2&subjectPrefix=%3A%2A%3Aa"}},
		{"versions", `[1]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Versions(ctx, "a/b", client.VersionsOptions{})
			return err
		}, sent{Method: "GET", Target: "/subjects/a%2Fb/versions"}},
		{"version", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Version(ctx, ":.ctx:s", 3, client.VersionOptions{Deleted: true})
			return err
		}, sent{Method: "GET", Target: "/subjects/:.ctx:s/versions/3?deleted=true"}},
		{"latest", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Version(ctx, "100%", client.Latest, client.VersionOptions{})
			return err
		}, sent{Method: "GET", Target: "/subjects/100%25/versions/latest"}},
		{"version text", `"int"`, func(ctx context.Context, c *client.Client) error {
			_, err := c.VersionText(ctx, "s", 1, client.VersionOptions{})
			return err
		}, sent{Method: "GET", Target: "/subjects/s/versions/1/schema"}},
		{"register", `{"id":1}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Register(ctx, "a+b c", schema, client.RegisterOptions{Normalize: true})
			return err
		}, sent{"POST", "/subjects/a+b%20c/versions?normalize=true", media, `{"schema":"\"int\""}`}},
		{"lookup", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Lookup(ctx, "s", schema, client.LookupOptions{Deleted: true})
			return err
		}, sent{"POST", "/subjects/s?deleted=true", media, `{"schema":"\"int\""}`}},
		{"referrers", `[1]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ReferencedBy(ctx, "s", 1)
			return err
		}, sent{Method: "GET", Target: "/subjects/s/versions/1/referencedby"}},
		{"delete subject", `[1]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteSubject(ctx, "s", true)
			return err
		}, sent{Method: "DELETE", Target: "/subjects/s?permanent=true"}},
		{"delete version", `1`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteVersion(ctx, "s", client.Latest, false)
			return err
		}, sent{Method: "DELETE", Target: "/subjects/s/versions/latest"}},
		{"schema", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Schema(ctx, 7, client.SchemaOptions{Subject: ":.ctx:"})
			return err
		}, sent{Method: "GET", Target: "/schemas/ids/7?subject=%3A.ctx%3A"}},
		{"schema text", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.SchemaText(ctx, 7, client.SchemaOptions{})
			return err
		}, sent{Method: "GET", Target: "/schemas/ids/7/schema"}},
		{"schema versions", `[]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.SchemaVersions(ctx, 7, client.SchemaOptions{})
			return err
		}, sent{Method: "GET", Target: "/schemas/ids/7/versions"}},
		{"types", `[]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Types(ctx)
			return err
		}, sent{Method: "GET", Target: "/schemas/types"}},
		{"check", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Check(ctx, "a/b", schema, client.CheckOptions{})
			return err
		}, sent{"POST", "/compatibility/subjects/a%2Fb/versions?verbose=true", media, `{"schema":"\"int\""}`}},
		{"check version", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.CheckVersion(ctx, "s", client.Latest, schema, client.CheckOptions{Normalize: true})
			return err
		}, sent{"POST", "/compatibility/subjects/s/versions/latest?normalize=true&verbose=true", media, `{"schema":"\"int\""}`}},
		{"global config", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Config(ctx, client.Global, client.ScopeOptions{})
			return err
		}, sent{Method: "GET", Target: "/config"}},
		{"effective config", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Config(ctx, "s", client.ScopeOptions{Effective: true})
			return err
		}, sent{Method: "GET", Target: "/config/s?defaultToGlobal=true"}},
		{"set config", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.SetConfig(ctx, "s", entity.ConfigUpdate{Level: "FULL"})
			return err
		}, sent{"PUT", "/config/s", media, `{"compatibility":"FULL"}`}},
		{"delete config", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteConfig(ctx, ":.ctx:")
			return err
		}, sent{Method: "DELETE", Target: "/config/:.ctx:"}},
		{"mode", `{"mode":"READWRITE"}`, func(ctx context.Context, c *client.Client) error {
			mode, err := c.Mode(ctx, client.Global, client.ScopeOptions{})
			if mode != "READWRITE" {
				return errors.New("got mode " + mode)
			}
			return err
		}, sent{Method: "GET", Target: "/mode"}},
		{"set mode", `{"mode":"IMPORT"}`, func(ctx context.Context, c *client.Client) error {
			return c.SetMode(ctx, "s", "IMPORT", client.SetModeOptions{Force: true})
		}, sent{"PUT", "/mode/s?force=true", media, `{"mode":"IMPORT"}`}},
		{"clear mode", `{"mode":null}`, func(ctx context.Context, c *client.Client) error {
			return c.SetMode(ctx, "s", "", client.SetModeOptions{})
		}, sent{"PUT", "/mode/s", media, `{"mode":null}`}},
		{"delete mode", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteMode(ctx, "s")
			return err
		}, sent{Method: "DELETE", Target: "/mode/s"}},
		{"validate", `{"valid":true}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Validate(ctx, "s", 2, client.Payload{Data: []byte("1"), Encoding: client.PlainJSON})
			return err
		}, sent{"POST", "/subjects/s/versions/2/validate?avro_json=plain", "application/json", "1"}},
		{"validate by ID", `{"valid":true}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ValidateByID(ctx, 4, client.Payload{Encoding: client.ProtobufBinary, Message: "a.B"})
			return err
		}, sent{"POST", "/schemas/ids/4/validate?message=a.B", "application/x-protobuf", ""}},
		{"validate framed", `{"valid":true}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ValidateFramed(ctx, client.Payload{Data: []byte("\x00"), Encoding: client.Wire})
			return err
		}, sent{"POST", "/validate", "application/vnd.confluent.wire", "\x00"}},
		{"contexts", `["."]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Contexts(ctx)
			return err
		}, sent{Method: "GET", Target: "/contexts"}},
		{"server version", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ServerVersion(ctx)
			return err
		}, sent{Method: "GET", Target: "/v1/metadata/version"}},
		{"readiness", ``, func(ctx context.Context, c *client.Client) error {
			return c.Ready(ctx)
		}, sent{Method: "GET", Target: "/readyz"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, got, _ := record(t, test.answer, client.Options{})
			if err := test.call(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
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
