// Package guard judges events in the producer, before they are published.
//
//	g, err := guard.New(registry, guard.Options{})
//	defer g.Close()
//	verdict, err := g.Check(ctx, "orders", guard.Payload{Data: event})
//
// A nil error means go ahead. A [*Rejection] says what is wrong, where, and by
// which version; the OnInvalid hook gets the event as a dead letter. The guard
// knows no broker: client/examples has Kafka, RabbitMQ, NATS and Redis
// Streams.
//
// Which subject judges is for a [Strategy] to say, what becomes of an event
// that does not fit for a [Policy]. A payload that names its schema in the
// Confluent wire format is judged by that schema, which must be a version of
// the destination's subject within the window. A bare one is judged by the
// newest version within the window and then by older ones: during a rollout
// old and new producers publish side by side.
//
// The registry is asked when a subject is met for the first time, every
// [Options.Refresh] in the background, and, at most once a second, when an
// event does not fit what is known. No other event waits for it. While it is
// out of reach memory answers, or a file ([Options.Bundle]) for a guard that
// starts meanwhile; what neither knows is for [Policy.Down]. No event waits
// longer than [Options.Timeout].
package guard
