// Command kafka publishes the lines of its standard input as events, each
// judged by the live schemas of "<topic>-value" first.
//
//	echo '{"orderId": "o-1"}' | go run . -brokers 127.0.0.1:9092 -topic orders
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "kafka:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	url := flag.String("registry", "http://127.0.0.1:8081", "base `URL` of the registry")
	brokers := flag.String("brokers", "127.0.0.1:9092", "`addresses` of Kafka, separated by commas")
	topic := flag.String("topic", "orders", "`topic` to publish to")
	bundle := flag.String("bundle", "", "`file` with the schemas, for when the registry is down")
	flag.Parse()
	registry, err := client.New(*url, client.Options{})
	if err != nil {
		return err
	}
	p, err := newPublisher(registry, guard.Options{Bundle: *bundle}, strings.Split(*brokers, ",")...)
	if err != nil {
		return err
	}
	defer p.close()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := p.publish(ctx, *topic, lines.Bytes()); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return lines.Err()
}
