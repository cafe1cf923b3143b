package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/muster-registry/muster/httpapi/entity"
)

// ErrUnreachable matches, by errors.Is, every failure that says nothing about
// the request: the network, or a registry that answers 429, 502, 503 or 504.
var ErrUnreachable = errors.New("the registry is out of reach")

// Error is what the registry refused, and why.
type Error struct {
	Status  int    // of HTTP
	Code    int    // the contract's error_code; Status when the body had none
	Message string // the registry's words
	// Incompatibilities says why a registration was refused (status 409).
	Incompatibilities []entity.Incompatibility
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s (code %d)", e.Message, e.Code)
}

// Is matches ErrUnreachable.
func (e *Error) Is(target error) bool {
	if target != ErrUnreachable {
		return false
	}
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// errorOf reads the body of a refusal. A proxy in between may have written it.
func errorOf(status int, body []byte) *Error {
	var refusal entity.Error
	if json.Unmarshal(body, &refusal) != nil || refusal.Code == 0 {
		return &Error{Status: status, Code: status, Message: fmt.Sprintf("the registry answered %d %s", status, excerpt(body))}
	}
	return &Error{
		Status: status, Code: refusal.Code, Message: refusal.Message,
		Incompatibilities: refusal.Incompatibilities,
	}
}

// excerpt is the start of a text that is not for us, on one line.
func excerpt(body []byte) string {
	const limit = 200
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(body[:min(len(body), limit)]), "")), " ")
	if len(body) > limit {
		text += "…"
	}
	return text
}

// unreachable is a network fault.
type unreachable struct{ err error }

func (e *unreachable) Error() string { return ErrUnreachable.Error() + ": " + e.err.Error() }

func (e *unreachable) Unwrap() []error { return []error{ErrUnreachable, e.err} }

// describe names a fault of the network as one.
func describe(err error) error {
	if isNetworkFault(err) {
		return &unreachable{err}
	}
	return err
}

// isNetworkFault tells the faults of sending and receiving from those of the
// request and the answer.
func isNetworkFault(err error) bool {
	var sending *url.Error
	var receiving net.Error
	return errors.As(err, &sending) || errors.As(err, &receiving) || errors.Is(err, io.ErrUnexpectedEOF)
}
