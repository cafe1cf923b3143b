// Command nats publishes the lines of its standard input as events, each
// judged by the live schemas of "orders-value", the first part of the subject,
// first.
//
//	echo '{"orderId": "o-1"}' | go run . -server nats://127.0.0.1:4222 -subject orders.eu.1
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "nats:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	url := flag.String("registry", "http://127.0.0.1:8081", "base `URL` of the registry")
	server := flag.String("server", "nats://127.0.0.1:4222", "`URL` of NATS")
	subject := flag.String("subject", "orders.eu.1", "`subject` to publish to")
	bundle := flag.String("bundle", "", "`file` with the schemas, for when the registry is down")
	flag.Parse()
	registry, err := client.New(*url, client.Options{})
	if err != nil {
		return err
	}
	p, err := newPublisher(registry, guard.Options{Bundle: *bundle}, *server)
	if err != nil {
		return err
	}
	defer p.close()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := p.publish(ctx, *subject, lines.Bytes()); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return lines.Err()
}
