package main

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
)

// publisher sends events to Kafka once the guard lets them go. What is wrong
// goes to "<topic>.dlq".
type publisher struct {
	kafka *kgo.Client
	guard *guard.Guard
}

func newPublisher(registry *client.Client, opts guard.Options, brokers ...string) (*publisher, error) {
	kafka, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.AllowAutoTopicCreation())
	if err != nil {
		return nil, err
	}
	p := &publisher{kafka: kafka}
	opts.OnInvalid = p.bury
	if p.guard, err = guard.New(registry, opts); err != nil {
		kafka.Close()
		return nil, err
	}
	return p, nil
}

func (p *publisher) close() {
	p.guard.Close()
	p.kafka.Close()
}

// publish frames an event with the ID of its schema, as the serializers of
// Confluent do, and sends it. The error of an event that does not fit is a
// *guard.Rejection.
func (p *publisher) publish(ctx context.Context, topic string, event []byte) error {
	framed, verdict, err := p.guard.Encode(ctx, topic, guard.Payload{Data: event})
	if err != nil {
		return err
	}
	return p.send(ctx, topic, framed, verdict.Headers())
}

// bury sends a dead letter.
func (p *publisher) bury(ctx context.Context, letter guard.DeadLetter) error {
	return p.send(ctx, letter.Destination, letter.Body, letter.Headers)
}

func (p *publisher) send(ctx context.Context, topic string, value []byte, headers map[string]string) error {
	record := &kgo.Record{Topic: topic, Value: value}
	for key, value := range headers {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: key, Value: []byte(value)})
	}
	return p.kafka.ProduceSync(ctx, record).FirstErr()
}
