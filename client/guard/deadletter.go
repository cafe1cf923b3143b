package guard

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// DeadLetter is a rejected event, ready to be put where dead letters go.
type DeadLetter struct {
	Destination string // where to: see Options.DeadLetter
	// Headers say what is wrong: sr-error-code, sr-error-pointer,
	// sr-error-message, sr-subject, sr-schema-id, sr-schema-version,
	// sr-original-destination, sr-failed-at (RFC 3339, UTC), sr-validator,
	// sr-attempt and, where one was given, sr-correlation-id. They are at most
	// 8 KiB and hold no value of the event.
	Headers map[string]string
	Body    []byte // the event as it was given to the guard, not a copy
	Verdict Verdict
}

// validatorName is the header that says whose judgement it is.
const validatorName = "muster-guard/1"

const (
	maxHeaders = 8 << 10
	maxHeader  = 1 << 10 // of one value
)

func (g *Guard) deadLetter(destination string, p Payload, v Verdict) DeadLetter {
	headers := map[string]string{
		"sr-original-destination": destination,
		"sr-failed-at":            time.Now().UTC().Format(time.RFC3339Nano),
		"sr-validator":            validatorName,
		"sr-attempt":              strconv.Itoa(max(p.Attempt, 1)),
	}
	if p.CorrelationID != "" {
		headers["sr-correlation-id"] = p.CorrelationID
	}
	v.name(headers)
	v.explain(headers)
	bound(headers)
	return DeadLetter{Destination: g.opts.DeadLetter(destination), Headers: headers, Body: p.Data, Verdict: v}
}

// bound cuts every header but the message to maxHeader, and the message to what
// is left of maxHeaders.
func bound(headers map[string]string) {
	left := maxHeaders
	for name, value := range headers {
		if name == "sr-error-message" {
			left -= len(name)
			continue
		}
		headers[name] = cut(value, maxHeader)
		left -= len(name) + len(headers[name])
	}
	if message, ok := headers["sr-error-message"]; ok {
		headers["sr-error-message"] = cut(message, max(left, 0))
	}
}

// cut keeps the first n bytes of a text, whole characters only.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
