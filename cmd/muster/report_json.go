package main

import (
	"encoding/json"
	"io"

	"github.com/muster-registry/muster/httpapi/entity"
)

// jsonReporter writes one JSON object on one line for each result.
type jsonReporter struct{ w io.Writer }

func (r jsonReporter) registered(g registration) error { return r.write(g) }

func (r jsonReporter) judged(j judgement) error {
	if j.Incompatibilities == nil {
		j.Incompatibilities = []finding{}
	}
	return r.write(j)
}

func (r jsonReporter) validated(v verdict) error { return r.write(v) }

func (r jsonReporter) tallied(t tally) error { return r.write(entity.LinesSummary{Summary: t.Summary}) }

func (r jsonReporter) version(b build) error { return r.write(b) }

func (r jsonReporter) finish() error { return nil }

func (r jsonReporter) write(v any) error {
	encoder := json.NewEncoder(r.w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
