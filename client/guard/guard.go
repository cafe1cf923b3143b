package guard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
)

// Options say how a Guard judges. The zero value enforces the newest schemas of
// "<destination>-value" and rejects what it cannot judge.
type Options struct {
	Strategy Strategy          // default TopicName
	Policy   Policy            // of destinations that Policies does not name
	Policies map[string]Policy // by destination
	// Timeout is the longest an event waits for the registry; default 500 ms.
	// Only events of a subject that is not known yet wait, and those that do
	// not fit what is known.
	Timeout time.Duration
	// Refresh is how often the registry is asked for new and deleted versions;
	// default 30 s.
	Refresh time.Duration
	// Bundle is a file that holds what the guard knows, for one that starts
	// while the registry is down. It is read by New, if it is there, and
	// rewritten when something changes. A file that cannot be written is logged
	// and harms nothing, so it may as well be part of a read-only image.
	Bundle  string
	Framing Framing // what Encode writes; default ByID
	// OnInvalid gets every event that was judged and rejected, before Check
	// returns; it must be safe for concurrent use. Its error is joined to the
	// rejection. An event that could not be judged is no dead letter: it may be
	// sent again.
	OnInvalid func(context.Context, DeadLetter) error
	// DeadLetter names where dead letters go; default "<destination>.dlq".
	DeadLetter func(destination string) string
	Aliases    []Alias               // names that dead letters' headers have besides
	Metrics    prometheus.Registerer // nil counts nothing
	Log        *slog.Logger          // default slog.Default()
}

// Guard judges events. It is safe for concurrent use and holds what it knows of
// at most maxSubjects subjects.
type Guard struct {
	registry *client.Client
	opts     Options
	subjects *subjects
	metrics  *metrics

	mu      sync.Mutex
	closed  bool
	closing chan struct{}
	running sync.WaitGroup
	saving  sync.Mutex // one writer of the bundle
}

// New returns a guard that asks registry. It does not wait for it: see
// [Guard.Warm]. The errors are those of options that make no sense and of a
// bundle that cannot be read.
func New(registry *client.Client, opts Options) (*Guard, error) {
	if registry == nil {
		return nil, errors.New("guard: no registry")
	}
	if opts.Strategy == nil {
		opts.Strategy = TopicName
	}
	if opts.DeadLetter == nil {
		opts.DeadLetter = func(destination string) string { return destination + ".dlq" }
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 500 * time.Millisecond
	}
	if opts.Refresh <= 0 {
		opts.Refresh = 30 * time.Second
	}
	var err error
	if opts.Policy, err = opts.Policy.checked(); err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	for _, alias := range opts.Aliases {
		if aliases[alias] == nil {
			return nil, fmt.Errorf("guard: no alias %q, only %s and %s", alias, Connect, Spring)
		}
	}
	opts.Policies = maps.Clone(opts.Policies)
	for destination, policy := range opts.Policies {
		if opts.Policies[destination], err = policy.checked(); err != nil {
			return nil, fmt.Errorf("guard: policy of %s: %w", destination, err)
		}
	}
	g := &Guard{registry: registry, opts: opts, subjects: newSubjects(), closing: make(chan struct{})}
	if g.metrics, err = newMetrics(opts.Metrics); err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	if err := g.load(); err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	bundled := g.subjects.all()
	g.background(context.Background(), func(ctx context.Context) { g.follow(ctx, bundled) })
	return g, nil
}

// Close ends what the guard does in the background and waits for it. A closed
// guard still judges by what it knows.
func (g *Guard) Close() {
	g.mu.Lock()
	if !g.closed {
		g.closed = true
		close(g.closing)
	}
	g.mu.Unlock()
	g.running.Wait()
}

// Warm asks for the subjects of some destinations and waits for the answers,
// as long as ctx lets it. After it the first events of these destinations are
// judged without network. A destination without schemas is an error. It serves
// strategies that need no record.
func (g *Guard) Warm(ctx context.Context, destinations ...string) error {
	var failed []error
	for _, destination := range destinations {
		name, err := g.opts.Strategy(Naming{Destination: destination})
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", destination, err))
			continue
		}
		s := g.subjects.get(name)
		if err := g.renew(ctx, s); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", destination, err))
			continue
		}
		snap := s.current.Load()
		if len(snap.versions) == 0 {
			failed = append(failed, fmt.Errorf("%s: the registry has no schema under %s", destination, name))
			continue
		}
		if _, err := snap.versions[0].validator(""); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", destination, err))
		}
	}
	return errors.Join(failed...)
}

// Payload is an event about to be published.
type Payload struct {
	Data []byte
	// Encoding of Data. Empty is the binary form of the schema's type, or JSON
	// where it has none; compat.Wire is a payload that already has its frame.
	Encoding compat.Encoding
	Record   string // its full name, for strategies that need one; default Message
	Message  string // full name of the Protobuf message; empty is the first of the file
	Key      bool   // Data is the event's key
	// CorrelationID goes into span events and dead letters.
	CorrelationID string
	// Attempt counts how often the producer has tried, for dead letters.
	Attempt int
}

// Check judges an event. A nil error means that it may be published, which the
// verdict's Published says too; else the error is a *Rejection, joined with
// what OnInvalid returned. Data is neither kept nor changed.
func (g *Guard) Check(ctx context.Context, destination string, p Payload) (Verdict, error) {
	start := time.Now()
	verdict, _ := g.judge(ctx, destination, p, p.try)
	return g.conclude(ctx, destination, p, verdict, start, true)
}

// CheckBatch judges every event, whatever becomes of the others, and returns
// their verdicts in order. The error joins those of the rejected ones.
func (g *Guard) CheckBatch(ctx context.Context, destination string, ps []Payload) ([]Verdict, error) {
	verdicts := make([]Verdict, len(ps))
	var rejected []error
	for i, p := range ps {
		var err error
		if verdicts[i], err = g.Check(ctx, destination, p); err != nil {
			rejected = append(rejected, fmt.Errorf("event %d: %w", i, err))
		}
	}
	return verdicts, errors.Join(rejected...)
}

// policy returns how a destination is treated.
func (g *Guard) policy(destination string) Policy {
	if policy, ok := g.opts.Policies[destination]; ok {
		return policy
	}
	return g.opts.Policy
}

// conclude decides what becomes of an event, which cannot be published unless
// ready, and tells those who want to know.
func (g *Guard) conclude(ctx context.Context, destination string, p Payload, v Verdict, start time.Time, ready bool) (Verdict, error) {
	policy := g.policy(destination)
	v.Mode = policy.Mode
	v.Published = ready && (v.Valid() || policy.Mode != Enforce || v.Reason == Unavailable && policy.Down == Open)
	g.metrics.count(v, time.Since(start))
	trace(ctx, destination, p, v)
	if v.Published {
		return v, nil
	}
	rejection := &Rejection{Destination: destination, Verdict: v}
	if g.opts.OnInvalid == nil || v.Reason == Unavailable {
		return v, rejection
	}
	if err := g.opts.OnInvalid(ctx, g.deadLetter(destination, p, v)); err != nil {
		return v, errors.Join(rejection, err)
	}
	return v, rejection
}
