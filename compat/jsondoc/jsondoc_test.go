package jsondoc

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/muster-registry/muster/compat"
)

func TestScan_Refuses(t *testing.T) {
	for name, tc := range map[string]struct {
		text  string
		limit bool
	}{
		"empty text":            {text: ""},
		"text after the value":  {text: "{} x"},
		"byte order mark":       {text: "\ufeff{}"},
		"bare word":             {text: "int"},
		"comment":               {text: "{} // x"},
		"duplicate key":         {text: `{"a":1,"\u0061":2}`},
		"invalid UTF-8":         {text: "\"\xff\""},
		"lone surrogate":        {text: `"\ud800"`},
		"surrogates reversed":   {text: `"\udc00\ud800"`},
		"U+0000 as it is":       {text: "\"\x00\""},
		"control character":     {text: "\"\n\""},
		"plus in hex digits":    {text: `"\u+041"`},
		"underscore in digits":  {text: `"\u0_41"`},
		"leading zero":          {text: "01"},
		"point without digits":  {text: "1."},
		"long number":           {text: strings.Repeat("1", 65)},
		"large exponent":        {text: "1e401"},
		"huge exponent":         {text: "1e99999999999999999999"},
		"array that never ends": {text: "[1,"},
		"trailing comma":        {text: "[1,]"},
		"deep":                  {text: strings.Repeat("[", 65) + strings.Repeat("]", 65), limit: true},
		"deep and unfinished":   {text: strings.Repeat("[", 1_000_000), limit: true},
		"many tokens":           {text: "[" + strings.Repeat("1,", 200_000) + "1]", limit: true},
		"large":                 {text: `"` + strings.Repeat("a", 1<<20) + `"`, limit: true},
	} {
		t.Run(name, func(t *testing.T) {
			err := Scan(tc.text, Schema)
			var parse *compat.ParseError
			var limit *compat.LimitError
			if tc.limit && !errors.As(err, &limit) || !tc.limit && !errors.As(err, &parse) {
				t.Errorf("Scan = %v (%T)", err, err)
			}
		})
	}
}

func TestParse_KeepsOrderSpellingAndPlace(t *testing.T) {
	const text = "{\"b\" : [1.00, -2e3],\n \"a\":\"x\\u00e9\\n\\/\", \"c\": {\"z\":null,\"y\":true}}"
	v, err := Parse(text, Schema)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.Compact(), `{"b":[1.00,-2e3],"a":"xé\n/","c":{"z":null,"y":true}}`; got != want {
		t.Errorf("Compact = %s, want %s", got, want)
	}
	if got, want := v.Sorted(), `{"a":"xé\n/","b":[1.00,-2e3],"c":{"y":true,"z":null}}`; got != want {
		t.Errorf("Sorted = %s, want %s", got, want)
	}
	if line, column := Position(text, v.Get("a").Offset); line != 2 || column != 6 {
		t.Errorf("position of a = %d:%d, want 2:6", line, column)
	}
}

func TestParse_Comments(t *testing.T) {
	opts := Schema
	opts.Comments = true
	v, err := Parse("// one\n{\"a\": /* two */ 1} // three", opts)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Compact(); got != `{"a":1}` {
		t.Errorf("Compact = %s", got)
	}
}

// FuzzScan holds the scanner to encoding/json: what the one accepts without
// limits the other accepts, and the tree says the same.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e-3,"x\ud83d\ude00",null,true,false,{}]}`, `"\ud800"`, `[[]]`, ` 0 `, `-`, `{"a":1,"a":2}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		opts := Options{Limits: Limits{Depth: 1000}}
		scanErr := Scan(text, opts)
		v, err := Parse(text, opts)
		if (err == nil) != (scanErr == nil) {
			t.Fatalf("Parse says %v, Scan says %v", err, scanErr)
		}
		var limit *compat.LimitError
		if errors.As(err, &limit) {
			return
		}
		// encoding/json replaces bad UTF-8 where RFC 8259 forbids it.
		if want := json.Valid([]byte(text)); want != (err == nil) && strings.ToValidUTF8(text, "") == text {
			t.Fatalf("Parse(%q) = %v, encoding/json says valid = %t", text, err, want)
		}
		if err != nil {
			return
		}
		again, err := Parse(v.Compact(), opts)
		if err != nil || again.Compact() != v.Compact() {
			t.Fatalf("Compact is not stable: %q", v.Compact())
		}
		if again.Sorted() != v.Sorted() {
			t.Fatalf("Sorted differs: %q", v.Sorted())
		}
	})
}
