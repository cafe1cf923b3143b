package httpapi

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// mediaTypes are what the API answers in, the preferred first (contract 1.1).
var mediaTypes = [...]string{
	"application/vnd.schemaregistry.v1+json",
	"application/vnd.schemaregistry+json",
	"application/json",
}

// negotiate picks the answer's media type: of those the client accepts the one
// with the highest quality, among equals the one preferred here. ok is false
// when it accepts none.
func negotiate(h http.Header) (mediaType string, ok bool) {
	accept := h["Accept"]
	if len(accept) == 0 || len(accept) == 1 && accept[0] == "" { // which names nothing it would refuse
		return mediaTypes[0], true
	}
	best := 0.0
	for _, offered := range mediaTypes {
		if q := quality(accept, offered); q > best {
			mediaType, best = offered, q
		}
	}
	return mediaType, best > 0
}

// acceptable refuses requests whose answer the client could not take before
// they change anything.
func acceptable(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, ok := negotiate(r.Header); !ok {
			return errAccept()
		}
		return h(w, r)
	}
}

// quality is how much an Accept header wants a media type. The most specific
// range that covers it counts (RFC 9110, 12.5.1).
func quality(accept []string, offered string) float64 {
	quality, specific := 0.0, -1
	for _, line := range accept {
		for item := range strings.SplitSeq(line, ",") {
			pattern, rest, _ := strings.Cut(item, ";")
			s := covers(strings.ToLower(strings.TrimSpace(pattern)), offered)
			if s > specific {
				quality, specific = weight(rest), s
			}
		}
	}
	return quality
}

// covers tells how specifically a range covers a type, -1 when it does not.
func covers(pattern, offered string) int {
	kind, sub, ok := strings.Cut(pattern, "/")
	offeredKind, offeredSub, _ := strings.Cut(offered, "/")
	switch {
	case pattern == "*" || pattern == "*/*":
		return 0
	case !ok:
		return -1
	case kind == offeredKind && sub == offeredSub:
		return 2
	case kind == "*", kind == offeredKind && sub == "*":
		return 1
	}
	return -1
}

func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return 0
			}
			return q
		}
	}
	return 1
}

// contentType is the bare media type of a request's body, in lower case; empty
// when it names none.
func contentType(h http.Header) (string, error) {
	value := h.Get("Content-Type")
	if value == "" || slices.Contains(mediaTypes[:], value) {
		return value, nil
	}
	mediaType, _, err := mime.ParseMediaType(value)
	if err != nil {
		return "", errMediaType()
	}
	return mediaType, nil
}

// legacy recognizes Java clients before 7.4, some of which refuse members they
// do not know; they get the shape of 7.3 (contract 2.0).
func legacy(r *http.Request) bool {
	return strings.HasPrefix(r.UserAgent(), "Java/") && r.Header.Get("Confluent-Accept-Unknown-Properties") == ""
}
