package protobuf

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/muster-registry/muster/compat"
)

// TestParse_Hostile holds rows 27 to 33 of reliability.md 5.4: what is refused
// is refused at once, before a library reads it.
func TestParse_Hostile(t *testing.T) {
	nested := func(open string, n int) string { return strings.Repeat(open, n) + strings.Repeat("}", n) }
	lines := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	const limit, parse = true, false
	format := New()
	if _, err := format.Parse(compat.Source{}); err != nil { // links the built-in files
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		text  string
		refs  []compat.Reference
		limit bool
	}{
		"absolute import":          {`import "/etc/passwd";`, nil, parse},
		"import of the parent":     {`import "../../x";`, nil, parse},
		"import by http":           {`import "http://127.0.0.1/x";`, nil, parse},
		"import of a file URL":     {`import "file:///etc/passwd";`, nil, parse},
		"nested messages":          {nested("message M{", 40_000), nil, limit},
		"nested groups":            {"message M{" + nested("optional group G=1{", 20_000) + "}", nil, limit},
		"nested option values":     {`option (a) = ` + nested("{a", 50_000) + ";", nil, limit},
		"nested option lists":      {`option (a) = {a:` + strings.Repeat("[", 50_000), nil, limit},
		"nested angles":            {`option (a) = {a` + strings.Repeat("<a", 50_000), nil, limit},
		"many enum values":         {"enum E{" + lines(40_000, func(i int) string { return fmt.Sprintf("V%d=%d;", i, i) }) + "}", nil, limit},
		"many reserved ranges":     {"message M{reserved 1" + lines(50_000, func(i int) string { return fmt.Sprintf(",%d", i+2) }) + ";}", nil, limit},
		"many reserved statements": {"message M{" + lines(30_000, func(i int) string { return fmt.Sprintf("reserved %d;", i+1) }) + "}", nil, limit},
		"many fields":              {"message M{" + lines(5_000, func(i int) string { return fmt.Sprintf("optional int32 f%d=%d;", i, i+1) }) + "}", nil, limit},
		"many oneofs":              {"message M{" + lines(5_000, func(i int) string { return fmt.Sprintf("oneof o%d{}", i) }) + "}", nil, limit},
		"many messages":            {lines(2_001, func(i int) string { return fmt.Sprintf("message M%d{}", i) }), nil, limit},
		"many imports":             {lines(65, func(i int) string { return fmt.Sprintf("import %q;", fmt.Sprint(i)) }), nil, limit},
		"options times ranges":     {"message M{extensions 1" + lines(1_000, func(i int) string { return fmt.Sprintf(",%d", i+2) }) + "[(a)=1" + strings.Repeat(",(a)=1", 1_000) + "];}", nil, limit},
		"long name":                {"package " + strings.Repeat("a.", 100_000) + "a;", nil, limit},
		"large":                    {"//" + strings.Repeat("x", maxBytes), nil, limit},
		"U+0000":                   {"// \x00", nil, parse},
		"invalid UTF-8":            {"// \xff", nil, parse},
		"comment that never ends":  {"/*" + strings.Repeat("/*", 100_000), nil, parse},
		"string that never ends":   {`option java_package = "` + strings.Repeat("a", 100_000), nil, parse},
		"descriptor.proto":         {"", []compat.Reference{{Name: "google/protobuf/descriptor.proto"}}, parse},
		"cycle":                    {`import "a";`, []compat.Reference{{Name: "a", Text: `import "b";`}, {Name: "b", Text: `import "a";`}}, parse},
		"large base64":             {strings.Repeat("AAAA", 1<<18), nil, limit},
		"base64 of bad indexes":    {base64Of(t, &descriptorpb.FileDescriptorProto{Name: proto.String("x"), PublicDependency: []int32{7}}), nil, parse},
		"base64 of a bad oneof": {base64Of(t, &descriptorpb.FileDescriptorProto{MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("M"), Field: []*descriptorpb.FieldDescriptorProto{
			{Name: proto.String("a"), Number: proto.Int32(1), Type: descriptorpb.FieldDescriptorProto_TYPE_INT32.Enum(), OneofIndex: proto.Int32(9)}}}}}), nil, parse},
		"base64 of a bad name": {base64Of(t, &descriptorpb.FileDescriptorProto{MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("M {} message N")}}}), nil, parse},
		"base64 of a group without a body": {base64Of(t, &descriptorpb.FileDescriptorProto{MessageType: []*descriptorpb.DescriptorProto{
			{Name: proto.String("G")},
			{Name: proto.String("M"), Field: []*descriptorpb.FieldDescriptorProto{{Name: proto.String("g"), Number: proto.Int32(1),
				Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_GROUP.Enum(), TypeName: proto.String(".G")}}}}}), nil, parse},
		"base64 of a map entry with its value first": {base64Of(t, &descriptorpb.FileDescriptorProto{MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("M"),
			Field: []*descriptorpb.FieldDescriptorProto{{Name: proto.String("x"), Number: proto.Int32(1),
				Label: descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), TypeName: proto.String(".M.XEntry")}},
			NestedType: []*descriptorpb.DescriptorProto{{Name: proto.String("XEntry"), Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)}, Field: []*descriptorpb.FieldDescriptorProto{
				{Name: proto.String("value"), Number: proto.Int32(2), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_INT32.Enum()},
				{Name: proto.String("key"), Number: proto.Int32(1), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum()}}}}}}}), nil, parse},
		"base64 of nothing":  {base64.StdEncoding.EncodeToString(make([]byte, 300_000)), nil, parse},
		"many options":       {strings.Repeat("option (a)=1;", 10_000), nil, limit},
		"many field options": {"message M{optional int32 a=1[(a)=1" + strings.Repeat(",(a)=1", 10_000) + "];}", nil, limit},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			took := time.Hour
			// The promise is 10 ms on an idle machine. The bound allows for a
			// loaded one under the race detector, and is still far below what
			// the parser would take.
			const bound = 10 * time.Second
			for try := 0; try < 5 && took > bound; try++ {
				start := time.Now()
				_, err = format.Parse(compat.Source{Text: tc.text, References: tc.refs})
				took = time.Since(start)
			}
			var limitErr *compat.LimitError
			var parseErr *compat.ParseError
			if tc.limit && !errors.As(err, &limitErr) || !tc.limit && !errors.As(err, &parseErr) {
				t.Errorf("Parse = %T %v", err, err)
			}
			if len(fmt.Sprint(err)) > 1000 {
				t.Errorf("the error has %d bytes", len(fmt.Sprint(err)))
			}
			t.Logf("%s", took)
			if took > bound {
				t.Errorf("Parse took %s", took)
			}
		})
	}
}

func emptyFiles(n int) []compat.Reference {
	refs := make([]compat.Reference, n)
	for i := range refs {
		refs[i].Name = fmt.Sprintf("r%d", i)
	}
	return refs
}

func base64Of(t *testing.T, file *descriptorpb.FileDescriptorProto) string {
	t.Helper()
	raw, err := proto.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// publicDiamonds are files that each import the two of the level below.
func publicDiamonds(levels int, public bool) []compat.Reference {
	word := "import"
	if public {
		word = "import public"
	}
	refs := []compat.Reference{{Name: "0"}, {Name: "0b"}}
	for i := 1; i <= levels; i++ {
		text := fmt.Sprintf("%s \"%d\"; %s \"%db\"; message M%d {}", word, i-1, word, i-1, i)
		refs = append(refs, compat.Reference{Name: fmt.Sprint(i), Text: text},
			compat.Reference{Name: fmt.Sprintf("%db", i), Text: strings.Replace(text, "message M", "message B", 1)})
	}
	return refs
}

// TestParse_BoundsLinking: what the scan lets pass is bounded before the linker
// looks names up.
func TestParse_BoundsLinking(t *testing.T) {
	var lookups strings.Builder
	lookups.WriteString("package " + strings.Repeat("a.", 30) + "a;")
	for i := range 64 {
		fmt.Fprintf(&lookups, "import \"r%d\";", i)
	}
	lookups.WriteString("message M{")
	for i := range 3_900 {
		fmt.Fprintf(&lookups, "optional X f%d=%d;", i, i+1)
	}
	lookups.WriteString("}")
	for name, src := range map[string]compat.Source{
		"look-ups":    {Text: lookups.String(), References: emptyFiles(64)},
		"public ways": {Text: `import "30";`, References: publicDiamonds(30, true)},
	} {
		var limit *compat.LimitError
		if _, err := New().Parse(src); !errors.As(err, &limit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParse_DiamondIsMemoised(t *testing.T) {
	refs := publicDiamonds(20, false)
	schema, err := New().Parse(compat.Source{Text: `import "20"; message X { optional M20 m = 1; }`, References: refs})
	if err != nil {
		t.Fatal(err)
	}
	if schema.Size() > 1<<20 {
		t.Errorf("Size = %d", schema.Size())
	}
}

// TestParse_ImportText holds the error to one text, whatever exists on disk.
func TestParse_ImportText(t *testing.T) {
	for _, path := range []string{"/etc/passwd", "/no/such/file", "parse_test.go", "google/protobuf/no_such.proto", "schema.proto"} {
		_, err := New().Parse(compat.Source{Text: fmt.Sprintf("import %q;", path)})
		var parse *compat.ParseError
		if !errors.As(err, &parse) || parse.Message != fmt.Sprintf("import %q is not among the references", path) {
			t.Errorf("import %q: %v", path, err)
		}
	}
}

func TestParse_Builtins(t *testing.T) {
	for path, types := range map[string]string{
		"google/protobuf/any":            "google.protobuf.Any",
		"google/protobuf/api":            "google.protobuf.Api",
		"google/protobuf/descriptor":     "google.protobuf.FileDescriptorProto",
		"google/protobuf/duration":       "google.protobuf.Duration",
		"google/protobuf/empty":          "google.protobuf.Empty",
		"google/protobuf/field_mask":     "google.protobuf.FieldMask",
		"google/protobuf/source_context": "google.protobuf.SourceContext",
		"google/protobuf/struct":         "google.protobuf.Struct",
		"google/protobuf/timestamp":      "google.protobuf.Timestamp",
		"google/protobuf/type":           "google.protobuf.Type",
		"google/protobuf/wrappers":       "google.protobuf.Int32Value",
		"google/type/calendar_period":    "google.type.CalendarPeriod",
		"google/type/color":              "google.type.Color",
		"google/type/date":               "google.type.Date",
		"google/type/datetime":           "google.type.DateTime",
		"google/type/dayofweek":          "google.type.DayOfWeek",
		"google/type/decimal":            "google.type.Decimal",
		"google/type/expr":               "google.type.Expr",
		"google/type/fraction":           "google.type.Fraction",
		"google/type/interval":           "google.type.Interval",
		"google/type/latlng":             "google.type.LatLng",
		"google/type/money":              "google.type.Money",
		"google/type/month":              "google.type.Month",
		"google/type/phone_number":       "google.type.PhoneNumber",
		"google/type/postal_address":     "google.type.PostalAddress",
		"google/type/quaternion":         "google.type.Quaternion",
		"google/type/timeofday":          "google.type.TimeOfDay",
		"confluent/meta":                 "confluent.Meta",
		"confluent/type/decimal":         "confluent.type.Decimal",
	} {
		text := fmt.Sprintf("import \"%s.proto\"; message M { optional %s x = 1; }", path, types)
		if _, err := New().Parse(compat.Source{Text: text}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestParse_Lenient: what IMPORT stored stays readable, and says so where it
// cannot serve.
func TestParse_Lenient(t *testing.T) {
	format := New()
	for name, text := range map[string]string{
		"missing import":        `import "gone.proto"; message M { optional gone.N n = 1; repeated gone.N o = 2; }`,
		"missing type":          `syntax = "proto3"; package a.b; message M { N n = 1; map<string, x.y.Z> m = 2; }`,
		"missing extendee":      `extend gone.N { optional int32 a = 5; }`,
		"built-in not imported": `syntax = "proto3"; message M { google.protobuf.Timestamp t = 1; }`,
		"missing method types":  `service S { rpc A (Req) returns (.pkg.Res); }`,
	} {
		if _, err := format.Parse(compat.Source{Text: text}); err == nil {
			t.Errorf("%s: accepted without Lenient", name)
		}
		schema, err := format.Parse(compat.Source{Text: text, Lenient: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := format.Parse(compat.Source{Text: schema.Normalized(), Lenient: true})
		if err != nil || again.Normalized() != schema.Normalized() {
			t.Errorf("%s: normalizing twice: %v", name, err)
		}
		found, err := format.Check(schema, schema, compat.CheckOptions{})
		if err != nil || len(found.Differences) > 0 {
			t.Errorf("%s: does not read itself: %v %v", name, found, err)
		}
		var parse *compat.ParseError
		if _, err := schema.Validator(compat.ValidatorOptions{}); !errors.As(err, &parse) && !errors.Is(err, compat.ErrMessage) {
			t.Errorf("%s: Validator = %v", name, err)
		}
	}
}

// TestParse_PrintsTheDescriptor: printed text, parsed again, gives the same
// descriptor, and so does the descriptor itself in base64.
func TestParse_PrintsTheDescriptor(t *testing.T) {
	format := New()
	for _, text := range corpusTexts(t) {
		parsed, err := format.Parse(compat.Source{Text: text})
		if err != nil {
			continue
		}
		want := comparable(parsed)
		raw, err := proto.Marshal(descriptorOf(parsed))
		if err != nil {
			t.Fatal(err)
		}
		for spelling, again := range map[string]string{
			"canonical": parsed.Canonical(), "normalized": parsed.Normalized(), "base64": base64.StdEncoding.EncodeToString(raw),
		} {
			if spelling == "base64" && len(raw) == 0 {
				continue
			}
			got, err := format.Parse(compat.Source{Text: again})
			if err != nil {
				t.Errorf("%s: %v\n%s", spelling, err, parsed.Canonical())
				continue
			}
			if diff := cmp.Diff(want, comparable(got), protocmp.Transform()); diff != "" {
				t.Errorf("%s (-first +again):\n%s\n%s", spelling, diff, parsed.Canonical())
			}
		}
	}
}

func descriptorOf(s compat.Schema) *descriptorpb.FileDescriptorProto {
	return s.(*schema).file.(interface{ AsProto() proto.Message }).AsProto().(*descriptorpb.FileDescriptorProto)
}

// comparable drops what printing may change: the path, the order of fields,
// imports and nested types, and empty options.
func comparable(s compat.Schema) *descriptorpb.FileDescriptorProto {
	file := proto.CloneOf(descriptorOf(s))
	file.Name = nil
	sortImports(file)
	var message func(m *descriptorpb.DescriptorProto)
	message = func(m *descriptorpb.DescriptorProto) {
		sortMessage(m)
		slices.SortFunc(m.NestedType, func(a, b *descriptorpb.DescriptorProto) int { return strings.Compare(a.GetName(), b.GetName()) })
		for _, n := range m.NestedType {
			message(n)
		}
	}
	for _, m := range file.MessageType {
		message(m)
	}
	for _, e := range file.EnumType {
		sortEnum(e)
	}
	// Group bodies of extensions print where their extension does.
	slices.SortFunc(file.MessageType, func(a, b *descriptorpb.DescriptorProto) int { return strings.Compare(a.GetName(), b.GetName()) })
	sortExtensions(file.Extension)
	dropEmptyOptions(file.ProtoReflect())
	return file
}

// dropEmptyOptions drops what setting aside the last option leaves.
func dropEmptyOptions(m protoreflect.Message) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.Message() == nil || fd.IsMap():
		case fd.Name() == "options" && proto.Size(v.Message().Interface()) == 0:
			m.Clear(fd)
		case fd.IsList():
			for i := range v.List().Len() {
				dropEmptyOptions(v.List().Get(i).Message())
			}
		}
		return true
	})
}

func TestParse_Base64CustomOptions(t *testing.T) {
	const text = `syntax = "proto3";
package p;

import "google/protobuf/descriptor.proto";
import "confluent/meta.proto";

option (own_file) = "x";

message M {
  option (confluent.message_meta) = { doc: "d" params: { key: "k" value: "v" } tags: ["t", "u"] };

  int32 a = 1 [(own) = { n: -1 kind: B }, deprecated = true];
}
message Own {
  int32 n = 1;
  Kind kind = 2;
}
enum Kind {
  A = 0;
  B = 1;
}

extend google.protobuf.FieldOptions {
  Own own = 50000;
}
extend google.protobuf.FileOptions {
  string own_file = 50000;
}
`
	format := New()
	written, err := format.Parse(compat.Source{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	first := base64Of(t, descriptorOf(written))
	read, err := format.Parse(compat.Source{Text: first})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(comparable(written), comparable(read), protocmp.Transform()); diff != "" {
		t.Errorf("(-text +base64):\n%s\n%s", diff, read.Canonical())
	}
	if read.Text() != read.Canonical() || written.Text() != text {
		t.Error("base64 is stored as canonical text, text as it is")
	}
}
