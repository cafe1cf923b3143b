package project

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v3"
)

// TestJSONSchema_AsLoad holds that editors are told what commands are: the
// schema takes and refuses what Load does. Only what the schema has no words
// for may be Load's alone to refuse.
func TestJSONSchema_AsLoad(t *testing.T) {
	compiled, err := jsonschema.Compile("muster.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	entry := "version: 1\nschemas:\n- path: a.avsc\n  subject: a\n  "
	ignore := "version: 1\ncheck:\n  ignore:\n  - "
	for _, test := range []struct {
		name           string
		text           string
		loads, matches bool
	}{
		{"least", "version: 1\n", true, true},
		{"all", `version: 1
registry: ${MUSTER_TEST_URL:-http://127.0.0.1:8081}
defaults: {compatibility: BACKWARD_TRANSITIVE, normalize: true, owner: team-orders}
schemas:
  - {path: "schemas/**/*.avsc", subject: "{{ .namespace }}.{{ .name }}-value"}
  - {path: proto/order.txt, subject: orders-value, type: PROTOBUF, compatibility: NONE, normalize: false, owner: us}
check:
  against: [git:origin/main, "git:", "dir:past", registry]
  ignore: [{rule: ENUM_ARRAY_NARROWED, path: "schemas/legacy/**", until: 2027-01-31, reason: OPS-123}]
pull: {folder: vendor, subjects: [{subject: money}, {subject: order, version: 3}]}
`, true, true},
		{"level of a variable", entry + "compatibility: ${MUSTER_TEST_LEVEL:-FULL}", true, true},
		{"no version", "schemas: []\n", false, false},
		{"other version", "version: 2\n", false, false},
		{"unknown member", "version: 1\nregistries: []\n", false, false},
		{"unknown member of an entry", entry + "levels: FULL", false, false},
		{"unknown level", entry + "compatibility: SIDEWAYS", false, false},
		{"level in small letters", entry + "compatibility: full", true, false}, // one spelling is offered
		{"entry without path", "version: 1\nschemas: [{subject: a}]\n", false, false},
		{"entry without subject", "version: 1\nschemas: [{path: a.avsc}]\n", false, false},
		{"normalize is no word", entry + "normalize: perhaps", false, false},
		{"unknown type", entry + "type: XML", true, false}, // the commands say so where the file is read
		{"ignore without reason", ignore + "{rule: R, path: p, until: 2027-01-31}", false, false},
		{"ignore without end", ignore + "{rule: R, path: p, reason: r}", false, false},
		{"ignore until no day", ignore + "{rule: R, path: p, until: soon, reason: r}", false, false},
		{"ignore until a day that is none", ignore + "{rule: R, path: p, until: '2027-02-31', reason: r}", false, true}, // no calendar in a pattern
		{"against is one", "version: 1\ncheck: {against: registry}\n", false, false},
		{"pull without subjects' name", "version: 1\npull: {folder: v, subjects: [{version: 1}]}\n", true, false}, // pull says so
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), Name)
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(path, nil); (err == nil) != test.loads {
				t.Errorf("Load: %v", err)
			}
			if err := compiled.Validate(asJSON(t, test.text)); (err == nil) != test.matches {
				t.Errorf("schema: %v", err)
			}
		})
	}
}

// asJSON is YAML as editors hand it to a schema: days are texts.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	var days func(*yaml.Node)
	days = func(n *yaml.Node) {
		if n.Tag == "!!timestamp" {
			n.Tag = "!!str"
		}
		for _, child := range n.Content {
			days(child)
		}
	}
	days(&node)
	var v any
	if err := node.Decode(&v); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(encoded, &document); err != nil {
		t.Fatal(err)
	}
	return document
}
