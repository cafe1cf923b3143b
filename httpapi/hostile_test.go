package httpapi_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// hostile is one input of reference/reliability.md 5.4, whose number begins
// its name. Codes are those given there as amended in design §7.
type hostile struct {
	name string
	// prepare registers what the request needs.
	prepare []request
	request
	// want lists the outcomes that are right: an error_code, fine, or for
	// payloads invalid.
	want []int
}

type request struct {
	method, path string
	header       http.Header
	body         func() io.Reader
}

// Outcomes that are no error_code.
const (
	fine    = 200  // accepted, or a payload that fits
	invalid = -200 // a verdict that the payload does not fit
)

// A row is asked so often at the same time, and takes so long at most however
// busy the machine is; one request takes so much of a core.
const (
	at        = 20
	rowBound  = time.Minute
	coreBound = 2 * time.Second
	// memoryBound is promise P13.
	memoryBound = 256 << 20
)

// TestHostile runs the table against the real server in a process of its own,
// so that its memory can be measured and its death would show.
func TestHostile(t *testing.T) {
	canary := newCanary(t)
	server := startServer(t, canary.dir)
	rows := slices.Concat(hostileRequests(), hostileAvro(), hostileProtobuf(canary), hostileJSON(canary))
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			for _, p := range row.prepare {
				if outcome, body := server.ask(t, p); outcome != fine {
					t.Fatalf("preparing %s: %d %s", p.path, outcome, body)
				}
			}
			before, resident, begin := server.cpu(t), server.resident(t), time.Now()
			var askers sync.WaitGroup
			for range at {
				askers.Go(func() {
					if outcome, body := server.ask(t, row.request); !slices.Contains(row.want, outcome) {
						t.Errorf("got %d, want one of %v: %.300s", outcome, row.want, body)
					}
				})
			}
			askers.Wait()
			if took := time.Since(begin); took > rowBound {
				t.Errorf("%d answers took %v", at, took)
			}
			if each := (server.cpu(t) - before) / at; each > coreBound {
				t.Errorf("one request takes %v of a core", each)
			}
			if peak := server.resident(t); peak > resident {
				t.Logf("resident at most %d MiB", peak>>20)
			}
		})
	}
	t.Run("2 slow headers", func(t *testing.T) { slowHeaders(t, server) })
	t.Run("27 no oracle", func(t *testing.T) { noOracle(t, server, canary) })
	canary.untouched(t)
	server.withinBounds(t)
}

// slowHeaders: connections whose headers never end are cut, and nobody else
// notices.
func slowHeaders(t *testing.T, server *process) {
	var slow sync.WaitGroup
	for range 200 {
		slow.Go(func() {
			conn, err := net.Dial("tcp", server.address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
				t.Error(err)
				return
			}
			if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
				t.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the connection is still open after 30 s")
			}
		})
	}
	if outcome, body := server.ask(t, get("/subjects")); outcome != fine {
		t.Errorf("beside them: %d %s", outcome, body)
	}
	slow.Wait()
}

// noOracle: the answer does not tell whether a file is there.
func noOracle(t *testing.T, server *process, canary *canary) {
	for _, schema := range []func(path string) request{
		func(path string) request { return register("oracle", "PROTOBUF", `import "`+path+`";`) },
		func(path string) request { return register("oracle", "JSON", `{"$ref": "`+path+`"}`) },
		func(path string) request { return register("oracle", "JSON", `{"$ref": "file://`+path+`"}`) },
	} {
		missing := canary.pipe + "-missing"
		_, there := server.ask(t, schema(canary.pipe))
		_, absent := server.ask(t, schema(missing))
		if got := strings.ReplaceAll(string(absent), missing, canary.pipe); got != string(there) {
			t.Errorf("of a file that is there: %s\nof one that is not: %s", there, got)
		}
	}
}

// canary is what hostile inputs name and nobody may touch.
type canary struct {
	dir      string // the server's working directory
	pipe     string // in it: who opens it for reading hangs until somebody writes
	listener net.Listener
	touched  chan net.Addr
}

func newCanary(t *testing.T) *canary {
	t.Helper()
	c := &canary{dir: t.TempDir(), touched: make(chan net.Addr, 1)}
	c.pipe = filepath.Join(c.dir, "canary.json")
	if err := syscall.Mkfifo(c.pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.listener.Close() }) // it may be closed
	go func() {
		defer close(c.touched)
		for {
			conn, err := c.listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close() // that it came is enough
			select {
			case c.touched <- conn.RemoteAddr():
			default:
			}
		}
	}()
	return c
}

func (c *canary) url() string { return "http://" + c.listener.Addr().String() + "/schema.json" }

// untouched ends the watch. A reader of the pipe would still hang in its open,
// which lets a writer in that does not wait.
func (c *canary) untouched(t *testing.T) {
	t.Helper()
	pipe, err := os.OpenFile(c.pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if !errors.Is(err, syscall.ENXIO) {
		t.Errorf("somebody reads the canary file (%v)", err)
		_ = pipe.Close() // nil when there was an error of another kind
	}
	if err := c.listener.Close(); err != nil {
		t.Error(err)
	}
	if from, ok := <-c.touched; ok {
		t.Errorf("somebody connected to the canary, from %v", from)
	}
}

// process is a muster serve over SQLite.
type process struct {
	*exec.Cmd
	dir, address string
}

func startServer(t *testing.T, dir string) *process {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "muster")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/muster").CombinedOutput(); err != nil {
		t.Fatalf("building muster: %v\n%s", err, out)
	}
	p := &process{Cmd: exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--log-level", "error"), dir: dir}
	p.Dir = dir
	var log bytes.Buffer
	p.Stderr = &log
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill() // it may be dead already, which withinBounds reports
		_ = p.Wait()         // killed
		if strings.Contains(log.String(), "panic") {
			t.Errorf("the server's log:\n%s", log.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no line from the server: %v", err)
	}
	_, rest, _ := strings.Cut(line, "http://")
	p.address, _, _ = strings.Cut(rest, ",")
	return p
}

// ask sends a request, again while the server sheds load, and reads the
// outcome.
func (p *process) ask(t *testing.T, q request) (outcome int, body []byte) {
	t.Helper()
	for deadline := time.Now().Add(rowBound); ; {
		status, body, err := p.send(q)
		if err != nil {
			t.Errorf("%s %.100s: %v", q.method, q.path, err)
			return 0, nil
		}
		if status != http.StatusServiceUnavailable || time.Now().After(deadline) {
			return outcomeOf(status, body), body
		}
	}
}

func (p *process) send(q request) (int, []byte, error) {
	var body io.Reader
	if q.body != nil {
		body = q.body()
	}
	r, err := http.NewRequest(q.method, "http://"+p.address, body)
	if err != nil {
		return 0, nil, err
	}
	path, query, _ := strings.Cut(q.path, "?")
	r.URL = &url.URL{Scheme: "http", Host: p.address, Opaque: path, RawQuery: query}
	if q.header != nil {
		r.Header = q.header.Clone()
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }() // all of it has been read
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}

func outcomeOf(status int, body []byte) int {
	var got struct {
		Code  int   `json:"error_code"`
		Valid *bool `json:"valid"`
	}
	switch err := json.Unmarshal(body, &got); {
	case err == nil && got.Code != 0:
		return got.Code
	case status == http.StatusOK && got.Valid != nil && !*got.Valid:
		return invalid
	}
	return status
}

// cpu is what the server has used of the cores so far.
func (p *process) cpu(t *testing.T) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Process.Pid))
	if errors.Is(err, os.ErrNotExist) {
		t.Log("no /proc: the use of cores is not measured")
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name may hold blanks
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		t.Fatal(err)
	}
	system, err := strconv.Atoi(fields[12])
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // Linux counts in hundredths
}

// resident is the most memory the server ever had resident.
func (p *process) resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if errors.Is(err, os.ErrNotExist) {
		t.Log("no /proc: memory is not measured")
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		var kib int
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// withinBounds: it lives, it never took more memory than promised, and it has
// nothing open but its data and its connections.
func (p *process) withinBounds(t *testing.T) {
	t.Helper()
	if outcome, _ := p.ask(t, get("/livez")); outcome != fine {
		t.Fatalf("the server answers %d", outcome)
	}
	if peak := p.resident(t); peak > memoryBound {
		t.Errorf("resident at most %d KiB, want under %d", peak>>10, memoryBound>>10)
	}
	proc := fmt.Sprintf("/proc/%d/fd/", p.Process.Pid)
	descriptors, err := os.ReadDir(proc)
	if errors.Is(err, os.ErrNotExist) {
		t.Log("no /proc: open files are not looked at")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range descriptors {
		target, err := os.Readlink(proc + d.Name())
		if err != nil {
			continue // closed meanwhile
		}
		// Go's runtime keeps the limits of its control group open.
		if strings.HasPrefix(target, "/") && target != os.DevNull && !strings.HasPrefix(target, "/sys/fs/cgroup/") &&
			!strings.HasPrefix(target, filepath.Join(p.dir, "muster.db")) {
			t.Errorf("the server has %s open", target)
		}
	}
}
