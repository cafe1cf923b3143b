package jsonschema

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

// shapes lists different ways to nest n arrays in one.
func shapes(n, most int) []string {
	if n == 0 {
		return []string{"[]"}
	}
	var list []string
	for first := range n {
		for _, inner := range shapes(first, most) {
			for _, rest := range shapes(n-1-first, most) {
				if len(list) == most {
					return list
				}
				joined := "[" + inner
				if rest != "[]" {
					joined += ","
				}
				list = append(list, joined+rest[1:])
			}
		}
	}
	return list
}

// TestHostilePayloads are rows 38 to 40.
func TestHostilePayloads(t *testing.T) {
	// The library hashes items without marking where arrays end, so arrays of
	// the same number of arrays all hash alike.
	alike := shapes(12, 20_000)
	long := strings.Repeat("a", 100_000)
	for _, row := range []struct {
		name, schema, payload string
		codes                 []string
		limit                 bool
	}{
		{"38 backtracking", `{"pattern":"^(a+)+$"}`, `"` + long + `!"`, []string{"PATTERN"}, false},
		{"39 exponent", `{"maximum":1}`, `1e10000000`, []string{"INVALID_JSON"}, false},
		{"39 million", `{"multipleOf":3}`, `1e1000000`, []string{"INVALID_JSON"}, false},
		{"39 minus zero", `{"minimum":0,"type":"integer"}`, `-0`, nil, false},
		{"39 digits", `{"type":"integer"}`, strings.Repeat("9", 10_000), []string{"INVALID_JSON"}, false},
		{"40 unique items that hash alike", `{"uniqueItems":true}`, "[" + strings.Join(alike, ",") + "]", nil, false},
		{"40 unique items that hash alike, for the library", `{"uniqueItems":true}`, `["\u0061",` + strings.Join(alike, ",") + "]", nil, true},
		{"40 unique items", `{"uniqueItems":true}`, "[" + repeated(20_000, `{"a":%d}`) + "]", nil, false},
		{"40 enum by items", `{"items":{"enum":[` + repeated(10_000, "%d") + `]}}`, "[" + repeated(5000, "-%d") + "]", nil, true},
		{"40 deep", `{"items":{"$ref":"#"}}`, strings.Repeat("[", 9000) + strings.Repeat("]", 9000), []string{"PAYLOAD_LIMIT"}, false},
		{"empty", `{}`, "", []string{"INVALID_JSON"}, false},
		{"not UTF-8", `{}`, "\"\xff\"", []string{"INVALID_JSON"}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := parsed(t, row.schema)
			v, err := s.Validator(compat.ValidatorOptions{})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			verdict, err := v.Validate([]byte(row.payload), compat.JSONText)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
			if limited := errorKind(err) == "limit"; limited != row.limit {
				t.Fatalf("got error %v", err)
			}
			var codes []string
			for _, violation := range verdict.Violations {
				codes = append(codes, violation.Code)
			}
			if diff := cmp.Diff(row.codes, codes); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestValidate_Bounded holds a verdict to its bounds of count and text, and to
// show no value of the payload.
func TestValidate_Bounded(t *testing.T) {
	const secret = "hunter2"
	s := parsed(t, `{"additionalProperties":false,"properties":{"a":{"type":"integer"},"e":{"enum":["x"]},"o":{"oneOf":[{"const":1},{"const":2}]},"p":{"pattern":"^x"},"f":{"contentEncoding":"base64","format":"email"}}}`)
	v, err := s.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	payload := `{"a":"` + secret + `","e":"` + secret + `","o":"` + secret + `","p":"` + secret + `","f":"` + secret + `",` +
		repeated(500, `"`+strings.Repeat("k", 500)+`%d":"`+secret+`"`) + `}`
	verdict, err := v.Validate([]byte(payload), compat.JSONText)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%+v", verdict.Violations)
	if strings.Contains(text, secret) {
		t.Errorf("a value is shown: %s", text)
	}
	if len(verdict.Violations) > compat.MaxViolations || len(text) > 2*maxText || !verdict.Truncated {
		t.Errorf("%d violations of %d bytes, truncated %t", len(verdict.Violations), len(text), verdict.Truncated)
	}
	again, _ := v.Validate([]byte(payload), compat.JSONText)
	if diff := cmp.Diff(verdict, again); diff != "" {
		t.Errorf("the same payload got another verdict:\n%s", diff)
	}
}

func TestValidate_Words(t *testing.T) {
	s := parsed(t, `{"properties":{"customerId":{"type":"string"},"n":{"type":"integer","maximum":5}},"required":["customerId"],"additionalProperties":false}`)
	v, err := s.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Validate([]byte(`{"custId":"c","n":6.5}`), compat.Wire)
	if err != nil {
		t.Fatal(err)
	}
	want := []compat.Violation{
		{Code: "ADDITIONAL_PROPERTIES", Pointer: "/custId", SchemaPointer: "/additionalProperties", Expected: "no such property", Actual: "string",
			Message: "unexpected property custId", Hint: "did you mean customerId?"},
		{Code: "REQUIRED", Pointer: "/customerId", SchemaPointer: "/required", Expected: "string", Actual: "nothing",
			Message: "missing required property customerId"},
		{Code: "TYPE", Pointer: "/n", SchemaPointer: "/properties/n/type", Expected: "integer", Actual: "number", Message: "expected integer, got number"},
	}
	if diff := cmp.Diff(want, got.Violations); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestValidator_Refuses(t *testing.T) {
	s := parsed(t, `{}`)
	if _, err := s.Validator(compat.ValidatorOptions{Message: "m"}); !errors.Is(err, compat.ErrMessage) {
		t.Errorf("a message: got %v", err)
	}
	v, err := s.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, enc := range []compat.Encoding{compat.Binary, compat.PlainJSON} {
		if _, err := v.Validate([]byte("{}"), enc); !errors.Is(err, compat.ErrEncoding) {
			t.Errorf("%s: got %v", enc, err)
		}
	}
}
