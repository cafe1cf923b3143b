package httpapi_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/muster-registry/muster/httpapi"
)

// With 24 a context there is one of every kind; 60 make 300 subjects.
var importSubjects = flag.Int("import-subjects", 24, "how many subjects a context has that is imported")

// TestImport_AnswersAlike copies a registry of five contexts through the API
// into an empty one and asks both everything that can be asked with GET
// (promise P20).
func TestImport_AnswersAlike(t *testing.T) {
	for i, from := range backends {
		perContext := []int{*importSubjects, 12}[i] // for the other way some of each kind will do
		t.Run("from "+from.name, func(t *testing.T) {
			t.Parallel()
			source := registryAt{t, newServer(t, from)}
			source.fill(perContext)
			asked := source.everything()
			wants := make([]string, len(asked))
			for i, path := range asked {
				wants[i] = source.get(path)
			}
			for _, to := range backends {
				if to.name == from.name {
					continue // the other way shows as much, and all of this takes a while
				}
				t.Run("to "+to.name, func(t *testing.T) {
					target := registryAt{t, newServer(t, to)}
					source.export(target)
					differing := 0
					for i, path := range asked {
						want, got := wants[i], target.get(path)
						if want != got {
							differing++
							t.Errorf("GET %s\n got %.500s\nwant %.500s", path, got, want)
						}
						if differing > 10 {
							t.FailNow()
						}
					}
					t.Logf("%d answers compared", len(asked))
				})
			}
			everyRoute(t, asked)
		})
	}
}

// everyRoute holds that no GET is left out but those that are not about what
// the registry holds.
func everyRoute(t *testing.T, asked []string) {
	about := []string{"/", "/livez", "/readyz", "/metrics", "/openapi.yaml", "/v1/metadata/id", "/v1/metadata/version",
		"/v1/metadata/deployment", "/schemas/types"}
	for _, route := range httpapi.Routes(t) {
		pattern, ok := strings.CutPrefix(route, "GET ")
		if !ok || slices.Contains(about, pattern) {
			continue
		}
		segments := strings.Split(pattern, "/")
		if !slices.ContainsFunc(asked, func(path string) bool {
			path, _, _ = strings.Cut(path, "?")
			return slices.EqualFunc(segments, strings.Split(path, "/"), func(want, got string) bool {
				return want == got || strings.HasPrefix(want, "{")
			})
		}) {
			t.Errorf("%s is not compared", route)
		}
	}
}

// registryAt is a registry that is spoken to through its API alone.
type registryAt struct {
	t      *testing.T
	server *httptest.Server
}

// ask returns the status and the body.
func (r registryAt) ask(method, path string, body any) (int, []byte) {
	r.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			r.t.Fatal(err)
		}
		reader = strings.NewReader(string(text))
	}
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.server.URL+path, reader)
	if err != nil {
		r.t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }() // all of it has been read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, text
}

// do makes a change that must be taken.
func (r registryAt) do(method, path string, body any) {
	r.t.Helper()
	if status, answer := r.ask(method, path, body); status != http.StatusOK {
		r.t.Fatalf("%s %s %v: %d %s", method, path, body, status, answer)
	}
}

func (r registryAt) get(path string) string {
	status, body := r.ask("GET", path, nil)
	return fmt.Sprint(status, " ", string(body))
}

// read decodes an answer that must be 200.
func read[T any](r registryAt, path string) (v T) {
	r.t.Helper()
	status, body := r.ask("GET", path, nil)
	if err := json.Unmarshal(body, &v); err != nil || status != http.StatusOK {
		r.t.Fatalf("GET %s: %d %s (%v)", path, status, body, err)
	}
	return v
}

type object = map[string]any

// fill registers what histories hold: every type, text as people write it and
// normalized, references within and across contexts, metadata, rules, stamps,
// content shared by subjects, numbers that are gone, deletions, and settings of
// every scope.
func (r registryAt) fill(perContext int) {
	prefixes := []string{"", ":.ctx1:", ":.ctx2:", ":.ctx3:", ":.ctx4:"}
	for _, prefix := range prefixes { // what all others refer to
		r.do("POST", versionsOf(prefix+"shared"), object{"schema": `{"type": "record", "name": "Shared", "namespace": "s", "fields": []}`})
	}
	for c, prefix := range prefixes {
		for i := 1; i < perContext; i++ {
			r.fillSubject(c, i, prefix)
		}
		r.do("PUT", "/config/"+url.PathEscape(":.ctx"+fmt.Sprint(c)+":"), object{"compatibility": "FORWARD", "normalize": true})
	}
	r.do("PUT", "/config/alias", object{"alias": ":.ctx1:s1"})
	r.do("PUT", "/config", object{"compatibility": "FULL_TRANSITIVE", "compatibilityPolicy": "LENIENT"})
	r.do("PUT", "/config/:.__GLOBAL:", object{"defaultMetadata": object{"properties": object{"g": "1"}}})
	r.do("PUT", "/mode/:.ctx3:", object{"mode": "READONLY"})
	r.do("PUT", "/mode/:.ctx4:s7?force=true", object{"mode": "IMPORT"})
	// What only an import can make: gaps, one content twice, and under two IDs.
	for _, v := range []object{{"version": 5, "id": 501}, {"version": 9, "id": 501}, {"version": 7, "id": 502}} {
		v["schema"], v["ts"] = ` "bytes" `, 1_600_000_000_000
		r.do("POST", versionsOf(":.ctx4:s7"), v)
	}
	r.do("PUT", "/mode/:.ctx2:s7", object{"mode": "READWRITE"})
}

func (r registryAt) fillSubject(c, i int, prefix string) {
	name := fmt.Sprintf("%ss%d", prefix, i)
	if i%10 == 3 {
		name = fmt.Sprintf("%sa/b ü%d", prefix, i)
	}
	path := versionsOf(name)
	switch i % 6 {
	case 0:
		r.do("POST", path, object{"schema": fmt.Sprintf(`{ "type": "record", "name": "R%d", "fields": [ ] }`, i)})
		r.do("POST", path, object{"schema": fmt.Sprintf(`{"type":"record","name":"R%d","aliases":["Z","Y"],"zz":{"b":1,"a":2},"fields":[{"name":"f","type":"int","default":1}]}`, i),
			"metadata": object{"properties": object{"owner": name}, "tags": object{"f": []string{"PII"}}, "sensitive": []string{"owner"}}})
	case 1:
		r.do("POST", path+"?normalize=true", object{"schema": fmt.Sprintf(`{"type":"record","namespace":"n","name":"N%d","zz":1,"aa":{"b":1,"a":2},"fields":[{"name":"f","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"g","type":["null","E"]}]}`, i)})
		r.do("POST", path, object{"version": 2})
		r.do("POST", path, object{"schemaTagsToAdd": []object{tagging("sr_record", fmt.Sprintf("n.N%d", i)), tagging("sr_field", fmt.Sprintf("n.N%d.f", i))}})
	case 2:
		r.do("POST", path+"?normalize="+fmt.Sprint(i%4 == 2), object{"schemaType": "JSON", "schema": fmt.Sprintf(`{"type":"object", "title":"t%d", "properties":{"b":{},"a":{}}}`, i),
			"ruleSet": object{"domainRules": []object{{"name": "r", "type": "CEL", "expr": "true"}}}})
		r.do("POST", path+"/1/tags", object{"rulesToRemove": []string{"r"}, "tagsToAdd": []object{tagging("sr_field", "object.a")}})
	case 3:
		r.do("POST", path+"?normalize="+fmt.Sprint(i%4 == 3), object{"schemaType": "PROTOBUF", "schema": fmt.Sprintf("syntax = \"proto3\";\n// a comment\nmessage M%d { string b = 2; int32 a = 1; }", i)})
		r.do("POST", path, object{"schemaType": "PROTOBUF", "schema": fmt.Sprintf("syntax = \"proto3\";\nmessage M%d { string b = 2; int32 a = 1; string c = 3; }", i)})
		r.do("POST", path+"/latest/tags", object{"tagsToAdd": []object{tagging("sr_field", fmt.Sprintf("M%d.b", i))}})
	case 4:
		target := "shared" // of the same context, else of another one
		if i%12 == 4 {
			target = fmt.Sprintf(":.ctx%d:shared", 1+c%4)
		}
		r.do("POST", path, object{"schema": fmt.Sprintf(`{"type":"record","name":"L%d","fields":[{"name":"s","type":"s.Shared"}]}`, i),
			"references": []object{{"name": "s.Shared", "subject": target, "version": 1}}})
	case 5: // the same in every context and in each tenth subject
		for v := range 3 {
			r.do("POST", path+"?force=true", object{"schema": fmt.Sprintf(`{"type":"fixed","name":"F","size":%d}`, 1+v+i%10)})
		}
	}
	switch {
	case i%15 == 0 || i%15 == 4: // deleted softly as a whole
		r.do("DELETE", "/subjects/"+url.PathEscape(name), nil)
	case i%30 == 5: // the first is gone, the last deleted
		r.do("DELETE", path+"/1", nil)
		r.do("DELETE", path+"/1?permanent=true", nil)
		r.do("DELETE", path+"/3", nil)
	case i%15 == 7:
		r.do("PUT", "/config/"+url.PathEscape(name), object{"compatibility": "NONE", "compatibilityGroup": "major", "validateFields": false,
			"overrideRuleSet": object{"migrationRules": []object{{"name": "u", "type": "JSONATA", "mode": "UPGRADE"}}}})
	case i%15 == 8:
		r.do("PUT", "/mode/"+url.PathEscape(name), object{"mode": "READONLY"})
	}
}

// tagging puts a tag on an entity.
func tagging(kind, path string) object {
	return object{"schemaEntity": object{"entityType": kind, "entityPath": path}, "tags": []string{"PII"}}
}

func versionsOf(subject string) string { return "/subjects/" + url.PathEscape(subject) + "/versions" }

// everything is every path that answers with what the registry holds.
func (r registryAt) everything() []string {
	paths := []string{"/contexts", "/scopes", "/subjects", "/subjects?deleted=true", "/subjects?deletedOnly=true", "/subjects?subjectPrefix=",
		"/schemas?subjectPrefix=:*:&deleted=true", "/schemas", "/config", "/config?defaultToGlobal=true", "/mode", "/mode?defaultToGlobal=true"}
	subjects, scopes := read[[]string](r, "/subjects?deleted=true"), read[[]string](r, "/scopes")
	for _, scope := range slices.Concat(subjects, scopes) {
		for _, root := range []string{"/config/", "/mode/"} {
			path := root + url.PathEscape(scope)
			paths = append(paths, path, path+"?defaultToGlobal=true")
		}
	}
	ids, guids := make(map[string]bool), make(map[string]bool)
	for _, subject := range append(subjects, "alias") {
		versions := versionsOf(subject)
		paths = append(paths, versions, versions+"?deleted=true", versions+"?deletedOnly=true", versions+"?deletedAsNegative=true&deleted=true",
			versions+"/latest", "/subjects/"+url.PathEscape(subject)+"/diff", "/subjects/"+url.PathEscape(subject)+"/metadata?deleted=true")
		for _, v := range read[[]int](r, versions+"?deleted=true") {
			one := fmt.Sprint(versions, "/", v)
			paths = append(paths, one, one+"?deleted=true&findTags=*", one+"/schema?deleted=true", one+"/referencedby", one+"/referencedby?deleted=true")
			version := read[object](r, one+"?deleted=true")
			within := "" // the ID's context
			if qualified, ok := strings.CutPrefix(version["subject"].(string), ":"); ok {
				within, _, _ = strings.Cut(qualified, ":")
				within = "?subject=:" + within + ":"
			}
			ids[fmt.Sprint("/schemas/ids/", version["id"], "|", within)] = true
			guids[version["guid"].(string)] = true
		}
	}
	for id := range ids {
		path, query, _ := strings.Cut(id, "|")
		tagged := path + "?findTags=PII"
		if query != "" {
			tagged = path + query + "&findTags=PII"
		}
		paths = append(paths, path+query, tagged, path+"/schema"+query, path+"/subjects"+query, path+"/versions"+query)
	}
	for guid := range guids {
		paths = append(paths, "/schemas/guids/"+guid, "/schemas/guids/"+guid+"/ids")
	}
	return paths
}

// export copies everything into an empty registry: versions with their numbers,
// IDs and times, each after those it refers to, then the deletions, then the
// settings.
func (r registryAt) export(to registryAt) {
	to.do("PUT", "/mode/:.__GLOBAL:", object{"mode": "IMPORT"})
	var pending []object
	for _, subject := range read[[]string](r, "/subjects?deleted=true") {
		for _, v := range read[[]int](r, versionsOf(subject)+"?deleted=true") {
			pending = append(pending, read[object](r, fmt.Sprint(versionsOf(subject), "/", v, "?deleted=true")))
		}
	}
	all := slices.Clone(pending)
	for len(pending) > 0 {
		before := len(pending)
		pending = slices.DeleteFunc(pending, func(v object) bool {
			status, answer := to.ask("POST", versionsOf(v["subject"].(string)), v)
			if status != http.StatusOK && status != http.StatusUnprocessableEntity {
				to.t.Fatalf("importing %v: %d %s", v, status, answer)
			}
			return status == http.StatusOK
		})
		if len(pending) == before {
			to.t.Fatalf("%d versions are refused, among them %v", before, pending[0])
		}
	}
	for _, v := range all {
		if v["deleted"] == true {
			to.do("DELETE", fmt.Sprint(versionsOf(v["subject"].(string)), "/", v["version"]), nil)
		}
	}
	to.do("DELETE", "/mode/:.__GLOBAL:", nil)
	scopes := read[[]string](r, "/scopes")
	for _, scope := range scopes {
		path := "/config/" + url.PathEscape(scope)
		if status, _ := r.ask("GET", path, nil); status != http.StatusOK {
			continue
		}
		config := read[object](r, path)
		config["compatibility"] = config["compatibilityLevel"]
		to.do("PUT", path, config)
	}
	for _, scope := range scopes {
		path := "/mode/" + url.PathEscape(scope)
		if status, _ := r.ask("GET", path, nil); status == http.StatusOK {
			to.do("PUT", path+"?force=true", read[object](r, path))
		}
	}
}
