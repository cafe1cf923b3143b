package jsonschema

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/muster-registry/muster/compat"
)

// doubling is a schema of n definitions, each twice the next.
func doubling(n int, keyword string) string {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/definitions/d0","definitions":{`)
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{"%s":[{"$ref":"#/definitions/d%d"},{"$ref":"#/definitions/d%d"}]},`, i, keyword, i+1, i+1)
	}
	fmt.Fprintf(&b, `"d%d":{"type":"string"}}}`, n)
	return b.String()
}

func repeated(n int, format string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(list, ",")
}

// TestHostileSchemas are rows 34 to 39 of reference/reliability.md 5.4 and the
// limits of its 5.3.
func TestHostileSchemas(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"34 file", `{"$ref":"file:///etc/passwd"}`, "external"},
		{"34 device", `{"$ref":"file:///dev/zero"}`, "external"},
		{"34 relative path", `{"$ref":"../../etc/passwd"}`, "external"},
		{"34 path that exists", `{"$ref":"format_test.go"}`, "external"},
		{"34 $schema", `{"$schema":"file:///etc/passwd","type":"string"}`, ""},
		{"34 $id", `{"$id":"file:///etc/","items":{"$ref":"passwd"}}`, "external"},
		{"35 metadata service", `{"$ref":"http://169.254.169.254/latest/meta-data"}`, "external"},
		{"35 a name of DNS", `{"$ref":"https://example.com/a.json#/definitions/b"}`, "external"},
		{"35 metaschema", `{"$ref":"https://json-schema.org/draft/2020-12/schema"}`, ""},
		{"35 no metaschema", `{"$ref":"https://json-schema.org/draft/2020-12/other"}`, "external"},
		{"36 itself", `{"$ref":"#"}`, "parse"},
		{"36 allOf of itself", `{"allOf":[{"$ref":"#"}]}`, "parse"},
		{"36 progress", `{"properties":{"a":{"$ref":"#"}},"items":{"$ref":"#"}}`, ""},
		{"37 doubling allOf 22", doubling(22, "allOf"), "limit"},
		{"37 doubling anyOf 30", doubling(30, "anyOf"), "limit"},
		{"37 doubling oneOf 30", doubling(30, "oneOf"), "limit"},
		{"38 nested repetition", `{"pattern":"(((a{1,31}){1,31}){1,31})"}`, "limit"},
		{"38 groups", `{"pattern":"` + strings.Repeat("(", 900) + strings.Repeat(")", 900) + `"}`, "limit"},
		{"38 long", `{"pattern":"` + strings.Repeat("a", 1025) + `"}`, "limit"},
		{"38 look-behind", `{"pattern":"(?<=a)b"}`, "parse"},
		{"38 back-reference", `{"pattern":"(?<n>a)\\k<n>"}`, "parse"},
		{"38 lookahead in patternProperties", `{"patternProperties":{"^(?!a)":{}}}`, "parse"},
		{"39 multipleOf", `{"multipleOf":1e-1000000}`, "parse"},
		{"39 enum", `{"enum":[1e10000000]}`, "parse"},
		{"39 a long number", `{"maximum":` + strings.Repeat("9", 10_000) + `}`, "parse"},
		{"depth", strings.Repeat(`{"not":`, 64) + "{}" + strings.Repeat("}", 64), "limit"},
		{"sub-schemas", `{"anyOf":[` + repeated(5001, `{"minimum":%d}`) + `]}`, "limit"},
		{"references", `{"definitions":{"a":{}},"anyOf":[` + strings.TrimSuffix(strings.Repeat(`{"$ref":"#/definitions/a"},`, 2001), ",") + `]}`, "limit"},
		{"enum of many", `{"enum":[` + repeated(10_001, "%d") + `]}`, "limit"},
		{"NUL", "{\"title\":\"\x00\"}", "parse"},
		{"NUL escaped", `{"title":"\u0000"}`, ""},
		{"lone surrogate", `{"title":"\ud800"}`, "parse"},
		{"not UTF-8", "{\"title\":\"\xff\"}", "parse"},
		{"huge counts", `{"minLength":1e300,"maxItems":1e300,"minProperties":9223372036854775808}`, ""},
		{"text after", `{} x`, "parse"},
	} {
		t.Run(row.name, func(t *testing.T) {
			start := time.Now()
			_, err := New().Parse(compat.Source{Text: row.text})
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
			if got := errorKind(err); got != row.want {
				t.Errorf("got %q (%v), want %q", got, err, row.want)
			}
		})
	}
}

func errorKind(err error) string {
	var parse *compat.ParseError
	var limit *compat.LimitError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &limit):
		return "limit"
	case errors.As(err, &parse) && parse.Message == notAllowed:
		return "external"
	case errors.As(err, &parse):
		return "parse"
	}
	return "foreign"
}

// TestParse_ExternalTextTellsNothing compares the errors for a file that
// exists and one that does not.
func TestParse_ExternalTextTellsNothing(t *testing.T) {
	dir := t.TempDir()
	there, absent := filepath.Join(dir, "there.json"), filepath.Join(dir, "absnt.json")
	if err := os.WriteFile(there, []byte(`{}`), 0o644); err != nil {
		t.Fatal(err)
	}
	_, first := New().Parse(compat.Source{Text: `{"$ref":"file://` + there + `"}`})
	_, second := New().Parse(compat.Source{Text: `{"$ref":"file://` + absent + `"}`})
	if first == nil || second == nil || first.Error() != second.Error() {
		t.Errorf("got %v and %v", first, second)
	}
}

// TestParse_Lenient is what stored schemas may be that new ones may not.
func TestParse_Lenient(t *testing.T) {
	for _, row := range []struct{ name, text, canonical string }{
		{"look-ahead", `{"pattern": "^(?=a)"}`, `{"pattern":"^(?=a)"}`},
		{"against the metaschema", `{"type":"strnig","minLength":-1}`, `{"type":"strnig","minLength":-1}`},
		{"duplicate keys", `{"type":"string","title":"a","type":"integer"}`, `{"type":"integer","title":"a"}`},
		{"another root", `[1]`, `[1]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := New().Parse(compat.Source{Text: row.text}); errorKind(err) != "parse" {
				t.Errorf("strictly: got %v", err)
			}
			s, err := New().Parse(compat.Source{Text: row.text, Lenient: true})
			if err != nil {
				t.Fatal(err)
			}
			if s.Canonical() != row.canonical {
				t.Errorf("canonical %s", s.Canonical())
			}
			_, err = s.Validator(compat.ValidatorOptions{})
			if row.name != "duplicate keys" && errorKind(err) != "parse" {
				t.Errorf("Validator: got %v", err)
			}
			if c, err := New().Check(s, parsed(t, `{"type":"string"}`), compat.CheckOptions{Reader: "new", Writer: "old"}); err != nil {
				t.Errorf("Check: %v, %v", c, err)
			}
		})
	}
	t.Run("endless reference", func(t *testing.T) {
		s, err := New().Parse(compat.Source{Text: `{"allOf":[{"$ref":"#"}]}`, Lenient: true})
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.Validator(compat.ValidatorOptions{})
		if err != nil {
			t.Fatal(err)
		}
		verdict, err := v.Validate([]byte("{}"), compat.JSONText)
		if err != nil || len(verdict.Violations) != 1 || verdict.Violations[0].Code != "ENDLESS_REFERENCE" {
			t.Errorf("got %+v, %v", verdict, err)
		}
	})
}

// TestTranslate compares translations by what they match.
func TestTranslate(t *testing.T) {
	for _, row := range []struct {
		pattern  string
		yes, not []string
	}{
		{`^a$`, []string{"a"}, []string{"a\n", "b"}},
		{`^.$`, []string{"a", "é", "\x85"}, []string{"\n", "\r", "\u2028", ""}},
		{`^\s$`, []string{" ", "\u00a0", "\ufeff", "\v"}, []string{"a", "\u200b"}},
		{`^\S$`, []string{"a", "\u200b"}, []string{" ", "\ufeff"}},
		{`^[\S]$`, []string{"a"}, []string{"\u2003"}},
		{`^[^\s]$`, []string{"a"}, []string{"\u2003"}},
		{`^\d\w$`, []string{"1_"}, []string{"١a", "1é"}},
		{`^\u00e9\x41\cJ$`, []string{"éA\n"}, nil},
		{`^\uD83D\uDE00\u{1F600}$`, []string{"😀😀"}, nil},
		{`^[a-\d]$`, []string{"a", "-", "5"}, []string{"b"}},
		{`^[\w-.]$`, []string{"-", ".", "a"}, []string{"!"}},
		{`^[[:alpha:]]$`, []string{"a]", ":]"}, []string{"b"}},
		{`^[]$`, nil, []string{"", "a"}},
		{`^[^]$`, []string{"a", "\n"}, []string{""}},
		{`^a{2}b{1,}c{0,1}$`, []string{"aab", "aabbc"}, []string{"ab"}},
		{`^a{,2}$`, []string{"a{,2}"}, []string{"aa"}},
		{`^{}$`, []string{"{}"}, nil},
		{`^a{1,1500}$`, []string{"a", strings.Repeat("a", 1500)}, []string{"", strings.Repeat("a", 1501)}},
		{`^[ab]{1200}$`, []string{strings.Repeat("ab", 600)}, []string{strings.Repeat("a", 1199)}},
		{`^(?<year>\d{4})\/\-$`, []string{"2026/-"}, nil},
		{`^\p{Lu}\p{Script=Greek}$`, []string{"Aα"}, []string{"aα"}},
		{`^[\b]\0$`, []string{"\b\x00"}, nil},
		{`a|^b$`, []string{"xa", "b"}, []string{"bx"}},
	} {
		t.Run(row.pattern, func(t *testing.T) {
			p := &parser{}
			compiled, err := p.compilePattern(&node{doc: &document{text: "x"}}, row.pattern, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range row.yes {
				if !compiled.matches(s) {
					t.Errorf("%s does not match %q", compiled.translated, s)
				}
			}
			for _, s := range row.not {
				if compiled.matches(s) {
					t.Errorf("%s matches %q", compiled.translated, s)
				}
			}
		})
	}
	for _, pattern := range []string{`\A`, `\z`, `(?s).`, `(?>a)`, `[b-a]`, `(`, `)`, `[`, `\`, `*`, `\u12`, `\ud800`, `\c1`, `a**`} {
		p := &parser{}
		if _, err := p.compilePattern(&node{doc: &document{text: "x"}}, pattern, 0); errorKind(err) != "parse" {
			t.Errorf("%s: got %v", pattern, err)
		}
	}
}

// TestParse_LargeButLegal is the largest schema the limits allow, in time.
func TestParse_LargeButLegal(t *testing.T) {
	text := `{"type":"object","properties":{` + repeated(4000, `"p%d":{"type":"string","maxLength":10}`) + `}}`
	start := time.Now()
	s := parsed(t, text)
	c, err := New().Check(s, parsed(t, strings.ReplaceAll(text, ":10}", ":9}")), compat.CheckOptions{Reader: "new", Writer: "old"})
	if err != nil || len(c.Differences) > 0 {
		t.Errorf("got %v, %v", c.Differences, err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}
