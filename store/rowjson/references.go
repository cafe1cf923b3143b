package rowjson

import (
	"encoding/json"
	"fmt"

	"github.com/muster-registry/muster/registry"
)

// reference is a row of the table of references. Context and Target say where
// Subject leads; they are written only.
type reference struct {
	Name    string               `json:"name"`
	Subject string               `json:"subject"`
	Version registry.Version     `json:"version"`
	Context registry.ContextName `json:"context,omitzero"`
	Target  string               `json:"target"`
}

// References encodes refs of a schema in context as the list of objects that
// the statements of both backends take apart.
func References(context registry.ContextName, refs []registry.Reference) (string, error) {
	rows := make([]reference, len(refs))
	for i, r := range refs {
		target := r.Target(context)
		rows[i] = reference{r.Name, r.Subject, r.Version, target.Context, target.Name}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("encoding references: %w", err)
	}
	return string(b), nil
}

// ParseReferences reads the name, subject and version of each, nil for none.
func ParseReferences(text *string) ([]registry.Reference, error) {
	rows, err := decode[[]reference](text)
	if err != nil || rows == nil || len(*rows) == 0 {
		return nil, err
	}
	return convert(*rows, func(r reference) registry.Reference {
		return registry.Reference{Name: r.Name, Subject: r.Subject, Version: r.Version}
	}), nil
}
