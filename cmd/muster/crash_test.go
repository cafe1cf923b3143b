package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/muster-registry/muster/store/postgres/pgtest"
)

// registrations is how many a round tries; the server is killed in between.
const registrations = 200

// acknowledged is what a server said it had registered.
type acknowledged struct {
	ID      int    `json:"id"`
	Version int    `json:"version"`
	Schema  string `json:"schema"`
	subject string
}

// TestCrash kills the server without warning while it registers, starts it
// again on the same data, and looks for all it had acknowledged (promises P1
// and P2). MUSTER_CRASH_ROUNDS says how often.
func TestCrash(t *testing.T) {
	rounds := fromEnv(t, "MUSTER_CRASH_ROUNDS", 10) // on each store
	for _, backend := range []struct {
		name string
		dsn  func(testing.TB) string
	}{
		{"sqlite", func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "muster.db") }},
		{"postgres", pgtest.DSN},
	} {
		t.Run(backend.name, func(t *testing.T) {
			environ := []string{"MUSTER_DATABASE=" + backend.dsn(t), "MUSTER_LOG_LEVEL=error"}
			var all []acknowledged
			for round := range rounds {
				server := serve(t, environ)
				all = append(all, crash(t, server, round)...)
			}
			server := serve(t, environ)
			byID := make(map[int]string)
			for _, a := range all {
				findAgain(t, server, a)
				if other, taken := byID[a.ID]; taken && other != a.Schema {
					t.Errorf("ID %d stands for %s and for %s", a.ID, other, a.Schema)
				}
				byID[a.ID] = a.Schema
			}
			t.Logf("%d acknowledged in %d rounds", len(all), rounds)
			if len(all) == 0 {
				t.Error("nothing was acknowledged before the kills, so nothing was shown")
			}
		})
	}
}

// crash registers one after the other until the server is gone, which is after
// a share of them that differs by round, while some are in flight.
func crash(t *testing.T, server *process, round int) (acked []acknowledged) {
	t.Helper()
	const senders = 4
	kill := 1 + (round*37)%(registrations-senders)
	results := make(chan acknowledged)
	for sender := range senders {
		go func() {
			defer func() { results <- acknowledged{} }() // this one is done
			for i := sender; i < registrations; i += senders {
				// Two subjects share each schema, so that IDs are found again too.
				subject := fmt.Sprintf("round-%d-%d", round, i)
				schema := fmt.Sprintf(`{"type":"record","name":"R%d_%d","fields":[]}`, round, i/2)
				status, body, err := post(server.url+"/subjects/"+subject+"/versions", schema)
				if err != nil {
					return // killed
				}
				a := acknowledged{subject: subject}
				if err := json.Unmarshal(body, &a); err != nil || status != http.StatusOK {
					t.Errorf("%s: %d %s", subject, status, body)
					return
				}
				results <- a
			}
		}()
	}
	for done := 0; done < senders; {
		a := <-results
		if a.subject == "" {
			done++
			continue
		}
		if acked = append(acked, a); len(acked) == kill {
			if err := server.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	// That it was killed is known.
	_ = server.wait(t)
	return acked
}

// findAgain reads what was acknowledged by version and by ID.
func findAgain(t *testing.T, server *process, a acknowledged) {
	t.Helper()
	var got acknowledged
	status, body, err := fetch(fmt.Sprintf("%s/subjects/%s/versions/%d", server.url, a.subject, a.Version))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &got); err != nil || status != http.StatusOK || got.ID != a.ID || got.Schema != a.Schema {
		t.Errorf("%s version %d, acknowledged with ID %d: %d %s", a.subject, a.Version, a.ID, status, body)
	}
	status, body, err = fetch(fmt.Sprintf("%s/schemas/ids/%d/schema", server.url, a.ID))
	if err != nil {
		t.Fatal(err)
	}
	if status != http.StatusOK || string(body) != a.Schema {
		t.Errorf("ID %d: %d %s, want %s", a.ID, status, body, a.Schema)
	}
}
