// Command bench measures the paths Muster promises to be quick on and prints
// them as ratios and figures of one run. It builds the real binary and drives
// it over loopback; the baseline of a ratio is a bare net/http handler in a
// process of its own that writes the same bytes, measured in turn with it.
//
//	go run ./store/postgres/pgtest/with go run ./cmd/muster/bench
//
// Machines are shared: trust the ratios, not the figures.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	bare := flag.String("bare", "", "serve standard input at this address, as the baseline does")
	rounds := flag.Int("rounds", 5, "how often each side is measured")
	seconds := flag.Float64("seconds", 2, "how long one measurement takes")
	flag.Parse()
	run := func() error { return bench(*rounds, time.Duration(*seconds*float64(time.Second))) }
	if *bare != "" {
		run = func() error { return serveBare(*bare) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// serveBare is the baseline: the least that net/http can do for one body.
func serveBare(addr string) error {
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
		_, _ = w.Write(body) // nobody is left to tell
	}))
}

func bench(rounds int, length time.Duration) error {
	postgres := os.Getenv("MUSTER_TEST_POSTGRES")
	if postgres == "" {
		return fmt.Errorf("MUSTER_TEST_POSTGRES is not set; run it through store/postgres/pgtest/with")
	}
	dir, err := os.MkdirTemp("", "muster-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "muster")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/muster").CombinedOutput(); err != nil {
		return fmt.Errorf("building muster: %w\n%s", err, out)
	}
	for _, database := range []string{"sqlite:" + filepath.Join(dir, "bench.db"), postgres} {
		name, _, _ := strings.Cut(database, ":")
		if err := benchStore(binary, name, database, rounds, length); err != nil {
			return fmt.Errorf("on %s: %w", name, err)
		}
	}
	return nil
}

const orderPlaced = `{"type":"record","name":"OrderPlaced","namespace":"shop","fields":[` +
	`{"name":"orderId","type":"string"},{"name":"customerId","type":"string"},{"name":"total","type":"double"}]}`

func benchStore(binary, name, database string, rounds int, length time.Duration) error {
	muster, stop, err := start(exec.Command(binary, "serve", "--database", database), "--listen")
	if err != nil {
		return err
	}
	defer stop()

	schema, err := json.Marshal(map[string]string{"schema": orderPlaced})
	if err != nil {
		return err
	}
	register := post("/subjects/bench-orders-value/versions", schema)
	id, err := registerOnce(muster, schema)
	if err != nil {
		return err
	}
	byID := fmt.Sprintf("GET /schemas/ids/%d HTTP/1.1\r\nHost: bench\r\n\r\n", id)
	body, err := fetch(muster, id)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	baseline := exec.Command(self)
	baseline.Stdin = bytes.NewReader(body)
	bare, stopBare, err := start(baseline, "-bare")
	if err != nil {
		return err
	}
	defer stopBare()

	const readers, writers = 64, 8
	var read, base, again []float64
	for range rounds {
		for _, side := range []struct {
			addr, request string
			connections   int
			rates         *[]float64
		}{
			{muster, byID, readers, &read},
			{bare, byID, readers, &base},
			{muster, register, writers, &again},
		} {
			rate, err := load(side.addr, side.request, side.connections, length)
			if err != nil {
				return err
			}
			*side.rates = append(*side.rates, rate)
		}
	}
	fmt.Printf("%-8s  GET /schemas/ids/{id}   %7.0f/s beside a bare handler's %7.0f/s: %.2f  (goal 0.70; %d connections, medians of %d)\n",
		name, median(read), median(base), median(read)/median(base), readers, rounds)
	fmt.Printf("%-8s  idempotent registering  %7.0f/s  (goal on Postgres 3000; %d connections, median of %d)\n",
		name, median(again), writers, rounds)
	return nil
}

func post(path string, body []byte) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

func median(rates []float64) float64 {
	rates = slices.Sorted(slices.Values(rates))
	return rates[len(rates)/2]
}

// start runs a server on a free port of loopback, given to it by flag, and
// waits until it takes connections. stop ends the process by its own pid.
func start(cmd *exec.Cmd, flag string) (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr = l.Addr().String()
	if err := l.Close(); err != nil {
		return "", nil, err
	}
	cmd.Args = append(cmd.Args, flag, addr)
	log, err := os.CreateTemp("", "muster-bench-log")
	if err != nil {
		return "", nil, err
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed: its status says nothing
		log.Close()
		os.Remove(log.Name())
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return addr, stop, nil
		}
	}
	said, _ := os.ReadFile(log.Name())
	stop()
	return "", nil, fmt.Errorf("%s does not listen:\n%s", cmd.Args[0], said)
}

func registerOnce(addr string, schema []byte) (id int, err error) {
	r, err := http.Post("http://"+addr+"/subjects/bench-orders-value/versions", "application/json", bytes.NewReader(schema))
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	var registered struct{ ID int }
	if err := json.NewDecoder(r.Body).Decode(&registered); err != nil || r.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("registering: %s %v", r.Status, err)
	}
	return registered.ID, nil
}

func fetch(addr string, id int) ([]byte, error) {
	r, err := http.Get(fmt.Sprintf("http://%s/schemas/ids/%d", addr, id))
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}
