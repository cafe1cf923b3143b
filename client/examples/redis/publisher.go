package main

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
)

// publisher adds events to Redis Streams once the guard lets them go. An entry
// has the payload as its field "payload" and its schema beside it. What is
// wrong goes to "<stream>:dlq".
type publisher struct {
	redis *redis.Client
	guard *guard.Guard
}

func newPublisher(registry *client.Client, opts guard.Options, address string) (*publisher, error) {
	p := &publisher{redis: redis.NewClient(&redis.Options{Addr: address})}
	opts.OnInvalid = p.bury
	opts.DeadLetter = func(stream string) string { return stream + ":dlq" }
	var err error
	if p.guard, err = guard.New(registry, opts); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *publisher) close() error {
	p.guard.Close()
	return p.redis.Close()
}

// publish adds an event to a stream. The error of an event that does not fit is
// a *guard.Rejection.
func (p *publisher) publish(ctx context.Context, stream string, event []byte) error {
	verdict, err := p.guard.Check(ctx, stream, guard.Payload{Data: event})
	if err != nil {
		return err
	}
	return p.add(ctx, stream, event, verdict.Headers())
}

// bury adds a dead letter.
func (p *publisher) bury(ctx context.Context, letter guard.DeadLetter) error {
	return p.add(ctx, letter.Destination, letter.Body, letter.Headers)
}

func (p *publisher) add(ctx context.Context, stream string, payload []byte, headers map[string]string) error {
	fields := []any{"payload", payload}
	for name, value := range headers {
		fields = append(fields, name, value)
	}
	return p.redis.XAdd(ctx, &redis.XAddArgs{Stream: stream, Values: fields}).Err()
}
