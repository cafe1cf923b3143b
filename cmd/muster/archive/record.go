package archive

import (
	"encoding/json"
	"iter"

	"github.com/muster-registry/muster/httpapi/entity"
)

// Record is one thing that a registry holds: the member that is not nil.
type Record struct {
	Version *entity.Schema
	Config  *Config
	Mode    *Mode
}

// Records is the content of a registry in the order of an archive. An error
// ends it.
type Records = iter.Seq2[Record, error]

// Config is what is configured on a scope, whose name is as the API has it:
// "" for the default context, ":.name:" for another.
type Config struct {
	Scope string `json:"scope"`
	entity.ConfigUpdate
}

// Mode is the mode of a scope.
type Mode struct {
	Scope string `json:"scope"`
	Mode  string `json:"mode"`
}

// globalScope holds what every context falls back to.
const globalScope = ":.__GLOBAL:"

// isRoot tells the scopes whose settings a registry answers even when there
// are none: with its defaults.
func isRoot(scope string) bool { return scope == "" || scope == globalScope }

// What roots answer that set nothing.
const (
	defaultLevel = "BACKWARD"
	defaultMode  = "READWRITE"
)

// standard gives a version the one form that archives have: registries before
// 8.0 leave out what 8.0 spells out.
func standard(v entity.Schema, deleted bool) entity.Schema {
	if v.SchemaType == "" {
		v.SchemaType = "AVRO"
	}
	if len(v.References) == 0 {
		v.References = nil
	}
	v.Deleted, v.Aliases = nil, nil
	if deleted {
		v.Deleted = &deleted
	}
	return v
}

// equal compares as JSON: what is not there and what is empty are the same.
func equal(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
