package guard_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.opentelemetry.io/otel/attribute"
	oteltrace "go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/muster-registry/muster/client/guard"
)

func TestMetrics_CountBySubjectVersionAndReason(t *testing.T) {
	r := newRig(t)
	r.register(t, "orders-value", orders)
	metrics := prometheus.NewRegistry()
	policies := map[string]guard.Policy{"unheard-of": {Down: guard.Open}}
	g := r.guard(t, guard.Options{Metrics: metrics, Policies: policies})
	r.guard(t, guard.Options{Metrics: metrics}) // a second one shares them
	for _, event := range []string{order, order, misspelt} {
		check(t, g, "orders", payload(event))
	}
	check(t, g, "nowhere", payload(order))
	r.state.Store(refusing)
	check(t, g, "unheard-of", payload(order))
	want := `
# HELP events_published_total Events that the guard let go.
# TYPE events_published_total counter
events_published_total{subject="",version=""} 1
events_published_total{subject="orders-value",version="1"} 2
# HELP events_rejected_total Events that the guard held back, by reason.
# TYPE events_rejected_total counter
events_rejected_total{reason="invalid",subject="orders-value",version="1"} 1
events_rejected_total{reason="unknown_subject",subject="",version=""} 1
# HELP events_reported_total Events that the guard let go though they do not fit or could not be judged, by reason.
# TYPE events_reported_total counter
events_reported_total{reason="registry_unavailable",subject="",version=""} 1
`
	if err := testutil.GatherAndCompare(metrics, strings.NewReader(want),
		"events_published_total", "events_rejected_total", "events_reported_total"); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(metrics, "event_validation_seconds"); err != nil || n != 2 {
		t.Errorf("%d histograms, %v, want one for each subject and version", n, err)
	}
}

// span notes its events.
type span struct {
	noop.Span
	events []string
}

func (s *span) IsRecording() bool { return true }

func (s *span) AddEvent(name string, opts ...oteltrace.EventOption) {
	config := oteltrace.NewEventConfig(opts...)
	var attributes []string
	for _, a := range config.Attributes() {
		attributes = append(attributes, fmt.Sprintf("%s=%s", a.Key, value(a.Value)))
	}
	slices.Sort(attributes)
	s.events = append(s.events, name+" "+strings.Join(attributes, " "))
}

func value(v attribute.Value) string { return v.String() }

func TestTrace_SpanEventsCarryTheCorrelationID(t *testing.T) {
	r := newRig(t)
	r.register(t, "orders-value", orders)
	g := r.guard(t, guard.Options{})
	var recorded span
	ctx := oteltrace.ContextWithSpan(context.Background(), &recorded)
	for _, event := range []string{order, misspelt} {
		p := payload(event)
		p.CorrelationID = "c-1"
		verdict, err := g.Check(ctx, "orders", p)
		reason(t, verdict, err)
	}
	want := []string{
		"event.valid messaging.destination.name=orders messaging.message.conversation_id=c-1 muster.published=true" +
			" muster.schema.id=1 muster.schema.version=1 muster.subject=orders-value",
		"event.invalid messaging.destination.name=orders messaging.message.conversation_id=c-1 muster.error.code=REQUIRED" +
			" muster.error.pointer=/id muster.published=false muster.reason=invalid" +
			" muster.schema.id=1 muster.schema.version=1 muster.subject=orders-value",
	}
	if diff := cmp.Diff(want, recorded.events); diff != "" {
		t.Errorf("span events (-want +got):\n%s", diff)
	}
}
