package httpapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// linesType is the media type of a stream and of its answer.
const linesType = "application/x-ndjson"

func isLines(mediaType string) bool {
	return mediaType == linesType || mediaType == "application/ndjson" || mediaType == "application/jsonl"
}

// How long a stream waits for the next bytes, and for the client to take what
// was written.
const (
	readPatience  = 15 * time.Second
	writePatience = 20 * time.Second
)

// validateLines answers each line with a line, in order, while the client still
// sends, and ends with a summary. A stream that breaks off ends with an error
// body as its last line in place of the summary.
func (s *Server) validateLines(w http.ResponseWriter, r *http.Request, req registry.ValidateRequest, q url.Values) error {
	stop, err := queryStop(q)
	if err != nil {
		return err
	}
	if q.Get("fail") == "status" {
		return errBadJSON("fail=status asks for one status, and each line has a verdict of its own.")
	}
	if accept := r.Header.Values("Accept"); len(accept) > 0 && quality(accept, linesType) == 0 {
		if _, ok := negotiate(r.Header); !ok {
			return errAccept()
		}
	}
	stream := &lineStream{server: s, request: r}
	if err := stream.prepare(req, q); err != nil {
		return err
	}

	control := http.NewResponseController(w)
	// What cannot do both at once (a recorder in a test) does one after the other.
	_ = control.EnableFullDuplex()
	w.Header().Set("Content-Type", linesType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	out := newOutbox(w, control, &s.pending)
	defer out.close()
	stream.run(newLineReader(r.Body, control, stream.longest), out, stop)
	return nil
}

// explainedLines is how many lines that do not fit are tried by other versions.
// Each costs a read of the store, and where the producer is a version behind or
// ahead, the first of them say so.
const explainedLines = 100

// lineStream is what the lines of one stream have in common.
type lineStream struct {
	server  *Server
	request *http.Request
	judge   *registry.Judge // nil when each line names its schema
	req     registry.ValidateRequest
	base64  bool
	longest int // bytes of a line

	line    int
	told    bool // what changed between versions
	summary entity.Summary
}

func (l *lineStream) prepare(req registry.ValidateRequest, q url.Values) error {
	switch q.Get("encoding") {
	case "", "json":
		l.longest = maxPayload
		req.Encoding, req.Type, _ = payloadEncoding("", plainJSON(q))
	case "base64":
		l.base64, l.longest = true, (maxPayload+2)/3*4
		req.Encoding = compat.Binary
	default:
		return errBadJSON("encoding is neither json nor base64.")
	}
	l.req = req
	if req.Version == 0 && req.ID == 0 {
		if !l.base64 {
			return errBadJSON("Payloads that name their schema are in the Confluent wire format: send them with encoding=base64.")
		}
		l.req.Encoding = compat.Wire
		return nil
	}
	var err error
	if l.judge, err = l.server.registry.Judge(l.request.Context(), req); err != nil {
		return err
	}
	// Whether the schema's type has the encoding can still be told by a status.
	_, err = l.judge.Validate(l.request.Context(), nil, req.Encoding)
	return err
}

func (l *lineStream) run(lines *lineReader, out *outbox, stop int) {
	var answer []byte
	for {
		line, fits, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		l.line++
		var verdict registry.Validated
		if err == nil {
			verdict, err = l.verdict(line, fits)
		}
		if err != nil {
			_, body := answerTo(err)
			out.append(appendJSON(answer[:0], body))
			return
		}
		answer = l.appendAnswer(answer[:0], verdict)
		if !out.append(answer) {
			return // nobody reads
		}
		if stop > 0 && l.summary.Invalid == stop {
			l.summary.Stopped = true
			break
		}
	}
	out.append(appendJSON(answer[:0], entity.LinesSummary{Summary: l.summary}))
}

// verdict judges one line. Only what ends the stream is an error.
func (l *lineStream) verdict(line []byte, fits bool) (registry.Validated, error) {
	if !fits {
		return l.found(compat.Violation{Code: "PAYLOAD_LIMIT", Message: "The line is longer than " + strconv.Itoa(l.longest) + " bytes."}), nil
	}
	if l.base64 {
		decoded, bad := decodeBase64(bytes.TrimSuffix(line, []byte("\r")))
		if bad != nil {
			return l.found(*bad), nil
		}
		line = decoded
	}
	var v registry.Validated
	var err error
	if l.judge != nil {
		v, err = l.judge.Validate(l.request.Context(), line, l.req.Encoding)
	} else {
		req := l.req
		req.Payload = line
		v, err = l.server.registry.Validate(l.request.Context(), req)
	}
	if status, _ := answerTo(err); err != nil && status < http.StatusInternalServerError {
		return l.found(unjudged(err)), nil
	}
	l.server.metrics.countPayload(v, err)
	if err == nil && l.judge != nil && !v.Valid() && l.summary.Invalid < explainedLines {
		err = l.judge.Explain(l.request.Context(), &v, line, l.req.Encoding)
	}
	return v, err
}

func (l *lineStream) found(v compat.Violation) registry.Validated {
	verdict := registry.Validated{Verdict: compat.Verdict{Violations: []compat.Violation{v}}}
	if l.judge != nil {
		verdict = l.judge.Found(v)
	}
	l.server.metrics.countPayload(verdict, nil)
	return verdict
}

// appendAnswer counts a verdict and writes its line. That of a valid payload,
// which most are, is written without reflection.
func (l *lineStream) appendAnswer(b []byte, v registry.Validated) []byte {
	if v.Valid() {
		l.summary.Valid++
		b = append(b, `{"line":`...)
		b = strconv.AppendInt(b, int64(l.line), 10)
		return append(b, `,"valid":true,"errors":[]}`+"\n"...)
	}
	l.summary.Invalid++
	e := fromValidated(v)
	line := entity.LineVerdict{Line: l.line, Errors: e.Errors, Truncated: e.Truncated, WouldBeValidUnder: e.WouldBeValidUnder}
	if !l.told {
		line.Changed, l.told = e.Changed, len(e.Changed) > 0
	}
	return appendJSON(b, line)
}

func appendJSON(b []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // an entity that cannot be marshalled is a mistake of ours
		panic(err)
	}
	return append(append(b, text...), '\n')
}

// lineReader cuts a body into lines. What it keeps of a line is bounded.
type lineReader struct {
	buffered *bufio.Reader
	longest  int
	long     []byte // a line that the buffer does not hold
}

const lineBuffer = 64 << 10

func newLineReader(body io.Reader, control *http.ResponseController, longest int) *lineReader {
	return &lineReader{buffered: bufio.NewReaderSize(renewing{body, control}, lineBuffer), longest: longest}
}

// next returns the next line without its end; fits is false for one that is too
// long, whose text is not kept. The line is good until the next call. The error
// is io.EOF, or says that the body broke off.
func (l *lineReader) next() (line []byte, fits bool, err error) {
	line, err = l.buffered.ReadSlice('\n')
	if err == nil && len(line)-1 <= l.longest {
		return line[:len(line)-1], true, nil
	}
	l.long, fits = append(l.long[:0], line...), true
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.buffered.ReadSlice('\n')
		if fits = fits && len(l.long)+len(line) <= l.longest+1; fits {
			l.long = append(l.long, line...)
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, errBadJSON("The request body could not be read to its end.")
	}
	if errors.Is(err, io.EOF) && len(l.long) == 0 {
		return nil, false, io.EOF
	}
	l.long = bytes.TrimSuffix(l.long, []byte("\n"))
	return l.long, fits && len(l.long) <= l.longest, nil
}

// renewing gives every read its own deadline, and the answers theirs anew: a
// client that still sends may read later. A connection without deadlines (a
// recorder in a test) has none to renew.
type renewing struct {
	body    io.Reader
	control *http.ResponseController
}

func (r renewing) Read(b []byte) (int, error) {
	now := time.Now()
	_ = r.control.SetReadDeadline(now.Add(readPatience))
	_ = r.control.SetWriteDeadline(now.Add(writePatience))
	return r.body.Read(b)
}
