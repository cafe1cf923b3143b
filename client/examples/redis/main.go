// Command redis publishes the lines of its standard input as events, each
// judged by the live schemas of "<stream>-value"
// first.
//
//	echo '{"orderId": "o-1"}' | go run . -address 127.0.0.1:6379 -stream orders
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "redis:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	url := flag.String("registry", "http://127.0.0.1:8081", "base `URL` of the registry")
	address := flag.String("address", "127.0.0.1:6379", "`address` of Redis")
	stream := flag.String("stream", "orders", "`stream` to publish to")
	bundle := flag.String("bundle", "", "`file` with the schemas, for when the registry is down")
	flag.Parse()
	registry, err := client.New(*url, client.Options{})
	if err != nil {
		return err
	}
	p, err := newPublisher(registry, guard.Options{Bundle: *bundle}, *address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := p.publish(ctx, *stream, lines.Bytes()); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return lines.Err()
}
