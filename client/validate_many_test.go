package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

func registerString(t *testing.T, c *client.Client) {
	t.Helper()
	must[entity.Registered](t)(c.Register(t.Context(), "s",
		entity.SchemaRequest{Schema: `{"type": "string"}`, SchemaType: "JSON"}, client.RegisterOptions{}))
}

func TestValidateRecords(t *testing.T) {
	c := ours(t)
	registerString(t, c)
	records := []client.Record{{ID: "a", Value: []byte(`"fine"`)}, {ID: "b", Value: []byte(`1`)}, {ID: "c", Value: []byte(`2`)}}
	got := must[entity.BatchVerdict](t)(c.ValidateRecords(t.Context(), "s", client.Latest, records, client.ManyOptions{StopAfter: 1}))
	var verdicts []string
	for _, r := range got.Results {
		verdicts = append(verdicts, fmt.Sprintf("%s %t", r.ID, r.Valid))
	}
	if diff := cmp.Diff([]string{`"a" true`, `"b" false`}, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	if want := (entity.Summary{Valid: 1, Invalid: 1, Stopped: true}); got.Summary != want {
		t.Errorf("summary %+v, want %+v", got.Summary, want)
	}
	if _, err := c.ValidateRecords(t.Context(), "s", 1, []client.Record{{Value: []byte("{")}}, client.ManyOptions{}); err == nil {
		t.Error("a value that is no JSON was sent")
	}
}

// TestValidateLines_WhileSent sends a line only after the verdict on the last.
func TestValidateLines_WhileSent(t *testing.T) {
	c := ours(t)
	registerString(t, c)
	out, lines := io.Pipe()
	heard := make(chan entity.LineVerdict)
	go func() {
		defer lines.Close()
		for i := range 50 {
			if _, err := fmt.Fprintf(lines, "%s\n", []string{`"fine"`, `1`}[i%2]); err != nil {
				t.Error(err)
			}
			if verdict := <-heard; verdict.Line != i+1 || verdict.Valid != (i%2 == 0) {
				t.Errorf("line %d has verdict %+v", i+1, verdict)
			}
		}
	}()
	summary, err := c.ValidateLines(t.Context(), "s", client.Latest, out, client.ManyOptions{}, func(v entity.LineVerdict) error {
		heard <- v
		return nil
	})
	if want := (entity.Summary{Valid: 25, Invalid: 25}); err != nil || summary != want {
		t.Errorf("summary %+v, %v, want %+v", summary, err, want)
	}
}

func TestValidateLines_Ends(t *testing.T) {
	c := ours(t)
	registerString(t, c)
	enough := errors.New("enough")
	lines := func() io.Reader { return strings.NewReader(strings.Repeat("\"x\"\n", 1000)) }
	seen := 0
	_, err := c.ValidateLines(t.Context(), "s", 1, lines(), client.ManyOptions{}, func(entity.LineVerdict) error {
		seen++
		return enough
	})
	if !errors.Is(err, enough) || seen != 1 {
		t.Errorf("after %d verdicts: %v, want the error of the first", seen, err)
	}
	var refused *client.Error
	if _, err := c.ValidateLines(t.Context(), "none", 1, lines(), client.ManyOptions{}, nil); !errors.As(err, &refused) || refused.Code != 40401 {
		t.Errorf("a subject that is not there: %v", err)
	}
	for answer, want := range map[string]func(error) bool{
		`{"error_code": 50301, "message": "m"}`: func(err error) bool { return errors.As(err, &refused) && refused.Status == 503 },
		`{"line": 1, "valid": true}`:            func(err error) bool { return errors.Is(err, client.ErrUnreachable) },
		"<html>": func(err error) bool {
			var syntax *json.SyntaxError
			return errors.As(err, &syntax)
		},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer+"\n") }))
		c := must[*client.Client](t)(client.New(server.URL, client.Options{}))
		_, err := c.ValidateLines(t.Context(), "s", 1, lines(), client.ManyOptions{}, func(entity.LineVerdict) error { return nil })
		if err == nil || !want(err) {
			t.Errorf("answered %s: %v", answer, err)
		}
		server.Close()
	}
}
