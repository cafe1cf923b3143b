package guard_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/client/guard"
)

func TestDeadLetter_IsReady(t *testing.T) {
	r := newRig(t)
	r.register(t, "orders-value", orders)
	var letters []guard.DeadLetter
	broken := errors.New("the dead letter queue is full")
	g := r.guard(t, guard.Options{OnInvalid: func(_ context.Context, letter guard.DeadLetter) error {
		letters = append(letters, letter)
		return broken
	}})
	event := []byte(`{"ident":"secret-4711"}`)
	_, err := g.Check(t.Context(), "orders", guard.Payload{Data: event, CorrelationID: "c-1", Attempt: 3})
	var rejection *guard.Rejection
	if !errors.Is(err, broken) || !errors.As(err, &rejection) {
		t.Errorf("got %v, want the rejection and what the hook returned", err)
	}
	if len(letters) != 1 {
		t.Fatalf("%d letters", len(letters))
	}
	letter := letters[0]
	if letter.Destination != "orders.dlq" || &letter.Body[0] != &event[0] || len(letter.Body) != len(event) {
		t.Errorf("to %s: %s", letter.Destination, letter.Body)
	}
	if at, err := time.Parse(time.RFC3339, letter.Headers["sr-failed-at"]); err != nil || time.Since(at) > time.Minute {
		t.Errorf("sr-failed-at %s: %v", letter.Headers["sr-failed-at"], err)
	}
	if letter.Headers["sr-error-message"] == "" {
		t.Error("no message")
	}
	for name, value := range letter.Headers {
		if strings.Contains(value, "4711") {
			t.Errorf("%s holds a value of the event: %s", name, value)
		}
	}
	delete(letter.Headers, "sr-failed-at")
	delete(letter.Headers, "sr-error-message")
	want := map[string]string{
		"sr-error-code": "REQUIRED", "sr-error-pointer": "/id", "sr-subject": "orders-value",
		"sr-schema-id": "1", "sr-schema-version": "1", "sr-original-destination": "orders",
		"sr-validator": "muster-guard/1", "sr-attempt": "3", "sr-correlation-id": "c-1",
	}
	if diff := cmp.Diff(want, letter.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	r.state.Store(refusing)
	if _, got := check(t, g, "unheard-of", payload(order)); got != guard.Unavailable || len(letters) != 1 {
		t.Errorf("%q, %d letters: what was not judged is no dead letter", got, len(letters))
	}
}

func TestDeadLetter_Aliases(t *testing.T) {
	r := newRig(t)
	r.register(t, "orders-value", orders)
	var letter guard.DeadLetter
	opts := guard.Options{Aliases: []guard.Alias{guard.Connect, guard.Spring}, OnInvalid: func(_ context.Context, l guard.DeadLetter) error {
		letter = l
		return nil
	}}
	g := r.guard(t, opts)
	long := `{"` + strings.Repeat("x", 4000) + `":1}` // a name, which the message may hold
	if _, got := check(t, g, "orders", payload(long)); got != guard.Invalid {
		t.Fatalf("%q", got)
	}
	size := 0
	got := make(map[string]string)
	for name, value := range letter.Headers {
		if size += len(name) + len(value); !strings.HasPrefix(name, "sr-") {
			got[name] = value
		}
	}
	if size > 8<<10 {
		t.Errorf("headers of %d bytes", size)
	}
	for _, name := range []string{"__connect.errors.exception.message", "kafka_dlt-exception-message"} {
		if got[name] == "" || !strings.HasPrefix(letter.Headers["sr-error-message"], got[name]) {
			t.Errorf("%s is %.40q…, which does not begin the message", name, got[name])
		}
		delete(got, name)
	}
	want := map[string]string{
		"__connect.errors.topic": "orders", "__connect.errors.stage": "VALUE_CONVERTER",
		"__connect.errors.class.name": "muster-guard/1", "__connect.errors.exception.class.name": letter.Headers["sr-error-code"],
		"kafka_dlt-original-topic": "orders", "kafka_dlt-exception-fqcn": letter.Headers["sr-error-code"],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("aliases (-want +got):\n%s", diff)
	}
	opts.Aliases = []guard.Alias{"sqs"}
	if _, err := guard.New(r.Client, opts); err == nil {
		t.Error("an alias that nobody knows was taken")
	}
}

func TestDeadLetter_LongHeadersAreCut(t *testing.T) {
	r := newRig(t)
	var declared, members []string
	for i := range 4 {
		name := fmt.Sprint(i, strings.Repeat("é", 450))
		declared, members = append(declared, `"`+name+`":{"type":"string"}`), append(members, `"`+name+`":1`)
	}
	r.register(t, "orders-value", jsonSchema(`{"properties":{`+strings.Join(declared, ",")+`}}`))
	fixed, err := guard.Template("orders-value")
	if err != nil {
		t.Fatal(err)
	}
	var letter guard.DeadLetter
	g := r.guard(t, guard.Options{
		Strategy: fixed, Aliases: []guard.Alias{guard.Connect, guard.Spring},
		OnInvalid: func(_ context.Context, l guard.DeadLetter) error { letter = l; return nil },
	})
	p := payload("{" + strings.Join(members, ",") + "}")
	p.CorrelationID = strings.Repeat("c", 4000)
	if _, got := check(t, g, strings.Repeat("d", 4000), p); got != guard.Invalid {
		t.Fatalf("%q", got)
	}
	size := 0
	for name, value := range letter.Headers {
		size += len(name) + len(value)
		if !utf8.ValidString(value) {
			t.Errorf("%s is cut within a character", name)
		}
	}
	if size > 8<<10 {
		t.Errorf("headers of %d bytes", size)
	}
	for _, name := range []string{"sr-error-message", "sr-original-destination", "sr-correlation-id"} {
		if n := len(letter.Headers[name]); n < 1000 || n > 1024 && name != "sr-error-message" {
			t.Errorf("%s has %d bytes left", name, n)
		}
	}
}
