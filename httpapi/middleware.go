package httpapi

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// requestIDHeader is in the canonical form that header maps have.
const requestIDHeader = "X-Request-Id"

// identify gives every request an ID: the client's, when it sent one that can
// be logged, else a random UUID. With it go the headers of every answer: what
// is shown as text is not to be guessed at, and what may change not to be kept.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var id string
		if sent := r.Header[requestIDHeader]; len(sent) == 1 && loggable(sent[0]) {
			id = sent[0]
		} else {
			id = newUUID()
		}
		h := w.Header()
		h[requestIDHeader] = []string{id}
		h["X-Content-Type-Options"] = nosniff
		h["Cache-Control"] = noStore
		next.ServeHTTP(w, r)
	})
}

// loggable bounds what a client may put into the log.
func loggable(id string) bool {
	return strings.TrimSpace(id) != "" && len(id) <= 128 &&
		!strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' })
}

// newUUID returns a UUID of version 4 (RFC 9562, 5.4). It names a request and
// keeps no secret.
func newUUID() string {
	var b [16]byte
	binary.NativeEndian.PutUint64(b[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(b[8:], rand.Uint64())
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var text [36]byte
	hex.Encode(text[:8], b[:4])
	hex.Encode(text[9:13], b[4:6])
	hex.Encode(text[14:18], b[6:8])
	hex.Encode(text[19:23], b[8:10])
	hex.Encode(text[24:], b[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// observe counts every request and writes its one line to the log: five
// attributes, which is what a slog.Record holds without allocating. Bodies,
// queries and credentials are not logged.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rw := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rw, r)
		elapsed := time.Since(start)
		if rw.route == nil {
			rw.route = s.metrics.ofNone(r.Method)
		}
		rw.route.count(rw.status, elapsed)
		if !s.log.Enabled(r.Context(), slog.LevelInfo) {
			return
		}
		// Without the place in the source, which costs as much as half the line
		// and is always this one.
		line := slog.NewRecord(start.Add(elapsed), slog.LevelInfo, "request", 0)
		line.AddAttrs(
			slog.String("request_id", w.Header().Get(requestIDHeader)),
			slog.String("method", r.Method),
			slog.String("path", r.URL.EscapedPath()),
			slog.Int("status", rw.status),
			slog.Duration("elapsed", elapsed),
		)
		_ = s.log.Handler().Handle(r.Context(), line) // a log that fails stops nobody
	})
}

// recorder remembers what was answered, and by which route.
type recorder struct {
	http.ResponseWriter
	route  *routeMetrics // nil: none
	status int
	wrote  bool
}

// counted has the answers of a handler counted as those of a route.
func (s *Server) counted(method, pattern string, h handler) http.HandlerFunc {
	route, serve := s.metrics.of(pattern, method), s.serve(h)
	return func(w http.ResponseWriter, r *http.Request) {
		if rw, ok := w.(*recorder); ok {
			rw.route = route
		}
		serve(w, r)
	}
}

func (w *recorder) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recover turns a panic into a 500 that says nothing, and a line that says
// all. A panic is a mistake of ours, never a way to answer.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.log.LogAttrs(r.Context(), slog.LevelError, "panic",
				slog.String("request_id", w.Header().Get(requestIDHeader)),
				slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			s.writeError(w, r, errInternal())
		}()
		next.ServeHTTP(w, r)
	})
}

// escapedPath makes chi route on the path as it was escaped, without trailing
// slashes: chi by itself routes on the decoded path, in which a%2Fb is two
// segments, unless RawPath is set.
func escapedPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		if trimmed := strings.TrimRight(path, "/"); trimmed != "" {
			path = trimmed
		} else {
			path = "/"
		}
		if path == r.URL.Path && r.URL.RawPath == "" {
			next.ServeHTTP(w, r)
			return
		}
		url := *r.URL
		url.RawPath = path
		routed := *r
		routed.URL = &url
		next.ServeHTTP(w, &routed)
	})
}

// identity refuses encoded bodies, which could unfold to any size.
func (s *Server) identity(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
			s.writeError(w, r, errEncoded())
			return
		}
		next.ServeHTTP(w, r)
	})
}

// patience is how long one request may take.
const patience = 10 * time.Second

// timed ends the context of requests that take too long.
func timed(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		return h(w, r.WithContext(ctx))
	}
}
