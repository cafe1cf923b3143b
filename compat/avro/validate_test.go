package avro

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	hamba "github.com/hamba/avro/v2"
	"pgregory.net/rapid"

	"github.com/muster-registry/muster/compat"
)

func validatorOf(t testing.TB, text string) compat.Validator {
	t.Helper()
	v, err := mustParse(t, text).Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// codes lists what was found as "CODE pointer".
func codes(t testing.TB, v compat.Validator, payload []byte, enc compat.Encoding) []string {
	t.Helper()
	verdict, err := v.Validate(payload, enc)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, violation := range verdict.Violations {
		out = append(out, strings.TrimSpace(violation.Code+" "+violation.Pointer))
	}
	return out
}

// TestValidate_Hostile is rows 19 and 24 to 26 of reliability 5.4.
func TestValidate_Hostile(t *testing.T) {
	const allowed = 10 * time.Second // what hangs, on any machine
	const linked = `{"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]}`
	for name, tc := range map[string]struct{ schema, hex, want string }{
		"array count 2^40":         {`{"type":"array","items":"int"}`, "808080808080 02", "INVALID_COUNT"},
		"map count 2^40":           {`{"type":"map","values":"null"}`, "808080808080 02", "INVALID_COUNT"},
		"count of the least long":  {`{"type":"array","items":"int"}`, "ffffffffffffffffff01 00", "INVALID_COUNT"},
		"bytes of 2^40":            {`"bytes"`, "808080808080 02", "INVALID_LENGTH"},
		"negative length":          {`"string"`, "01", "INVALID_LENGTH"},
		"block size beyond":        {`{"type":"array","items":"int"}`, "01 fe01 02 00", "INVALID_LENGTH"},
		"block size negative":      {`{"type":"array","items":"int"}`, "01 01 02 00", "INVALID_LENGTH"},
		"block size too small":     {`{"type":"array","items":"int"}`, "01 00 02 00", "BLOCK_SIZE_MISMATCH"},
		"2^31 nulls":               {`{"type":"array","items":"null"}`, "8080808010 00", "TOO_MANY_ITEMS"},
		"100 blocks of 2^20 nulls": {`{"type":"array","items":{"type":"record","name":"E","fields":[]}}`, strings.Repeat("80808001", 100) + "00", "TOO_MANY_ITEMS"},
		"2^15 nulls":               {`{"type":"array","items":{"type":"fixed","name":"F","size":0}}`, "808004 00", ""},
		"linked list of 20 MB":     {linked, strings.Repeat("02", 20<<20), "TOO_DEEP" + strings.Repeat(" /next", 1)},
		"record within itself":     {`{"type":"record","name":"A","fields":[{"name":"a","type":"A"}]}`, "00", "TOO_DEEP"},
		"records doubling":         {`{"type":"record","name":"A","fields":[{"name":"a","type":"A"},{"name":"b","type":"A"}]}`, "", "TOO_DEEP"},
		"empty records doubling":   {doubling(30, ""), "", ""},
		"varint of eleven bytes":   {`"long"`, "ffffffffffffffffffff01", "INVALID_VARINT"},
		"varint of 65 bits":        {`"long"`, "ffffffffffffffffff02", "INVALID_VARINT"},
		"varint overlong":          {`"long"`, "80808000", ""},
		"int of six bytes":         {`"int"`, "808080808000", "INVALID_VARINT"},
		"int beyond 32 bits":       {`"int"`, "8080808010", "OUT_OF_RANGE"},
		"least int":                {`"int"`, "ffffffff0f", ""},
		"boolean 2":                {`"boolean"`, "02", "OUT_OF_RANGE"},
		"enum index -1":            {`{"type":"enum","name":"E","symbols":["A"]}`, "01", "UNKNOWN_SYMBOL"},
		"union index -1":           {`["null"]`, "01", "UNKNOWN_BRANCH"},
		"union without branches":   {`[]`, "00", "UNKNOWN_BRANCH"},
		"nothing for null":         {`"null"`, "", ""},
		"a byte for null":          {`"null"`, "00", "TRAILING_BYTES"},
	} {
		t.Run(name, func(t *testing.T) {
			payload, err := hex.DecodeString(strings.ReplaceAll(tc.hex, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			v := validatorOf(t, tc.schema)
			start := time.Now()
			got := codes(t, v, payload, compat.Binary)
			if took := time.Since(start); took > allowed {
				t.Errorf("took %v", took)
			}
			if len(got) == 0 && tc.want != "" || len(got) > 0 && (tc.want == "" || !strings.HasPrefix(got[0], tc.want)) {
				t.Errorf("found %.200q, want %s", got, tc.want)
			}
		})
	}
}

// TestValidate_HostileJSON bounds the same for JSON.
func TestValidate_HostileJSON(t *testing.T) {
	const allowed = 10 * time.Second // what hangs, on any machine
	branches := repeat(60, `{"type":"record","name":"B#","fields":[{"name":"x","type":["null","Top"]}]}`)
	top := `{"type":"record","name":"Top","fields":[{"name":"u","type":["null",` + branches + `]}]}`
	for name, tc := range map[string]struct{ schema, payload, want string }{
		"deep":              {`{"type":"array","items":"int"}`, strings.Repeat("[", 1_000_000), "PAYLOAD_LIMIT"},
		"many misfits":      {`{"type":"array","items":"int"}`, "[" + repeat(100_000, `"#"`) + "]", "TYPE_MISMATCH /0"},
		"many keys missing": {`{"type":"record","name":"R","fields":[` + repeat(2000, `{"name":"f#","type":"int"}`) + `]}`, "{}", "MISSING_FIELD /f0"},
		"many unknown keys": {`{"type":"record","name":"R","fields":[` + repeat(2000, `{"name":"f#","type":"int"}`) + `]}`, "{" + repeat(50_000, `"g#":1`) + "}", "UNKNOWN_FIELD /g0"},
		"a key of 500 KB":   {`{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]}`, `{"` + strings.Repeat("a", 500_000) + `":1}`, "UNKNOWN_FIELD /aaa"},
		"unions in unions":  {top, strings.Repeat(`{"u":{"x":`, 45) + "1" + strings.Repeat("}}", 45), "TYPE_MISMATCH /u"},
		"huge exponent":     {`"double"`, "1e99999999", "INVALID_JSON"},
		"beyond a double":   {`"double"`, "1e400", "OUT_OF_RANGE"},
		"beyond a float":    {`"float"`, "1e39", "OUT_OF_RANGE"},
	} {
		t.Run(name, func(t *testing.T) {
			v := validatorOf(t, tc.schema)
			start := time.Now()
			verdict, err := v.Validate([]byte(tc.payload), compat.PlainJSON)
			if took := time.Since(start); took > allowed {
				t.Errorf("took %v", took)
			}
			if err != nil {
				t.Fatal(err)
			}
			got := verdict.Violations
			if len(got) == 0 || !strings.HasPrefix(strings.TrimSpace(got[0].Code+" "+got[0].Pointer), tc.want) {
				t.Fatalf("found %.300v, want %s", got, tc.want)
			}
			if len(got) > compat.MaxViolations || verdict.Truncated != (len(got) == compat.MaxViolations) {
				t.Errorf("%d violations, truncated = %t", len(got), verdict.Truncated)
			}
			for _, violation := range got {
				if size := len(fmt.Sprint(violation)); size > 4<<10 {
					t.Errorf("a violation of %d bytes", size)
				}
			}
		})
	}
}

// TestValidate_PointsAtTheSchema: the schema pointer is where the type is
// written, hints name what was meant, and no value shows.
func TestValidate_PointsAtTheSchema(t *testing.T) {
	v := validatorOf(t, orderEvent)
	payload := `{"orderId":"secret","custId":7,"placedAt":1,"status":"PAYED","items":[{"sku":7,"quantity":1,"price":"","tags":[]}],
	 "attributes":{},"shipTo":{"Address":{"street":"x","zip":null}},"checksum":"","weight":1,"discount":1,"gift":true,"parent":null}`
	verdict, err := v.Validate([]byte(payload), compat.JSONText)
	if err != nil {
		t.Fatal(err)
	}
	type place struct{ code, pointer, schema, hint string }
	want := []place{
		{"UNKNOWN_FIELD", "/custId", "", "did you mean customerId?"},
		{"UNKNOWN_SYMBOL", "/status", "/fields/3/type", "did you mean PAID?"},
		{"TYPE_MISMATCH", "/items/0/sku", "/fields/4/type/items/fields/0/type", ""},
		{"UNKNOWN_BRANCH", "/shipTo", "/fields/6/type", "did you mean shop.Address?"},
		{"WRONG_SIZE", "/checksum", "/fields/7/type", ""},
		{"MISSING_FIELD", "/customerId", "/fields/1", ""},
	}
	for i, violation := range verdict.Violations {
		got := place{violation.Code, violation.Pointer, violation.SchemaPointer, violation.Hint}
		if i >= len(want) || got != want[i] {
			t.Errorf("violation %d is %+v", i, got)
		}
		if strings.Contains(fmt.Sprint(violation), "secret") || strings.Contains(fmt.Sprint(violation), "PAYED") {
			t.Errorf("a value shows: %+v", violation)
		}
	}
	if len(verdict.Violations) != len(want) {
		t.Errorf("%d violations, want %d", len(verdict.Violations), len(want))
	}
}

func TestValidator_Refuses(t *testing.T) {
	s := mustParse(t, `"int"`)
	if _, err := s.Validator(compat.ValidatorOptions{Message: "M"}); err != compat.ErrMessage {
		t.Errorf("Validator(Message) = %v", err)
	}
	if _, err := validatorOf(t, `"int"`).Validate(nil, "xml"); err != compat.ErrEncoding {
		t.Errorf("Validate(xml) = %v", err)
	}
}

// strictAPI is a codec for one schema: hamba keeps codecs by name, and mixes up
// those of two schemas that give one name to different types.
func strictAPI() hamba.API {
	return hamba.Config{MaxSliceAllocSize: 1 << 20, MaxByteSliceSize: 1 << 20}.Freeze()
}

// decodes is the strict reading with hamba of libraries 1.1.
func decodes(api hamba.API, schema hamba.Schema, payload []byte) error {
	r := hamba.NewReader(nil, 0, hamba.WithReaderConfig(api)).Reset(payload)
	var v any
	r.ReadVal(schema, &v)
	if r.Error != nil {
		return r.Error
	}
	if r.Peek(); r.Error == nil {
		return fmt.Errorf("bytes left")
	}
	return nil
}

// TestValidate_AgreesWithAnotherDecoder: what hamba writes is accepted, no
// prefix of it and nothing longer is, and whatever is accepted hamba reads.
func TestValidate_AgreesWithAnotherDecoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		api := strictAPI()
		g := &schemas{t: t}
		text := g.typ(3)
		s, err := parse(compat.Source{Text: text})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		other, err := hamba.ParseWithCache(text, "", &hamba.SchemaCache{})
		if err != nil {
			t.Fatalf("hamba: %v\n%s", err, text)
		}
		payload, err := api.Marshal(other, drawn(t, s.root, 5))
		if err != nil {
			t.Fatalf("hamba: %v\n%s", err, text)
		}
		v := newValidator(s.root)
		judge := func(payload []byte) bool {
			verdict, err := v.Validate(payload, compat.Binary)
			if err != nil {
				t.Fatal(err)
			}
			return len(verdict.Violations) == 0
		}
		if !judge(payload) {
			verdict, _ := v.Validate(payload, compat.Binary)
			t.Fatalf("not accepted: %x\n%s\n%v", payload, text, verdict.Violations)
		}
		for i := range payload {
			if judge(payload[:i]) {
				t.Fatalf("a prefix of %d bytes is accepted: %x\n%s", i, payload, text)
			}
		}
		if judge(append(payload[:len(payload):len(payload)], rapid.Byte().Draw(t, "trailing"))) {
			t.Fatalf("a longer payload is accepted: %x\n%s", payload, text)
		}
		for range 20 {
			if mutant := mutate(t, payload); judge(mutant) {
				if err := decodes(api, other, mutant); err != nil {
					t.Fatalf("accepted, but hamba says %v: %x\n%s", err, mutant, text)
				}
			}
		}
	})
}

func mutate(t *rapid.T, payload []byte) []byte {
	out := append([]byte(nil), payload...)
	for range rapid.IntRange(1, 3).Draw(t, "edits") {
		at := rapid.IntRange(0, len(out)).Draw(t, "at")
		b := rapid.Byte().Draw(t, "byte")
		switch {
		case at == len(out) || rapid.Bool().Draw(t, "insert"):
			out = append(out[:at], append([]byte{b}, out[at:]...)...)
		case rapid.Bool().Draw(t, "delete"):
			out = append(out[:at], out[at+1:]...)
		default:
			out[at] = b
		}
	}
	return out
}

// order1K is an order event of about 1 KB in binary.
func order1K(t testing.TB) []byte {
	api := hamba.Config{}.Freeze()
	schema, err := hamba.ParseWithCache(orderEvent, "", &hamba.SchemaCache{})
	if err != nil {
		t.Fatal(err)
	}
	var items []any
	for i := range 16 {
		items = append(items, map[string]any{
			"sku": fmt.Sprintf("SKU-%08d-%08d", i, i*7919), "quantity": i,
			"price": []byte{1, 2, 3, 4}, "tags": []any{"fragile", "gift-wrapped"},
		})
	}
	payload, err := api.Marshal(schema, map[string]any{
		"orderId": "4f9c1f8e-0d5b-4f43-9a1b-6f1f7f2f8a55", "customerId": int64(123456789), "placedAt": time.UnixMilli(1_700_000_000_000),
		"status": "PAID", "items": items, "attributes": map[string]any{"channel": "web", "campaign": "spring-2026", "locale": "de-DE"},
		"shipTo":   map[string]any{"shop.Address": map[string]any{"street": "Hauptstraße 1", "zip": map[string]any{"string": "10115"}}},
		"checksum": [16]byte{}, "weight": 12.5, "discount": float32(0.1), "gift": true, "parent": nil,
	})
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestValidate_ValidBinaryAllocatesNothing(t *testing.T) {
	payload, v := order1K(t), validatorOf(t, orderEvent)
	if got := codes(t, v, payload, compat.Binary); len(got) > 0 {
		t.Fatalf("found %v", got)
	}
	if n := testing.AllocsPerRun(100, func() { v.Validate(payload, compat.Binary) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkValidate_Binary(b *testing.B) {
	payload, v := order1K(b), validatorOf(b, orderEvent)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		if verdict, err := v.Validate(payload, compat.Binary); err != nil || len(verdict.Violations) > 0 {
			b.Fatal(verdict, err)
		}
	}
}
