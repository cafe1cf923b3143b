package protobuf

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

// TestLenient holds LENIENT to what is safe on the wire although the reference
// registry refuses it (compat-rules.md 2.3, incomplete), and to no more. Rules
// are those of new reading old.
func TestLenient(t *testing.T) {
	const proto2, proto3 = `syntax = "proto2"; `, `syntax = "proto3"; `
	for _, c := range []struct{ name, older, newer, strict, lenient string }{
		{"package", proto3 + "package a; message M {}", proto3 + "package b; message M {}", "PACKAGE_CHANGED", ""},
		{"required removed", proto2 + "message M { required int32 a = 1; }", proto2 + "message M {}", "REQUIRED_FIELD_REMOVED", ""},
		{"required relaxed", proto2 + "message M { required int32 a = 1; }", proto2 + "message M { optional int32 a = 1; }", "FIELD_NUMERIC_LABEL_CHANGED", ""},
		{"became required", proto2 + "message M { optional int32 a = 1; }", proto2 + "message M { required int32 a = 1; }", "FIELD_NUMERIC_LABEL_CHANGED", "FIELD_BECAME_REQUIRED"},
		{"number to list", proto2 + "message M { optional int32 a = 1; }", proto2 + "message M { repeated int32 a = 1; }", "FIELD_NUMERIC_LABEL_CHANGED", ""},
		{"list to number", proto2 + "message M { repeated int32 a = 1; }", proto2 + "message M { optional int32 a = 1; }", "FIELD_NUMERIC_LABEL_CHANGED", "FIELD_NUMERIC_LABEL_CHANGED"},
		{"packed to number", proto3 + "message M { repeated int32 a = 1; }", proto3 + "message M { optional int32 a = 1; }", "FIELD_NUMERIC_LABEL_CHANGED", "FIELD_PACKED_TO_SINGULAR"},
		{"type renamed", proto3 + "message M { A a = 1; } message A { int32 x = 1; }", proto3 + "message M { B a = 1; } message B { int32 x = 1; }", "FIELD_NAMED_TYPE_CHANGED MESSAGE_REMOVED", ""},
		{"another type", proto3 + "message M { A a = 1; } message A { int32 x = 1; }", proto3 + "message M { B a = 1; } message B { string x = 1; }", "FIELD_NAMED_TYPE_CHANGED MESSAGE_REMOVED", "FIELD_SCALAR_KIND_CHANGED FIELD_NAMED_TYPE_CHANGED"},
		{"unused message", proto3 + "message M {} message N { message O {} }", proto3 + "message M {} message N {}", "MESSAGE_REMOVED", ""},
		{"record type", proto3 + "message M {} message N {}", proto3 + "message N {}", "MESSAGE_REMOVED", "MESSAGE_REMOVED"},
		{"map to entries", proto3 + "message M { map<string, int32> a = 1; }", proto3 + "message M { repeated E a = 1; message E { string k = 1; int64 v = 2; } }", "FIELD_KIND_CHANGED", ""},
		{"entries to map", proto3 + "message M { repeated E a = 1; message E { string k = 1; int64 v = 2; } }", proto3 + "message M { map<string, int32> a = 1; }", "FIELD_KIND_CHANGED MESSAGE_REMOVED", ""},
		{"map to other entries", proto3 + "message M { map<string, int32> a = 1; }", proto3 + "message M { repeated E a = 1; message E { int32 k = 1; } }", "FIELD_KIND_CHANGED", "FIELD_SCALAR_KIND_CHANGED"},
		{"several keys to map", proto3 + "message M { repeated E a = 1; message E { repeated int32 k = 1 [packed = false]; } }", proto3 + "message M { map<int32, int32> a = 1; }", "FIELD_KIND_CHANGED MESSAGE_REMOVED", "FIELD_KIND_CHANGED"},
		{"one message to map", proto3 + "message M { E a = 1; message E { string k = 1; } }", proto3 + "message M { map<string, int32> a = 1; }", "FIELD_KIND_CHANGED MESSAGE_REMOVED", "FIELD_KIND_CHANGED"},
		{"entries to required", proto2 + "message M { repeated E a = 1; message E { optional int32 k = 1; optional V v = 2; } message V { required int32 x = 1; } }", proto2 + "message M { map<int32, V> a = 1; message V { required int32 x = 1; } }", "FIELD_KIND_CHANGED MESSAGE_REMOVED", "FIELD_KIND_CHANGED"},
		{"message to bytes", proto3 + "message M { M a = 1; }", proto3 + "message M { bytes a = 1; }", "FIELD_KIND_CHANGED", ""},
		{"message to string", proto3 + "message M { M a = 1; }", proto3 + "message M { string a = 1; }", "FIELD_KIND_CHANGED", "FIELD_KIND_CHANGED"},
		{"bytes to message", proto3 + "message M { bytes a = 1; }", proto3 + "message M { M a = 1; }", "FIELD_KIND_CHANGED", "FIELD_KIND_CHANGED"},
		{"oneof member", proto3 + "message M { oneof o { int32 a = 1; int32 b = 2; } }", proto3 + "message M { oneof o { int32 a = 1; } }", "ONEOF_FIELD_REMOVED", "ONEOF_FIELD_REMOVED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			format := New()
			older, err := format.Parse(compat.Source{Text: c.older})
			if err != nil {
				t.Fatal(err)
			}
			newer, err := format.Parse(compat.Source{Text: c.newer})
			if err != nil {
				t.Fatal(err)
			}
			found := make(map[compat.Policy]string)
			for _, policy := range [...]compat.Policy{compat.Strict, compat.Lenient} {
				comparison, err := format.Check(newer, older, compat.CheckOptions{Policy: policy, Reader: "new", Writer: "old"})
				if err != nil {
					t.Fatal(err)
				}
				var rules []string
				for _, d := range comparison.Differences {
					rules = append(rules, string(d.Rule))
				}
				found[policy] = strings.Join(rules, " ")
			}
			want := map[compat.Policy]string{compat.Strict: c.strict, compat.Lenient: c.lenient}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestLenient_Bounded: two cycles of messages meet in as many pairs as the
// product of their lengths, and what is said of a pair tells the way to it.
func TestLenient_Bounded(t *testing.T) {
	ring := func(n int, name, typ string) compat.Schema {
		t.Helper()
		text := "syntax = \"proto3\"; message M { " + name + "0 m = 1; }"
		for i := range n {
			text += fmt.Sprintf("message %s%d { %s%d next = 1; %s value = 2; }", name, i, name, (i+1)%n, typ)
		}
		s, err := New().Parse(compat.Source{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var limit *compat.LimitError
	opts := compat.CheckOptions{Policy: compat.Lenient}
	if c, err := New().Check(ring(40, "R", "int32"), ring(41, "W", "string"), opts); !errors.As(err, &limit) {
		t.Errorf("1640 levels: %d differences, %v", len(c.Differences), err)
	}
	opts.Work = compat.NewBudget(20_000)
	if c, err := New().Check(ring(20, "R", "int32"), ring(21, "W", "string"), opts); !errors.As(err, &limit) {
		t.Errorf("420 levels: %d differences, %v", len(c.Differences), err)
	}
	opts.Work = compat.NewBudget(20_000)
	if c, err := New().Check(ring(20, "R", "int32"), ring(21, "W", "int64"), opts); err != nil || len(c.Differences) > 0 {
		t.Errorf("420 levels, alike: %v, %v", c.Differences, err)
	}
}
