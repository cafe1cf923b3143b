package guard

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count under the names that event platforms' dashboards know (design
// section 7). The label version is empty for an event that no version judged,
// subject is empty where none is known, so that labels stay few whatever
// destinations events name. nil counts nothing.
type metrics struct {
	published *prometheus.CounterVec
	rejected  *prometheus.CounterVec
	reported  *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
}

func newMetrics(registerer prometheus.Registerer) (*metrics, error) {
	if registerer == nil {
		return nil, nil
	}
	labels := []string{"subject", "version"}
	m := &metrics{
		published: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "events_published_total", Help: "Events that the guard let go.",
		}, labels),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "events_rejected_total", Help: "Events that the guard held back, by reason.",
		}, append(labels, "reason")),
		reported: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "events_reported_total", Help: "Events that the guard let go though they do not fit or could not be judged, by reason.",
		}, append(labels, "reason")),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "event_validation_seconds", Help: "How long judging an event took, waiting for the registry included.",
			Buckets: prometheus.ExponentialBuckets(1e-6, 4, 11),
		}, labels),
	}
	return m, errors.Join(register(registerer, &m.published), register(registerer, &m.rejected),
		register(registerer, &m.reported), register(registerer, &m.seconds))
}

// register shares the collectors of a guard that registered before.
func register[C prometheus.Collector](registerer prometheus.Registerer, collector *C) error {
	err := registerer.Register(*collector)
	var there prometheus.AlreadyRegisteredError
	if errors.As(err, &there) {
		if existing, ok := there.ExistingCollector.(C); ok {
			*collector = existing
			return nil
		}
	}
	return err
}

func (m *metrics) count(v Verdict, took time.Duration) {
	if m == nil {
		return
	}
	subject, version := v.Subject, ""
	if v.Version != 0 {
		version = strconv.Itoa(v.Version)
	} else if v.Reason == UnknownSubject || v.Reason == Unavailable {
		subject = ""
	}
	m.seconds.WithLabelValues(subject, version).Observe(took.Seconds())
	if !v.Published {
		m.rejected.WithLabelValues(subject, version, string(v.Reason)).Inc()
		return
	}
	m.published.WithLabelValues(subject, version).Inc()
	if !v.Valid() {
		m.reported.WithLabelValues(subject, version, string(v.Reason)).Inc()
	}
}
