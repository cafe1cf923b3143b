package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestPositions checks files with a mark, ▶, where a finding or a fault has to
// be. What SARIF proposes to change is what --fix changes, at the same place.
func TestPositions(t *testing.T) {
	for _, row := range []struct {
		name, file string
		old, text  string
		rule       string
	}{
		{"a field behind others and letters of two and four bytes", "a.avsc",
			`{"type":"record","name":"R","fields":[]}`,
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[\n  {\"name\":\"a\",\"type\":\"int\",\"default\":1,\"doc\":\"é😀\"}, ▶{\"name\":\"b\",\"type\":\"int\"}]}",
			"READER_FIELD_MISSING_DEFAULT_VALUE"},
		{"a nested record with tabs and CRLF", "a.avsc",
			`{"type":"record","name":"R","fields":[{"name":"n","type":{"type":"array","items":{"type":"record","name":"N","fields":[]}}}]}`,
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[\r\n\t{\"name\":\"n\",\"type\":{\"type\":\"array\",\"items\":\r\n\t\t{\"type\":\"record\",\"name\":\"N\",\"fields\":[\r\n\t\t\t▶{\"name\":\"x\",\r\n\t\t\t \"type\":\"string\"}]}}}]}\r\n",
			"READER_FIELD_MISSING_DEFAULT_VALUE"},
		{"a record within a union that has moved", "a.avsc",
			`[{"type":"record","name":"R","fields":[]},"int"]`,
			"[\"null\",\"int\",\n {\"type\":\"record\",\"name\":\"R\",\"fields\":[\n\t▶{\"name\":\"x\",\"type\":\"int\"}]}]",
			"MISSING_UNION_BRANCH"},
		{"a type named where it is used, changed where it is defined", "a.avsc",
			`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"E","symbols":["A","B"]}},{"name":"b","type":"E"}]}`,
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"enum\",\n\"name\":\"E\",▶\"symbols\":[\"A\"]}},{\"name\":\"b\",\"type\":\"E\"}]}",
			"MISSING_ENUM_SYMBOLS"},
		{"no Avro, behind letters", "a.avsc", `"int"`, `{"type":"array","doc":"é😀","items":▶{"type":"fixed","name":"F"}}`, ""},

		{"a field behind a comment and tabs", "a.proto",
			"syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n}\n",
			"syntax = \"proto3\";\r\nmessage M {\r\n\t/* é😀 */ ▶string b\r\n\t\t= 1; // x\r\n}\r\n",
			"FIELD_SCALAR_KIND_CHANGED"},
		{"a field of a nested message", "a.proto",
			"syntax = \"proto3\";\nmessage M { message N { int32 a = 1; } N n = 1; }\n",
			"syntax = \"proto3\";\nmessage M {\n  message N {\n    int32 c = 2;\n    ▶string b = 1;\n  }\n  N n = 1;\n}\n",
			"FIELD_SCALAR_KIND_CHANGED"},
		{"a member of a oneof", "a.proto",
			"syntax = \"proto3\";\npackage p;\nmessage M { oneof o { int32 a = 1; int32 c = 2; } }\n",
			"syntax = \"proto3\";\npackage p;\nmessage M {\n  oneof o {\n    int32 c = 2;\n    ▶string b = 1;\n  }\n}\n",
			"FIELD_SCALAR_KIND_CHANGED"},
		{"a type that is not there, behind a tab and letters", "a.proto", "syntax = \"proto3\";",
			"syntax = \"proto3\";\nmessage M {\n\t/* é😀 */ ▶Gone b = 1;\n}\n", ""},

		{"a property behind letters", "a.json",
			`{"type":"object","properties":{"é":{"type":"string"}},"additionalProperties":false}`,
			"{\"type\":\"object\",\"title\":\"é😀\", \"properties\":{\"é\":{\"type\":\"string\"},\n\t\"b😀\":{}},\"additionalProperties\":false,\"required\":[\"é\",\n\t▶\"b😀\"]}",
			"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL"},
		{"a nested member with CRLF", "a.json",
			`{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"x":{"type":"string"}}}}}}`,
			"{\r\n  \"type\": \"object\",\r\n  \"properties\": {\"a\": {\r\n    \"type\": \"array\",\r\n    \"items\": {\"type\": \"object\", \"properties\": {\"x\": {\"description\": \"é\", ▶\"type\": \"integer\"}}}\r\n  }}\r\n}\r\n",
			""},
		{"a member required and new", "a.json",
			`{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`,
			"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},\n  \"b\":{\"type\":\"string\"}},\n  \"additionalProperties\":false,\"description\":\"😀\",\"required\":[▶\"b\"]}",
			"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL"},
		{"no JSON Schema, behind letters", "a.json", `{}`, "{\"title\":\"é😀\",\n\"x\":\"é😀\", \"type\":▶\"no\"}", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			before, after, _ := strings.Cut(row.text, "▶")
			wantLine, wantColumn := 1+strings.Count(before, "\n"), 1+len(utf16.Encode([]rune(before[strings.LastIndex(before, "\n")+1:])))
			old := "old" + filepath.Ext(row.file)
			write(t, old, row.old)
			write(t, row.file, before+after)
			var got struct {
				Fault             *struct{ Line, Column int }
				Incompatibilities []struct {
					Rule         string
					Line, Column int
				}
			}
			if err := json.Unmarshal(checked(t, row.file, old, "json"), &got); err != nil {
				t.Fatal(err)
			}
			found := slices.IndexFunc(got.Incompatibilities, func(f struct {
				Rule         string
				Line, Column int
			}) bool {
				return row.rule == "" || f.Rule == row.rule
			})
			line, column := 0, 0
			switch {
			case got.Fault != nil:
				line, column = got.Fault.Line, got.Fault.Column
			case found >= 0:
				line, column = got.Incompatibilities[found].Line, got.Incompatibilities[found].Column
			}
			if line != wantLine || column != wantColumn {
				t.Errorf("%d:%d, want %d:%d\n%+v", line, column, wantLine, wantColumn, got)
			}
			proposed := proposal(t, checked(t, row.file, old, "sarif"), before+after)
			checked(t, row.file, old, "text", "--fix")
			fixed, err := os.ReadFile(row.file)
			if err != nil {
				t.Fatal(err)
			}
			if proposed != string(fixed) {
				t.Errorf("SARIF proposes\n%s\n--fix makes\n%s", proposed, fixed)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checked is what check writes of a file that something is wrong with, or was.
func checked(t *testing.T, file, old, format string, more ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	code := run(append([]string{"check", file, "--against", old, "--format", format}, more...), nil, strings.NewReader(""), &out, &complaints)
	if code != exitFindings && more == nil || code == exitFailed {
		t.Fatalf("exit code %d: %s%s", code, &out, &complaints)
	}
	return out.Bytes()
}

// proposal makes the fixes of a SARIF document to a text, as a tool that knows
// nothing but SARIF does: regions in lines and UTF-16 code units.
func proposal(t *testing.T, document []byte, text string) string {
	t.Helper()
	type replacement struct {
		DeletedRegion   struct{ StartLine, StartColumn, EndLine, EndColumn int }
		InsertedContent struct{ Text string }
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Fixes []struct {
					ArtifactChanges []struct{ Replacements []replacement }
				}
			}
		}
	}
	if err := json.Unmarshal(document, &log); err != nil {
		t.Fatal(err)
	}
	var all []replacement
	for _, r := range log.Runs[0].Results {
		for _, f := range r.Fixes {
			all = append(all, f.ArtifactChanges[0].Replacements...)
		}
	}
	lines := strings.SplitAfter(text, "\n")
	offset := func(line, column int) int {
		n := 0
		for _, l := range lines[:line-1] {
			n += len(l)
		}
		return n + len(string(utf16.Decode(utf16.Encode([]rune(lines[line-1]))[:column-1])))
	}
	slices.SortStableFunc(all, func(a, b replacement) int { // from the end, so that offsets stay
		return cmp.Or(cmp.Compare(b.DeletedRegion.StartLine, a.DeletedRegion.StartLine), cmp.Compare(b.DeletedRegion.StartColumn, a.DeletedRegion.StartColumn))
	})
	for _, r := range all {
		from, to := offset(r.DeletedRegion.StartLine, r.DeletedRegion.StartColumn), offset(r.DeletedRegion.EndLine, r.DeletedRegion.EndColumn)
		text = text[:from] + r.InsertedContent.Text + text[to:]
	}
	return text
}
