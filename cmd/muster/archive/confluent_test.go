package archive_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/cmd/muster/archive"
)

// confluent answers as release 7 of the original does: no GUID, time or
// deletion mark, AVRO left out. What that release does not know fails the test.
type confluent struct {
	t        *testing.T
	contexts []string // nil: before 7.0
	versions map[string][]confluentVersion
	config   map[string]map[string]any
	mode     map[string]string
}

type confluentVersion struct {
	Subject    string           `json:"subject"`
	Version    int              `json:"version"`
	ID         int              `json:"id"`
	SchemaType string           `json:"schemaType,omitempty"`
	References []map[string]any `json:"references,omitempty"`
	Schema     string           `json:"schema"`
	deleted    bool
}

// known are the parameters that may be sent to each route.
var known = map[string][]string{
	"subjects": {"deleted"},
	"versions": {"deleted"},
	"version":  {"deleted"},
	"config":   {"defaultToGlobal"},
	"mode":     {"defaultToGlobal"},
	"contexts": nil,
	"scopes":   nil, // asked of every registry, and none of Muster's make answers
	"schemas":  {"subjectPrefix", "deleted", "latestOnly", "aliases", "offset", "limit"},
}

func (c *confluent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, answer, code := c.answer(r)
	for name := range r.URL.Query() {
		if !slices.Contains(known[route], name) {
			c.t.Errorf("%s: no parameter %s in this release", r.URL, name)
		}
	}
	if r.Method != http.MethodGet || route == "" {
		c.t.Errorf("%s %s: no such route in this release", r.Method, r.URL)
	}
	w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	if code != 0 {
		w.WriteHeader(http.StatusNotFound)
		answer = map[string]any{"error_code": code, "message": "not found"}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		c.t.Error(err)
	}
}

var versionPath = regexp.MustCompile(`^/subjects/(.+)/versions(?:/(\d+))?$`)

func (c *confluent) answer(r *http.Request) (route string, answer any, code int) {
	q := r.URL.Query()
	deleted := q.Get("deleted") == "true"
	root, scope, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/subjects":
		names := slices.SortedFunc(maps.Keys(c.versions), func(a, b string) int { return -cmp.Compare(a, b) }) // let nobody rely on it
		return "subjects", slices.DeleteFunc(names, func(s string) bool { return len(c.visible(s, deleted)) == 0 }), 0
	case r.URL.Path == "/contexts" && c.contexts != nil:
		return "contexts", c.contexts, 0
	case r.URL.Path == "/contexts":
		return "contexts", nil, http.StatusNotFound
	case r.URL.Path == "/scopes":
		return "scopes", nil, http.StatusNotFound
	case r.URL.Path == "/schemas":
		return "schemas", c.found(q.Get("offset"), q.Get("limit")), 0
	case root == "config" && scope == "":
		return "config", cmp.Or[any](c.config[""], map[string]any{"compatibilityLevel": "BACKWARD"}), 0
	case root == "config":
		config, ok := c.config[scope]
		return "config", config, codeUnless(ok, 40408)
	case root == "mode" && scope == "":
		return "mode", map[string]string{"mode": cmp.Or(c.mode[""], "READWRITE")}, 0
	case root == "mode":
		mode, ok := c.mode[scope]
		return "mode", map[string]string{"mode": mode}, codeUnless(ok, 40409)
	}
	at := versionPath.FindStringSubmatch(r.URL.Path)
	if at == nil {
		return "", nil, http.StatusNotFound
	}
	visible := c.visible(at[1], deleted)
	if at[2] == "" {
		var numbers []int
		for _, v := range visible {
			numbers = append(numbers, v.Version)
		}
		return "versions", numbers, codeUnless(len(numbers) > 0, 40401)
	}
	for _, v := range visible {
		if strconv.Itoa(v.Version) == at[2] {
			return "version", v, 0
		}
	}
	return "version", nil, 40402
}

func codeUnless(ok bool, code int) int {
	if ok {
		return 0
	}
	return code
}

func (c *confluent) visible(subject string, deleted bool) []confluentVersion {
	return slices.DeleteFunc(slices.Clone(c.versions[subject]), func(v confluentVersion) bool { return v.deleted && !deleted })
}

// found is a page of the latest versions, of which it makes some up so that
// there is more than one. This release knows no aliases.
func (c *confluent) found(offset, limit string) []confluentVersion {
	var list []confluentVersion
	for _, subject := range slices.Sorted(maps.Keys(c.versions)) {
		list = append(list, c.versions[subject][len(c.versions[subject])-1])
	}
	list = append(list, make([]confluentVersion, 130)...)
	from, _ := strconv.Atoi(offset)
	size, _ := strconv.Atoi(limit)
	from = min(from, len(list))
	return list[from:min(from+size, len(list))]
}

// TestRestore_FromConfluent moves a registry of release 7.
func TestRestore_FromConfluent(t *testing.T) {
	for _, contexts := range [][]string{nil, {".", ".eu"}} {
		t.Run(fmt.Sprint(len(contexts), " contexts"), func(t *testing.T) {
			source := &confluent{t: t, contexts: contexts, versions: map[string][]confluentVersion{
				"orders-value": {
					{Version: 1, ID: 3, Schema: `{"type":"record","name":"Order","fields":[]}`, deleted: true},
					{Version: 2, ID: 7, Schema: `{"type":"record","name":"Order","fields":[{"name":"m","type":"Money"}]}`,
						References: []map[string]any{{"name": "Money", "subject": "zz/money", "version": 4}}},
				},
				"zz/money": {{Version: 4, ID: 5, Schema: `{"type":"record","name":"Money","fields":[]}`}},
				"proto":    {{Version: 1, ID: 9, SchemaType: "PROTOBUF", Schema: "syntax = \"proto3\";\n\nmessage M {\n  int32 a = 1;\n}\n"}},
				"json":     {{Version: 1, ID: 8, SchemaType: "JSON", Schema: `{"type":"object"}`, deleted: true}},
			}, config: map[string]map[string]any{
				"":             {"compatibilityLevel": "FULL"},
				"orders-value": {"compatibilityLevel": "NONE"},
			}, mode: map[string]string{"": "READONLY", "proto": "READWRITE"}}
			if contexts != nil {
				source.versions[":.eu:a"] = []confluentVersion{{Version: 1, ID: 1, Schema: `"string"`}}
				source.config[":.eu:"] = map[string]any{"compatibilityLevel": "FORWARD"}
			}
			for subject, list := range source.versions {
				for i := range list {
					list[i].Subject = subject
				}
			}
			server := httptest.NewServer(source)
			defer server.Close()
			from, target := clientOf(t, server), newRegistry(t, nobodyLooks)
			result, err := archive.Restore(t.Context(), target, archive.Registry(t.Context(), from, nil), func() {})
			if err != nil {
				t.Fatal(err)
			}
			// What this release does not tell, the target adds.
			added := regexp.MustCompile(`"guid":"[^"]*",|,"ts":\d+`)
			if d := diff.Diff(export(t, from), added.ReplaceAllString(export(t, target), "")); d != "" {
				t.Errorf("the target differs (-source +target):\n%s", d)
			}
			var configs []string
			for record, err := range archive.Registry(t.Context(), from, []string{"orders"}) {
				if err != nil {
					t.Fatal(err)
				}
				if record.Config != nil {
					configs = append(configs, record.Config.Scope)
				}
			}
			if d := diff.Diff([]string{"orders-value"}, configs); d != "" {
				t.Errorf("configurations of a part (-want +got):\n%s", d)
			}
			again, err := archive.Restore(t.Context(), target, archive.Registry(t.Context(), from, nil), func() {})
			if d := diff.Diff(archive.Result{Present: result.Written}, again); err != nil || d != "" {
				t.Errorf("again (-want +got):\n%s (%v)", d, err)
			}
		})
	}
}
