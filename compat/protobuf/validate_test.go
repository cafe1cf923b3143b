package protobuf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
	"pgregory.net/rapid"

	"github.com/muster-registry/muster/compat"
)

// fuzzed covers every kind of field, in proto3 and in proto2.
const (
	fuzzed3 = `syntax = "proto3";
import "google/protobuf/any.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/empty.proto"; import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto"; import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
enum E { ZERO = 0; ONE = 1; }
message M {
  int32 i = 1; uint64 u = 2; string s = 3; bytes b = 4; bool t = 5; float f = 6; double d = 7; E e = 8; sint32 z = 9; fixed32 f32 = 10;
  repeated int64 list = 11; map<int32, string> by_int = 12; M m = 13; oneof o { int32 x = 14; string y = 15; M om = 16; } map<string, M> by_name = 17;
  repeated string names = 18; repeated M ms = 19; repeated E es = 20; optional int32 maybe = 21; repeated fixed64 fixed = 22; map<bool, E> flags = 23;
  google.protobuf.Timestamp at = 30; google.protobuf.Duration took = 31; google.protobuf.FieldMask mask = 32; google.protobuf.Struct st = 33;
  google.protobuf.Value v = 34; google.protobuf.ListValue l = 35; google.protobuf.Int64Value w = 36; google.protobuf.Any a = 37; google.protobuf.Empty none = 38;
  google.protobuf.NullValue n = 39; repeated google.protobuf.Value vs = 40; google.protobuf.StringValue sw = 41; uint32 u32 = 42; google.protobuf.BoolValue bw = 43;
}`
	fuzzed2 = `
message M {
  required int32 a = 1; optional N n = 2; repeated N list = 3; map<string, N> map = 4; oneof o { N x = 5; int32 y = 6; group InOneof = 7 { required int32 a = 1; } }
  optional group G = 8 { required int32 a = 1; optional M m = 2; } optional string s = 9; extensions 100 to max;
}
message N { required int32 a = 1; optional M m = 2; }
extend M { optional N ext = 100; }`
)

func oracle(t testing.TB, text string) (*validator, *schema) {
	t.Helper()
	s, err := New().Parse(compat.Source{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return v.(*validator), s.(*schema)
}

// FuzzValidate holds the walker to the reference decoder: what the one accepts
// the other accepts, except that the walker refuses known fields of another
// wire type, which the decoder keeps as unknown, and what nests too deep.
func FuzzValidate(f *testing.F) {
	f.Add([]byte("\x08\x01\x1a\x01a"), true)
	f.Add([]byte("\x08\x01\x12\x02\x08\x01\x22\x05\x0a\x01a\x12\x00\x2a\x00\x30\x01\x43\x08\x01\x44"), false)
	f.Add([]byte("\xa2\x06\x02\x08\x01\x5a\x02\x01\x02\x58\x03\x62\x05\x08\x01\x12\x01\xff"), true)
	f.Add([]byte("\x9a\x01\x02\x6a\x00\xb2\x01\x08\x00\x00\x00\x00\x00\x00\x00\x00"), true)
	v3, s3 := oracle(f, fuzzed3)
	v2, s2 := oracle(f, fuzzed2)
	f.Fuzz(func(t *testing.T, payload []byte, proto3 bool) {
		v, s := v2, s2
		if proto3 {
			v, s = v3, s3
		}
		before := bytes.Clone(payload)
		verdict, err := v.Validate(payload, compat.Binary)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before, payload) {
			t.Fatal("the payload was changed")
		}
		if verdict.Truncated {
			return
		}
		for _, violation := range verdict.Violations {
			switch violation.Code {
			case codeWireType, codeTooDeep, codeFieldNumber:
				// The decoder panics on some of these.
				return
			}
		}
		m := dynamicpb.NewMessage(v.plan.desc)
		err = proto.UnmarshalOptions{Resolver: s.files.AsResolver()}.Unmarshal(payload, m)
		switch accepted := len(verdict.Violations) == 0; {
		case accepted && err != nil:
			t.Fatalf("the walker accepts %x, the decoder says %v", payload, err)
		case accepted && misplaced(m):
			t.Fatalf("the walker accepts %x with a field of another wire type", payload)
		case !accepted && err == nil:
			t.Fatalf("the decoder accepts %x, the walker says %+v", payload, verdict.Violations)
		}
	})
}

// misplaced tells whether unknown data holds a number that the schema knows.
func misplaced(m protoreflect.Message) bool {
	unknown := m.GetUnknown()
	for len(unknown) > 0 {
		num, _, n := protowire.ConsumeField(unknown)
		if m.Descriptor().Fields().ByNumber(num) != nil {
			return true
		}
		unknown = unknown[n:]
	}
	found := false
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsMap():
			if fd.MapValue().Message() != nil {
				v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
					found = found || misplaced(v.Message())
					return true
				})
			}
		case fd.Message() == nil:
		case fd.IsList():
			for i := range v.List().Len() {
				found = found || misplaced(v.List().Get(i).Message())
			}
		default:
			found = found || misplaced(v.Message())
		}
		return true
	})
	return found
}

// jsonPieces are values that some field takes and others do not.
var jsonPieces = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `-1`, `1.0`, `1.5`, `1e2`, `1e-1`, `150e-1`, `2147483647`, `2147483648`, `-2147483649`, `4294967295`, `9223372036854775808`, `18446744073709551615`,
	`1e39`, `1e309`, `-1e400`, `""`, `"1"`, `" 1"`, `"1.0"`, `"-0"`, `"01"`, `"1e1"`, `"0x1"`, `"+1"`, `"NaN"`, `"Infinity"`, `"-Infinity"`, `"nan"`, `"ONE"`, `"TWO"`, `"true"`, `"AA=="`, `"AA"`, `"AAA"`, `"A"`, `"-_8"`, `"+/8="`, `"é"`,
	`"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.1234567891Z"`, `"2026-01-02T03:04:05+25:00"`, `"0000-12-31T23:59:59Z"`, `"9999-12-31T23:59:59.999999999Z"`, `"2026-02-30T00:00:00Z"`, `"2026-01-02t03:04:05z"`, `"2026-01-02T03:04:05,5Z"`,
	`"1s"`, `"-1.5s"`, `"+1s"`, `".5s"`, `"1.s"`, `"s"`, `"-s"`, `".s"`, `"01s"`, `"1.0000000001s"`, `"315576000000s"`, `"315576000000.1s"`, `"-315576000001s"`, `"1"`,
	`"a.b,cD"`, `"a_b"`, `"a,,b"`, `"a b"`, `{}`, `[]`, `[null]`, `[1]`, `["1",2]`, `{"1":"x"}`, `{"true":1}`, `{"x":"ONE"}`, `{"i":1}`, `{"i":1,"i":2}`, `{"x":1,"y":"b"}`, `{"a":null}`, `{"1":"a","01":"b"}`, `{"a":{"i":"x"}}`, `[{"i":1},{}]`,
	`{"@type":"x/M","i":1}`, `{"@type":"x/M","q":1}`, `{"@type":"x/google.protobuf.Duration","value":"1s"}`, `{"@type":"x/google.protobuf.Duration"}`, `{"@type":"x/google.protobuf.Empty"}`, `{"@type":"x/google.protobuf.Empty","value":{}}`, `{"@type":"M"}`, `{"@type":""}`, `{"@type":1}`, `{"@type":"x/no"}`,
}

// TestValidate_AgreesWithProtoJSON puts every piece into every field, alone and
// in lists, and holds the walk to the reference parser.
func TestValidate_AgreesWithProtoJSON(t *testing.T) {
	for name, text := range map[string]string{"proto3": fuzzed3, "proto2": fuzzed2} {
		t.Run(name, func(t *testing.T) {
			v, s := oracle(t, text)
			for _, f := range v.plan.fields {
				for _, piece := range jsonPieces {
					for _, payload := range []string{
						fmt.Sprintf(`{%q:%s}`, f.name, piece), fmt.Sprintf(`{%q:[%s]}`, f.name, piece), fmt.Sprintf(`{%q:{"k":%s}}`, f.name, piece),
						fmt.Sprintf(`{"a":1,%q:%s}`, f.desc.TextName(), piece), fmt.Sprintf(`{"a":1,%q:{"a":1,"m":%s}}`, f.name, piece),
					} {
						agree(t, v, s, payload)
					}
				}
			}
		})
	}
}

func TestValidate_AgreesOnRandomProtoJSON(t *testing.T) {
	v, s := oracle(t, fuzzed3)
	names := []string{"zzz", "x", "y"}
	for _, f := range v.plan.fields {
		names = append(names, f.name, string(f.desc.Name()))
	}
	var object func(depth int) *rapid.Generator[string]
	object = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(rt *rapid.T) string {
			var members []string
			for range rapid.IntRange(0, 4).Draw(rt, "members") {
				value := rapid.SampledFrom(jsonPieces).Draw(rt, "value")
				if depth > 0 && rapid.Bool().Draw(rt, "nest") {
					value = object(depth-1).Draw(rt, "object")
				}
				members = append(members, fmt.Sprintf("%q:%s", rapid.SampledFrom(names).Draw(rt, "name"), value))
			}
			return "{" + strings.Join(members, ",") + "}"
		})
	}
	rapid.Check(t, func(rt *rapid.T) { agree(t, v, s, object(3).Draw(rt, "payload")) })
}

func agree(t *testing.T, v *validator, s *schema, payload string) {
	t.Helper()
	verdict, err := v.Validate([]byte(payload), compat.JSONText)
	if err != nil {
		t.Fatal(err)
	}
	m := dynamicpb.NewMessage(v.plan.desc)
	err = protojson.UnmarshalOptions{Resolver: s.files.AsResolver()}.Unmarshal([]byte(payload), m)
	// The reference parser takes a duration without any digit.
	stricter := err == nil && strings.Contains(payload, `".s"`)
	if (err == nil) != (len(verdict.Violations) == 0) && !stricter {
		t.Errorf("%s: the reference parser says %v, the walk %+v", payload, err, verdict.Violations)
	}
}

// TestValidate_KeepsValuesToItself: no text of a violation holds a value.
func TestValidate_KeepsValuesToItself(t *testing.T) {
	v, _ := oracle(t, fuzzed3)
	const secret = "hunter2"
	for _, payload := range []string{
		`{"i":"hunter2"}`, `{"e":"hunter2"}`, `{"at":"hunter2"}`, `{"took":"hunter2"}`, `{"mask":"hunter2 x"}`, `{"b":"hunter2!"}`, `{"a":{"@type":"hunter2"}}`,
		`{"i":hunter2}`, `{"d":"hunter2"}`, `{"w":"hunter2"}`, `{"t":"hunter2"}`, `{"i":1,"i":"hunter2"}`,
	} {
		verdict, err := v.Validate([]byte(payload), compat.JSONText)
		if err != nil || len(verdict.Violations) == 0 {
			t.Errorf("%s: %v %v", payload, verdict, err)
		}
		if strings.Contains(fmt.Sprintf("%+v", verdict), secret) {
			t.Errorf("%s: %+v", payload, verdict)
		}
	}
}

func TestValidate_ListsSoMany(t *testing.T) {
	v, _ := oracle(t, fuzzed3)
	var binary []byte
	for range compat.MaxViolations + 1 {
		binary = append(binary, "\x1a\x01\xff"...)
	}
	for enc, payload := range map[compat.Encoding][]byte{
		compat.Binary:   binary,
		compat.Wire:     append([]byte{0}, binary...),
		compat.JSONText: []byte(`{"list":[` + strings.Repeat(`"x",`, compat.MaxViolations) + `"x"]}`),
	} {
		verdict, err := v.Validate(payload, enc)
		if err != nil || len(verdict.Violations) != compat.MaxViolations || !verdict.Truncated {
			t.Errorf("%s: %d violations, truncated %t, %v", enc, len(verdict.Violations), verdict.Truncated, err)
		}
	}
}

// TestValidate_Hostile holds row 32 of reliability.md 5.4.
func TestValidate_Hostile(t *testing.T) {
	v, _ := oracle(t, fuzzed3)
	var deep []byte
	for range 10_000 {
		deep = protowire.AppendBytes(protowire.AppendTag(nil, 13, protowire.BytesType), deep)
	}
	for name, payload := range map[string][]byte{
		"nested groups":   bytes.Repeat([]byte{0xa3, 0x06}, 10_000),
		"nested messages": deep,
		"length 2^31":     {0x1a, 0x80, 0x80, 0x80, 0x80, 0x08},
		"length 2^63":     {0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	} {
		verdict, err := v.Validate(payload, compat.Binary)
		if err != nil || len(verdict.Violations) == 0 {
			t.Errorf("%s: %v %v", name, verdict, err)
		}
	}
}

// TestValidate_Searches: what the descriptors would search for is bounded.
func TestValidate_Searches(t *testing.T) {
	var fields, symbols strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&fields, "optional int32 f%d = %d;", i, i+2)
	}
	for i := range 5000 {
		fmt.Fprintf(&symbols, "S%d = %d;", i, i)
	}
	schema, err := New().Parse(compat.Source{Text: `syntax = "proto2"; message M { optional N n = 1; ` + fields.String() + `}
		message N { required int32 a = 1; required int32 b = 2; repeated E e = 3; } enum E {` + symbols.String() + `}`})
	if err != nil {
		t.Fatal(err)
	}
	m, err := schema.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	apart := []byte{0x0a, 2, 8, 1, 0x0a, 2, 16, 1} // complete once merged
	if verdict, err := m.Validate(apart, compat.Binary); err != nil || len(verdict.Violations) > 0 {
		t.Errorf("merged: %v %v", verdict, err)
	}
	for range 20_000 {
		apart = protowire.AppendVarint(protowire.AppendTag(apart, 2001, protowire.VarintType), 1)
	}
	var limit *compat.LimitError
	if verdict, err := m.Validate(apart, compat.Binary); !errors.As(err, &limit) {
		t.Errorf("merged at length: %v %v", verdict, err)
	}
	start := time.Now()
	list := `{"n":{"a":1,"b":1,"e":["S4999"` + strings.Repeat(`,"S4999"`, 120_000) + `]}}`
	if verdict, err := m.Validate([]byte(list), compat.JSONText); err != nil || len(verdict.Violations) > 0 {
		t.Errorf("symbols: %v %v", verdict, err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("symbols took %v", took)
	}
}

func TestValidator_Messages(t *testing.T) {
	s, err := New().Parse(compat.Source{Text: `syntax = "proto3"; package p.q; message A { message B { map<string, A> m = 1; } } message C { string s = 1; }`})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"": "p.q.A", "p.q.C": "p.q.C", ".p.q.A.B": "p.q.A.B", "C": "", "p.q": "", "p.q.": "", "p.q.A.B.MEntry": "", "p.q.A.C": "", "..p.q.A": ""} {
		v, err := s.Validator(compat.ValidatorOptions{Message: name})
		switch {
		case want == "" && err != compat.ErrMessage:
			t.Errorf("%q: %v", name, err)
		case want != "" && (err != nil || string(v.(*validator).plan.desc.FullName()) != want):
			t.Errorf("%q: %v %v", name, v, err)
		}
	}
	v, err := s.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Validate(nil, compat.PlainJSON); err != compat.ErrEncoding {
		t.Errorf("PlainJSON: %v", err)
	}
	if verdict, err := v.Validate(nil, compat.Binary); err != nil || len(verdict.Violations) > 0 {
		t.Errorf("an empty body: %v %v", verdict, err)
	}
}

// order is a payload such as producers send.
func order(t testing.TB) (compat.Validator, []byte) {
	v, s := oracle(t, `syntax = "proto3";
message Order {
  string id = 1; int64 placed = 2; Customer customer = 3; repeated Item items = 4; map<string, string> attributes = 5;
  oneof payment { string card = 6; bytes voucher = 7; int64 invoice = 8; } Status status = 9; repeated int32 codes = 10;
  message Customer { string name = 1; string mail = 2; fixed64 since = 3; }
  message Item { string sku = 1; int32 count = 2; double price = 3; repeated string tags = 4; }
}
enum Status { NEW = 0; PAID = 1; }`)
	m := dynamicpb.NewMessage(s.file.Messages().Get(0))
	const text = `{"id": "b5f7c1", "placed": "1767225600", "customer": {"name": "Ada Lovelace", "mail": "ada@example.org", "since": "1"},
	"items": [{"sku": "A-1", "count": 2, "price": 9.5, "tags": ["new", "blue"]}, {"sku": "B-2", "count": 1, "price": 19.5, "tags": ["x"]}, {"sku": "C-3", "count": 7, "price": 0.5}],
	"attributes": {"source": "web", "campaign": "spring"}, "card": "tok_1", "status": "PAID", "codes": [1, 2, 300]}`
	if err := protojson.Unmarshal([]byte(text), m); err != nil {
		t.Fatal(err)
	}
	payload, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return v, payload
}

func TestValidate_AllocatesNothing(t *testing.T) {
	v, payload := order(t)
	allocs := testing.AllocsPerRun(100, func() {
		if verdict, err := v.Validate(payload, compat.Binary); err != nil || len(verdict.Violations) > 0 {
			t.Fatal(verdict, err)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations for a valid payload", allocs)
	}
}

func BenchmarkValidate_Binary(b *testing.B) {
	v, payload := order(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if verdict, err := v.Validate(payload, compat.Binary); err != nil || len(verdict.Violations) > 0 {
			b.Fatal(verdict, err)
		}
	}
}
