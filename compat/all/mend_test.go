package all

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

// TestMend holds edits to the way the text around them is written. Of an edit
// that must not be made the text stays.
func TestMend(t *testing.T) {
	const newField, renamed, required = "READER_FIELD_MISSING_DEFAULT_VALUE", "NAME_MISMATCH", "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL"
	for _, row := range []struct {
		name       string
		kind       compat.Type
		text       string
		rule       compat.RuleID
		edit       compat.Edit
		want, left string // what is made of it, or why it stays
	}{
		{"a default on one line", compat.Avro, `{"type": "record", "name": "R", "fields": [{"name": "é😀", "type": "int"}]}`, newField,
			compat.Edit{Op: "add-default", Path: "/fields/0", Value: "0"},
			`{"type": "record", "name": "R", "fields": [{"name": "é😀", "type": "int", "default": 0}]}`, ""},
		{"a default on a line of its own, before a comment, with CRLF and tabs", compat.Avro,
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\r\n\t\"name\":\"a\", // x\r\n\t\"type\":\"int\" // y\r\n}]}", newField,
			compat.Edit{Op: "add-default", Path: "/fields/0", Value: "0"},
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\r\n\t\"name\":\"a\", // x\r\n\t\"type\":\"int\",\r\n\t\"default\":0 // y\r\n}]}", ""},
		{"a field made optional, its type first", compat.Avro,
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\n  \"type\": {\"type\": \"fixed\", \"name\": \"F\", \"size\": 32},\n  \"name\": \"f\"}]}", newField,
			compat.Edit{Op: "make-optional", Path: "/fields/0", Value: `["null","F"]`},
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\n  \"type\": [\"null\", {\"type\": \"fixed\", \"name\": \"F\", \"size\": 32}],\n  \"name\": \"f\",\n  \"default\": null}]}", ""},
		{"a field made optional, its type last", compat.Avro, `{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}`, newField,
			compat.Edit{Op: "make-optional", Path: "/fields/0", Value: `["null","R"]`},
			`{"type":"record","name":"R","fields":[{"name":"r","type":["null", "R"],"default":null}]}`, ""},
		{"a field of a union", compat.Avro, `{"type":"record","name":"R","fields":[{"name":"r","type":["R","null"]}]}`, newField,
			compat.Edit{Op: "make-optional", Path: "/fields/0", Value: `["null","R"]`}, "", "the union has an order"},
		{"an alias after the name of a type used elsewhere", compat.Avro,
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[\n{\"name\":\"a\",\"type\":{\"type\":\"enum\",\n  \"name\": \"E\",\n  \"symbols\":[\"A\"]}},{\"name\":\"b\",\"type\":\"E\"}]}", renamed,
			compat.Edit{Op: "add-alias", Path: "/fields/1/type", Value: `"D"`},
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[\n{\"name\":\"a\",\"type\":{\"type\":\"enum\",\n  \"name\": \"E\",\n  \"aliases\": [\"D\"],\n  \"symbols\":[\"A\"]}},{\"name\":\"b\",\"type\":\"E\"}]}", ""},
		{"one more alias", compat.Avro, `{"type":"fixed","name":"n.F","size":1,"aliases":["n.B", "n.C"]}`, renamed,
			compat.Edit{Op: "add-alias", Path: "/", Value: `"n.D"`},
			`{"type":"fixed","name":"n.F","size":1,"aliases":["n.B", "n.C", "n.D"]}`, ""},
		{"a name without namespace within one", compat.Avro, `{"type":"fixed","name":"n.F","size":1}`, renamed,
			compat.Edit{Op: "add-alias", Path: "/", Value: `"D"`}, "", "it would be n.D"},
		{"the alias of a field", compat.Avro, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`, newField,
			compat.Edit{Op: "add-alias", Path: "/fields/0", Value: `"b"`}, "", "it is a guess"},
		{"a symbol that was left out", compat.Avro, `{"type":"enum","name":"E","symbols":["A"]}`, "MISSING_ENUM_SYMBOLS",
			compat.Edit{Op: "keep-symbols", Path: "/", Value: `["B"]`}, "", "it takes the change back"},
		{"no JSON", compat.Avro, `{`, newField, compat.Edit{Op: "add-default", Path: "/", Value: "0"}, "", "it is no schema"},
		{"a tag, reserved at the top", compat.Protobuf,
			"syntax = \"proto3\";\r\nmessage M { // m\r\n\t// doc\r\n\tmap<int32, string> a = 1 [deprecated = true]; // é\r\n}\r\n", "FIELD_SCALAR_KIND_CHANGED",
			compat.Edit{Op: "move-tag", Path: "#/M/1", Value: "7"},
			"syntax = \"proto3\";\r\nmessage M { // m\r\n\treserved 1;\r\n\t// doc\r\n\tmap<int32, string> a = 7 [deprecated = true]; // é\r\n}\r\n", ""},
		{"a tag within a oneof", compat.Protobuf, "message M {\n  oneof o {\n    int32 a = 1;\n  }\n}\n", "FIELD_SCALAR_KIND_CHANGED",
			compat.Edit{Op: "move-tag", Path: "#/M/o/1", Value: "7"},
			"message M {\n  reserved 1;\n  oneof o {\n    int32 a = 7;\n  }\n}\n", ""},
		{"a tag on one line", compat.Protobuf, `message M { int32 a = 1; }`, "FIELD_SCALAR_KIND_CHANGED",
			compat.Edit{Op: "move-tag", Path: "#/M/1", Value: "7"}, `message M { reserved 1; int32 a = 7; }`, ""},
		{"a tag that is taken", compat.Protobuf, `message M { int32 a = 1; int32 b = 7; }`, "FIELD_SCALAR_KIND_CHANGED",
			compat.Edit{Op: "move-tag", Path: "#/M/1", Value: "7"}, "", "two fields would have it"},
		{"a group", compat.Protobuf, `message M { optional group G = 1 { optional int32 a = 1; } }`, "FIELD_SCALAR_KIND_CHANGED",
			compat.Edit{Op: "move-tag", Path: "#/M/1", Value: "7"}, "", "the tag is not at its end"},
		{"a new field that is required", compat.Protobuf, "message M {\n  required /* x */ int32 a = 1;\n}", "REQUIRED_FIELD_ADDED",
			compat.Edit{Op: "make-optional", Path: "#/M/1", Value: `"a"`}, "message M {\n  optional /* x */ int32 a = 1;\n}", ""},
		{"a field that became required", compat.Protobuf, `message M { required int32 a = 1; }`, "FIELD_BECAME_REQUIRED",
			compat.Edit{Op: "make-optional", Path: "#/M/1", Value: `"a"`}, "", "it takes the change back"},
		{"the first of the required", compat.JSON, "{\"required\": [\n  \"0\",\n  \"a/b\"\n]}", required,
			compat.Edit{Op: "make-optional", Path: "#/required/0"}, "{\"required\": [\n  \"a/b\"\n]}", ""},
		{"the last of the required", compat.JSON, "{\"properties\": {\"p\": {\"required\": [\"ü\", \"a/b\"]}}}", required,
			compat.Edit{Op: "make-optional", Path: "#/properties/p/required/a~1b"}, "{\"properties\": {\"p\": {\"required\": [\"ü\"]}}}", ""},
		{"the only one required", compat.JSON, "{\n  \"type\": \"object\",\n  \"required\": [\"a\"]\n}", required,
			compat.Edit{Op: "make-optional", Path: "#/required/a"}, "{\n  \"type\": \"object\"\n}", ""},
		{"a member of an open schema", compat.JSON, `{"required":["a"]}`, "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
			compat.Edit{Op: "make-optional", Path: "#/required/a"}, "", "its values still matter"},
		{"behind a $ref", compat.JSON, `{"properties":{"p":{"$ref":"#/definitions/d"}},"definitions":{"d":{"required":["a"]}}}`, required,
			compat.Edit{Op: "make-optional", Path: "#/properties/p/required/a"}, "", "it is not there"},
	} {
		t.Run(row.name, func(t *testing.T) {
			format, _ := Formats().Lookup(row.kind)
			changes := format.Mend(row.text, row.rule, row.edit)
			if row.left != "" {
				if changes != nil {
					t.Errorf("%v, although %s", changes, row.left)
				}
				return
			}
			if d := cmp.Diff(row.want, compat.Apply(row.text, changes)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			if again := format.Mend(row.want, row.rule, row.edit); again != nil {
				t.Errorf("made twice: %v", again)
			}
		})
	}
}
