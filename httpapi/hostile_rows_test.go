package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

func get(path string) request { return request{method: "GET", path: path} }

func put(path, body string) request {
	return request{method: "PUT", path: path, header: http.Header{"Content-Type": {"application/json"}}, body: fixed([]byte(body))}
}

func post(path, contentType string, body []byte) request {
	return request{method: "POST", path: path, header: http.Header{"Content-Type": {contentType}}, body: fixed(body)}
}

func fixed(body []byte) func() io.Reader {
	return func() io.Reader { return bytes.NewReader(body) }
}

// register asks for a registration under NONE, so that rows may share a
// subject.
func register(subject, schemaType, schema string, references ...map[string]any) request {
	body, err := json.Marshal(map[string]any{"schema": schema, "schemaType": schemaType, "references": references})
	if err != nil {
		panic(err) // strings and maps of strings can be marshalled
	}
	return post("/subjects/"+subject+"/versions?force=true", "application/json", body)
}

func reference(name, subject string) map[string]any {
	return map[string]any{"name": name, "subject": subject, "version": 1}
}

func schemaRow(name, schemaType, schema string, want ...int) hostile {
	return hostile{name: name, request: register("hostile", schemaType, schema), want: want}
}

// payloadRow judges a payload by a schema that is registered first, under a
// subject named after the row.
func payloadRow(name, schemaType, schema, contentType string, payload []byte, want ...int) hostile {
	subject := strings.ReplaceAll(name, " ", "-")
	return hostile{
		name:    name,
		prepare: []request{register(subject, schemaType, schema)},
		request: post("/subjects/"+subject+"/versions/latest/validate", contentType, payload),
		want:    want,
	}
}

// endless is a chunked body of 1 GiB.
func endless() io.Reader {
	return io.MultiReader(strings.NewReader(`{"schema": "`), io.LimitReader(blanks{}, 1<<30))
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func hostileRequests() []hostile {
	const path, contentType = "/subjects/s/versions", "application/json"
	gzip := post(path, contentType, []byte{0x1f, 0x8b, 8, 0})
	gzip.header.Set("Content-Encoding", "gzip")
	override := request{method: "POST", path: "/schemas/types", header: http.Header{"X-HTTP-Method-Override": {"GET"}}}
	return []hostile{
		{name: "1 endless body", request: request{method: "POST", path: path, body: endless}, want: []int{41301}},
		{name: "3 encoded body", request: gzip, want: []int{41501}},
		{name: "4 brackets", request: post(path, contentType, bytes.Repeat([]byte("["), 1_000_000)), want: []int{400}},
		{name: "4 brackets in a member", request: post(path, contentType, []byte(`{"metadata":`+strings.Repeat("[", 1_000_000))), want: []int{400}},
		{name: "5 duplicate member", request: post(path, contentType, []byte(`{"schema": "\"int\"", "schema": "\"int\""}`)), want: []int{42201}},
		{name: "6 no UTF-8", request: post(path, contentType, []byte("{\"schema\": \"\xff\"}")), want: []int{42201}},
		{name: "6 lone surrogate", request: post(path, contentType, []byte(`{"schema": "\"\ud800\""}`)), want: []int{42201}},
		{name: "7 NUL in a schema", request: post(path, contentType, []byte(`{"schema": "\"\u0000\""}`)), want: []int{42201}},
		{name: "7 NUL in a subject", request: register("a%00b", "AVRO", `"int"`), want: []int{42208}},
		{name: "8 dots and slashes", request: register("..%2f..%2fadmin", "AVRO", `"int"`), want: []int{fine}},
		{name: "8 long subject", request: register(strings.Repeat("x", 10<<10), "AVRO", `"int"`), want: []int{42208}},
		{name: "8 control character", request: register("a%1b[31m", "AVRO", `"int"`), want: []int{42208}},
		{name: "8 bidirectional override", request: register("a%e2%80%aeb", "AVRO", `"int"`), want: []int{42208}},
		{name: "9 version -2", request: get("/subjects/s/versions/-2"), want: []int{42202}},
		{name: "9 version 0", request: get("/subjects/s/versions/0"), want: []int{42202}},
		{name: "9 version 99999999999", request: get("/subjects/s/versions/99999999999"), want: []int{42202}},
		{name: "9 version latest and NUL", request: get("/subjects/s/versions/latest%00"), want: []int{42202}},
		{name: "10 ID of 32 bits", request: get("/schemas/ids/2147483648"), want: []int{40403}},
		{name: "11 unknown method", request: request{method: "BREW", path: "/subjects"}, want: []int{405}},
		{name: "11 unknown route", request: get("/admin"), want: []int{404}},
		{name: "11 method override", request: override, want: []int{405}},
		{name: "12 long header", request: request{method: "GET", path: "/", header: http.Header{
			"Authorization": {"Bearer " + strings.Repeat(".", 1<<20)},
		}}, want: []int{431}},
		{name: "metadata of a megabyte", request: post(path, contentType,
			[]byte(`{"schema": "\"int\"", "metadata": {"properties": {"k": "`+strings.Repeat("v", 1<<20)+`"}}}`)), want: []int{fine, 42201, 42209}},
		{name: "65 references", request: register("s", "AVRO", `"int"`, many(65)...), want: []int{42230}},
		{name: "config that nests", request: put("/config", `{"defaultMetadata":`+strings.Repeat(`{"tags":`, 10_000)), want: []int{400}},
	}
}

func many(n int) []map[string]any {
	refs := make([]map[string]any, n)
	for i := range refs {
		refs[i] = reference(fmt.Sprint("r", i), "nowhere")
	}
	return refs
}

func hostileAvro() []hostile {
	nested := func(n int) string {
		return strings.Repeat(`{"type":"array","items":`, n) + `"int"` + strings.Repeat(`}`, n)
	}
	var records strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&records, `{"type":"record","name":"R%d","fields":[{"name":"f","type":`, i)
	}
	records.WriteString(`"int"` + strings.Repeat(`}]}`, 2000))
	list := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	var doubling strings.Builder
	doubling.WriteString(`{"type":"record","name":"T0","fields":[`)
	for i := 1; i <= 30; i++ {
		fmt.Fprintf(&doubling, `{"name":"a%d","type":{"type":"record","name":"T%d","fields":[`, i, i)
		if i == 30 {
			break
		}
		fmt.Fprintf(&doubling, `{"name":"b%d","type":["null","T%d"]},`, i, i-1)
	}
	doubling.WriteString(strings.Repeat(`]}}`, 30) + `]}`)
	const record = `{"type":"record","name":"A","fields":[{"name":"%s","type":%s}]}`
	const binary = "avro/binary"
	const linked = `{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}`
	huge := []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01} // 2^41, zig-zag for 2^40 of something
	rows := []hostile{
		schemaRow("16 nested arrays", "AVRO", nested(1000), 42230),
		schemaRow("17 nested records", "AVRO", records.String(), 42230),
		schemaRow("17 nested arrays of 40000", "AVRO", nested(40_000), 42230),
		schemaRow("18 symbols", "AVRO", `{"type":"enum","name":"E","symbols":[`+list(60_000, `"S%d"`)+`]}`, 42230),
		schemaRow("18 fields", "AVRO", fmt.Sprintf(`{"type":"record","name":"R","fields":[%s]}`, list(20_000, `{"name":"f%d","type":"int"}`)), 42230),
		schemaRow("18 branches", "AVRO", `[`+list(10_000, `{"type":"fixed","size":1,"name":"F%d"}`)+`]`, 42230),
		payloadRow("19 record of itself", "AVRO", fmt.Sprintf(record, "a", `"A"`), binary, []byte{0}, invalid),
		payloadRow("19 record of itself in JSON", "AVRO", fmt.Sprintf(record, "a", `"A"`), "application/json",
			[]byte(strings.Repeat(`{"a":`, 90)+`1`+strings.Repeat(`}`, 90)), invalid),
		schemaRow("20 doubling", "AVRO", doubling.String(), fine, 42230),
		schemaRow("21 size -1", "AVRO", `{"type":"fixed","name":"F","size":-1}`, 42201),
		schemaRow("21 size 2^63-1", "AVRO", `{"type":"fixed","name":"F","size":9223372036854775807}`, 42201, 42230),
		schemaRow("21 size 1e9", "AVRO", `{"type":"fixed","name":"F","size":1000000000}`, 42201, 42230),
		schemaRow("21 size in quotes", "AVRO", `{"type":"fixed","name":"F","size":"12"}`, 42201),
		schemaRow("22 default of another type", "AVRO", `{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":"x"}]}`, 42201),
		schemaRow("22 enum default", "AVRO", `{"type":"enum","name":"E","symbols":["A"],"default":"B"}`, 42201),
		schemaRow("22 NaN", "AVRO", `{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":NaN}]}`, 42201),
		schemaRow("23 redefinition", "AVRO", `[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":2}]`, 42201),
		schemaRow("23 name", "AVRO", `{"type":"fixed","name":"a..b","size":1}`, 42201),
		schemaRow("23 long name", "AVRO", `{"type":"fixed","name":"`+strings.Repeat("n", 1_000_000)+`","size":1}`, 42201, 42230),
		payloadRow("24 array count", "AVRO", `{"type":"array","items":"int"}`, binary, huge, invalid),
		payloadRow("24 map count", "AVRO", `{"type":"map","values":"int"}`, binary, huge, invalid),
		payloadRow("24 bytes length", "AVRO", `"bytes"`, binary, huge, invalid),
		payloadRow("24 negative count", "AVRO", `{"type":"array","items":"int"}`, binary, append([]byte{0x01}, huge...), invalid),
		payloadRow("25 array of null", "AVRO", `{"type":"array","items":"null"}`, binary, []byte{0xfe, 0xff, 0xff, 0xff, 0x0f, 0}, invalid),
		payloadRow("25 array of empty records", "AVRO", `{"type":"array","items":{"type":"record","name":"E","fields":[]}}`, binary,
			append(bytes.Repeat([]byte{0x80, 0x80, 0x80, 0x01}, 100), 0), invalid),
		payloadRow("26 linked list of 20 MB", "AVRO", linked, binary, bytes.Repeat([]byte{2}, 20<<20), 41301),
		payloadRow("26 linked list", "AVRO", linked, binary, bytes.Repeat([]byte{2}, 1<<20), invalid),
	}
	return rows
}

func hostileProtobuf(c *canary) []hostile {
	const binary = "application/x-protobuf"
	const list = `syntax = "proto3"; message L { L next = 1; string s = 2; }`
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i+1)
		}
		return b.String()
	}
	rows := []hostile{
		schemaRow("28 nested messages", "PROTOBUF", strings.Repeat("message M{", 50_000)+strings.Repeat("}", 50_000), 42230),
		schemaRow("28 nested groups", "PROTOBUF", "message M{"+strings.Repeat("optional group G=1{", 20_000)+strings.Repeat("}", 20_001), 42230),
		schemaRow("28 nested options", "PROTOBUF", "option (a) = "+strings.Repeat("{a:", 50_000)+"1"+strings.Repeat("}", 50_000)+";", 42230),
		schemaRow("28 brackets", "PROTOBUF", strings.Repeat("[", 400_000), 42230, 42201),
		schemaRow("29 import of itself", "PROTOBUF", `import "hostile"; message M{}`, 42201),
		schemaRow("30 enum values", "PROTOBUF", `enum E{`+many(40_000, "A%[1]d=%[1]d;")+`}`, 42230),
		schemaRow("30 reserved ranges", "PROTOBUF", `message M{reserved 1`+many(40_000, ",%d0")+`;}`, 42230),
		{
			name:    "31 descriptor by reference",
			prepare: []request{register("descriptor", "PROTOBUF", `package google.protobuf; message FileOptions {}`)},
			request: register("hostile", "PROTOBUF", `import "google/protobuf/descriptor.proto"; message M{}`,
				reference("google/protobuf/descriptor.proto", "descriptor")),
			want: []int{42201},
		},
		payloadRow("32 groups", "PROTOBUF", `message M { optional int32 i = 1; }`, binary, bytes.Repeat([]byte{0x13}, 10_000), invalid),
		payloadRow("32 submessages", "PROTOBUF", list, binary, submessages(10_000), invalid),
		payloadRow("32 length 2^31", "PROTOBUF", list, binary, []byte{0x12, 0x80, 0x80, 0x80, 0x80, 0x08}, invalid),
		payloadRow("32 length 2^63", "PROTOBUF", list, binary, []byte{0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, invalid),
		payloadRow("32 ProtoJSON depth", "PROTOBUF", list, "application/json",
			[]byte(strings.Repeat(`{"next":`, 50_000)+"{}"+strings.Repeat("}", 50_000)), invalid),
		schemaRow("33 descriptor with bad indexes", "PROTOBUF", base64.StdEncoding.EncodeToString(badDescriptor()), 42201),
		schemaRow("33 descriptor of noise", "PROTOBUF", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0x0a, 0xff, 0x7f}, 250_000)), 42201, 42230),
	}
	for _, path := range []string{"/etc/passwd", "../../x", "file:///etc/passwd", "canary.json", c.pipe, c.url()} {
		rows = append(rows, schemaRow("27 import "+path, "PROTOBUF", `import "`+path+`"; message M{}`, 42201))
	}
	return append(rows, diamond())
}

// submessages nests a message in itself n times.
func submessages(n int) []byte {
	var payload []byte
	for range n {
		size := len(payload)
		header := []byte{0x0a}
		for ; size >= 0x80; size >>= 7 {
			header = append(header, byte(size)|0x80)
		}
		payload = append(append(header, byte(size)), payload...)
	}
	return payload
}

// badDescriptor is a FileDescriptorProto whose public dependency, type name and
// oneof index point at nothing.
func badDescriptor() []byte {
	field := []byte{0x0a, 1, 'f', 0x18, 1, 0x20, 1, 0x28, 11, 0x32, 2, '.', 'X', 0x48, 0x7f}
	message := append([]byte{0x0a, 1, 'M', 0x12, byte(len(field))}, field...)
	file := append([]byte{0x0a, 1, 'm', 0x50, 0x7f, 0x22, byte(len(message))}, message...)
	return append(file, 0x62, 6, 'p', 'r', 'o', 't', 'o', '3')
}

// diamond is 20 levels of two files each, which both import both files below:
// 2^20 paths to the lowest.
func diamond() hostile {
	row := hostile{name: "29 diamond", want: []int{fine}}
	for level := range 20 {
		for _, side := range []string{"a", "b"} {
			text := `syntax = "proto3"; `
			var refs []map[string]any
			if level > 0 {
				for _, below := range []string{"a", "b"} {
					file := fmt.Sprintf("%s%d.proto", below, level-1)
					text += `import "` + file + `"; `
					refs = append(refs, reference(file, "diamond-"+file))
				}
			}
			name := fmt.Sprintf("%s%d", side, level)
			text += "message " + strings.ToUpper(name) + " {}"
			row.prepare = append(row.prepare, register("diamond-"+name+".proto", "PROTOBUF", text, refs...))
		}
	}
	row.request = register("diamond", "PROTOBUF", `syntax = "proto3"; import "a19.proto"; import "b19.proto"; message M { A19 a = 1; }`,
		reference("a19.proto", "diamond-a19.proto"), reference("b19.proto", "diamond-b19.proto"))
	return row
}

func hostileJSON(c *canary) []hostile {
	const text = "application/json"
	doubling := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"definitions":{"d0":{"type":"string"}`)
		for i := 1; i <= n; i++ {
			fmt.Fprintf(&b, `,"d%d":{"allOf":[{"$ref":"#/definitions/d%d"},{"$ref":"#/definitions/d%d"}]}`, i, i-1, i-1)
		}
		fmt.Fprintf(&b, `},"$ref":"#/definitions/d%d"}`, n)
		return b.String()
	}
	rows := []hostile{
		schemaRow("35 metaschema", "JSON", `{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"https://json-schema.org/draft/2020-12/schema"}`, fine),
		schemaRow("36 reference to itself", "JSON", `{"$ref":"#"}`, 42201),
		schemaRow("36 allOf in a circle", "JSON",
			`{"definitions":{"a":{"allOf":[{"$ref":"#/definitions/b"}]},"b":{"allOf":[{"$ref":"#/definitions/a"}]}},"$ref":"#/definitions/a"}`, 42201),
		schemaRow("37 doubling 22", "JSON", doubling(22), 42230),
		schemaRow("37 doubling 30", "JSON", doubling(30), 42230),
		payloadRow("38 nested quantifiers", "JSON", `{"type":"string","pattern":"^(a+)+$"}`, text,
			[]byte(`"`+strings.Repeat("a", 100<<10)+`b"`), invalid),
		schemaRow("38 big program", "JSON", `{"pattern":"(((a{1,31}){1,31}){1,31})"}`, 42230, 42201),
		schemaRow("38 nested groups", "JSON", `{"pattern":"`+strings.Repeat("(", 450)+"a"+strings.Repeat(")", 450)+`"}`, fine, 42230, 42201),
		schemaRow("38 look-behind", "JSON", `{"pattern":"(?<=a)b"}`, 42201),
		schemaRow("38 back-reference", "JSON", `{"pattern":"(a)\\1"}`, 42201),
		payloadRow("39 huge exponent", "JSON", `{"type":"number","multipleOf":0.5}`, text, []byte(`1e10000000`), invalid),
		payloadRow("39 large exponent", "JSON", `{"type":"integer"}`, text, []byte(`1e1000000`), invalid),
		payloadRow("39 minus zero", "JSON", `{"type":"integer"}`, text, []byte(`-0`), fine),
		payloadRow("39 long integer", "JSON", `{"type":"integer"}`, text, bytes.Repeat([]byte("9"), 10_000), invalid),
		schemaRow("39 multipleOf", "JSON", `{"multipleOf":1e-1000000}`, 42201),
		payloadRow("40 unique items", "JSON", `{"uniqueItems":true}`, text, objects(20_000), fine, invalid, 42230),
		payloadRow("40 enum", "JSON", `{"enum":[`+strings.TrimSuffix(bigEnum(8_000), ",")+`]}`, text,
			[]byte("["+strings.Repeat("1,", 5_000)+"1]"), invalid, 42230),
		payloadRow("40 depth", "JSON", `{}`, text, []byte(strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000)), invalid),
		payloadRow("40 many errors", "JSON", `{"items":{"type":"string"}}`, text, []byte("["+strings.Repeat("1,", 200_000)+"1]"), invalid, 42230),
	}
	for _, to := range []string{
		"file:///etc/passwd", "file:///dev/zero", "/etc/passwd", "other.json", "canary.json", "file://" + c.pipe,
		c.url(), "http://169.254.169.254/latest/meta-data", "https://schemas.example.com/order.json",
	} {
		rows = append(rows, schemaRow("34 35 $ref "+to, "JSON", `{"$ref":"`+to+`"}`, 42201))
		// An unknown $schema is draft-07 and never fetched (design 7).
		rows = append(rows, schemaRow("34 35 $schema "+to, "JSON", `{"$schema":"`+to+`"}`, fine, 42201))
	}
	return rows
}

func bigEnum(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `[%d,{"a":[%d]}],`, i, i)
	}
	return b.String()
}

func objects(n int) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"a":%d}`, i)
	}
	b.WriteByte(']')
	return b.Bytes()
}
