package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

// maxWait bounds each wait between two tries.
const maxWait = 5 * time.Second

// send returns the body of a success, from memory where it cannot have changed.
func (c *Client) send(ctx context.Context, r request) ([]byte, error) {
	if r.immutable && c.cache != nil {
		return c.cache.get(ctx, r.target(), func(ctx context.Context) ([]byte, error) { return c.insist(ctx, r) })
	}
	return c.insist(ctx, r)
}

// insist sends r until it succeeds, fails for good or has used up its retries.
func (c *Client) insist(ctx context.Context, r request) ([]byte, error) {
	for try := 0; ; try++ {
		body, resp, err := c.exchange(ctx, r)
		if err == nil {
			return body, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s %s: %w", r.method, r.path, ctx.Err())
		}
		if try >= c.opts.Retries || !retryable(r.method, err) {
			return nil, describe(err)
		}
		if err := wait(ctx, c.backoff(try, resp)); err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.method, r.path, err)
		}
	}
}

// retryable tells whether sending again may help and can do no harm. Asking,
// registering and setting twice is like once; a deletion whose answer was lost
// may have happened, and a second one would be refused.
func retryable(method string, err error) bool {
	var refused *Error
	if errors.As(err, &refused) {
		switch refused.Status {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			return true
		case http.StatusGatewayTimeout:
			return method != http.MethodDelete
		}
		return false
	}
	var unverified *tls.CertificateVerificationError
	if errors.As(err, &unverified) {
		return false
	}
	if method == http.MethodDelete {
		var op *net.OpError
		return errors.As(err, &op) && op.Op == "dial"
	}
	return isNetworkFault(err)
}

// backoff is how long to wait after so many tries.
func (c *Client) backoff(try int, resp *http.Response) time.Duration {
	if resp != nil {
		if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds >= 0 {
			return min(time.Duration(min(seconds, 60))*time.Second, maxWait)
		}
	}
	bound := min(c.opts.Backoff<<min(try, 16), maxWait)
	return rand.N(bound) + 1
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
