package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/store/postgres/pgtest"
)

// patience bounds every wait of these tests.
const patience = 30 * time.Second

// process is a muster serve.
type process struct {
	*exec.Cmd
	url     string        // where it is ready
	toReady time.Duration // from start
	exited  chan error
	log     *bytes.Buffer // complete once it has exited
}

// serve starts a server on a free port and waits for its line. The test's end
// kills what still runs.
func serve(t *testing.T, environ []string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command("muster", append([]string{"serve"}, args...)...), exited: make(chan error, 1), log: new(bytes.Buffer)}
	p.Dir = t.TempDir()
	p.Env = append(os.Environ(), append([]string{"MUSTER_LISTEN=127.0.0.1:0"}, environ...)...)
	p.Stderr = p.log
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() }) // it may have exited
	line, err := bufio.NewReader(out).ReadString('\n')
	p.toReady = time.Since(begin)
	go func() { p.exited <- p.Wait() }()
	if err != nil {
		p.wait(t)
		t.Fatalf("no line on stdout: %v\n%s", err, p.log)
	}
	_, rest, _ := strings.Cut(line, "ready on ")
	p.url, _, _ = strings.Cut(rest, ",")
	return p
}

// wait returns how the process ended.
func (p *process) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.exited:
		return err
	case <-time.After(patience):
		t.Fatal("the server does not end")
		return nil
	}
}

func (p *process) signal(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// status asks for path; zero when nobody answers.
func (p *process) status(path string) int {
	resp, err := http.Get(p.url + path)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// eventually polls until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for !ok() {
		select {
		case <-poll.C:
		case <-ctx.Done():
			t.Fatalf("never came: %s", what)
		}
	}
}

func TestServe_KeepsWhatItAcknowledged(t *testing.T) {
	for name, dsn := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "muster.db"),
		"postgres": pgtest.DSN(t),
	} {
		t.Run(name, func(t *testing.T) {
			first := serve(t, []string{"MUSTER_DATABASE=" + dsn})
			c, err := client.New(first.url, client.Options{})
			if err != nil {
				t.Fatal(err)
			}
			registered, err := c.Register(t.Context(), "s", entity.SchemaRequest{Schema: `"int"`}, client.RegisterOptions{})
			if err != nil {
				t.Fatal(err)
			}
			first.signal(t)
			if err := first.wait(t); err != nil {
				t.Errorf("after SIGTERM: %v\n%s", err, first.log)
			}

			second := serve(t, []string{"MUSTER_DATABASE=" + dsn})
			t.Logf("start to ready, migrated: %v", second.toReady)
			if c, err = client.New(second.url, client.Options{}); err != nil {
				t.Fatal(err)
			}
			text, err := c.SchemaText(t.Context(), registered.ID, client.SchemaOptions{})
			if err != nil || text != `"int"` {
				t.Errorf("after a restart: %q, %v", text, err)
			}
		})
	}
}

func TestServe_DrainsBeforeItStops(t *testing.T) {
	p := serve(t, nil, "--drain-delay", "1h")
	if got := p.status("/readyz"); got != http.StatusOK {
		t.Fatalf("/readyz = %d before", got)
	}
	p.signal(t)
	eventually(t, "/readyz = 503", func() bool { return p.status("/readyz") == http.StatusServiceUnavailable })
	if got := p.status("/livez"); got != http.StatusOK {
		t.Errorf("/livez = %d while draining", got)
	}
	if got := p.status("/subjects"); got != http.StatusOK {
		t.Errorf("/subjects = %d while draining", got)
	}

	// A second signal ends it at once, in the middle of an hour's delay.
	p.signal(t)
	var exit *exec.ExitError
	if err := p.wait(t); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("after a second signal: %v", err)
	}
}

func TestServe_FinishesWhatIsInFlight(t *testing.T) {
	p := serve(t, nil)
	body := `{"schema": "\"int\""}`
	connection, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	// 100-continue says that the handler has begun to read the body.
	_, err = io.WriteString(connection, "POST /subjects/s/versions HTTP/1.1\r\nHost: muster\r\nContent-Type: application/json\r\n"+
		"Expect: 100-continue\r\nContent-Length: 21\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(connection)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, " 100 ") {
		t.Fatalf("got %q, %v, want 100 Continue", line, err)
	}
	if line, err := answers.ReadString('\n'); err != nil || line != "\r\n" {
		t.Fatalf("got %q, %v after 100 Continue", line, err)
	}
	p.signal(t)
	eventually(t, "no new connections", func() bool { return p.status("/livez") == 0 })
	if _, err := io.WriteString(connection, body); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the request in flight got %d", resp.StatusCode)
	}
	if err := p.wait(t); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, p.log)
	}
}

func TestServe_LogsJSON(t *testing.T) {
	p := serve(t, []string{"MUSTER_LOG_LEVEL=warn"}, "--log-level", "info")
	p.status("/subjects")
	p.signal(t)
	if err := p.wait(t); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(p.log.String()) {
		if !strings.HasPrefix(line, `{"time":"`) || !strings.Contains(line, `Z","level":"`) {
			t.Errorf("not a line of JSON in UTC: %s", line)
		}
	}
	if !strings.Contains(p.log.String(), "/subjects") {
		t.Errorf("the request is not logged:\n%s", p.log)
	}
}

func TestServe_RefusesAnAddressInUse(t *testing.T) {
	p := serve(t, nil)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	second := exec.Command("muster", "serve", "--listen", "127.0.0.1:"+port)
	second.Dir = t.TempDir()
	var exit *exec.ExitError
	if err := second.Run(); !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		t.Errorf("got %v, want exit code %d", err, exitFailed)
	}
}
