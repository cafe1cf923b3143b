// Package store opens the registry's store: the one place that knows which
// backends there are. What they promise is written on [registry.Store] and
// tested by store/storetest.
package store

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store/postgres"
	"github.com/muster-registry/muster/store/sqlite"
)

// Options are what a store needs besides its place.
type Options struct {
	Now func() time.Time // for the time of registration; nil: time.Now
}

// Open opens the store at dsn, "sqlite:PATH" or a URL "postgres://…", creates
// its tables and migrates them. The error wraps registry.ErrUnavailable when
// the database cannot be reached.
func Open(ctx context.Context, dsn string, opts Options) (registry.Store, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	switch scheme, rest, _ := strings.Cut(dsn, ":"); scheme {
	case "sqlite":
		return opened(sqlite.Open(ctx, rest, opts.Now))
	case "postgres", "postgresql":
		return opened(postgres.Open(ctx, dsn, opts.Now))
	}
	return nil, fmt.Errorf("store %q is neither sqlite:PATH nor postgres://HOST/DATABASE", redact(dsn))
}

// opened keeps a nil pointer from becoming a Store that is not nil.
func opened[S registry.Store](s S, err error) (registry.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// redact hides the password of what may be a URL of another kind.
func redact(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "…"
	}
	return u.Redacted()
}
