package all

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

func TestOutline(t *testing.T) {
	for _, row := range []struct {
		name string
		kind compat.Type
		text string
		want compat.Outline
	}{
		{"an Avro name in a namespace", compat.Avro,
			`{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"a","type":"Money"},{"name":"b","type":["null","other.T"]},{"name":"c","type":"Order"}]}`,
			compat.Outline{Name: "Order", Namespace: "shop", Provides: []string{"shop.Order"}, Needs: []string{"shop.Money", "other.T"}}},
		{"an Avro name in the null namespace, dot and all", compat.Avro,
			`{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"a","type":{"type":"fixed","name":"F","namespace":"","size":1}},{"name":"b","type":".F"},{"name":"c","type":".G"}]}`,
			compat.Outline{Name: "Order", Namespace: "shop", Provides: []string{"shop.Order", "F"}, Needs: []string{"G"}}},
		{"imports, but not those built in", compat.Protobuf,
			"syntax = \"proto3\";\npackage shop.v1;\nimport \"google/protobuf/any.proto\";\nimport public \"a/b.proto\"; // import \"c.proto\";\nmessage M {}\nmessage N {}",
			compat.Outline{Name: "M", Namespace: "shop.v1", Needs: []string{"a/b.proto"}}},
		{"references out of the text", compat.JSON,
			`{"$id":"http://x/a.json","title":"A","properties":{"p":{"$ref":"b.json#/definitions/c"},"q":{"$ref":"#/p"},"r":{"$ref":"a.json"},"$ref":{"type":"string"}},"enum":[{"$ref":"no.json"}]}`,
			compat.Outline{Name: "A", Provides: []string{"http://x/a.json"}, Needs: []string{"b.json"}}},
		{"no JSON", compat.JSON, `{`, compat.Outline{}},
		{"no Avro", compat.Avro, `{`, compat.Outline{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			format, _ := Formats().Lookup(row.kind)
			if d := cmp.Diff(row.want, format.Outline(row.text)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestLocate(t *testing.T) {
	const (
		avro  = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[\n{\"name\":\"a\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\n\"symbols\":[\"A\"]}},\n{\"name\":\"b\",\"type\":\"E\"}]}"
		proto = "syntax = \"proto3\";\npackage p;\nmessage M {\n  message N {\n    int32 a = 1 [deprecated = true];\n  }\n  oneof o {\n    N n = 2;\n  }\n}"
		json  = "{\n\"properties\": {\n  \"a/b\": {\"type\": \"string\"}},\n\"required\": [\n  \"a/b\"]}"
	)
	for _, row := range []struct {
		kind         compat.Type
		text, path   string
		line, column int
	}{
		{compat.Avro, avro, "/", 1, 1},
		{compat.Avro, avro, "/fields/0/type/symbols", 3, 1},
		{compat.Avro, avro, "/fields/1/type/symbols", 3, 1},
		{compat.Avro, avro, "/fields/7", 1, 29},
		{compat.Protobuf, proto, "#/", 2, 1},
		{compat.Protobuf, proto, "#/M/N/1", 5, 5},
		{compat.Protobuf, proto, "#/M/o/2", 8, 5},
		{compat.Protobuf, proto, "#/M/o/9", 7, 3},
		{compat.JSON, json, "#/properties/a~1b/type", 3, 11},
		{compat.JSON, json, "#/required/a~1b", 5, 3},
		{compat.JSON, json, "#/properties/gone", 2, 1},
		{compat.JSON, "{", "#/properties", 1, 1},
	} {
		t.Run(string(row.kind)+" "+row.path, func(t *testing.T) {
			format, _ := Formats().Lookup(row.kind)
			line, column := format.Locate(row.text, row.path)
			if line != row.line || column != row.column {
				t.Errorf("%d:%d, want %d:%d", line, column, row.line, row.column)
			}
		})
	}
}
