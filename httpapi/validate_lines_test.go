package httpapi_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// streaming serves a registry whose subject s takes strings of any length,
// with the deadlines of a connection so short that only a stream that renews
// them gets through.
func streaming(t *testing.T) *httptest.Server {
	server := httptest.NewUnstartedServer(newServer(t, backends[0]).Config.Handler)
	server.Config.ReadTimeout, server.Config.WriteTimeout = time.Second, time.Second
	server.Start()
	t.Cleanup(server.Close)
	body := strings.NewReader(`{"schemaType": "JSON", "schema": "{\"type\": \"string\"}"}`)
	answer, err := http.Post(server.URL+"/subjects/s/versions", "application/json", body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	answer.Body.Close()
	return server
}

// stream opens a connection and sends the head of an endless request. It
// returns where lines go, and what reads the answer once lines were sent.
func stream(t *testing.T, server *httptest.Server) (lines io.WriteCloser, answer func() *bufio.Scanner) {
	t.Helper()
	body, lines := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/subjects/s/versions/1/validate", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	got := make(chan *http.Response, 1)
	go func() {
		response, err := server.Client().Do(request)
		if err != nil {
			t.Error(err)
		}
		got <- response
	}()
	return lines, func() *bufio.Scanner {
		response := <-got
		if response == nil || response.StatusCode != http.StatusOK {
			t.Fatalf("answered %+v", response)
		}
		t.Cleanup(func() { response.Body.Close() })
		scanner := bufio.NewScanner(response.Body)
		scanner.Buffer(nil, 1<<20)
		return scanner
	}
}

// TestLines_SentBeforeRead: a client that reads nothing until it has sent all
// gets every verdict, in order.
func TestLines_SentBeforeRead(t *testing.T) {
	server := streaming(t)
	for _, tc := range []struct{ count, length int }{{1000, 1}, {20_000, 2000}} {
		t.Run(fmt.Sprintf("%d of %d bytes", tc.count, tc.length), func(t *testing.T) {
			lines, answer := stream(t, server)
			fine := `"` + strings.Repeat("x", tc.length) + `"`
			wrong := "[" + fine + "]"
			for i := range tc.count {
				line := fine
				if i%2 == 1 {
					line = wrong
				}
				if _, err := io.WriteString(lines, line+"\n"); err != nil {
					t.Fatalf("line %d: %v", i+1, err)
				}
			}
			lines.Close()
			scanner := answer()
			for i := range tc.count {
				var verdict entity.LineVerdict
				if !scanner.Scan() {
					t.Fatalf("no answer to line %d: %v", i+1, scanner.Err())
				}
				if err := json.Unmarshal(scanner.Bytes(), &verdict); err != nil {
					t.Fatal(err)
				}
				if verdict.Line != i+1 || verdict.Valid != (i%2 == 0) || len(verdict.Errors) != i%2 {
					t.Fatalf("line %d answered %s", i+1, scanner.Text())
				}
			}
			want := fmt.Sprintf(`{"summary":{"valid":%d,"invalid":%[1]d}}`, tc.count/2)
			if !scanner.Scan() || scanner.Text() != want || scanner.Scan() {
				t.Errorf("ended with %s, want %s", scanner.Text(), want)
			}
		})
	}
}

// TestLines_AnsweredWhileSent: every line is answered before the next is sent,
// for longer than a connection lives without renewing its deadlines.
func TestLines_AnsweredWhileSent(t *testing.T) {
	lines, answer := stream(t, streaming(t))
	var scanner *bufio.Scanner
	begin := time.Now()
	for n := 1; time.Since(begin) < 1500*time.Millisecond; n++ {
		if _, err := io.WriteString(lines, "\"x\"\n"); err != nil {
			t.Fatal(err)
		}
		if scanner == nil {
			scanner = answer()
		}
		if want := fmt.Sprintf(`{"line":%d,"valid":true,"errors":[]}`, n); !scanner.Scan() || scanner.Text() != want {
			t.Fatalf("got %q, want %s: %v", scanner.Text(), want, scanner.Err())
		}
	}
	lines.Close()
	if !scanner.Scan() || !strings.HasPrefix(scanner.Text(), `{"summary":`) {
		t.Errorf("ended with %q", scanner.Text())
	}
}

// TestLines_TooLong: a line beyond the limit is a finding, whose text is not
// kept, and the lines after it are judged.
func TestLines_TooLong(t *testing.T) {
	lines, answer := stream(t, streaming(t))
	go func() {
		io.WriteString(lines, `"`+strings.Repeat("x", 1<<20-2)+"\"\n")
		io.WriteString(lines, `"`+strings.Repeat("x", 1<<20-1)+"\"\n")
		for range 40 {
			io.WriteString(lines, strings.Repeat("x", 1<<20))
		}
		io.WriteString(lines, "\n\"x\"")
		lines.Close()
	}()
	scanner := answer()
	for _, want := range []string{
		`{"line":1,"valid":true,"errors":[]}`, `{"line":2,"valid":false,"errors":[{"code":"PAYLOAD_LIMIT"`,
		`{"line":3,"valid":false,"errors":[{"code":"PAYLOAD_LIMIT"`, `{"line":4,"valid":true,"errors":[]}`,
		`{"summary":{"valid":2,"invalid":2}}`,
	} {
		if !scanner.Scan() || !strings.HasPrefix(scanner.Text(), want) {
			t.Fatalf("got %.100q, want %s", scanner.Text(), want)
		}
	}
}

// TestLines_ReadLate: a client that takes minutes to send, and reads nothing
// meanwhile, over a connection that holds nothing, gets every verdict. One that
// neither sends nor reads is let go. Time is synctest's.
func TestLines_ReadLate(t *testing.T) {
	const lines, pause = 60, 3 * time.Second
	for _, reads := range []bool{true, false} {
		t.Run(fmt.Sprintf("reads=%t", reads), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				service := newService(t, backends[0].dsn(t))
				schema := registry.Schema{Type: compat.JSON, Text: `{"type": "string"}`}
				if _, err := service.Register(t.Context(), registry.RegisterRequest{Subject: registry.ParseSubject("s"), Schema: schema}); err != nil {
					t.Fatal(err)
				}
				client, connection := net.Pipe()
				server := &http.Server{Handler: httpapi.New(service, httpapi.Options{}), ReadTimeout: 15 * time.Second, WriteTimeout: 20 * time.Second}
				listener := &oneConn{conn: connection, closed: make(chan struct{})}
				served := make(chan error)
				go func() { served <- server.Serve(listener) }()

				const head = "POST /subjects/s/versions/1/validate HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
				if _, err := io.WriteString(client, head); err != nil {
					t.Fatal(err)
				}
				for range lines {
					time.Sleep(pause)
					if _, err := io.WriteString(client, "4\r\n\"x\"\n\r\n"); err != nil {
						t.Fatal(err)
					}
				}
				if !reads {
					time.Sleep(time.Minute)
				}
				_, err := io.WriteString(client, "0\r\n\r\n")
				switch {
				case !reads && err == nil:
					t.Error("a client that neither sends nor reads for a minute was still heard")
				case reads && err != nil:
					t.Error(err)
				case reads:
					answer, err := http.ReadResponse(bufio.NewReader(client), nil)
					if err != nil {
						t.Fatal(err)
					}
					body, err := io.ReadAll(answer.Body)
					if got := strings.Count(string(body), `"valid":true`); err != nil || got != lines || !strings.HasSuffix(string(body), "}}\n") {
						t.Errorf("%d lines of %d answered, %v", got, lines, err)
					}
				}
				client.Close()
				if err := server.Close(); err != nil {
					t.Error(err)
				}
				<-served
			})
		})
	}
}

// oneConn is a listener with one connection.
type oneConn struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error   { close(l.closed); return nil }
func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{Net: "pipe"} }
