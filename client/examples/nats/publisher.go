package main

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
)

// publisher sends events to JetStream once the guard lets them go. The payload
// stays as it is: headers name its schema. What is wrong goes to
// "dlq.<subject>".
type publisher struct {
	connection *nats.Conn
	stream     jetstream.JetStream
	guard      *guard.Guard
}

// bySubject judges "orders.eu.4711" and "orders.us.12" by the registry's
// "orders-value": a subject of NATS names one event, not one kind of event.
const bySubject = `{{part .Destination "." 0}}-value`

func newPublisher(registry *client.Client, opts guard.Options, url string) (*publisher, error) {
	connection, err := nats.Connect(url)
	if err != nil {
		return nil, err
	}
	p := &publisher{connection: connection}
	opts.OnInvalid = p.bury
	opts.DeadLetter = func(subject string) string { return "dlq." + subject }
	if p.stream, err = jetstream.New(connection); err == nil {
		opts.Strategy, err = guard.Template(bySubject)
	}
	if err == nil {
		p.guard, err = guard.New(registry, opts)
	}
	if err != nil {
		connection.Close()
		return nil, err
	}
	return p, nil
}

func (p *publisher) close() {
	p.guard.Close()
	p.connection.Close()
}

// publish sends an event with headers that name its schema. The error of an
// event that does not fit is a *guard.Rejection.
func (p *publisher) publish(ctx context.Context, subject string, event []byte) error {
	verdict, err := p.guard.Check(ctx, subject, guard.Payload{Data: event})
	if err != nil {
		return err
	}
	return p.send(ctx, subject, event, verdict.Headers())
}

// bury sends a dead letter.
func (p *publisher) bury(ctx context.Context, letter guard.DeadLetter) error {
	return p.send(ctx, letter.Destination, letter.Body, letter.Headers)
}

func (p *publisher) send(ctx context.Context, subject string, data []byte, headers map[string]string) error {
	message := nats.NewMsg(subject)
	message.Data = data
	for name, value := range headers {
		message.Header.Set(name, value)
	}
	_, err := p.stream.PublishMsg(ctx, message)
	return err
}
