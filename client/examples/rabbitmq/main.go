// Command rabbitmq publishes the lines of its standard input as events, each
// judged by the live schemas of "<routing key>-value"
// first.
//
//	echo '{"orderId": "o-1"}' | go run . -exchange amq.topic -key orders
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
		fmt.Fprintln(os.Stderr, "rabbitmq:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	url := flag.String("registry", "http://127.0.0.1:8081", "base `URL` of the registry")
	server := flag.String("server", "amqp://guest:guest@127.0.0.1:5672/", "`URL` of RabbitMQ")
	exchange := flag.String("exchange", "amq.topic", "`exchange` to publish to")
	key := flag.String("key", "orders", "routing `key` to publish with")
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
	defer func() { err = errors.Join(err, p.close()) }()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := p.publish(ctx, *exchange, *key, lines.Bytes()); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return lines.Err()
}
