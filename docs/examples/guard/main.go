// Command guard shows a producer that judges its events before it publishes
// them. Its events are the lines of standard input, and publishing is printing.
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
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	destination := flag.String("destination", "order-placed", "`topic` to publish to")
	bundle := flag.String("bundle", "", "`file` with the schemas, for when the registry is down")
	flag.Parse()
	url := os.Getenv("MUSTER_REGISTRY")
	if url == "" {
		url = "http://127.0.0.1:8081"
	}
	registry, err := client.New(url, client.Options{})
	if err != nil {
		return err
	}
	subject, err := guard.Template("{{.Destination}}")
	if err != nil {
		return err
	}
	g, err := guard.New(registry, guard.Options{Strategy: subject, Bundle: *bundle, OnInvalid: bury})
	if err != nil {
		return err
	}
	defer g.Close()
	if err := g.Warm(ctx, *destination); err != nil {
		fmt.Fprintln(os.Stderr, "guard: starting without the registry:", err)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		event := lines.Bytes()
		if _, err := g.Check(ctx, *destination, guard.Payload{Data: event}); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("published to %s: %s\n", *destination, event)
	}
	return lines.Err()
}

// bury is where a producer sends a dead letter to a topic of its own.
func bury(_ context.Context, letter guard.DeadLetter) error {
	fmt.Printf("buried in %s: %s at %s\n", letter.Destination, letter.Headers["sr-error-code"], letter.Headers["sr-error-pointer"])
	return nil
}
