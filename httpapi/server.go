package httpapi

import (
	_ "embed"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/go-chi/chi/v5"

	"github.com/muster-registry/muster/registry"
)

// openAPI is a copy of the specification at the root of the repository; a test
// keeps the two equal.
//
//go:embed openapi.yaml
var openAPI []byte

// Options configure a Server. The zero value serves without a log.
type Options struct {
	Version string       // of this build
	Logger  *slog.Logger // one line a request at level info
}

// Server answers the API. It is an http.Handler, safe for concurrent use.
type Server struct {
	registry *registry.Service
	version  string
	log      *slog.Logger
	metrics  *metrics
	rendered *rendered
	draining atomic.Bool
	pending  atomic.Int64 // bytes of streamed verdicts that wait for their readers
	handler  chi.Router
}

// New returns a server over service.
func New(service *registry.Service, opts Options) *Server {
	s := &Server{registry: service, version: opts.Version, log: opts.Logger, metrics: newMetrics(service), rendered: newRendered()}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.handler = s.routes()
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Drain makes /readyz answer 503 from now on, so that balancers look
// elsewhere. Everything else is served as before.
func (s *Server) Drain() { s.draining.Store(true) }

// routes is the whole route table, grouped by path root in the order of
// openapi.yaml.
func (s *Server) routes() chi.Router {
	r := chi.NewRouter()
	// Outermost first: what is refused is logged and counted too.
	r.Use(s.identify, s.observe, s.recover, escapedPath, s.withinContext, s.identity)
	r.NotFound(s.serve(s.notFound))
	r.MethodNotAllowed(s.serve(s.methodNotAllowed))

	type route struct {
		method, pattern string
		handler         handler
	}
	for _, route := range []route{
		{"GET", "/", s.root},
		{"POST", "/", s.root},
		{"GET", "/livez", s.livez},
		{"GET", "/readyz", s.readyz},
		{"GET", "/metrics", s.exposition},
		{"GET", "/openapi.yaml", s.specification},
		{"GET", "/v1/metadata/id", s.metadataID},
		{"GET", "/v1/metadata/version", s.metadataVersion},
		{"GET", "/v1/metadata/deployment", s.metadataDeployment},

		{"GET", "/schemas", s.search},
		{"GET", "/schemas/types", s.types},
		{"GET", "/schemas/ids/{id}/subjects", s.subjectsByID},
		{"GET", "/schemas/ids/{id}/versions", s.versionsByID},
		{"GET", "/schemas/guids/{guid}", s.schemaByGUID},
		{"GET", "/schemas/guids/{guid}/ids", s.idsByGUID},

		{"GET", "/subjects", s.subjects},
		{"POST", "/subjects/{subject}", s.lookup},
		{"DELETE", "/subjects/{subject}", s.deleteSubject},
		{"GET", "/subjects/{subject}/metadata", s.newestWithMetadata},
		{"GET", "/subjects/{subject}/diff", s.diff},
		{"GET", "/subjects/{subject}/versions", s.versions},
		{"POST", "/subjects/{subject}/versions", s.register},
		{"GET", "/subjects/{subject}/versions/{version}", s.getVersion},
		{"DELETE", "/subjects/{subject}/versions/{version}", s.deleteVersion},
		{"GET", "/subjects/{subject}/versions/{version}/schema", s.versionText},
		{"GET", "/subjects/{subject}/versions/{version}/referencedby", s.referencedBy},
		{"POST", "/subjects/{subject}/versions/{version}/tags", s.tag},

		{"POST", "/compatibility/subjects/{subject}/versions", s.checkAll},
		{"POST", "/compatibility/subjects/{subject}/versions/{version}", s.checkVersion},

		{"GET", "/config", s.config},
		{"PUT", "/config", s.setConfig},
		{"DELETE", "/config", s.deleteConfig},
		{"GET", "/config/{subject}", s.config},
		{"PUT", "/config/{subject}", s.setConfig},
		{"DELETE", "/config/{subject}", s.deleteConfig},

		{"GET", "/mode", s.mode},
		{"PUT", "/mode", s.setMode},
		{"DELETE", "/mode", s.deleteMode},
		{"GET", "/mode/{subject}", s.mode},
		{"PUT", "/mode/{subject}", s.setMode},
		{"DELETE", "/mode/{subject}", s.deleteMode},

		{"GET", "/scopes", s.scopes},

		{"GET", "/contexts", s.contexts},
		{"DELETE", "/contexts/{context}", s.deleteContext},
	} {
		s.handle(r, route.method, route.pattern, timed(route.handler))
	}
	// What is in memory most of the time needs no deadline of its own: the
	// registry bounds the reads that fill it.
	s.handle(r, "GET", "/schemas/ids/{id}", s.schemaByID)
	s.handle(r, "GET", "/schemas/ids/{id}/schema", s.schemaTextByID)
	// Payloads may come in streams, which have no end of their own; what is no
	// stream bounds itself.
	for pattern, h := range map[string]handler{
		"/schemas/ids/{id}/validate":                      s.validateByID,
		"/subjects/{subject}/versions/{version}/validate": s.validateByVersion,
		"/validate": s.validateSelfDescribed,
	} {
		r.Method(http.MethodPost, pattern, s.counted(http.MethodPost, pattern, h))
	}
	return r
}

// handle adds a route; what answers GET answers HEAD.
func (s *Server) handle(r chi.Router, method, pattern string, h handler) {
	if method != http.MethodGet {
		h = acceptable(h)
	}
	r.Method(method, pattern, s.counted(method, pattern, h))
	if method == http.MethodGet {
		r.Method(http.MethodHead, pattern, s.counted(http.MethodHead, pattern, h))
	}
}
