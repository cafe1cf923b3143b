package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/store/postgres/pgtest"
)

// TestReplicas_AnswerAlike: what one of two servers on a database acknowledged,
// the other says at once; steps alternate between them.
func TestReplicas_AnswerAlike(t *testing.T) {
	dsn := pgtest.DSN(t)
	var replicas [2]registryAt
	for i := range replicas {
		server := httptest.NewServer(httpapi.New(newService(t, dsn), httpapi.Options{}))
		t.Cleanup(server.Close)
		replicas[i] = registryAt{t, server}
	}
	str, long := object{"schema": `"string"`}, object{"schema": `"long"`}
	for i, step := range []struct {
		method, path string
		body         object
		get          string
		want         string
	}{
		{"POST", "/subjects/s/versions", str, "/subjects/s/versions", "200 [1]"},
		{"POST", "/subjects/t/versions", str, "/schemas/ids/1/versions", `200 [{"subject":"s","version":1},{"subject":"t","version":1}]`},
		{"PUT", "/config/s", object{"compatibility": "NONE"}, "/config/s", `200 {"compatibilityLevel":"NONE"}`},
		{"POST", "/subjects/s/versions", long, "/subjects/s/versions/latest/schema", `200 "long"`},
		{"DELETE", "/subjects/s/versions/1", nil, "/subjects/s/versions", "200 [2]"},
		{"PUT", "/mode/s", object{"mode": "READONLY"}, "/mode/s", `200 {"mode":"READONLY"}`},
		{"DELETE", "/mode/s", nil, "/mode/s?defaultToGlobal=true", `200 {"mode":"READWRITE"}`},
		{"PUT", "/config/u", object{"alias": "s"}, "/subjects/u/versions", "200 [2]"},
		{"POST", "/subjects/:.ctx:s/versions", str, "/contexts", `200 [".",".ctx"]`},
		{"DELETE", "/subjects/:.ctx:s", nil, "/subjects?deletedOnly=true", `200 [":.ctx:s"]`},
		{"DELETE", "/subjects/:.ctx:s?permanent=true", nil, "/subjects?deleted=true", `200 ["s","t"]`},
		{"PUT", "/config", object{"compatibility": "FULL"}, "/config/v?defaultToGlobal=true", `200 {"compatibilityLevel":"FULL"}`},
		{"DELETE", "/config", nil, "/config", `200 {"compatibilityLevel":"BACKWARD"}`},
	} {
		one, other := replicas[i%2], replicas[1-i%2]
		one.do(step.method, step.path, body(step.body))
		for _, r := range []registryAt{other, one} {
			if got := r.get(step.get); got != step.want {
				t.Fatalf("after %s %s at %d: GET %s\n got %s\nwant %s", step.method, step.path, i%2, step.get, got, step.want)
			}
		}
	}
	// What governs is the same too, wherever it was set.
	replicas[0].do("PUT", "/config/s", object{"compatibility": "BACKWARD"})
	if status, answer := replicas[1].ask("POST", "/subjects/s/versions", str); status != http.StatusConflict {
		t.Errorf("got %d %s, want a refusal by the level set at the other", status, answer)
	}
}

// body is nil for no object, which an interface would hide.
func body(o object) any {
	if o == nil {
		return nil
	}
	return o
}

// TestReplicas_ForgetPurgedIDs: an ID that a replica has in memory is gone
// there within a second of its last record's end elsewhere (design §7), and
// means what it is bound to then.
func TestReplicas_ForgetPurgedIDs(t *testing.T) {
	dsn := pgtest.DSN(t)
	follower := newService(t, dsn)
	go follower.FollowPurges(t.Context(), 100*time.Millisecond)
	var replicas [2]registryAt
	for i, handler := range []http.Handler{
		httpapi.New(newService(t, dsn), httpapi.Options{}), httpapi.New(follower, httpapi.Options{}),
	} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		replicas[i] = registryAt{t, server}
	}
	one, other := replicas[0], replicas[1]
	one.do("POST", "/subjects/s/versions", object{"schema": `"string"`})
	if got := other.get("/schemas/ids/1/schema"); got != `200 "string"` {
		t.Fatal(got)
	}
	one.do("DELETE", "/subjects/s", nil)
	one.do("DELETE", "/subjects/s?permanent=true", nil)
	begin := time.Now()
	if status, _ := one.ask("GET", "/schemas/ids/1", nil); status != http.StatusNotFound {
		t.Errorf("the replica that removed the ID answers %d", status)
	}
	until := func(want string) {
		t.Helper()
		for got := ""; got != want; got = other.get("/schemas/ids/1/schema") {
			// Ten times what is promised, for machines that are busy.
			if time.Since(begin) > 10*time.Second {
				t.Fatalf("after %v: got %s, want %s", time.Since(begin), got, want)
			}
		}
		t.Logf("%s after %v", want, time.Since(begin))
	}
	until(`404 {"error_code":40403,"message":"Schema 1 not found"}`)
	one.do("PUT", "/mode/s", object{"mode": "IMPORT"})
	one.do("POST", "/subjects/s/versions", object{"schema": `"bytes"`, "id": 1})
	begin = time.Now()
	until(`200 "bytes"`)
}
