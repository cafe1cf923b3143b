package httpapi_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/registry"
)

// The fuzz targets hold the API to one law: whatever a client sends, the
// answer is not 5xx, and is what openapi.yaml says of it. Inputs share one
// registry, whose state is part of what is tried.

// FuzzDecode sends bodies to every route that reads one.
func FuzzDecode(f *testing.F) {
	for _, exchange := range fuzzSeeds(f) {
		if len(exchange.body) > 0 && len(exchange.body) < 4096 {
			f.Add(exchange.method, exchange.target, exchange.header.Get("Content-Type"), exchange.body)
		}
	}
	handler := fuzzed(f)
	f.Fuzz(func(t *testing.T, method, target, contentType string, body []byte) {
		switch method {
		case http.MethodPost, http.MethodPut:
		default:
			return // a body is read of these two alone
		}
		send(t, handler, method, target, contentType, body)
	})
}

// FuzzSubject parses names, which must survive being written and read again,
// and puts them into every path that names a subject, a context or a GUID.
func FuzzSubject(f *testing.F) {
	for _, name := range []string{
		"a", "a/b", ":.ctx:a", ":.ctx:", ":.ctx", ":.:a", ":.:", ":*:a", ":a", ":.", ":", "..", ".", " ", "%", "a%2Fb", "__GLOBAL",
		":.__GLOBAL:", ":.__GLOBAL:x", ":.ctx:subjects", "subjects", "config", "versions", "\u202e", "a\x00b", "\xff", "ü", strings.Repeat("a", 513),
	} {
		f.Add(name)
	}
	handler := fuzzed(f)
	f.Fuzz(func(t *testing.T, name string) {
		subject := registry.ParseSubject(name)
		if again := registry.ParseSubject(subject.String()); again != subject {
			t.Fatalf("%q is %#v, which is written %q and read as %#v", name, subject, subject, again)
		}
		escaped := url.PathEscape(name)
		const schema = `{"schema": "\"string\""}`
		for _, at := range []struct{ method, path, body string }{
			{"POST", "/subjects/" + escaped + "/versions", schema},
			{"POST", "/subjects/" + escaped, schema},
			{"POST", "/subjects/x/versions", `{"schema": "\"int\"", "references": [{"name": "n", "subject": ` + quoted(name) + `, "version": 1}]}`},
			{"POST", "/compatibility/subjects/" + escaped + "/versions/latest", schema},
			{"GET", "/subjects/" + escaped + "/versions", ""},
			{"GET", "/subjects/" + escaped + "/versions/" + escaped, ""},
			{"GET", "/subjects/" + escaped + "/metadata", ""},
			{"GET", "/subjects/" + escaped + "/versions/1/referencedby", ""},
			{"GET", "/schemas/ids/" + escaped, ""},
			{"GET", "/schemas/guids/" + escaped, ""},
			{"GET", "/contexts/" + escaped + "/subjects", ""},
			{"GET", "/contexts/" + escaped + "/subjects/" + escaped + "/versions", ""},
			{"PUT", "/config/" + escaped, `{"compatibility": "NONE", "alias": ` + quoted(name) + `}`},
			{"GET", "/config/" + escaped, ""},
			{"GET", "/mode/" + escaped + "?defaultToGlobal=true", ""},
			{"DELETE", "/config/" + escaped, ""},
			{"DELETE", "/subjects/" + escaped, ""},
			{"DELETE", "/subjects/" + escaped + "?permanent=true", ""},
			{"DELETE", "/contexts/" + escaped, ""},
		} {
			send(t, handler, at.method, at.path, "", []byte(at.body))
		}
	})
}

// FuzzQuery puts queries after every path that reads one.
func FuzzQuery(f *testing.F) {
	queries := make(map[string]bool)
	for _, exchange := range fuzzSeeds(f) {
		if path, query, ok := strings.Cut(exchange.target, "?"); ok && exchange.method == http.MethodGet && !queries[query] && !strings.HasPrefix(path, "/contexts/") {
			queries[query] = true
			f.Add(query)
		}
	}
	handler := fuzzed(f)
	var paths []string
	for _, route := range []string{
		"/subjects", "/schemas", "/contexts", "/config", "/mode", "/config/s", "/mode/s", "/schemas/ids/1", "/schemas/ids/1/schema",
		"/schemas/ids/1/subjects", "/schemas/ids/1/versions", "/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d",
		"/subjects/s/versions", "/subjects/s/versions/1", "/subjects/s/versions/latest/schema", "/subjects/s/versions/1/referencedby",
		"/subjects/s/metadata",
	} {
		paths = append(paths, route, "/contexts/.ctx"+route)
	}
	send(f, handler, "POST", "/subjects/s/versions", "", []byte(`{"schema": "\"string\"", "metadata": {"properties": {"k": "v"}}}`))
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range paths {
			send(t, handler, "GET", path+"?"+query, "", nil)
		}
	})
}

func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' {
			continue
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}

// fuzzSeeds are the requests of the transcripts.
func fuzzSeeds(f *testing.F) (seeds []*exchange) {
	f.Helper()
	parsed := transcripts(f)
	for _, file := range slices.Sorted(maps.Keys(parsed)) {
		seeds = append(seeds, parsed[file]...)
	}
	return seeds
}

// fuzzed serves an empty registry on SQLite.
func fuzzed(f *testing.F) http.Handler {
	f.Helper()
	return httpapi.New(newService(f, backends[0].dsn(f)), httpapi.Options{Version: "fuzz"})
}

// send makes one request and holds the answer to the law.
func send(t testing.TB, handler http.Handler, method, target, contentType string, body []byte) {
	t.Helper()
	path, query, _ := strings.Cut(target, "?")
	request, err := http.NewRequestWithContext(t.Context(), method, "http://muster"+path, strings.NewReader(string(body)))
	if err != nil {
		return // net/http would not let it through either
	}
	request.URL.RawQuery = query
	request.RequestURI = target
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	result := answer.Result()
	if result.StatusCode >= 500 {
		t.Fatalf("%s %s %q: %d %s", method, target, body, result.StatusCode, answer.Body)
	}
	if problem := specified(method, request.URL.EscapedPath(), result, answer.Body.Bytes()); problem != "" {
		t.Errorf("%s %s: %d %s\nopenapi.yaml: %s", method, target, result.StatusCode, answer.Body, problem)
	}
}
