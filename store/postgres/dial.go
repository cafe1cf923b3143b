package postgres

import (
	"context"
	"net"
	"time"
)

// A server that vanishes without a word is noticed within seconds, not within
// the quarter of an hour that TCP takes by itself.
const (
	unacknowledged = 5 * time.Second // for what was sent
	idleProbe      = 5 * time.Second // before an idle connection is probed
	probes         = 3
)

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: idleProbe, Interval: idleProbe / probes, Count: probes},
		Control:         bound,
	}
	return d.DialContext(ctx, network, address)
}
