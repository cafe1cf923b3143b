package guard

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// DeadLetter is a rejected event, ready to be put where dead letters go.
type DeadLetter struct {
	Destination string // where to: see Options.DeadLetter
	// Headers say what is wrong: sr-error-code, sr-error-pointer,
	// sr-error-message, sr-subject, sr-schema-id, sr-schema-version,
	// sr-original-destination, sr-failed-at (RFC 3339, UTC), sr-validator,
	// sr-attempt and, where one was given, sr-correlation-id; and those of
	// Options.Aliases. They are at most 8 KiB and hold no value of the event.
	Headers map[string]string
	Body    []byte // the event as it was given to the guard, not a copy
	Verdict Verdict
}

// Alias is a convention for the headers of dead letters, for the tools that
// read it. It repeats what the guard's own headers say; offsets and partitions
// an event has none before it is published.
type Alias string

// The conventions.
const (
	Connect Alias = "connect" // Kafka Connect's __connect.errors.…
	Spring  Alias = "spring"  // Spring Kafka's kafka_dlt-…
)

// aliases are, by convention, the headers that repeat ours.
var aliases = map[Alias]map[string]string{
	Connect: {
		"__connect.errors.topic":                "sr-original-destination",
		"__connect.errors.class.name":           "sr-validator",
		"__connect.errors.exception.class.name": "sr-error-code",
		"__connect.errors.exception.message":    "sr-error-message",
	},
	Spring: {
		"kafka_dlt-original-topic":    "sr-original-destination",
		"kafka_dlt-exception-fqcn":    "sr-error-code",
		"kafka_dlt-exception-message": "sr-error-message",
	},
}

func (a Alias) add(headers map[string]string) {
	for alias, name := range aliases[a] {
		if value, ok := headers[name]; ok {
			headers[alias] = value
		}
	}
	if a == Connect {
		headers["__connect.errors.stage"] = "VALUE_CONVERTER" // where Connect judges payloads
	}
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
	for _, alias := range g.opts.Aliases {
		alias.add(headers)
	}
	bound(headers)
	return DeadLetter{Destination: g.opts.DeadLetter(destination), Headers: headers, Body: p.Data, Verdict: v}
}

// bound cuts every header but the message to maxHeader, those that repeat
// another to what is left, and the message to what is left then: as much as any
// at least.
func bound(headers map[string]string) {
	const message = "sr-error-message"
	left := maxHeaders - maxHeader
	for name := range headers {
		left -= len(name)
	}
	ownFirst := func(a, b string) int {
		repeats := func(name string) int {
			if strings.HasPrefix(name, "sr-") {
				return 0
			}
			return 1
		}
		return cmp.Or(repeats(a)-repeats(b), strings.Compare(a, b))
	}
	for _, name := range slices.SortedFunc(maps.Keys(headers), ownFirst) {
		if name != message {
			headers[name] = cut(headers[name], min(maxHeader, left))
			left -= len(headers[name])
		}
	}
	if text, ok := headers[message]; ok {
		headers[message] = cut(text, left+maxHeader)
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
