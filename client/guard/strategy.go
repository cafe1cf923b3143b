package guard

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
)

// Naming is what a subject's name is made of.
type Naming struct {
	Destination string // topic, exchange, stream or broker subject
	Record      string // full name of the record or message
	Key         bool   // the event's key is judged, not its value
}

// Strategy names the subject whose schemas judge an event. It must be a
// function of its argument alone, and safe for concurrent use.
type Strategy func(Naming) (subject string, err error)

// TopicName is "<destination>-value", or "-key" for keys.
func TopicName(n Naming) (string, error) {
	if n.Key {
		return n.Destination + "-key", nil
	}
	return n.Destination + "-value", nil
}

var errNoRecord = errors.New("the strategy needs the record's name")

// RecordName is the full name of the record.
func RecordName(n Naming) (string, error) {
	if n.Record == "" {
		return "", errNoRecord
	}
	return n.Record, nil
}

// TopicRecordName is "<destination>-<record>".
func TopicRecordName(n Naming) (string, error) {
	if n.Record == "" {
		return "", errNoRecord
	}
	return n.Destination + "-" + n.Record, nil
}

// Template names subjects by a text/template over a [Naming]. Its function
// part cuts a name at a separator and returns the part of that index from zero,
// empty where there is none, so that many destinations share a subject:
//
//	{{part .Destination "." 0}}-value   orders.eu.4711 and orders.us.12 by orders-value
func Template(text string) (Strategy, error) {
	parsed, err := template.New("subject").Option("missingkey=error").Funcs(template.FuncMap{"part": part}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("subject template: %w", err)
	}
	return func(n Naming) (string, error) {
		var name strings.Builder
		if err := parsed.Execute(&name, n); err != nil {
			return "", err
		}
		if name.Len() == 0 {
			return "", fmt.Errorf("the template names no subject for %q", n.Destination)
		}
		return name.String(), nil
	}, nil
}

func part(name, separator string, index int) string {
	parts := strings.Split(name, separator)
	if index < 0 || index >= len(parts) {
		return ""
	}
	return parts[index]
}
