package main

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
	"github.com/muster-registry/muster/httpapi/entity"
)

const (
	subject  = "natsorders.eu.4711"
	valid    = `{"orderId":"o-1"}`
	misspelt = `{"oderId":"o-1"}`
)

// registry returns a client of the registry that make examples starts, which
// holds the schema of the subject.
func registry(t *testing.T) *client.Client {
	t.Helper()
	url := os.Getenv("MUSTER_REGISTRY")
	if url == "" {
		t.Fatal("MUSTER_REGISTRY names no registry; make examples starts one")
	}
	c, err := client.New(url, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	schema := entity.SchemaRequest{SchemaType: "JSON", Schema: `{"type":"object","required":["orderId"]}`}
	if _, err := c.Register(t.Context(), "natsorders-value", schema, client.RegisterOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// stream makes a stream of subjects and returns a function that takes its next
// message.
func stream(t *testing.T, p *publisher, name, subjects string) func() jetstream.Msg {
	t.Helper()
	made, err := p.stream.CreateStream(t.Context(), jetstream.StreamConfig{Name: name, Subjects: []string{subjects}})
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := made.CreateConsumer(t.Context(), jetstream.ConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return func() jetstream.Msg {
		t.Helper()
		message, err := consumer.Next(jetstream.FetchMaxWait(20 * time.Second))
		if err != nil {
			t.Fatalf("reading %s: %v", name, err)
		}
		return message
	}
}

func TestPublisher_SendsWhatFitsAndBuriesTheRest(t *testing.T) {
	c := registry(t)
	p, err := newPublisher(c, guard.Options{Timeout: 10 * time.Second}, os.Getenv("NATS_URL"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	next := stream(t, p, "ORDERS", "natsorders.>")
	nextBuried := stream(t, p, "DLQ", "dlq.>")
	var rejection *guard.Rejection
	if err := p.publish(t.Context(), subject, []byte(misspelt)); !errors.As(err, &rejection) {
		t.Errorf("misspelt: %v, want a rejection", err)
	}
	if err := p.publish(t.Context(), subject, []byte(valid)); err != nil {
		t.Fatal(err)
	}
	sent := next()
	if string(sent.Data()) != valid || sent.Headers().Get("sr-subject") != "natsorders-value" || sent.Headers().Get("sr-schema-version") != "1" {
		t.Errorf("sent %q with %v", sent.Data(), sent.Headers())
	}
	buried := nextBuried()
	if h := buried.Headers(); string(buried.Data()) != misspelt || buried.Subject() != "dlq."+subject ||
		h.Get("sr-error-code") != "REQUIRED" || h.Get("sr-error-pointer") != "/orderId" || h.Get("sr-original-destination") != subject {
		t.Errorf("buried %q in %s with %v", buried.Data(), buried.Subject(), h)
	}
}
