package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// answer is the status and the error_code of one kind of failure.
type answer struct{ status, code int }

// answers is the whole table of contract 1.6, as far as the registry raises
// it. Incompatible has error_code 409, which every client knows; Confluent's
// own became 40901 in February 2026 (addenda A).
var answers = map[registry.Kind]answer{
	registry.Internal:              {500, 500},
	registry.SubjectNotFound:       {404, 40401},
	registry.VersionNotFound:       {404, 40402},
	registry.SchemaNotFound:        {404, 40403},
	registry.SubjectSoftDeleted:    {404, 40404},
	registry.SubjectNotSoftDeleted: {404, 40405},
	registry.VersionSoftDeleted:    {404, 40406},
	registry.VersionNotSoftDeleted: {404, 40407},
	registry.LevelNotConfigured:    {404, 40408},
	registry.ModeNotConfigured:     {404, 40409},
	registry.Incompatible:          {409, 409},
	registry.InvalidSchema:         {422, 42201},
	registry.InvalidVersion:        {422, 42202},
	registry.InvalidLevel:          {422, 42203},
	registry.InvalidMode:           {422, 42204},
	registry.NotPermitted:          {422, 42205},
	registry.ReferenceExists:       {422, 42206},
	registry.InvalidSubject:        {422, 42208},
	registry.SchemaTooLarge:        {422, 42209},
	registry.InvalidRuleSet:        {422, 42210},
	registry.ContextNotEmpty:       {422, 42211},
	registry.TooComplex:            {422, 42230},
	registry.UnsupportedEncoding:   {415, 415},
	registry.Unavailable:           {503, 50001},
	registry.Overloaded:            {503, 503},
}

// requestError is what the HTTP layer itself has against a request.
type requestError struct {
	answer
	message string
}

func (e *requestError) Error() string { return e.message }

func refuse(status, code int, format string, args ...any) error {
	return &requestError{answer{status, code}, fmt.Sprintf(format, args...)}
}

// The refusals of the HTTP layer, in the contract's words where it has them.
func errNotFound() error    { return refuse(404, 404, "HTTP 404 Not Found") }
func errMethod() error      { return refuse(405, 405, "HTTP 405 Method Not Allowed") }
func errAccept() error      { return refuse(406, 406, "HTTP 406 Not Acceptable") }
func errMediaType() error   { return refuse(415, 415, "HTTP 415 Unsupported Media Type") }
func errEncoded() error     { return refuse(415, 41501, "Request bodies must not be encoded.") }
func errInternal() error    { return refuse(500, 500, "Internal Server Error") }
func errMissingBody() error { return refuse(422, 422, "The request body must not be null (was null)") }
func errTooLarge(limit int64) error {
	return refuse(413, 41301, "The request body is larger than %d bytes.", limit)
}
func errContext(name string) error {
	return refuse(400, 400, "Context name '%s' cannot contain a colon", clip(name))
}
func errBadJSON(format string, args ...any) error { return refuse(400, 400, format, args...) }

// unavailable is what a client is told of failures that are the store's.
const unavailable = "The store is out of reach; try again."

// answerTo turns an error into its status and body. What is no business of the
// client's is left out of the body.
func answerTo(err error) (int, entity.Error) {
	var request *requestError
	if errors.As(err, &request) {
		return request.status, entity.Error{Code: request.code, Message: request.message}
	}
	kind := registry.KindOf(err)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		kind = registry.Unavailable
	}
	a := answers[kind]
	body := entity.Error{Code: a.code, Message: http.StatusText(a.status)}
	var known *registry.Error
	switch {
	case errors.As(err, &known):
		body.Message = known.Message
		body.Incompatibilities = FromIncompatibilities(known.Incompatibilities)
	case kind == registry.Unavailable:
		body.Message = unavailable
	}
	return a.status, body
}
