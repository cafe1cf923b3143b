// Command bench measures the paths Muster promises to be quick on and prints
// them as ratios and figures of one run. It builds the real binary and drives
// it over loopback; the baselines of a ratio are bare net/http handlers in
// processes of their own, measured in turn with it: one writes the same body,
// one the same headers too. The check of JSON Schema is timed in this process.
//
//	go run ./store/postgres/pgtest/with go run ./cmd/muster/bench
//
// Machines are shared: trust the ratios, not the figures.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	bare := flag.String("bare", "", "serve the answer on standard input at this address, as the baselines do")
	headers := flag.Bool("headers", false, "with -bare: serve its headers too, not its body alone")
	rounds := flag.Int("rounds", 5, "how often each side is measured")
	seconds := flag.Float64("seconds", 2, "how long one measurement takes")
	histories := flag.String("histories", "", "a file of JSON Schema histories to time containment over, beside the corpus")
	flag.Parse()
	run := func() error {
		if err := benchContainment(*rounds, *histories); err != nil {
			return err
		}
		return bench(*rounds, time.Duration(*seconds*float64(time.Second)))
	}
	if *bare != "" {
		run = func() error { return serveBare(*bare, *headers) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// serveBare is a baseline: the least that net/http can do for one answer.
func serveBare(addr string, headers bool) error {
	answer, err := http.ReadResponse(bufio.NewReader(os.Stdin), nil)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	shown := http.Header{"Content-Type": answer.Header["Content-Type"]}
	if headers {
		shown = answer.Header
		shown.Del("Date") // net/http writes one
	}
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what is cut short is not measured
		maps.Copy(w.Header(), shown)
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
	if err := benchValidators(rounds, length); err != nil {
		return err
	}
	if err := benchAvro(rounds); err != nil {
		return fmt.Errorf("checks of Avro: %w", err)
	}
	if err := benchProtobuf(rounds); err != nil {
		return err
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
	id, err := registerOnce(muster, "bench-orders-value", schema)
	if err != nil {
		return err
	}
	byID := fmt.Sprintf("GET /schemas/ids/%d HTTP/1.1\r\nHost: bench\r\n\r\n", id)
	answer, err := fetch(muster, id)
	if err != nil {
		return err
	}
	body, stopBody, err := startBare(answer)
	if err != nil {
		return err
	}
	defer stopBody()
	whole, stopWhole, err := startBare(answer, "-headers")
	if err != nil {
		return err
	}
	defer stopWhole()

	const readers, writers = 64, 8
	sides := []struct {
		addr, request string
		connections   int
		rates         []float64
	}{
		{addr: muster, request: byID, connections: readers},
		{addr: body, request: byID, connections: readers},
		{addr: whole, request: byID, connections: readers},
		{addr: muster, request: register, connections: writers},
	}
	for range rounds {
		for i := range sides {
			rate, err := load(sides[i].addr, sides[i].request, sides[i].connections, length)
			if err != nil {
				return err
			}
			sides[i].rates = append(sides[i].rates, rate)
		}
	}
	read, again := median(sides[0].rates), median(sides[3].rates)
	for i, what := range []string{"body", "headers and body"} {
		base := median(sides[1+i].rates)
		fmt.Printf("%-8s  GET /schemas/ids/{id}   %7.0f/s beside %7.0f/s of a bare handler of the same %s: %.2f  (goal 0.70; %d connections, medians of %d)\n",
			name, read, base, what, read/base, readers, rounds)
	}
	fmt.Printf("%-8s  idempotent registering  %7.0f/s  (goal on Postgres 3000; %d connections, median of %d)\n",
		name, again, writers, rounds)
	if name != "sqlite" {
		return nil // payloads by ID are judged from memory
	}
	return benchPayloads(muster, rounds, length)
}

// startBare runs a baseline that serves answer.
func startBare(answer []byte, flags ...string) (addr string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, flags...)
	cmd.Stdin = bytes.NewReader(answer)
	return start(cmd, "-bare")
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

func registerOnce(addr, subject string, schema []byte) (id int, err error) {
	r, err := http.Post("http://"+addr+"/subjects/"+subject+"/versions", "application/json", bytes.NewReader(schema))
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

// fetch returns the whole answer, as it came.
func fetch(addr string, id int) ([]byte, error) {
	r, err := http.Get(fmt.Sprintf("http://%s/schemas/ids/%d", addr, id))
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return httputil.DumpResponse(r, true)
}
