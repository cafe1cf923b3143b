package guard

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
)

// Reason says why an event is not fit to be published; it is the label of the
// metrics.
type Reason string

// The reasons.
const (
	Invalid             Reason = "invalid"              // it does not fit its schema
	BadFrame            Reason = "bad_frame"            // it does not start like the wire format
	UnknownSchema       Reason = "unknown_schema"       // it names a schema that is none of the subject's
	VersionNotAccepted  Reason = "version_not_accepted" // it names, or there is, no version within the window
	UnknownSubject      Reason = "unknown_subject"      // nothing is registered for the destination
	NoSubject           Reason = "no_subject"           // the strategy names no subject
	UnsupportedEncoding Reason = "unsupported_encoding" // no schema of the type judges such payloads
	Unusable            Reason = "schema_unusable"      // the schema judges no payloads
	Unavailable         Reason = "registry_unavailable" // it could not be judged
)

// Verdict is what the guard makes of one event.
type Verdict struct {
	Reason     Reason // empty when the event fits
	Published  bool   // whether the mode and the policy let it go
	Mode       Mode
	Subject    string
	Version    int // that judged, or the newest that tried to; zero for none
	ID         int
	GUID       string
	Type       compat.Type
	Violations []compat.Violation // why, never with a value of the event
	Truncated  bool               // there are more
	Cause      error              // of Unavailable
}

// Valid tells whether the event was judged and fits.
func (v Verdict) Valid() bool { return v.Reason == "" }

// Headers are what an event may carry when its schema ID stands not before the
// payload: sr-subject, sr-schema-id and sr-schema-version. In mode [Mark] those
// of an event that is not valid say why, as a dead letter's do.
func (v Verdict) Headers() map[string]string {
	headers := make(map[string]string, 6)
	if v.Valid() || v.Mode == Mark {
		v.name(headers)
	}
	if !v.Valid() && v.Mode == Mark {
		v.explain(headers)
	}
	return headers
}

func (v Verdict) name(headers map[string]string) {
	if v.Subject != "" {
		headers["sr-subject"] = v.Subject
	}
	if v.Version != 0 {
		headers["sr-schema-id"] = strconv.Itoa(v.ID)
		headers["sr-schema-version"] = strconv.Itoa(v.Version)
	}
}

// explain tells the first violation; all of them stand in the message.
func (v Verdict) explain(headers map[string]string) {
	if len(v.Violations) == 0 {
		return
	}
	headers["sr-error-code"] = v.Violations[0].Code
	headers["sr-error-pointer"] = v.Violations[0].Pointer
	headers["sr-error-message"] = v.text()
}

// text lists the violations, a sentence or two each.
func (v Verdict) text() string {
	var b strings.Builder
	for i, violation := range v.Violations {
		if i > 0 {
			b.WriteString("; ")
		}
		if violation.Pointer != "" {
			b.WriteString(violation.Pointer + ": ")
		}
		b.WriteString(violation.Message)
		if violation.Hint != "" {
			b.WriteString(" (" + violation.Hint + ")")
		}
	}
	if v.Truncated {
		b.WriteString("; and more")
	}
	return b.String()
}

// fail is a verdict with one violation of its own.
func (v Verdict) fail(reason Reason, format string, args ...any) Verdict {
	v.Reason = reason
	v.Violations = []compat.Violation{{Code: strings.ToUpper(string(reason)), Message: fmt.Sprintf(format, args...)}}
	return v
}

// Rejection is the error for an event that must not be published. It unwraps
// to what keeps the registry out of reach, where that is the reason.
type Rejection struct {
	Destination string
	Verdict     Verdict
}

func (r *Rejection) Error() string {
	by := ""
	if r.Verdict.Version != 0 {
		by = fmt.Sprintf(" by %s version %d", r.Verdict.Subject, r.Verdict.Version)
	}
	return fmt.Sprintf("not published to %s: %s%s: %s", r.Destination, r.Verdict.Reason, by, r.Verdict.text())
}

func (r *Rejection) Unwrap() error { return r.Verdict.Cause }
