package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/registry"
)

// metrics are what /metrics shows. No label names a subject: their number has
// no bound.
type metrics struct {
	exposition    http.Handler
	requests      *prometheus.CounterVec
	seconds       *prometheus.HistogramVec
	registrations *prometheus.CounterVec
	payloads      *prometheus.CounterVec
	checks        *prometheus.CounterVec
	// What dashboards made for Confluent's registry read (addenda G).
	succeeded, failed   prometheus.Gauge
	registered, deleted prometheus.Gauge
	created             *prometheus.GaugeVec
}

func newMetrics(service *registry.Service) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	m := &metrics{
		requests: counter("muster_http_requests_total", "Requests answered.", "route", "method", "status"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "muster_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method"}),
		registrations: counter("muster_registrations_total", "Registrations by outcome: created, existing, incompatible, invalid, refused or failed.", "outcome"),
		payloads:      counter("muster_payloads_total", "Payloads judged, by schema type and outcome: valid, invalid, refused or failed.", "type", "outcome"),
		checks:        counter("muster_checks_total", "Compatibility checks, by what the verdict rests on.", "type", "verdict", "evidence"),
		succeeded:     gauge("kafka_schema_registry_api_success_count", "Requests answered below 400."),
		failed:        gauge("kafka_schema_registry_api_failure_count", "Requests answered with 400 or above."),
		registered:    gauge("kafka_schema_registry_registered_count", "Versions registered since the start."),
		deleted:       gauge("kafka_schema_registry_deleted_count", "Versions deleted since the start."),
		created: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "kafka_schema_registry_schemas_created", Help: "Versions registered since the start, by schema type.",
		}, []string{"schema_type"}),
	}
	accepts := gauge("kafka_schema_registry_master_slave_role", "1 on an instance that accepts writes.")
	accepts.Set(1)
	nodes := gauge("kafka_schema_registry_node_count", "Instances this one knows of: itself.")
	nodes.Set(1)

	all := prometheus.NewRegistry()
	all.MustRegister(m.requests, m.seconds, m.registrations, m.payloads, m.checks,
		m.succeeded, m.failed, m.registered, m.deleted, m.created, accepts, nodes,
		figures{service}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.exposition = promhttp.HandlerFor(all, promhttp.HandlerOpts{})
	return m
}

// figures collects what the registry itself counts.
type figures struct{ service *registry.Service }

var (
	cacheHits   = prometheus.NewDesc("muster_cache_hits_total", "Answers found in a cache.", []string{"cache"}, nil)
	cacheMisses = prometheus.NewDesc("muster_cache_misses_total", "Answers not found in a cache.", []string{"cache"}, nil)
	connections = prometheus.NewDesc("muster_pool_connections", "Connections to the store.", []string{"state"}, nil)
)

func (figures) Describe(descs chan<- *prometheus.Desc) {
	descs <- cacheHits
	descs <- cacheMisses
	descs <- connections
}

func (f figures) Collect(out chan<- prometheus.Metric) {
	for name, c := range f.service.Caches() {
		out <- prometheus.MustNewConstMetric(cacheHits, prometheus.CounterValue, float64(c.Hits), name)
		out <- prometheus.MustNewConstMetric(cacheMisses, prometheus.CounterValue, float64(c.Misses), name)
	}
	for state, n := range f.service.Pool() {
		out <- prometheus.MustNewConstMetric(connections, prometheus.GaugeValue, float64(n), state)
	}
}

// routeMetrics count the answers of one route and method. What the quick paths
// count is looked up once, when it first happens.
type routeMetrics struct {
	*metrics
	route, method string
	ok            func() prometheus.Counter
	elapsed       func() prometheus.Observer
}

// of returns the metrics of a route. Paths without one share the label "none",
// and methods that no route has "OTHER", so that clients cannot make series up.
func (m *metrics) of(route, method string) *routeMetrics {
	return &routeMetrics{
		metrics: m, route: route, method: method,
		ok:      sync.OnceValue(func() prometheus.Counter { return m.requests.WithLabelValues(route, method, "200") }),
		elapsed: sync.OnceValue(func() prometheus.Observer { return m.seconds.WithLabelValues(route, method) }),
	}
}

func (m *metrics) ofNone(method string) *routeMetrics {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
	default:
		method = "OTHER"
	}
	return m.of("none", method)
}

func (m *routeMetrics) count(status int, elapsed time.Duration) {
	if status == http.StatusOK {
		m.ok().Inc()
	} else {
		m.requests.WithLabelValues(m.route, m.method, strconv.Itoa(status)).Inc()
	}
	m.elapsed().Observe(elapsed.Seconds())
	if status < http.StatusBadRequest {
		m.succeeded.Inc()
	} else {
		m.failed.Inc()
	}
}

func (m *metrics) countRegistration(t compat.Type, r registry.Registered, err error) {
	outcome := "existing"
	switch {
	case err != nil:
		outcome = outcomeOf(err)
	case r.Created:
		outcome = "created"
		m.registered.Inc()
		m.created.WithLabelValues(strings.ToLower(string(t))).Inc()
	}
	m.registrations.WithLabelValues(outcome).Inc()
	if r.Checked != nil {
		m.countCheck(t, *r.Checked)
	}
}

// countCheck counts a comparison of a candidate whose type a format has
// already accepted, which bounds the label.
func (m *metrics) countCheck(t compat.Type, report compat.Report) {
	verdict := "incompatible"
	if report.Compatible() {
		verdict = "compatible"
	}
	m.checks.WithLabelValues(string(t), verdict, string(report.Evidence)).Inc()
}

func (m *metrics) countPayload(v registry.Validated, err error) {
	outcome := "valid"
	switch {
	case err != nil:
		outcome = outcomeOf(err)
	case !v.Valid():
		outcome = "invalid"
	}
	m.payloads.WithLabelValues(string(v.Type), outcome).Inc()
}

// outcomeOf says in one word why a request failed.
func outcomeOf(err error) string {
	status, _ := answerTo(err)
	switch {
	case registry.KindOf(err) == registry.Incompatible:
		return "incompatible"
	case registry.KindOf(err) == registry.InvalidSchema:
		return "invalid"
	case status >= 500:
		return "failed"
	}
	return "refused"
}
