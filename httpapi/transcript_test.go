package httpapi_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// A transcript is a txtar archive in testdata: requests with the answers they
// must get, then the files these name. Each runs against an empty store of
// every backend. A file is one behaviour; the first word of its name is the
// root of the path it is about.
//
//	# Free text.
//	POST /subjects/s/versions < request.json
//	status 200
//	body want.json
//
// A request is a line with a method and an escaped path. What may follow it on
// the same line is its body:
//
//	< NAME      a file of the archive, without its last newline
//	<< TEXT     the rest of the line
//	<x HEX      bytes; spaces do not count
//
// and on lines of their own, before what is wanted:
//
//	with NAME: VALUE    a header, more than once if it is given more than once;
//	                    without a VALUE the header is not sent. A body goes as
//	                    application/vnd.schemaregistry.v1+json otherwise.
//
// What is wanted of the answer:
//
//	status N            the status
//	error CODE TEXT     an error body of this error_code, with the status that
//	                    belongs to it, and of this message if TEXT is there
//	json TEXT           a body that is this JSON
//	body NAME           the same, from a file
//	text NAME           a body that is the file byte for byte, without its last
//	                    newline
//	empty               no body
//	header NAME VALUE   a header; without a VALUE it must be missing
//
// Every request wants a status or an error. In JSON, in the texts of errors
// and in headers … stands for anything (see matchJSON). In JSON, sent and
// wanted, "@NAME" stands for the content of a file as a string.
//
// Every answer must also be what openapi.yaml says of it.
func TestTranscripts(t *testing.T) {
	for file, exchanges := range transcripts(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			for _, b := range backends {
				t.Run(b.name, func(t *testing.T) {
					t.Parallel()
					server := newServer(t, b)
					for _, x := range exchanges {
						if problem := x.run(server.URL); problem != "" {
							t.Fatalf("%s:%d: %s %s\n%s", file, x.line, x.method, x.target, problem)
						}
					}
				})
			}
		})
	}
}

// transcripts reads every transcript there is.
func transcripts(t testing.TB) map[string][]*exchange {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	parsed := make(map[string][]*exchange)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if parsed[file], err = parseTranscript(archive); err != nil {
			t.Fatalf("%s:%v", file, err)
		}
	}
	return parsed
}

// exchange is one request and what is wanted of its answer.
type exchange struct {
	line           int
	method, target string
	body           []byte
	header         http.Header
	wants          []want
	status, code   int // that are wanted: a status always, a code of errors
}

// want checks one thing and says what is wrong with it, or nothing.
type want func(answer *http.Response, body []byte) string

var requestLine = regexp.MustCompile(`^([A-Z]+) (/\S*)(?: (<[<x]?) ?(.*))?$`)

func parseTranscript(archive *txtar.Archive) ([]*exchange, error) {
	p := transcriptParser{files: make(map[string]string)}
	for _, f := range archive.Files {
		p.files[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
	}
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := p.parse(i+1, line); err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
	}
	for _, x := range p.exchanges {
		if x.status == 0 {
			return nil, fmt.Errorf("%d: no status is wanted", x.line)
		}
	}
	if len(p.exchanges) == 0 {
		return nil, fmt.Errorf("1: no request")
	}
	return p.exchanges, nil
}

type transcriptParser struct {
	files     map[string]string
	exchanges []*exchange
}

func (p *transcriptParser) parse(number int, line string) error {
	if m := requestLine.FindStringSubmatch(line); m != nil {
		x := &exchange{line: number, method: m[1], target: m[2], header: make(http.Header)}
		p.exchanges = append(p.exchanges, x)
		return p.parseBody(x, m[3], m[4])
	}
	if len(p.exchanges) == 0 {
		return fmt.Errorf("%q stands before any request", line)
	}
	x := p.exchanges[len(p.exchanges)-1]
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	if word == "with" {
		name, value, _ := strings.Cut(rest, ":")
		if value = strings.TrimSpace(value); value == "" {
			x.header[http.CanonicalHeaderKey(name)] = nil
			return nil
		}
		if strings.EqualFold(name, "Content-Type") {
			x.header.Set(name, value)
			return nil
		}
		x.header.Add(name, value)
		return nil
	}
	w, err := p.parseWant(x, word, rest)
	if err != nil {
		return err
	}
	x.wants = append(x.wants, w)
	return nil
}

func (p *transcriptParser) parseBody(x *exchange, how, what string) (err error) {
	switch how {
	case "":
		return nil
	case "<":
		content, ok := p.files[what]
		if !ok {
			return fmt.Errorf("no file %q", what)
		}
		x.body = []byte(p.expand(content))
	case "<<":
		x.body = []byte(p.expand(what))
	case "<x":
		x.body, err = hex.DecodeString(strings.ReplaceAll(what, " ", ""))
	}
	x.header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	return err
}

var fileInJSON = regexp.MustCompile(`"@[\w.-]+"`)

// expand replaces "@NAME" by the content of the file, where there is one.
func (p *transcriptParser) expand(text string) string {
	return fileInJSON.ReplaceAllStringFunc(text, func(quoted string) string {
		content, ok := p.files[quoted[2:len(quoted)-1]]
		if !ok {
			return quoted
		}
		// Without HTML escapes: what is sent is what is written.
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(content); err != nil {
			panic(err) // a string can be encoded
		}
		return strings.TrimSpace(b.String())
	})
}

func (p *transcriptParser) parseWant(x *exchange, word, rest string) (w want, err error) {
	switch word {
	case "status":
		x.status, err = strconv.Atoi(rest)
		return wantStatus(x.status), err
	case "error":
		number, message, _ := strings.Cut(rest, " ")
		x.code, err = strconv.Atoi(number)
		if x.status = x.code; x.code >= 10000 {
			x.status = x.code / 100
		}
		return wantError(x.status, x.code, strings.TrimSpace(message)), err
	case "json":
		return wantJSON(p.expand(rest)), nil
	case "empty":
		return wantText(""), nil
	case "header":
		name, value, _ := strings.Cut(rest, " ")
		return wantHeader(name, strings.TrimSpace(value)), nil
	case "body", "text":
		content, ok := p.files[rest]
		if !ok {
			return nil, fmt.Errorf("no file %q", rest)
		}
		if word == "text" {
			return wantText(content), nil
		}
		return wantJSON(p.expand(content)), nil
	}
	return nil, fmt.Errorf("%q is neither a request nor a want", word)
}

func wantStatus(status int) want {
	return func(answer *http.Response, _ []byte) string {
		if answer.StatusCode != status {
			return fmt.Sprintf("status %d, want %d", answer.StatusCode, status)
		}
		return ""
	}
}

func wantError(status, code int, message string) want {
	if message == "" {
		message = anything
	}
	return func(answer *http.Response, body []byte) string {
		if problem := wantStatus(status)(answer, nil); problem != "" {
			return problem
		}
		var got struct {
			Code    int    `json:"error_code"`
			Message string `json:"message"`
		}
		if err := json.Unmarshal(body, &got); err != nil {
			return fmt.Sprintf("no error body: %v", err)
		}
		if got.Code != code || !matchText(message, got.Message) {
			return fmt.Sprintf("error %d %s\n want %d %s", got.Code, got.Message, code, message)
		}
		return ""
	}
}

func wantJSON(text string) want {
	return func(_ *http.Response, body []byte) string { return matchJSON([]byte(text), body) }
}

func wantText(text string) want {
	return func(_ *http.Response, body []byte) string {
		if string(body) != text {
			return fmt.Sprintf("got  %q\nwant %q", body, text)
		}
		return ""
	}
}

func wantHeader(name, value string) want {
	return func(answer *http.Response, _ []byte) string {
		got := strings.Join(answer.Header.Values(name), ", ")
		if !matchText(value, got) || value == anything && got == "" {
			return fmt.Sprintf("header %s: %q, want %q", name, got, value)
		}
		return ""
	}
}

// run sends the request and returns what is wrong with the answer.
func (x *exchange) run(base string) string {
	request, err := http.NewRequest(x.method, base, strings.NewReader(string(x.body)))
	if err != nil {
		return err.Error()
	}
	path, query, _ := strings.Cut(x.target, "?")
	// Opaque is sent as it is, escapes and all.
	request.URL = &url.URL{Scheme: request.URL.Scheme, Host: request.URL.Host, Opaque: path, RawQuery: query}
	for name, values := range x.header {
		request.Header[name] = values
	}
	answer, err := client.Do(request)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = answer.Body.Close() }() // all of it has been read
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error()
	}
	var problems []string
	for _, w := range x.wants {
		if problem := w(answer, body); problem != "" {
			problems = append(problems, problem)
		}
	}
	if problem := specified(x.method, path, answer, body); problem != "" {
		problems = append(problems, "openapi.yaml: "+problem)
	}
	if len(problems) == 0 {
		return ""
	}
	return fmt.Sprintf("%s\nanswer: %d %s", strings.Join(problems, "\n"), answer.StatusCode, body)
}

// client does what is asked and nothing more: no redirects, no compression,
// no headers of its own but those net/http cannot leave out.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}
