package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"time"

	"github.com/hamba/avro/v2"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// language is one of the three, with what its payloads are judged by.
type language struct {
	of       compat.Type
	schema   string
	payload  []byte
	encoding compat.Encoding
	goal     time.Duration
	// decode is what one would do without a validator.
	decoder string
	decode  func() error
	faster  float64 // how many times faster than decode the goal is
}

func languages(e event) ([]language, error) {
	decodeAvro, err := hambaGeneric(e.avro)
	if err != nil {
		return nil, err
	}
	desc, err := eventMessage()
	if err != nil {
		return nil, err
	}
	judgeJSON, err := decodeAndJudge(e.json)
	if err != nil {
		return nil, err
	}
	return []language{
		{compat.Avro, eventAvro, e.avro, compat.Binary, 1500 * time.Nanosecond, "hamba generic", decodeAvro, 20},
		{compat.Protobuf, eventProtobuf, e.protobuf, compat.Binary, 2 * time.Microsecond, "dynamicpb",
			func() error { return proto.Unmarshal(e.protobuf, dynamicpb.NewMessage(desc)) }, 15},
		{compat.JSON, eventJSON, e.json, compat.JSONText, 20 * time.Microsecond, "decode and jsonschema v5", judgeJSON, 6},
	}, nil
}

func hambaGeneric(payload []byte) (func() error, error) {
	schema, err := avro.ParseWithCache(eventAvro, "", &avro.SchemaCache{})
	if err != nil {
		return nil, err
	}
	api := avro.Config{}.Freeze()
	return func() error {
		var v any
		return api.Unmarshal(schema, payload, &v)
	}, nil
}

func decodeAndJudge(payload []byte) (func() error, error) {
	schema, err := jsonschema.CompileString("event.json", eventJSON)
	if err != nil {
		return nil, err
	}
	return func() error {
		decoder := json.NewDecoder(bytes.NewReader(payload))
		decoder.UseNumber()
		var v any
		if err := decoder.Decode(&v); err != nil {
			return err
		}
		return schema.Validate(v)
	}, nil
}

func (l language) validator() (compat.Validator, error) {
	format, _ := all.Formats().Lookup(l.of)
	schema, err := format.Parse(compat.Source{Text: l.schema})
	if err != nil {
		return nil, err
	}
	return schema.Validator(compat.ValidatorOptions{})
}

// benchValidators measures the validators in process beside the decoders.
func benchValidators(rounds int, length time.Duration) error {
	e, err := newEvent()
	if err != nil {
		return err
	}
	list, err := languages(e)
	if err != nil {
		return err
	}
	for _, l := range list {
		validator, err := l.validator()
		if err != nil {
			return err
		}
		judge := func() error {
			verdict, err := validator.Validate(l.payload, l.encoding)
			if err == nil && len(verdict.Violations) > 0 {
				err = fmt.Errorf("the %s event does not fit: %+v", l.of, verdict.Violations)
			}
			return err
		}
		ours, theirs, err := quickest(judge, l.decode, rounds*int(length/time.Millisecond)/4)
		if err != nil {
			return err
		}
		fmt.Printf("%-8s  valid, %4d bytes  %8v  (goal %v)  beside %s's %v: %.1f times as fast  (goal %.0f)\n",
			l.of, len(l.payload), ours, l.goal, l.decoder, theirs, float64(theirs)/float64(ours), l.faster)
	}
	return nil
}

// timePer runs f over and over and returns what one run takes.
func timePer(f func() error, length time.Duration) (time.Duration, error) {
	start := time.Now()
	for n := 1; ; n++ {
		if err := f(); err != nil {
			return 0, err
		}
		if n%8 == 0 {
			if took := time.Since(start); took >= length {
				return took / time.Duration(n), nil
			}
		}
	}
}

// benchPayloads measures payloads over HTTP on a server that has no schemas of
// these subjects yet.
func benchPayloads(muster string, rounds int, length time.Duration) error {
	e, err := newEvent()
	if err != nil {
		return err
	}
	list, err := languages(e)
	if err != nil {
		return err
	}
	for _, l := range list {
		schema, err := json.Marshal(map[string]string{"schema": l.schema, "schemaType": string(l.of)})
		if err != nil {
			return err
		}
		id, err := registerOnce(muster, benchSubject(l.of), schema)
		if err != nil {
			return err
		}
		path := fmt.Sprintf("/schemas/ids/%d/validate", id)
		switch l.of {
		case compat.JSON:
			if err := benchOne(muster, path, l.payload, rounds, length); err != nil {
				return err
			}
			// No line holds a line's end: the event has none.
			err = benchLines(muster, l.of, path, l.payload, 40_000, rounds)
		case compat.Avro:
			err = benchLines(muster, l.of, path+"?encoding=base64", []byte(base64.StdEncoding.EncodeToString(l.payload)), 100_000, rounds)
		}
		if err != nil {
			return err
		}
	}
	return benchGuard(muster, list, rounds)
}

// benchOne measures one payload a request beside a handler that reads the body
// and writes the same answer.
func benchOne(muster, path string, payload []byte, rounds int, length time.Duration) error {
	r, err := http.Post("http://"+muster+path, "application/json", bytes.NewReader(payload))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	answer, err := httputil.DumpResponse(r, true)
	if err != nil {
		return err
	}
	bare, stop, err := startBare(answer)
	if err != nil {
		return err
	}
	defer stop()
	const connections = 32
	var ours, theirs []float64
	for range rounds {
		for addr, rates := range map[string]*[]float64{muster: &ours, bare: &theirs} {
			rate, err := load(addr, post(path, payload), connections, length)
			if err != nil {
				return err
			}
			*rates = append(*rates, rate)
		}
	}
	fmt.Printf("HTTP      a JSON payload a request  %7.0f/s beside %7.0f/s of a bare handler that reads it: %.2f  (goal 0.50; %d connections, medians of %d)\n",
		median(ours), median(theirs), median(ours)/median(theirs), connections, rounds)
	return nil
}

// benchLines measures a stream of payloads, from the first byte sent to the
// last one read.
func benchLines(muster string, of compat.Type, path string, line []byte, goal, rounds int) error {
	const count = 10_000
	body := bytes.Repeat(append(bytes.Clone(line), '\n'), count)
	var rates []float64
	for range 2 * rounds {
		start := time.Now()
		r, err := http.Post("http://"+muster+path, "application/x-ndjson", bytes.NewReader(body))
		if err != nil {
			return err
		}
		last, err := lastLine(r.Body)
		r.Body.Close()
		if want := fmt.Sprintf(`{"summary":{"valid":%d,"invalid":0}}`, count); err != nil || strings.TrimSpace(last) != want {
			return fmt.Errorf("a stream ended with %q: %v", last, err)
		}
		rates = append(rates, count/time.Since(start).Seconds())
	}
	fmt.Printf("HTTP      %d %s payloads as lines  %7.0f/s  (goal %d; median of %d)\n", count, of, median(rates), goal, len(rates))
	return nil
}

func lastLine(r io.Reader) (last string, err error) {
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		last = scanner.Text()
	}
	return last, scanner.Err()
}
