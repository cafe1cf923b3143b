package jsonschema

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/muster-registry/muster/compat"
)

func parsed(tb testing.TB, text string) compat.Schema {
	tb.Helper()
	s, err := New().Parse(compat.Source{Text: text})
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return s
}

func compared(tb testing.TB, reader, writer string, opts compat.CheckOptions) compat.Comparison {
	tb.Helper()
	if opts.Reader == "" {
		opts.Reader, opts.Writer = "new", "old"
	}
	c, err := New().Check(parsed(tb, reader), parsed(tb, writer), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestWitnesses_AreJudged holds each witness of the corpus, TestCorpus_Witnesses
// asks for one, to the judge of payloads: valid for the writer alone.
func TestWitnesses_AreJudged(t *testing.T) {
	archives(t, "check", func(a *txtar.Archive) {
		for _, f := range a.Files {
			if strings.Contains(f.Name, "ref/") {
				return
			}
		}
		older, newer := section(a, "old.json"), section(a, "new.json")
		for _, side := range [][2]string{{newer, older}, {older, newer}} {
			r, w := parsed(t, side[0]), parsed(t, side[1])
			for _, d := range compared(t, side[0], side[1], compat.CheckOptions{}).Differences {
				if d.Witness != nil && (!accepts(t, w, d.Witness.JSON) || accepts(t, r, d.Witness.JSON) || d.Witness.Outcome == "") {
					t.Errorf("%s: not a witness of %s against %s", d.Witness.JSON, side[0], side[1])
				}
			}
		}
	})
}

func TestCheck_RenameIsNamed(t *testing.T) {
	older := `{"type":"object","properties":{"customerId":{"type":"string"},"n":{"type":"integer"}},"required":["customerId"]}`
	newer := `{"type":"object","properties":{"custId":{"type":"string"},"n":{"type":"integer"}},"required":["custId"]}`
	got := compared(t, newer, older, compat.CheckOptions{}).Differences
	want := []compat.Difference{{
		Rule:    "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
		Path:    "#/properties/custId",
		Message: got[0].Message,
		Witness: &compat.Witness{JSON: `{"customerId":""}`, Outcome: "missing required property custId at /"},
		Fix: &compat.Fix{
			Text: "keep `customerId`; to rename, add `custId` as optional beside it",
			Edit: compat.Edit{Op: "make-optional", Path: "#/required/custId"},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheck_Entry(t *testing.T) {
	d := compared(t, `{"maximum":1}`, `{"maximum":2}`, compat.CheckOptions{Reader: "old", Writer: "new"}).Differences[0]
	want := `{errorType:"MAXIMUM_DECREASED", description:"The value at path '#/maximum' in the old schema is less than its value in the new schema'}`
	if got := New().Entry(d); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCheck_Evidence(t *testing.T) {
	for _, row := range []struct {
		name, reader, writer string
		want                 compat.Evidence
	}{
		{"the same text", `{"type":"string"}`, ` {"type":"string"}`, compat.Proof},
		{"contained", `{"type":"string"}`, `{"type":"string","maxLength":1}`, compat.Proof},
		{"refuted", `{"type":"string","maxLength":1}`, `{"type":"string"}`, compat.Proof},
		{"refuted by a large document", required(1001), required(1000), compat.Proof},
		{"beyond what is built", `{"maxLength":1000000}`, `{"type":"string"}`, compat.RulesEvidence},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := compared(t, row.reader, row.writer, compat.CheckOptions{}).Evidence; got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func required(n int) string {
	return `{"required":[` + series(n, func(i int) string { return fmt.Sprintf(`"p%d"`, i) }) + `]}`
}

// TestContain_AgainstLabels pins the verdicts that public collections of cases
// have otherwise, and what is left to the rules.
func TestContain_AgainstLabels(t *testing.T) {
	for _, row := range []struct {
		name, reader, writer string
		compatible           bool
		evidence             compat.Evidence
	}{
		// is-json-schema-subset takes a tuple for all of an array, but items
		// past it are free: ["","",null].
		{"a tuple is not closed", `{"type":"array","items":{"type":"string"}}`,
			`{"type":"array","items":[{"type":"string"},{"type":"string"}]}`, false, compat.Proof},
		// jsoncompat has additionalProperties of the writer cover a pattern of
		// the reader: {"x":null}.
		{"a pattern is added to open members", `{"type":"object","patternProperties":{"^x$":{"type":"integer"}}}`,
			`{"type":"object","additionalProperties":true}`, false, compat.Proof},
		// jsoncompat marks the escape as not supported; it is the one name
		// U+0003, and a member x is not allowed by the writer.
		{"a control character names the only member", `{"type":"object","properties":{"x":{"type":"string"}}}`,
			`{"type":"object","patternProperties":{"^\\cC$":{"type":"integer"}},"additionalProperties":false}`, true, compat.Proof},
		// S or not S, whatever the dynamic scope makes of S.
		{"a reference that the dynamic scope moves", `{"$schema":"https://json-schema.org/draft/2019-09/schema","anyOf":[
			{"$id":"http://a.example/outer","$recursiveAnchor":true,"anyOf":[{"type":"integer"},{"$id":"http://a.example/inner","$recursiveAnchor":true,"type":"object","additionalProperties":{"$recursiveRef":"#"}}]},
			{"not":{"$ref":"http://a.example/outer"}}]}`, `{}`, true, compat.Proof},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := compared(t, row.reader, row.writer, compat.CheckOptions{})
			if got := len(c.Differences) == 0; got != row.compatible || c.Evidence != row.evidence {
				t.Errorf("got compatible %t by %s, want %t by %s: %v", got, c.Evidence, row.compatible, row.evidence, c.Differences)
			}
		})
	}
}

// TestContain_LabelsOfRefused: what a public collection labels, and no registry
// takes that judges payloads by it.
func TestContain_LabelsOfRefused(t *testing.T) {
	for _, row := range []struct{ name, text, message string }{
		// jsoncompat reads a schema that needs itself to judge the same value
		// as the least that it may mean.
		{"a schema that leads back to itself", `{"$defs":{"Value":{"anyOf":[{"$ref":"#/$defs/Value"},{"type":"string"}]}},"properties":{"value":{"$ref":"#/$defs/Value"}},
			"$schema":"https://json-schema.org/draft/2020-12/schema"}`, "a reference that leads back to itself"},
		{"names by such a schema", `{"definitions":{"Name":{"allOf":[{"$ref":"#/definitions/Name"},{"type":"string"}]}},"propertyNames":{"$ref":"#/definitions/Name"}}`,
			"a reference that leads back to itself"},
		// It labels patterns that it cannot look into as not compatible; RE2
		// cannot match them, so they are refused.
		{"look-ahead in names", `{"propertyNames":{"pattern":"^(?=x$)x$"}}`, "look-ahead (?= is not supported"},
		{"look-ahead in patternProperties", `{"patternProperties":{"^(?=x$)x$":true}}`, "look-ahead (?= is not supported"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := New().Parse(compat.Source{Text: row.text})
			if errorKind(err) != "parse" || !strings.Contains(err.Error(), row.message) {
				t.Errorf("got %v, want %q", err, row.message)
			}
		})
	}
}

// TestCheck_Lenient holds policy LENIENT to the kinds of contract A.2.
func TestCheck_Lenient(t *testing.T) {
	for _, row := range []struct {
		name, reader, writer string
		want                 []compat.RuleID
	}{
		{"optional member added to an open model", `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object"}`, nil},
		{"member removed from a closed model", `{"type":"object","additionalProperties":false}`, `{"type":"object","properties":{"a":{}},"additionalProperties":false}`, nil},
		{"other members forbidden", `{"type":"object","additionalProperties":false}`, `{"type":"object"}`, nil},
		{"required member with a default", `{"properties":{"a":{"type":"string","default":""}},"required":["a"]}`, `{}`, nil},
		{"required member without", `{"properties":{"a":{"type":"string"}},"required":["a"]}`, `{}`,
			[]compat.RuleID{"REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"}},
		{"deep in a branch of anyOf", `{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"null"}]}`,
			`{"anyOf":[{"type":"object"},{"type":"null"}]}`, nil},
		{"another type", `{"type":"string"}`, `{"type":"integer"}`, []compat.RuleID{"TYPE_CHANGED"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []compat.RuleID
			for _, d := range compared(t, row.reader, row.writer, compat.CheckOptions{Policy: compat.Lenient}).Differences {
				got = append(got, d.Rule)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheck_WorkRunsOut(t *testing.T) {
	wide := func(keyword string) string {
		var b strings.Builder
		b.WriteString(`{"type":"object","properties":{`)
		for i := range 500 {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `"p%d":{"type":"string","%s":%d}`, i, keyword, i)
		}
		return b.String() + "}}"
	}
	_, err := New().Check(parsed(t, wide("minLength")), parsed(t, wide("maxLength")), compat.CheckOptions{Work: compat.NewBudget(100)})
	var limit *compat.LimitError
	if !errors.As(err, &limit) {
		t.Errorf("got %v, want a *LimitError", err)
	}
}

// TestCheck_RecursiveOneOf needs polynomial time: twelve definitions, each a
// oneOf over all twelve (compat-rules 3.2).
func TestCheck_RecursiveOneOf(t *testing.T) {
	text := func(last string) string {
		var b strings.Builder
		b.WriteString(`{"$ref":"#/definitions/d0","definitions":{`)
		for i := range 12 {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `"d%d":{"type":"object","properties":{"k":{"const":%d},"v":{"oneOf":[`, i, i)
			for j := range 12 {
				if j > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, `{"$ref":"#/definitions/d%d"}`, j)
			}
			b.WriteString(`]}},"required":["k"]}`)
		}
		return b.String() + `,"x":` + last + `}}`
	}
	work := compat.NewBudget(100_000)
	c := compared(t, text("true"), text("false"), compat.CheckOptions{Work: work})
	if len(c.Differences) > 0 {
		t.Errorf("got %v", c.Differences)
	}
	wider := strings.Replace(text("true"), `{"const":11}`, `{"enum":[11,12]}`, 1)
	if c := compared(t, wider, text("true"), compat.CheckOptions{Work: work}); len(c.Differences) > 0 {
		t.Errorf("wider: got %v", c.Differences)
	}
	if c := compared(t, text("true"), wider, compat.CheckOptions{Work: work}); len(c.Differences) == 0 {
		t.Error("narrower: got no differences")
	}
}
