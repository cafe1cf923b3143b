package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/muster-registry/muster/httpapi"
)

// finishWithin is how long requests in flight may take once the server stops.
// It is more than WriteTimeout, so only a stuck one is cut.
const finishWithin = 25 * time.Second

// front is the HTTP server: what bounds connections, and how it ends.
type front struct {
	api    *httpapi.Server
	http   *http.Server
	log    *slog.Logger
	delay  time.Duration
	failed chan error // the reason why it stopped by itself
}

func newFront(api *httpapi.Server, log *slog.Logger, delay time.Duration) *front {
	return &front{
		api: api,
		http: &http.Server{
			Handler:           api,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       15 * time.Second,
			WriteTimeout:      20 * time.Second,
			IdleTimeout:       60 * time.Second,
			MaxHeaderBytes:    32 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
		log:    log,
		delay:  delay,
		failed: make(chan error, 1),
	}
}

func (f *front) start(listener net.Listener) {
	go func() {
		if err := f.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			f.failed <- err
		}
	}()
}

// drain stops in the order that loses no request: balancers hear of it first,
// then new connections are refused, then what is in flight ends.
func (f *front) drain() error {
	f.api.Drain()
	f.log.Info("draining", "delay", f.delay.String())
	delay := time.NewTimer(f.delay)
	defer delay.Stop()
	select {
	case err := <-f.failed:
		return err
	case <-delay.C:
	}
	ctx, cancel := context.WithTimeout(context.Background(), finishWithin)
	defer cancel()
	if err := f.http.Shutdown(ctx); err != nil {
		f.log.Warn("cut the requests that did not end", "after", finishWithin.String())
		return f.http.Close()
	}
	f.log.Info("stopped")
	return nil
}

// drainDelay is how long balancers get to notice: none where there are none.
func drainDelay(listen string) time.Duration {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return 0
	}
	address, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && address.IsLoopback() {
		return 0
	}
	return 5 * time.Second
}

// newLogger writes JSON lines with times in UTC.
func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(utc{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})})
}

// utc is a handler that tells times in UTC. Replacing the attribute instead
// would be asked about every attribute of every line.
type utc struct{ slog.Handler }

func (h utc) Handle(ctx context.Context, r slog.Record) error {
	r.Time = r.Time.UTC()
	return h.Handler.Handle(ctx, r)
}

func (h utc) WithAttrs(attrs []slog.Attr) slog.Handler { return utc{h.Handler.WithAttrs(attrs)} }
func (h utc) WithGroup(name string) slog.Handler       { return utc{h.Handler.WithGroup(name)} }

// redactDSN hides the password of a database, wherever a URL may have it.
func redactDSN(dsn string) string {
	if strings.HasPrefix(dsn, "sqlite:") {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "…"
	}
	query := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if query.Has(name) {
			query.Set(name, "xxxxx")
			u.RawQuery = query.Encode()
		}
	}
	return u.Redacted()
}
