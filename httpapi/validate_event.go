package httpapi

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/registry"
)

// eventType is the media type of a CloudEvent in structured mode.
const eventType = "application/cloudevents+json"

// event is a CloudEvent 1.0 as far as it matters here. Its payload is data
// alone, in either mode: pointers of violations start there.
type event struct {
	// attributes are the context attributes by name; one that is absent, empty
	// or no string is not there.
	attributes map[string]string
	data       []byte
	// text: data is the JSON value of a structured event, whatever the type.
	text bool
}

// validateEvent judges an event in structured mode.
func (s *Server) validateEvent(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r, maxBody)
	if err != nil {
		return err
	}
	doc, err := jsondoc.Parse(string(body), batchDocument)
	if err != nil {
		return errBadJSON("%v", err)
	}
	if doc.Kind != jsondoc.Object {
		return errBadJSON("The event is not a JSON object.")
	}
	e := event{attributes: make(map[string]string)}
	for _, m := range doc.Members {
		if m.Value.Kind == jsondoc.String && m.Value.Text != "" {
			e.attributes[m.Name] = m.Value.Text
		}
	}
	data, binary := doc.Get("data"), doc.Get("data_base64")
	switch {
	case data != nil && binary != nil:
		return s.refuseEvent(w, r, eventViolation("data", "data or data_base64", "both", "An event has data or data_base64, not both."))
	case binary != nil:
		decoded, bad := decodeBase64([]byte(binary.Text))
		if bad != nil || binary.Kind != jsondoc.String {
			return s.refuseEvent(w, r, eventViolation("data_base64", "base64", binary.Kind.String(), "The data of the event is not base64."))
		}
		e.data = decoded
	case data != nil:
		e.text = true
		e.data = []byte(data.Compact())
		if mediaType := e.attributes["datacontenttype"]; data.Kind == jsondoc.String && mediaType != "" && !isJSON(mediaType) {
			e.text, e.data = false, []byte(data.Text)
		}
	}
	if len(e.data) > maxPayload {
		return errTooLarge(maxPayload)
	}
	return s.judgeEvent(w, r, e)
}

// validateEventHeaders judges an event in binary mode: attributes in headers,
// percent-encoded (CloudEvents HTTP binding 3.1.3.2), data as the body.
func (s *Server) validateEventHeaders(w http.ResponseWriter, r *http.Request) error {
	e := event{attributes: make(map[string]string)}
	for _, name := range []string{"specversion", "id", "source", "type", "dataschema"} {
		value := r.Header.Get("Ce-" + name)
		if decoded, err := url.PathUnescape(value); err == nil {
			value = decoded
		}
		e.attributes[name] = value
	}
	e.attributes["datacontenttype"] = r.Header.Get("Content-Type")
	var err error
	if e.data, err = readBody(w, r, maxPayload); err != nil {
		return err
	}
	return s.judgeEvent(w, r, e)
}

// judgeEvent judges the data of an event by the schema that dataschema names.
// What the event itself lacks is a finding, as any.
func (s *Server) judgeEvent(w http.ResponseWriter, r *http.Request, e event) error {
	if bad := e.violations(); len(bad) > 0 {
		return s.refuseEvent(w, r, bad...)
	}
	q := r.URL.Query()
	req, ok := schemaNamed(e.attributes["dataschema"], within(q))
	if !ok {
		return s.refuseEvent(w, r, eventViolation("dataschema", "the URL of a schema of this registry", "another URI",
			"The event's dataschema names no schema of this registry."))
	}
	mediaType, err := contentType(http.Header{"Content-Type": {e.attributes["datacontenttype"]}})
	if err != nil {
		return err
	}
	if e.text && !isJSON(mediaType) {
		mediaType = ""
	}
	req.Message = q.Get("message")
	if req.Encoding, req.Type, err = payloadEncoding(mediaType, plainJSON(q)); err != nil {
		return err
	}
	req.Payload = e.data
	return s.validateOne(r.Context(), w, r, req, q)
}

// isJSON tells whether data of a media type is JSON; it is without one.
func isJSON(mediaType string) bool {
	enc, _, err := payloadEncoding(mediaType, false)
	return err == nil && enc == compat.JSONText
}

// violations lists which required attributes are missing.
func (e event) violations() []compat.Violation {
	var bad []compat.Violation
	for _, name := range []string{"specversion", "id", "source", "type", "dataschema"} {
		switch value := e.attributes[name]; {
		case value == "":
			bad = append(bad, eventViolation(name, "a string", "nothing", "The event lacks "+name+"."))
		case name == "specversion" && value != "1.0":
			bad = append(bad, eventViolation(name, "1.0", "another version", "The event is not of CloudEvents 1.0."))
		}
	}
	return bad
}

func eventViolation(attribute, expected, actual, message string) compat.Violation {
	return compat.Violation{Code: "INVALID_CLOUDEVENT", Pointer: "/" + attribute, Expected: expected, Actual: actual, Message: message}
}

// refuseEvent answers with the verdict on an event that no schema judges.
func (s *Server) refuseEvent(w http.ResponseWriter, r *http.Request, bad ...compat.Violation) error {
	v := registry.Validated{Verdict: compat.Verdict{Violations: bad}}
	s.metrics.countPayload(v, nil)
	return writeVerdict(w, r, false, fromValidated(v), r.URL.Query())
}

// schemaNamed reads a URL of a schema: /schemas/ids/{id} or
// /subjects/{subject}/versions/{version}, each also with /schema, and below
// /contexts/{context}. Whatever stands before is the host and path of this
// registry, whose names it does not know; the URL is never fetched. IDs are
// looked up in the context the URL or else the request names.
func schemaNamed(dataschema string, within registry.Subject) (req registry.ValidateRequest, ok bool) {
	path, _, _ := strings.Cut(dataschema, "#")
	path, query, _ := strings.Cut(path, "?")
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/"), "/schema")
	if before, id, found := cutLast(path, "/schemas/ids/"); found {
		n, err := strconv.ParseUint(id, 10, 31)
		if values, bad := url.ParseQuery(query); bad == nil && values.Get("subject") != "" {
			within = registry.Subject{Context: registry.ParseSubject(values.Get("subject")).Context}
		}
		if context, found := contextBefore(before); found {
			within = registry.Subject{Context: context}
		}
		return registry.ValidateRequest{Subject: within, ID: registry.SchemaID(n)}, err == nil && n > 0
	}
	head, token, found := cutLast(path, "/versions/")
	if !found {
		return registry.ValidateRequest{}, false
	}
	before, name, found := cutLast(head, "/subjects/")
	if !found {
		return registry.ValidateRequest{}, false
	}
	name, err := url.PathUnescape(name)
	if err != nil || name == "" {
		return registry.ValidateRequest{}, false
	}
	version, err := parseVersion(token)
	if err != nil {
		return registry.ValidateRequest{}, false
	}
	subject := registry.ParseSubject(name)
	if context, found := contextBefore(before); found && subject.Context == registry.DefaultContext {
		subject.Context = context
	}
	return registry.ValidateRequest{Subject: subject, Version: version}, subject.Validate() == nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// contextBefore reads the context that a path ends with, as clients prefix it.
func contextBefore(path string) (registry.ContextName, bool) {
	_, name, found := cutLast(path, "/contexts/")
	name, err := url.PathUnescape(name)
	if !found || err != nil || strings.Contains(name, "/") {
		return "", false
	}
	return registry.ParseSubject(":." + strings.TrimPrefix(name, ".") + ":").Context, true
}
