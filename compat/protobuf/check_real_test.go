package protobuf

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/compattest"
)

// eachLine decodes the lines of a file that stands beside the repository.
func eachLine[T any](t *testing.T, path string, f func(T)) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", filepath.FromSlash(path)))
	if err != nil {
		t.Skipf("no shared data: %v", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var line T
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		f(line)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

type version struct {
	Subject, Label, Schema string
	References             []struct{ Name, Subject, Label string }
}

// TestReal parses a real history with its references, the unused ones
// included, and holds every version to the laws.
func TestReal(t *testing.T) {
	format := New()
	type key struct{ subject, label string }
	texts := make(map[key]version)
	parsed := 0
	eachLine(t, "real/opentelemetry-proto.jsonl", func(v version) {
		texts[key{v.Subject, v.Label}] = v
		var refs []compat.Reference
		seen := make(map[string]bool)
		var visit func(version)
		visit = func(v version) {
			for _, r := range v.References {
				if !seen[r.Name] {
					seen[r.Name] = true
					referenced := texts[key{r.Subject, r.Label}]
					visit(referenced)
					refs = append(refs, compat.Reference{Name: r.Name, Text: referenced.Schema})
				}
			}
		}
		visit(v)
		schema, err := format.Parse(compat.Source{Text: v.Schema, References: refs})
		if err != nil {
			t.Errorf("%s %s: %v", v.Subject, v.Label, err)
			return
		}
		parsed++
		compattest.Law(t, format, schema)
		for _, text := range []string{schema.Canonical(), schema.Normalized(), base64Of(t, descriptorOf(schema))} {
			again, err := format.Parse(compat.Source{Text: text, References: refs})
			if err != nil {
				t.Errorf("%s %s: printed: %v", v.Subject, v.Label, err)
				continue
			}
			if again.Normalized() != schema.Normalized() {
				t.Errorf("%s %s: another normalized text", v.Subject, v.Label)
			}
			found, err := format.Check(again, schema, compat.CheckOptions{Reader: "new", Writer: "old"})
			if err != nil || len(found.Differences) > 0 {
				t.Errorf("%s %s: printed and parsed differ: %v %v", v.Subject, v.Label, found, err)
			}
		}
	})
	if parsed < 189 {
		t.Errorf("%d versions parsed", parsed)
	}
}

// TestVerdicts measures the verdicts of another registry's tests. It differs
// on one: old bytes need not be the UTF-8 that a proto3 reader of a string
// checks (compat-rules.md 2.3 item 2).
func TestVerdicts(t *testing.T) {
	type verdict struct {
		Source, Old, New        string
		Backward, Forward, Full *bool
	}
	format := New()
	measured := 0
	eachLine(t, "cases/redpanda-protobuf.jsonl", func(v verdict) {
		older, err := format.Parse(compat.Source{Text: v.Old})
		if err != nil {
			t.Fatal(err)
		}
		newer, err := format.Parse(compat.Source{Text: v.New})
		if err != nil {
			t.Fatal(err)
		}
		reads := func(reader, writer compat.Schema) bool {
			found, err := format.Check(reader, writer, compat.CheckOptions{Reader: "new", Writer: "old"})
			if err != nil {
				t.Fatal(err)
			}
			return len(found.Differences) == 0
		}
		backward, forward := reads(newer, older), reads(older, newer)
		bytesToString := strings.Contains(v.Old, "bytes id") && strings.Contains(v.New, "string id")
		for _, x := range []struct {
			name string
			want *bool
			got  bool
		}{{"backward", v.Backward, backward}, {"forward", v.Forward, forward}, {"full", v.Full, backward && forward}} {
			switch {
			case x.want == nil:
			case bytesToString && x.name != "forward":
				if x.got {
					t.Errorf("%s %s: bytes to string is accepted", v.Source, x.name)
				}
			case *x.want != x.got:
				t.Errorf("%s %s: %t, want %t\n%s\n%s", v.Source, x.name, x.got, *x.want, v.Old, v.New)
			}
			if x.want != nil {
				measured++
			}
		}
	})
	if measured < 35 {
		t.Errorf("%d verdicts measured", measured)
	}
}
