package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store"
)

func newServeCommand(p *program) *cobra.Command {
	var opts serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the registry",
		Long: withExitCodes(`Run the registry until SIGTERM or SIGINT. It prints one line on stdout when it is
ready, and logs to stderr.

A flag wins over its variable, and that over the file of --config, which is YAML
with the names of the flags as keys.

When it is told to stop, /readyz answers 503 at once; after --drain-delay it
takes no new connections and finishes the requests in flight, for at most 25 s.
A second signal ends it at once.`, exitOK, exitFailed),
		Example: `  muster serve
  muster serve --database postgres://muster@db.internal/muster --listen :8081`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.config != "" {
				if err := completeFromFile(cmd.Flags(), opts.config, "config"); err != nil {
					return err
				}
			}
			if !cmd.Flags().Changed("drain-delay") {
				opts.drainDelay = drainDelay(opts.listen)
			}
			return runServe(cmd.Context(), opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.listen, "listen", "127.0.0.1:8081", "`address` to listen on; port 0 picks a free one")
	flags.StringVar(&opts.database, "database", "sqlite:muster.db", "`place` of the data: sqlite:PATH or postgres://…")
	flags.TextVar(&opts.logLevel, "log-level", slog.LevelInfo, "least `level` that is logged: debug, info, warn or error")
	flags.DurationVar(&opts.drainDelay, "drain-delay", 0, "how `long` to serve on after SIGTERM, so that balancers notice (default 5s, 0s on a loopback address)")
	flags.StringVar(&opts.config, "config", "", "YAML `file` of settings")
	fromEnvironment(flags, "listen", "database", "log-level", "drain-delay", "config")
	return cmd
}

type serveOptions struct {
	listen     string
	database   string
	logLevel   slog.Level
	drainDelay time.Duration
	config     string
}

// The runtime tries to get by with memoryLimit, so that the process stays under
// 256 MiB. Well below it, collecting garbage at every doubling of a heap of a
// few megabytes would cost a tenth of the throughput.
const (
	memoryLimit = 150 << 20
	gcPercent   = 400
)

// purgeInterval leaves time to look within the second in which a replica must
// have forgotten what another removed (design §7).
const purgeInterval = 500 * time.Millisecond

func runServe(ctx context.Context, opts serveOptions, p *program) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if !p.sets("GOMEMLIMIT") {
		debug.SetMemoryLimit(memoryLimit)
		if !p.sets("GOGC") {
			debug.SetGCPercent(gcPercent)
		}
	}
	lines := newLogBuffer(p.stderr)
	defer lines.close()
	log := newLogger(lines, opts.logLevel)

	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		return hint(err, "name another address with --listen or MUSTER_LISTEN")
	}
	opened, err := store.Open(ctx, opts.database, store.Options{})
	if err != nil {
		listener.Close()
		return cannotOpen(opts.database, err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	service := registry.New(opened, all.Formats(), registry.Options{})
	server := httpapi.New(service, httpapi.Options{Version: buildVersion(), Logger: log})

	following, unfollow := context.WithCancel(context.WithoutCancel(ctx))
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		service.FollowPurges(following, purgeInterval)
	}()
	defer func() { unfollow(); <-followed }()

	front := newFront(server, log, opts.drainDelay)
	front.start(listener)
	fmt.Fprintf(p.stdout, "muster: ready on http://%s, data in %s\n", listener.Addr(), redactDSN(opts.database))
	select {
	case err := <-front.failed:
		return err
	case <-ctx.Done():
	}
	// From here on a signal has its default effect and ends the process.
	stop()
	return front.drain()
}

// sets tells whether the environment has a variable.
func (p *program) sets(name string) bool {
	return slices.ContainsFunc(p.environ, func(s string) bool { return strings.HasPrefix(s, name+"=") })
}

// cannotOpen tells why without telling the password, which drivers may quote.
func cannotOpen(dsn string, err error) error {
	told := fmt.Errorf("database %s: %s", redactDSN(dsn), strings.ReplaceAll(err.Error(), dsn, redactDSN(dsn)))
	if errors.Is(err, registry.ErrUnavailable) {
		return hint(told, "is it running, and does it let this user in? name another with --database or MUSTER_DATABASE")
	}
	return told
}
