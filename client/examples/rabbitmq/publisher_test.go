package main

import (
	"errors"
	"os"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
	"github.com/muster-registry/muster/httpapi/entity"
)

const (
	key      = "rabbit-orders"
	valid    = `{"orderId":"o-1"}`
	misspelt = `{"oderId":"o-1"}`
)

// registry returns a client of the registry that make examples starts, which
// holds the schema of the routing key.
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
	if _, err := c.Register(t.Context(), key+"-value", schema, client.RegisterOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// queue binds a queue to an exchange and returns a function that takes its next
// message.
func queue(t *testing.T, p *publisher, exchange string) func() amqp.Delivery {
	t.Helper()
	channel, err := p.connection.Channel()
	if err != nil {
		t.Fatal(err)
	}
	made, err := channel.QueueDeclare("", false, true, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := channel.QueueBind(made.Name, key, exchange, false, nil); err != nil {
		t.Fatal(err)
	}
	deliveries, err := channel.Consume(made.Name, "", true, true, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() amqp.Delivery {
		t.Helper()
		select {
		case delivery := <-deliveries:
			return delivery
		case <-time.After(20 * time.Second):
			t.Fatalf("nothing from %s", exchange)
			return amqp.Delivery{}
		}
	}
}

func TestPublisher_SendsWhatFitsAndBuriesTheRest(t *testing.T) {
	c := registry(t)
	p, err := newPublisher(c, guard.Options{Timeout: 10 * time.Second}, os.Getenv("AMQP_URL"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	next, nextBuried := queue(t, p, "amq.topic"), queue(t, p, deadLetters)
	var rejection *guard.Rejection
	if err := p.publish(t.Context(), "amq.topic", key, []byte(misspelt)); !errors.As(err, &rejection) {
		t.Errorf("misspelt: %v, want a rejection", err)
	}
	if err := p.publish(t.Context(), "amq.topic", key, []byte(valid)); err != nil {
		t.Fatal(err)
	}
	sent := next()
	if string(sent.Body) != valid || sent.Headers["sr-subject"] != key+"-value" || sent.Headers["sr-schema-version"] != "1" {
		t.Errorf("sent %q with %v", sent.Body, sent.Headers)
	}
	buried := nextBuried()
	if h := buried.Headers; string(buried.Body) != misspelt || buried.RoutingKey != key ||
		h["sr-error-code"] != "REQUIRED" || h["sr-error-pointer"] != "/orderId" || h["sr-original-destination"] != key {
		t.Errorf("buried %q with %v", buried.Body, h)
	}
}
