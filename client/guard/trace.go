package guard

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// trace adds an event to the span in ctx, if there is one that records. The
// names are those of OpenTelemetry's messaging conventions where it has them:
// the correlation ID is messaging.message.conversation_id.
func trace(ctx context.Context, destination string, p Payload, v Verdict) {
	span := oteltrace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	attributes := []attribute.KeyValue{
		attribute.String("messaging.destination.name", destination),
		attribute.Bool("muster.published", v.Published),
	}
	if p.CorrelationID != "" {
		attributes = append(attributes, attribute.String("messaging.message.conversation_id", p.CorrelationID))
	}
	if v.Subject != "" {
		attributes = append(attributes, attribute.String("muster.subject", v.Subject))
	}
	if v.Version != 0 {
		attributes = append(attributes, attribute.Int("muster.schema.version", v.Version), attribute.Int("muster.schema.id", v.ID))
	}
	name := "event.valid"
	if !v.Valid() {
		name = "event.invalid"
		attributes = append(attributes, attribute.String("muster.reason", string(v.Reason)))
		if len(v.Violations) > 0 {
			attributes = append(attributes,
				attribute.String("muster.error.code", v.Violations[0].Code),
				attribute.String("muster.error.pointer", v.Violations[0].Pointer))
		}
	}
	span.AddEvent(name, oteltrace.WithAttributes(attributes...))
}
