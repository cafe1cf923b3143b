package httpapi_test

import (
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-registry/muster/httpapi"
)

// untranscribed are the codes that the server can answer and no transcript
// shows, with the reason.
var untranscribed = map[int]string{
	500:   "a failure of the registry itself, which no request may cause: TestForeignErrorsSayNothing",
	503:   "answered under load: TestHostile and the tests of registry's slots",
	50001: "answered when the store is gone: the tests of cmd/muster and store/storetest.Unavailable",
	41301: "a body of more than 2 MiB: TestHostile",
	42209: "a schema of more than 1 MiB: TestHostile",
}

// unanswered are the codes of contract 1.6 that the server never answers, with
// the reason.
var unanswered = map[int]string{
	401: "there is no authentication", 403: "there is no authorization",
	413:   "answered with 41301, which says by what it is too large",
	40410: "associations are not offered (contract 6)",
	40901: "409 in its place (addenda A)",
	40902: "associations", 40903: "associations", 40904: "associations", 40905: "associations", 40906: "associations",
	40907: "associations", 40908: "associations", 42212: "associations",
	42207: "the original no longer raises it; an ID that is taken is 42205",
	50002: "a store that takes too long is out of reach, 50001",
	50003: "there is no leader to forward to", 50004: "there is no leader",
	50005: "a code of clients alone",
	40470: "the DEK registry is not offered (contract 6)", 40471: "DEK", 40472: "DEK", 40971: "DEK", 40972: "DEK", 40370: "DEK",
	42271: "DEK", 42272: "DEK", 50070: "DEK",
}

// contractRoutes is section 2 of the contract.
var contractRoutes = []string{
	"GET /", "POST /", "GET /v1/metadata/id", "GET /v1/metadata/version", "GET /v1/metadata/deployment",
	"GET /contexts", "DELETE /contexts/{context}",
	"GET /schemas", "GET /schemas/types", "GET /schemas/ids/{id}", "GET /schemas/ids/{id}/schema", "GET /schemas/ids/{id}/subjects",
	"GET /schemas/ids/{id}/versions", "GET /schemas/guids/{guid}", "GET /schemas/guids/{guid}/ids",
	"GET /subjects", "POST /subjects/{subject}", "DELETE /subjects/{subject}", "GET /subjects/{subject}/metadata",
	"GET /subjects/{subject}/versions", "POST /subjects/{subject}/versions", "GET /subjects/{subject}/versions/{version}",
	"DELETE /subjects/{subject}/versions/{version}", "GET /subjects/{subject}/versions/{version}/schema",
	"GET /subjects/{subject}/versions/{version}/referencedby", "POST /subjects/{subject}/versions/{version}/tags",
	"POST /compatibility/subjects/{subject}/versions", "POST /compatibility/subjects/{subject}/versions/{version}",
	"GET /config", "PUT /config", "DELETE /config", "GET /config/{subject}", "PUT /config/{subject}", "DELETE /config/{subject}",
	"GET /mode", "PUT /mode", "DELETE /mode", "GET /mode/{subject}", "PUT /mode/{subject}", "DELETE /mode/{subject}",
}

// unoffered are the roots of the optional families of contract 2.8, with the
// reason why nothing is there.
var unoffered = map[string]string{
	"/associations":    "topics are none of the registry's; clients take a 404 for none (contract 6)",
	"/dek-registry/v1": "keys need the KMS of others (contract 6)",
	"/exporters":       "not in the open contract (contract 6)",
	"/catalog/v1":      "not in the open contract (contract 6)",
	"/permissions":     "there is no authorization (contract 6)",
}

// TestEveryRouteOfTheContract walks the contract's routes: each is in the route
// table, and nothing is under the roots that are not offered.
func TestEveryRouteOfTheContract(t *testing.T) {
	routes := httpapi.Routes(t)
	for _, route := range contractRoutes {
		if !slices.Contains(routes, route) {
			t.Errorf("%s is not served", route)
		}
	}
	for root := range unoffered {
		if i := slices.IndexFunc(routes, func(route string) bool { return strings.Contains(route, " "+root) }); i >= 0 {
			t.Errorf("%s is served, and said not to be", routes[i])
		}
	}
}

// contractCodes is the table of contract 1.6.
var contractCodes = []int{
	400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 500,
	40401, 40402, 40403, 40404, 40405, 40406, 40407, 40408, 40409, 40410,
	40901, 40902, 40903, 40904, 40905, 40906, 40907, 40908,
	42201, 42202, 42203, 42204, 42205, 42206, 42207, 42208, 42209, 42210, 42211, 42212,
	50001, 50002, 50003, 50004, 50005,
	40470, 40471, 40472, 40971, 40972, 40370, 42271, 42272, 50070,
}

// TestEveryCodeHasATranscript walks the error codes: each of the contract's is
// answered or has a reason not to be, and what is answered is shown by a
// transcript or has a reason not to be.
func TestEveryCodeHasATranscript(t *testing.T) {
	shown := make(map[int]bool)
	for _, exchanges := range transcripts(t) {
		for _, x := range exchanges {
			shown[x.code] = true
		}
	}
	answered := httpapi.Codes()
	for _, code := range contractCodes {
		if _, never := unanswered[code]; slices.Contains(answered, code) == never {
			t.Errorf("%d: answered %t, in the list of those that never are %t", code, !never, never)
		}
	}
	for _, code := range answered {
		if _, excused := untranscribed[code]; !shown[code] && !excused {
			t.Errorf("no transcript shows %d", code)
		}
	}
}

// TestEveryRouteHasATranscript walks the route table: some transcript has a
// good answer of every line.
func TestEveryRouteHasATranscript(t *testing.T) {
	good := make(map[string]bool)
	routes := httpapi.Routes(t)
	for _, exchanges := range transcripts(t) {
		for _, x := range exchanges {
			if x.status < 300 {
				path, _, _ := strings.Cut(x.target, "?")
				good[routeOf(routes, x.method, path)] = true
			}
		}
	}
	for _, route := range routes {
		if !good[route] && !strings.HasPrefix(route, http.MethodHead+" ") { // HEAD is GET without the body
			t.Errorf("no transcript has a good answer of %s", route)
		}
	}
}

// routeOf finds the line of the route table for a request: the one with the
// most literal segments among those that fit.
func routeOf(routes []string, method, path string) (route string) {
	got := strings.Split(strings.TrimRight(path, "/"), "/")
	most := -1
	for _, candidate := range routes {
		verb, pattern, _ := strings.Cut(candidate, " ")
		want := strings.Split(strings.TrimRight(pattern, "/"), "/")
		literal := 0
		fits := verb == method && slices.EqualFunc(want, got, func(want, got string) bool {
			if want == got {
				literal++
				return true
			}
			return strings.HasPrefix(want, "{") && got != ""
		})
		if fits && literal > most {
			route, most = candidate, literal
		}
	}
	return route
}

// TestChecklist holds the table in testdata/README.md to the transcripts.
func TestChecklist(t *testing.T) {
	readme, err := os.ReadFile("testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (\d+) \|[^|\n]*\|([^|\n]*)\|$`).FindAllStringSubmatch(string(readme), -1)
	lines := make(map[int]bool)
	for _, row := range rows {
		line, err := strconv.Atoi(row[1])
		if err != nil || lines[line] {
			t.Errorf("line %s is there twice", row[1])
		}
		lines[line] = true
		named := strings.Fields(row[2])
		if len(named) == 0 {
			t.Errorf("line %d names no transcript", line)
		}
		for _, name := range named {
			if _, err := os.Stat("testdata/" + name + ".txtar"); err != nil {
				t.Errorf("line %d names a transcript that is not there: %v", line, err)
			}
		}
	}
	for line := range 30 {
		if !lines[line+1] {
			t.Errorf("line %d is not in the table, which has %v", line+1, slices.Sorted(maps.Keys(lines)))
		}
	}
}
