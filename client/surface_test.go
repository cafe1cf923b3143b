package client_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

// surfaceCall is one call of the client and the request it must send.
type surfaceCall struct {
	name, answer string
	call         func(context.Context, *client.Client) error
	want         sent
}

const media = "application/vnd.schemaregistry.v1+json"

// surface calls every method of the client, with every option set somewhere.
func surface() []surfaceCall {
	schema := entity.SchemaRequest{Schema: `"int"`}
	page := client.Page{Offset: 1, Limit: 2}
	form := client.Form{Format: "resolved", Qualified: true}
	return []surfaceCall{
		{"subjects", `["a"]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Subjects(ctx, client.ListOptions{Prefix: ":*:a", Deleted: true, DeletedOnly: true, Page: page})
			return err
		}, sent{Method: "GET", Target: "/subjects?deleted=true&deletedOnly=true&limit=2&offset=1&subjectPrefix=%3A%2A%3Aa"}},
		{"versions", `[1]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Versions(ctx, "a/b", client.VersionsOptions{Deleted: true, DeletedOnly: true, Negative: true, Page: page})
			return err
		}, sent{Method: "GET", Target: "/subjects/a%2Fb/versions?deleted=true&deletedAsNegative=true&deletedOnly=true&limit=2&offset=1"}},
		{"version", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Version(ctx, ":.ctx:s", 3, client.VersionOptions{Deleted: true, Form: form, FindTags: []string{"a", "*"}})
			return err
		}, sent{Method: "GET", Target: "/subjects/:.ctx:s/versions/3?deleted=true&findTags=a&findTags=%2A&format=resolved&referenceFormat=qualified"}},
		{"latest", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Version(ctx, "100%", client.Latest, client.VersionOptions{})
			return err
		}, sent{Method: "GET", Target: "/subjects/100%25/versions/latest"}},
		{"version text", `"int"`, func(ctx context.Context, c *client.Client) error {
			_, err := c.VersionText(ctx, "s", 1, client.VersionOptions{Deleted: true, Form: form, FindTags: []string{"a"}})
			return err
		}, sent{Method: "GET", Target: "/subjects/s/versions/1/schema?deleted=true&format=resolved"}},
		{"register", `{"id":1}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Register(ctx, "a+b c", schema, client.RegisterOptions{Normalize: true, Force: true, Format: "resolved"})
			return err
		}, sent{"POST", "/subjects/a+b%20c/versions?force=true&format=resolved&normalize=true", media, `{"schema":"\"int\""}`}},
		{"lookup", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Lookup(ctx, "s", schema, client.LookupOptions{Deleted: true, Normalize: true, Format: "resolved"})
			return err
		}, sent{"POST", "/subjects/s?deleted=true&format=resolved&normalize=true", media, `{"schema":"\"int\""}`}},
		{"diff", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Diff(ctx, "a/b", 2, client.Latest)
			return err
		}, sent{Method: "GET", Target: "/subjects/a%2Fb/diff?from=2&to=latest"}},
		{"tag", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Tag(ctx, "a/b", client.Latest, entity.TagRequest{NewVersion: 3, RulesToRemove: []string{"r"},
				TagsToAdd: []entity.SchemaTags{{Entity: entity.SchemaEntity{Path: "R", Type: "sr_record"}, Tags: []string{"PII"}}}})
			return err
		}, sent{"POST", "/subjects/a%2Fb/versions/latest/tags", media,
			`{"newVersion":3,"tagsToAdd":[{"schemaEntity":{"entityPath":"R","entityType":"sr_record"},"tags":["PII"]}],"rulesToRemove":["r"]}`}},
		{"referrers", `[1]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ReferencedBy(ctx, "s", 1, client.ReferencedByOptions{Deleted: true, Page: page})
			return err
		}, sent{Method: "GET", Target: "/subjects/s/versions/1/referencedby?deleted=true&limit=2&offset=1"}},
		{"delete subject", `[1]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteSubject(ctx, "s", true)
			return err
		}, sent{Method: "DELETE", Target: "/subjects/s?permanent=true"}},
		{"delete version", `1`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteVersion(ctx, "s", client.Latest, true)
			return err
		}, sent{Method: "DELETE", Target: "/subjects/s/versions/latest?permanent=true"}},
		{"schema", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Schema(ctx, 7, client.SchemaOptions{Subject: ":.ctx:", Form: form, MaxID: true, FindTags: []string{"a"}})
			return err
		}, sent{Method: "GET", Target: "/schemas/ids/7?fetchMaxId=true&findTags=a&format=resolved&referenceFormat=qualified&subject=%3A.ctx%3A"}},
		{"schema text", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.SchemaText(ctx, 7, client.SchemaOptions{Subject: "s", Form: form})
			return err
		}, sent{Method: "GET", Target: "/schemas/ids/7/schema?format=resolved&subject=s"}},
		{"schema versions", `[]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.SchemaVersions(ctx, 7, client.UsesOptions{Subject: "s", Deleted: true, Page: page})
			return err
		}, sent{Method: "GET", Target: "/schemas/ids/7/versions?deleted=true&limit=2&offset=1&subject=s"}},
		{"schema subjects", `[]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.SchemaSubjects(ctx, 7, client.UsesOptions{Subject: "s", Deleted: true, Page: page})
			return err
		}, sent{Method: "GET", Target: "/schemas/ids/7/subjects?deleted=true&limit=2&offset=1&subject=s"}},
		{"schema by GUID", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.SchemaByGUID(ctx, "g", "resolved")
			return err
		}, sent{Method: "GET", Target: "/schemas/guids/g?format=resolved"}},
		{"IDs by GUID", `[]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.IDsByGUID(ctx, "g")
			return err
		}, sent{Method: "GET", Target: "/schemas/guids/g/ids"}},
		{"search", `[]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Search(ctx, client.SearchOptions{Prefix: "a", Aliases: true, Deleted: true, Latest: true, RuleType: "CEL", Page: page})
			return err
		}, sent{Method: "GET", Target: "/schemas?aliases=true&deleted=true&latestOnly=true&limit=2&offset=1&ruleType=CEL&subjectPrefix=a"}},
		{"newest with metadata", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.NewestWith(ctx, "s", map[string]string{"b": "2", "a": "1"}, client.VersionOptions{Deleted: true, Form: form})
			return err
		}, sent{Method: "GET", Target: "/subjects/s/metadata?deleted=true&format=resolved&key=a&key=b&value=1&value=2"}},
		{"delete context", ``, func(ctx context.Context, c *client.Client) error {
			return c.DeleteContext(ctx, ".ctx")
		}, sent{Method: "DELETE", Target: "/contexts/.ctx"}},
		{"types", `[]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Types(ctx)
			return err
		}, sent{Method: "GET", Target: "/schemas/types"}},
		{"check", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Check(ctx, "a/b", schema, client.CheckOptions{Normalize: true})
			return err
		}, sent{"POST", "/compatibility/subjects/a%2Fb/versions?normalize=true&verbose=true", media, `{"schema":"\"int\""}`}},
		{"check version", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.CheckVersion(ctx, "s", client.Latest, schema, client.CheckOptions{Normalize: true})
			return err
		}, sent{"POST", "/compatibility/subjects/s/versions/latest?normalize=true&verbose=true", media, `{"schema":"\"int\""}`}},
		{"set global config", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.SetConfig(ctx, client.Global, entity.ConfigUpdate{Level: "NONE"})
			return err
		}, sent{"PUT", "/config", media, `{"compatibility":"NONE"}`}},
		{"delete global config", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteConfig(ctx, client.Global)
			return err
		}, sent{Method: "DELETE", Target: "/config"}},
		{"global config", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Config(ctx, client.Global, client.ScopeOptions{Effective: true})
			return err
		}, sent{Method: "GET", Target: "/config?defaultToGlobal=true"}},
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
		{"set global mode", `{}`, func(ctx context.Context, c *client.Client) error {
			return c.SetMode(ctx, client.Global, "READONLY", client.SetModeOptions{Force: true})
		}, sent{"PUT", "/mode?force=true", media, `{"mode":"READONLY"}`}},
		{"delete global mode", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteMode(ctx, client.Global, client.DeleteModeOptions{Recursive: true})
			return err
		}, sent{Method: "DELETE", Target: "/mode?recursive=true"}},
		{"mode of a scope", `{"mode":"READONLY"}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Mode(ctx, "s", client.ScopeOptions{Effective: true})
			return err
		}, sent{Method: "GET", Target: "/mode/s?defaultToGlobal=true"}},
		{"mode", `{"mode":"READWRITE"}`, func(ctx context.Context, c *client.Client) error {
			mode, err := c.Mode(ctx, client.Global, client.ScopeOptions{Effective: true})
			if mode != "READWRITE" {
				return errors.New("got mode " + mode)
			}
			return err
		}, sent{Method: "GET", Target: "/mode?defaultToGlobal=true"}},
		{"set mode", `{"mode":"IMPORT"}`, func(ctx context.Context, c *client.Client) error {
			return c.SetMode(ctx, "s", "IMPORT", client.SetModeOptions{Force: true})
		}, sent{"PUT", "/mode/s?force=true", media, `{"mode":"IMPORT"}`}},
		{"clear mode", `{"mode":null}`, func(ctx context.Context, c *client.Client) error {
			return c.SetMode(ctx, "s", "", client.SetModeOptions{})
		}, sent{"PUT", "/mode/s", media, `{"mode":null}`}},
		{"delete mode", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.DeleteMode(ctx, "s", client.DeleteModeOptions{Recursive: true})
			return err
		}, sent{Method: "DELETE", Target: "/mode/s?recursive=true"}},
		{"validate", `{"valid":true}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Validate(ctx, "s", 2, client.Payload{Data: []byte("1"), Encoding: client.PlainJSON, Message: "M"})
			return err
		}, sent{"POST", "/subjects/s/versions/2/validate?avro_json=plain&batch=false&message=M", "application/json", "1"}},
		{"validate by ID", `{"valid":true}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ValidateByID(ctx, 4, client.Payload{Encoding: client.ProtobufBinary, Message: "a.B"}, client.ByIDOptions{Subject: "s"})
			return err
		}, sent{"POST", "/schemas/ids/4/validate?message=a.B&subject=s", "application/x-protobuf", ""}},
		{"validate plain JSON by ID", `{"valid":true}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ValidateByID(ctx, 4, client.Payload{Encoding: client.PlainJSON}, client.ByIDOptions{})
			return err
		}, sent{Method: "POST", Target: "/schemas/ids/4/validate?avro_json=plain&batch=false", ContentType: "application/json"}},
		{"validate framed", `{"valid":true}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ValidateFramed(ctx, client.Payload{Data: []byte("\x00"), Encoding: client.Wire, Message: "M"}, client.ByIDOptions{Subject: "s"})
			return err
		}, sent{"POST", "/validate?message=M&subject=s", "application/vnd.confluent.wire", "\x00"}},
		{"validate records", `{"results":[]}`, func(ctx context.Context, c *client.Client) error {
			records := []client.Record{{ID: "a", Value: []byte("1")}, {Binary: []byte("\x00")}}
			_, err := c.ValidateRecords(ctx, "s", 2, records, client.ManyOptions{Message: "M", StopAfter: 3})
			return err
		}, sent{"POST", "/subjects/s/versions/2/validate?batch=true&message=M&stop_after=3", "application/vnd.schemaregistry.v1+json",
			`{"records":[{"id":"a","value":1},{"base64":"AA=="}]}`}},
		{"validate lines", `{"summary":{}}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ValidateLines(ctx, "s", 2, strings.NewReader("1\n"), client.ManyOptions{PlainJSON: true, Base64: true}, nil)
			return err
		}, sent{"POST", "/subjects/s/versions/2/validate?avro_json=plain&encoding=base64", "application/x-ndjson", "1\n"}},
		{"scopes", `[":.:"]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Scopes(ctx, client.ScopesOptions{Prefix: ":.a:", Page: page})
			return err
		}, sent{Method: "GET", Target: "/scopes?limit=2&offset=1&subjectPrefix=%3A.a%3A"}},
		{"contexts", `["."]`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Contexts(ctx, client.ContextsOptions{Prefix: ".a", Page: page})
			return err
		}, sent{Method: "GET", Target: "/contexts?contextPrefix=.a&limit=2&offset=1"}},
		{"server version", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ServerVersion(ctx)
			return err
		}, sent{Method: "GET", Target: "/v1/metadata/version"}},
		{"deployment", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Deployment(ctx)
			return err
		}, sent{Method: "GET", Target: "/v1/metadata/deployment"}},
		{"cluster", `{}`, func(ctx context.Context, c *client.Client) error {
			_, err := c.ClusterID(ctx)
			return err
		}, sent{Method: "GET", Target: "/v1/metadata/id"}},
		{"specification", `openapi: 3.1.0`, func(ctx context.Context, c *client.Client) error {
			_, err := c.Specification(ctx)
			return err
		}, sent{Method: "GET", Target: "/openapi.yaml"}},
		{"liveness", ``, func(ctx context.Context, c *client.Client) error {
			return c.Live(ctx)
		}, sent{Method: "GET", Target: "/livez"}},
		{"readiness", ``, func(ctx context.Context, c *client.Client) error {
			return c.Ready(ctx)
		}, sent{Method: "GET", Target: "/readyz"}},
	}
}

func TestClient_SendsWhatTheContractNames(t *testing.T) {
	for _, test := range surface() {
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

// unasked lists what no method asks for, and why. A parameter is written
// "operation?parameter".
var unasked = map[string]string{
	"getRoot":                          "answers nothing",
	"postRoot":                         "answers nothing",
	"metrics":                          "is for Prometheus",
	"validateByID?fail":                "the client reads the verdict",
	"validateByVersion?fail":           "the client reads the verdict",
	"validateSelfDescribed?fail":       "the client reads the verdict",
	"validateSelfDescribed?avro_json":  "is for CloudEvents, which gateways send",
	"validateByID?encoding":            "streams go by version",
	"validateSelfDescribed?encoding":   "streams go by version",
	"validateByID?stop_after":          "batches and streams go by version",
	"validateSelfDescribed?stop_after": "batches and streams go by version",
}

// TestClient_CoversTheSurface holds the calls against openapi.yaml: each of its
// operations, with each parameter of its query.
func TestClient_CoversTheSurface(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(map[string]bool)
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			for _, call := range surface() {
				target, query, _ := strings.Cut(call.want.Target, "?")
				if call.want.Method != method || !fits(path, target, doc) {
					continue
				}
				asked[operation.OperationID] = true
				values, err := url.ParseQuery(query)
				if err != nil {
					t.Fatal(err)
				}
				for parameter := range values {
					asked[operation.OperationID+"?"+parameter] = true
				}
			}
			wanted := []string{operation.OperationID}
			for _, parameter := range operation.Parameters {
				if parameter.Value.In == "query" {
					wanted = append(wanted, operation.OperationID+"?"+parameter.Value.Name)
				}
			}
			for _, name := range wanted {
				switch reason, left := unasked[name]; {
				case left && asked[name]:
					t.Errorf("%s is left out because it %q, and is asked for", name, reason)
				case !left && !asked[name] && (asked[operation.OperationID] || name == operation.OperationID) && unasked[operation.OperationID] == "":
					t.Errorf("no method of the client asks for %s (%s %s)", name, method, path)
				}
			}
		}
	}
}

// fits tells whether a path of the document is the one for target: a path
// without parameters goes before those with.
func fits(path, target string, doc *openapi3.T) bool {
	if path == target {
		return true
	}
	if doc.Paths.Value(target) != nil {
		return false
	}
	segments, given := strings.Split(path, "/"), strings.Split(target, "/")
	if len(segments) != len(given) {
		return false
	}
	for i, s := range segments {
		if s != given[i] && !strings.HasPrefix(s, "{") {
			return false
		}
	}
	return true
}
