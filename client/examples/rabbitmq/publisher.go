package main

import (
	"context"
	"errors"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
)

// deadLetters is the exchange for what is wrong. A dead letter keeps its routing
// key there.
const deadLetters = "dlx"

// publisher sends events to RabbitMQ once the guard lets them go, and waits for
// the broker to confirm them. The payload stays as it is: headers name its
// schema. It is for one goroutine at a time, as the channel is.
type publisher struct {
	connection *amqp.Connection
	channel    *amqp.Channel
	guard      *guard.Guard
}

func newPublisher(registry *client.Client, opts guard.Options, url string) (*publisher, error) {
	connection, err := amqp.Dial(url)
	if err != nil {
		return nil, err
	}
	p := &publisher{connection: connection}
	opts.OnInvalid = p.bury
	opts.DeadLetter = func(key string) string { return key }
	if p.channel, err = connection.Channel(); err == nil {
		err = p.channel.Confirm(false)
	}
	if err == nil {
		err = p.channel.ExchangeDeclare(deadLetters, amqp.ExchangeTopic, true, false, false, false, nil)
	}
	if err == nil {
		p.guard, err = guard.New(registry, opts)
	}
	if err != nil {
		return nil, errors.Join(err, connection.Close())
	}
	return p, nil
}

func (p *publisher) close() error {
	p.guard.Close()
	return p.connection.Close()
}

// publish sends an event to an exchange; its destination is the routing key.
// The error of an event that does not fit is a *guard.Rejection.
func (p *publisher) publish(ctx context.Context, exchange, key string, event []byte) error {
	verdict, err := p.guard.Check(ctx, key, guard.Payload{Data: event})
	if err != nil {
		return err
	}
	return p.send(ctx, exchange, key, event, verdict.Headers())
}

// bury sends a dead letter.
func (p *publisher) bury(ctx context.Context, letter guard.DeadLetter) error {
	return p.send(ctx, deadLetters, letter.Destination, letter.Body, letter.Headers)
}

func (p *publisher) send(ctx context.Context, exchange, key string, body []byte, headers map[string]string) error {
	message := amqp.Publishing{ContentType: "application/json", DeliveryMode: amqp.Persistent, Headers: amqp.Table{}, Body: body}
	for name, value := range headers {
		message.Headers[name] = value
	}
	confirmation, err := p.channel.PublishWithDeferredConfirmWithContext(ctx, exchange, key, false, false, message)
	if err != nil {
		return err
	}
	taken, err := confirmation.WaitContext(ctx)
	if err == nil && !taken {
		err = fmt.Errorf("the broker does not take the event for %s", key)
	}
	return err
}
