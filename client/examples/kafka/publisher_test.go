package main

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
	"github.com/muster-registry/muster/httpapi/entity"
)

const (
	topic    = "kafka-orders"
	valid    = `{"orderId":"o-1"}`
	misspelt = `{"oderId":"o-1"}`
)

// registry returns a client of the registry that make examples starts, which
// holds the schema of the topic.
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
	if _, err := c.Register(t.Context(), topic+"-value", schema, client.RegisterOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// read returns the one record of a topic.
func read(t *testing.T, addresses []string, topic string) *kgo.Record {
	t.Helper()
	consumer, err := kgo.NewClient(kgo.SeedBrokers(addresses...), kgo.ConsumeTopics(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer consumer.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	fetched := consumer.PollFetches(ctx)
	if err := fetched.Err(); err != nil {
		t.Fatalf("reading %s: %v", topic, err)
	}
	records := fetched.Records()
	if len(records) != 1 {
		t.Fatalf("%s has %d records", topic, len(records))
	}
	return records[0]
}

func TestPublisher_SendsWhatFitsAndBuriesTheRest(t *testing.T) {
	c := registry(t)
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, topic, topic+".dlq"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	p, err := newPublisher(c, guard.Options{Timeout: 10 * time.Second}, cluster.ListenAddrs()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	var rejection *guard.Rejection
	if err := p.publish(t.Context(), topic, []byte(misspelt)); !errors.As(err, &rejection) {
		t.Errorf("misspelt: %v, want a rejection", err)
	}
	if err := p.publish(t.Context(), topic, []byte(valid)); err != nil {
		t.Fatal(err)
	}
	sent := read(t, cluster.ListenAddrs(), topic)
	frame, ok := client.ParseFrame(sent.Value)
	if !ok || string(frame.Body) != valid {
		t.Errorf("sent %q", sent.Value)
	}
	verdict, err := c.ValidateFramed(t.Context(), client.Payload{Data: sent.Value, Encoding: client.Wire}, client.ByIDOptions{})
	if err != nil || !verdict.Valid {
		t.Errorf("the registry finds what was sent %+v, %v", verdict, err)
	}
	buried := read(t, cluster.ListenAddrs(), topic+".dlq")
	headers := make(map[string]string)
	for _, h := range buried.Headers {
		headers[h.Key] = string(h.Value)
	}
	if string(buried.Value) != misspelt || headers["sr-error-code"] != "REQUIRED" || headers["sr-error-pointer"] != "/orderId" ||
		headers["sr-original-destination"] != topic {
		t.Errorf("buried %q with %v", buried.Value, headers)
	}
}
