package main

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
	"github.com/muster-registry/muster/httpapi/entity"
)

const (
	stream   = "redis-orders"
	valid    = `{"orderId":"o-1"}`
	misspelt = `{"oderId":"o-1"}`
)

// registry returns a client of the registry that make examples starts, which
// holds the schema of the stream.
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
	if _, err := c.Register(t.Context(), stream+"-value", schema, client.RegisterOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// read returns the one entry of a stream.
func read(t *testing.T, p *publisher, stream string) map[string]any {
	t.Helper()
	entries, err := p.redis.XRange(t.Context(), stream, "-", "+").Result()
	if err != nil || len(entries) != 1 {
		t.Fatalf("%s has %d entries, %v", stream, len(entries), err)
	}
	return entries[0].Values
}

func TestPublisher_SendsWhatFitsAndBuriesTheRest(t *testing.T) {
	c := registry(t)
	p, err := newPublisher(c, guard.Options{Timeout: 10 * time.Second}, os.Getenv("REDIS_ADDR"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	var rejection *guard.Rejection
	if err := p.publish(t.Context(), stream, []byte(misspelt)); !errors.As(err, &rejection) {
		t.Errorf("misspelt: %v, want a rejection", err)
	}
	if err := p.publish(t.Context(), stream, []byte(valid)); err != nil {
		t.Fatal(err)
	}
	sent := read(t, p, stream)
	if sent["payload"] != valid || sent["sr-subject"] != stream+"-value" || sent["sr-schema-version"] != "1" {
		t.Errorf("sent %v", sent)
	}
	buried := read(t, p, stream+":dlq")
	if buried["payload"] != misspelt || buried["sr-error-code"] != "REQUIRED" || buried["sr-error-pointer"] != "/orderId" ||
		buried["sr-original-destination"] != stream {
		t.Errorf("buried %v", buried)
	}
}
