// Package all is the one list of schema formats. Whatever depends on which
// format is meant is decided here, and the other packages ask.
//
// Its test holds the formats to one shape: the same file names, the same
// folders of test data, and nothing exported but New.
package all

import (
	"path/filepath"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/avro"
	"github.com/muster-registry/muster/compat/jsonschema"
	"github.com/muster-registry/muster/compat/protobuf"
)

// Formats returns the formats, in the order in which they are listed.
func Formats() *compat.Formats {
	return compat.NewFormats(jsonschema.New(), protobuf.New(), avro.New())
}

// Extension is what the names of files of a type end in.
func Extension(t compat.Type) string {
	switch t {
	case compat.Avro:
		return ".avsc"
	case compat.Protobuf:
		return ".proto"
	}
	return ".json"
}

// TypeOfFile tells the type of a schema from the name of its file; ok is false
// for extensions that no format has.
func TypeOfFile(name string) (t compat.Type, ok bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".avsc":
		return compat.Avro, true
	case ".proto":
		return compat.Protobuf, true
	case ".json":
		return compat.JSON, true
	}
	return "", false
}
