package avro

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/muster-registry/muster/compat"
)

// outcome names what Parse said.
func outcome(err error) string {
	var parse *compat.ParseError
	var limit *compat.LimitError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &parse):
		return "parse"
	case errors.As(err, &limit):
		return "limit"
	}
	return fmt.Sprintf("%T", err)
}

// TestParse_Strictness runs testdata/strictness.jsonl: what is taken and refused
// of new schemas and of those accepted earlier. java is what Apache Avro 1.11.4
// answered to the row (java_1_12, where it differs, 1.12.0), and why the clause
// by which the row departs from it.
func TestParse_Strictness(t *testing.T) {
	file, err := os.Open("testdata/strictness.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var row struct{ Name, Schema, Want, Lenient, Java, Why string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Lenient == "" {
			row.Lenient = row.Want
		}
		t.Run(row.Name, func(t *testing.T) {
			if departs := (row.Want == "ok") != (row.Java == "ok"); departs != (row.Why != "") {
				t.Errorf("want %s, Java %s, why %q", row.Want, row.Java, row.Why)
			}
			_, err := New().Parse(compat.Source{Text: row.Schema})
			if got := outcome(err); got != row.Want {
				t.Errorf("strict: %s (%v), want %s\n%s", got, err, row.Want, row.Schema)
			}
			if position := (*compat.ParseError)(nil); errors.As(err, &position) && position.Line == 0 {
				t.Errorf("no position: %v", err)
			}
			_, err = New().Parse(compat.Source{Text: row.Schema, Lenient: true})
			if got := outcome(err); got != row.Lenient {
				t.Errorf("lenient: %s (%v), want %s\n%s", got, err, row.Lenient, row.Schema)
			}
		})
	}
}

// repeat joins n pieces, each made of its index.
func repeat(n int, piece string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(piece, "#", fmt.Sprint(i))
	}
	return strings.Join(parts, ",")
}

// TestParse_Hostile is rows 16 to 23 of reliability 5.4. The time asked for is
// 10 ms on a quiet machine; what is allowed here catches what hangs, on any.
func TestParse_Hostile(t *testing.T) {
	const allowed = 10 * time.Second
	for name, tc := range map[string]struct{ text, want string }{
		"1000 nested arrays":          {strings.Repeat(`{"type":"array","items":`, 1000) + `"int"` + strings.Repeat("}", 1000), "limit"},
		"40000 nested arrays":         {strings.Repeat(`{"type":"array","items":`, 40_000) + `"int"` + strings.Repeat("}", 40_000), "limit"},
		"33 nested arrays":            {strings.Repeat(`{"type":"array","items":`, 33) + `"int"` + strings.Repeat("}", 33), "limit"},
		"31 nested arrays":            {strings.Repeat(`{"type":"array","items":`, 31) + `"int"` + strings.Repeat("}", 31), "ok"},
		"records 2000 deep":           {strings.Repeat(`{"type":"record","name":"R","fields":[{"name":"f","type":`, 2000), "limit"},
		"100000 symbols":              {`{"type":"enum","name":"E","symbols":[` + repeat(100_000, `"S#"`) + `]}`, "limit"},
		"4097 symbols":                {`{"type":"enum","name":"E","symbols":[` + repeat(4097, `"S#"`) + `]}`, "limit"},
		"4096 symbols":                {`{"type":"enum","name":"E","symbols":[` + repeat(4096, `"S#"`) + `]}`, "ok"},
		"30000 fields":                {`{"type":"record","name":"R","fields":[` + repeat(30_000, `{"name":"f#","type":"int"}`) + `]}`, "limit"},
		"2001 fields":                 {`{"type":"record","name":"R","fields":[` + repeat(2001, `{"name":"f#","type":"int"}`) + `]}`, "limit"},
		"2000 fields":                 {`{"type":"record","name":"R","fields":[` + repeat(2000, `{"name":"f#","type":"int"}`) + `]}`, "ok"},
		"20000 branches":              {`[` + repeat(20_000, `{"type":"fixed","name":"F#","size":1}`) + `]`, "limit"},
		"65 branches":                 {`[` + repeat(65, `{"type":"fixed","name":"F#","size":1}`) + `]`, "limit"},
		"1001 named types":            {`{"type":"record","name":"R","fields":[` + repeat(1000, `{"name":"f#","type":{"type":"fixed","name":"F#","size":1}}`) + `]}`, "limit"},
		"recursive without a base":    {`{"type":"record","name":"A","fields":[{"name":"a","type":"A"}]}`, "ok"},
		"doubling to 2^30":            {doubling(30, ""), "ok"},
		"doubling defaults to 2^30":   {doubling(30, `,"default":{}`), "ok"},
		"a name of 1 MiB":             {`{"type":"fixed","size":1,"name":"` + strings.Repeat("a", 1<<20) + `"}`, "limit"},
		"wide default under a record": {wideDefault(), "limit"},
		"unions tried at every level": {deepUnions(), "parse"},
		"large default, many records": {largeDefault(), "limit"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			s, err := New().Parse(compat.Source{Text: tc.text})
			if got := outcome(err); got != tc.want {
				t.Fatalf("%s (%v), want %s", got, err, tc.want)
			}
			if err == nil {
				s.Normalized()
				s.LookupKey()
				if _, err := New().Check(s, s, compat.CheckOptions{Work: compat.NewBudget(1 << 20)}); err != nil {
					t.Error(err)
				}
			}
			if took := time.Since(start); took > allowed {
				t.Errorf("took %v", took)
			} else {
				t.Logf("took %v", took)
			}
		})
	}
}

// doubling is a schema whose values hold 2^n of the innermost.
func doubling(n int, suffix string) string {
	fields := []string{`{"name":"f0","type":{"type":"record","name":"R0","fields":[]}}`}
	for i := 1; i <= n; i++ {
		fields = append(fields, fmt.Sprintf(
			`{"name":"f%d","type":{"type":"record","name":"R%d","fields":[{"name":"a","type":"R%d"%s},{"name":"b","type":"R%d"%s}]}}`,
			i, i, i-1, suffix, i-1, suffix))
	}
	return `{"type":"record","name":"Top","fields":[` + strings.Join(fields, ",") + `]}`
}

// wideDefault has a default that leaves out every field of a wide record, many
// times.
func wideDefault() string {
	wide := `{"type":"record","name":"W","fields":[` + repeat(2000, `{"name":"f#","type":"int","default":0}`) + `]}`
	return `{"type":"record","name":"R","fields":[{"name":"w","type":{"type":"array","items":` + wide + `},"default":[` + repeat(2000, "{}") + `]}]}`
}

// deepUnions has a default that fits only at its deepest place, through
// branches that all begin alike.
func deepUnions() string {
	branches := `"null",` + repeat(60, `{"type":"record","name":"B#","fields":[{"name":"x","type":["null","Top"]}]}`)
	top := `{"type":"record","name":"Top","fields":[{"name":"u","type":[` + branches + `]}]}`
	value := strings.Repeat(`{"u":{"x":`, 15) + "1" + strings.Repeat("}}", 15)
	return `{"type":"record","name":"R","fields":[{"name":"t","type":` + top + `},{"name":"d","type":"Top","default":` + value + `}]}`
}

// largeDefault has a default of many members that no branch of a union has a
// field for.
func largeDefault() string {
	records := repeat(60, `{"type":"record","name":"R#","fields":[{"name":"y","type":"int"}]}`)
	return `{"type":"record","name":"T","fields":[{"name":"f","type":[` + records + `],"default":{` + repeat(50_000, `"p#":0`) + `}}]}`
}

// TestParse_LookupKey is the table of addenda B.3.
func TestParse_LookupKey(t *testing.T) {
	const base = `{"type":"record","name":"Order","namespace":"shop","doc":"d","aliases":["A","B"],"p":1,"q":{"x":1,"y":2},"fields":[{"name":"id","type":"string","default":"x"},{"name":"s","type":{"type":"enum","name":"S","symbols":["X","Y"],"default":"X"}},{"name":"s2","type":"S"}]}`
	edit := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(base) }
	for name, tc := range map[string]struct {
		text            string
		canonical, same bool
	}{
		"white space":              {edit(",", " ,\n"), true, true},
		"string escapes":           {edit(`"d"`, `"\u0064"`), true, true},
		"attribute order":          {edit(`"type":"enum","name":"S"`, `"name":"S","type":"enum"`), true, true},
		"type written as object":   {edit(`"type":"string"`, `"type":{"type":"string"}`), true, true},
		"namespace in the name":    {edit(`"name":"Order","namespace":"shop"`, `"name":"shop.Order"`), true, true},
		"namespace written out":    {edit(`"name":"S",`, `"name":"S","namespace":"shop",`), true, true},
		"full name in use":         {edit(`"type":"S"`, `"type":"shop.S"`), true, true},
		"order ascending":          {edit(`"default":"x"`, `"default":"x","order":"ascending"`), true, true},
		"reserved word dropped":    {edit(`"symbols"`, `"size":1,"symbols"`), true, true},
		"order of properties":      {edit(`"p":1,"q":{"x":1,"y":2}`, `"q":{"x":1,"y":2},"p":1`), false, true},
		"keys within a property":   {edit(`{"x":1,"y":2}`, `{"y":2,"x":1}`), false, true},
		"order of aliases":         {edit(`["A","B"]`, `["B","A"]`), false, true},
		"doc":                      {edit(`"d"`, `"e"`), false, false},
		"set of aliases":           {edit(`["A","B"]`, `["A"]`), false, false},
		"default":                  {edit(`"default":"x"`, `"default":"y"`), false, false},
		"enum default":             {edit(`"default":"X"`, `"default":"Y"`), false, false},
		"order":                    {edit(`"default":"x"`, `"default":"x","order":"ignore"`), false, false},
		"spelling of a number":     {edit(`"p":1`, `"p":1.0`), false, false},
		"value of a property":      {edit(`"p":1`, `"p":2`), false, false},
		"order of symbols":         {edit(`["X","Y"]`, `["Y","X"]`), false, false},
		"logical type":             {edit(`"type":"string"`, `"type":{"type":"string","logicalType":"uuid"}`), false, false},
		"another namespace of one": {edit(`"name":"S",`, `"name":"S","namespace":"other",`, `"type":"S"`, `"type":"other.S"`), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := mustParse(t, base), mustParse(t, tc.text)
			if got := a.Canonical() == b.Canonical(); got != tc.canonical {
				t.Errorf("canonical equal = %t\n%s\n%s", got, a.Canonical(), b.Canonical())
			}
			if got := a.LookupKey() == b.LookupKey(); got != tc.same {
				t.Errorf("lookup key equal = %t\n%s", got, b.Normalized())
			}
			if (a.Normalized() == b.Normalized()) != tc.same {
				t.Errorf("normalized:\n%s\n%s", a.Normalized(), b.Normalized())
			}
		})
	}
}

// TestParse_LookupKeyInlinesReferences: a text that writes out what another
// takes from a reference is found by lookup, and is other content (B.3).
func TestParse_LookupKeyInlinesReferences(t *testing.T) {
	const address = `{"type":"record","name":"shop.Address","fields":[{"name":"zip","type":"string"}]}`
	const order = `{"type":"record","name":"shop.Order","fields":[{"name":"to","type":"Address"},{"name":"from","type":"Address"}]}`
	referring, err := New().Parse(compat.Source{Text: order, References: []compat.Reference{{Name: "label", Text: address}}})
	if err != nil {
		t.Fatal(err)
	}
	inlined := mustParse(t, strings.Replace(order, `"Address"`, address, 1))
	if referring.LookupKey() != inlined.LookupKey() {
		t.Error("the lookup keys differ")
	}
	if referring.Canonical() == inlined.Canonical() {
		t.Error("the canonical texts are equal")
	}
}

func TestParse_TextIsSubmittedUnlessCommented(t *testing.T) {
	if got := mustParse(t, ` {"type" : "int"} `).Text(); got != ` {"type" : "int"} ` {
		t.Errorf("Text = %q", got)
	}
	if got := mustParse(t, `"int" // whole`).Text(); got != `"int"` {
		t.Errorf("Text = %q", got)
	}
	if got := mustParse(t, `{"type":"int","x":"// no comment"}`).Text(); got != `{"type":"int","x":"// no comment"}` {
		t.Errorf("Text = %q", got)
	}
}

// TestParse_ReferencesAreLenient: what a stored version holds is no reason to
// refuse the one that refers to it, and its errors have no position in the
// text submitted.
func TestParse_ReferencesAreLenient(t *testing.T) {
	stored := `{"type":"record","name":"my-team.A","fields":[{"name":"f","type":"int","default":"x"}]}`
	src := compat.Source{Text: `["null","my-team.A"]`, References: []compat.Reference{{Name: "a", Text: stored}}}
	if _, err := New().Parse(src); err != nil {
		t.Error(err)
	}
	src.References[0].Text = `{"type":"record","name":"A"}`
	_, err := New().Parse(src)
	if position := (*compat.ParseError)(nil); !errors.As(err, &position) || position.Line != 0 || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("err = %v", err)
	}
}

// TestParse_Positions: an error stands where the text went wrong, in lines and bytes
// from 1, whatever is written before it.
func TestParse_Positions(t *testing.T) {
	field := func(attributes string) string {
		return "{\"type\":\"record\",\"name\":\"R\",\n \"fields\":[\n  {\"name\":\"é\",\"doc\":1},\n  " + attributes + "]}"
	}
	for name, tc := range map[string]struct {
		text         string
		line, column int
	}{
		"syntax":          {"{\"type\":\n  \"int\",}", 2, 9},
		"end of text":     {"{\"type\":\n\"int\"", 2, 6},
		"duplicate key":   {"{\"type\":\"int\",\n \"type\":\"int\"}", 2, 2},
		"text after":      {"\"int\"\n x", 2, 2},
		"field name":      {field(`{"name":"ok","type":"int"}`), 3, 11},
		"unknown type":    {"{\"type\":\"map\",\n\t\"values\":\"Addres\"}", 2, 11},
		"default":         {"{\"type\":\"record\",\"name\":\"R\",\"fields\":[\n {\"name\":\"f\",\"type\":\"int\",\"default\": \"x\"}]}", 2, 38},
		"enum default":    {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\n\"default\":\"B\"}", 2, 11},
		"symbol":          {"{\"type\":\"enum\",\"name\":\"E\",\n\"symbols\":[\"A\",\n\"A\"]}", 3, 1},
		"branch":          {"[\"int\",\n  \"int\"]", 2, 3},
		"behind a letter": {"[\"null\", {\"type\":\"fixed\",\"doc\":\"ü€😀\",\"name\":\"F\",\"size\":-1}]", 1, 62},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New().Parse(compat.Source{Text: tc.text})
			var at *compat.ParseError
			if !errors.As(err, &at) || at.Line != tc.line || at.Column != tc.column {
				t.Errorf("%v, want %d:%d", err, tc.line, tc.column)
			}
		})
	}
}

// TestParse_CommentThatBeginsLikeItEnds: "/*/" opens a comment and does not
// close it, for the scan that counts branches as for the parser.
func TestParse_CommentThatBeginsLikeItEnds(t *testing.T) {
	s := mustParse(t, `["null" /*/`+strings.Repeat(`, "x"`, maxBranches+1)+` */, "int"]`)
	if got := s.Canonical(); got != `["null","int"]` {
		t.Errorf("Canonical = %q", got)
	}
}
