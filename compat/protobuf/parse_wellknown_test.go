package protobuf

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"

	"github.com/muster-registry/muster/compat"
)

// TestParse_WellKnownReferences: clients may list what every registry has, as
// text or as a descriptor, of any release that means the same.
func TestParse_WellKnownReferences(t *testing.T) {
	known, err := linkBuiltins()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for path, file := range known {
		if !strings.HasPrefix(path, standardPrefix) {
			continue
		}
		seen++
		descriptor := protodesc.ToFileDescriptorProto(file)
		raw, err := proto.Marshal(descriptor)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := New().Parse(compat.Source{Text: fmt.Sprintf("import %q;", path)})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{sourceText(descriptor), base64.StdEncoding.EncodeToString(raw)} {
			s, err := New().Parse(compat.Source{
				Text:       fmt.Sprintf("import %q;", path),
				References: []compat.Reference{{Name: path, Text: text}},
			})
			if err != nil {
				t.Errorf("%s as %.20q…: %v", path, text, err)
				continue
			}
			if s.Canonical() != plain.Canonical() {
				t.Errorf("%s is another schema by its reference", path)
			}
		}
	}
	if seen < 15 {
		t.Errorf("%d files", seen)
	}

	const timestamp = standardPrefix + "timestamp.proto"
	for name, row := range map[string]struct {
		text string
		same bool
	}{
		"another release":   {`syntax = "proto3"; package google.protobuf; option java_package = "x"; message Timestamp { int64 seconds = 1; int32 nanos = 2; string zone = 3; }`, true},
		"another type":      {`syntax = "proto3"; package google.protobuf; message Timestamp { string seconds = 1; int32 nanos = 2; }`, false},
		"another number":    {`syntax = "proto3"; package google.protobuf; message Timestamp { int64 seconds = 2; int32 nanos = 1; }`, false},
		"without a message": {`syntax = "proto3"; package google.protobuf; message Instant { int64 seconds = 1; }`, false},
		"another package":   {`syntax = "proto3"; package mine; message Timestamp { int64 seconds = 1; int32 nanos = 2; }`, false},
		"without a field":   {`syntax = "proto3"; package google.protobuf; message Timestamp {}`, false},
		"no schema":         {`message {`, false},
	} {
		s, err := New().Parse(compat.Source{
			Text:       `syntax = "proto3"; import "` + timestamp + `"; message M { google.protobuf.Timestamp at = 1; }`,
			References: []compat.Reference{{Name: timestamp, Text: row.text}},
		})
		var refused *compat.ParseError
		if row.same != (err == nil) || err != nil && !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && refused.Line != 0 {
			t.Errorf("%s: %v has a position that is none in the schema", name, err)
		}
		if err == nil && s.(*schema).file.Imports().Get(0).Messages().Get(0).Fields().Len() != 2 {
			t.Errorf("%s: the reference stands for the built-in file", name)
		}
	}
}
