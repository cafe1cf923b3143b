package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/muster-registry/muster/httpapi/entity"
)

// Record is one payload of a batch. Value is JSON; a payload in the binary
// encoding of the schema's type goes into Binary instead.
type Record struct {
	ID     string          `json:"id,omitempty"` // comes back with the verdict
	Value  json.RawMessage `json:"value,omitempty"`
	Binary []byte          `json:"base64,omitempty"`
}

// ManyOptions are how many payloads are judged.
type ManyOptions struct {
	Message   string // full name of the Protobuf message; empty is the first
	PlainJSON bool   // Avro JSON with bare union values
	StopAfter int    // end after so many payloads that do not fit; 0 for never
	// Base64 says, of lines, that each is a payload in the binary encoding of
	// the schema's type, in base64.
	Base64 bool
}

func (o ManyOptions) query() url.Values {
	query := url.Values{}
	set(query, "message", o.Message)
	if o.PlainJSON {
		query.Set("avro_json", "plain")
	}
	if o.StopAfter > 0 {
		query.Set("stop_after", strconv.Itoa(o.StopAfter))
	}
	if o.Base64 {
		query.Set("encoding", "base64")
	}
	return query
}

// ValidateRecords judges up to 1,000 payloads by one version of a subject, or
// the [Latest], in one request of at most 2 MiB. Muster's own.
// POST /subjects/{subject}/versions/{version}/validate
func (c *Client) ValidateRecords(ctx context.Context, subject string, version int, records []Record, opts ManyOptions) (entity.BatchVerdict, error) {
	opts.Base64 = false // each record tells
	query := opts.query()
	query.Set("batch", "true")
	body := struct {
		Records []Record `json:"records"`
	}{records}
	r, err := withBody(http.MethodPost, versionPath(subject, version)+"/validate", query, body)
	if err != nil {
		return entity.BatchVerdict{}, err
	}
	return call[entity.BatchVerdict](ctx, c, r)
}

// maxLineAnswer bounds what one line of an answer may take.
const maxLineAnswer = 16 << 20

// ValidateLines judges a stream of payloads, one a line, by one version of a
// subject, or the [Latest], and calls each with the verdicts, in order, while
// it still reads lines. It ends with the stream, with the first error of each,
// or when ctx does; lines may be read from until then. The timeout of
// Options.HTTP does not count, and a stream is not sent again. Muster's own.
// POST /subjects/{subject}/versions/{version}/validate
func (c *Client) ValidateLines(ctx context.Context, subject string, version int, lines io.Reader, opts ManyOptions, each func(entity.LineVerdict) error) (entity.Summary, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := request{
		method: http.MethodPost, path: versionPath(subject, version) + "/validate", query: opts.query(),
		contentType: "application/x-ndjson",
	}
	req, err := c.to(ctx, r, lines)
	if err != nil {
		return entity.Summary{}, err
	}
	req.Header.Set("Accept", "application/x-ndjson, "+contentType)
	endless := *c.opts.HTTP
	endless.Timeout = 0
	resp, err := endless.Do(req)
	if err != nil {
		return entity.Summary{}, describe(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxLineAnswer))
		if err != nil {
			return entity.Summary{}, describe(err)
		}
		return entity.Summary{}, errorOf(resp.StatusCode, body)
	}
	return readVerdicts(resp.Body, each)
}

// readVerdicts reads the lines of an answer up to the summary, or the error
// that stands in its place.
func readVerdicts(answer io.Reader, each func(entity.LineVerdict) error) (entity.Summary, error) {
	scanner := bufio.NewScanner(answer)
	scanner.Buffer(nil, maxLineAnswer)
	for scanner.Scan() {
		var line struct {
			entity.LineVerdict
			Summary *entity.Summary `json:"summary"`
			Code    int             `json:"error_code"`
		}
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			return entity.Summary{}, fmt.Errorf("the answer is not the registry's: %w", err)
		}
		switch {
		case line.Summary != nil:
			return *line.Summary, nil
		case line.Code != 0:
			status := line.Code
			for status > 999 {
				status /= 10 // the first three digits
			}
			return entity.Summary{}, errorOf(status, scanner.Bytes())
		}
		if err := each(line.LineVerdict); err != nil {
			return entity.Summary{}, err
		}
	}
	err := scanner.Err()
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return entity.Summary{}, describe(err)
}
