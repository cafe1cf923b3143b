package avro

import (
	"strings"
	"testing"

	hamba "github.com/hamba/avro/v2"
	"pgregory.net/rapid"

	"github.com/muster-registry/muster/compat"
)

// TestCheck_Witnesses: each shows its own difference, not the first one the
// reader happens to run into.
func TestCheck_Witnesses(t *testing.T) {
	const writer = `{"type":"record","name":"Order","fields":[
		{"name":"status","type":{"type":"enum","name":"Status","symbols":["NEW","PAID"]}},
		{"name":"total","type":"long"},
		{"name":"tags","type":{"type":"map","values":"int"}},
		{"name":"to","type":["null",{"type":"record","name":"Address","fields":[{"name":"zip","type":["null","int","string"]}]}]},
		{"name":"digest","type":{"type":"fixed","name":"MD5","size":2}}]}`
	const reader = `{"type":"record","name":"Order","fields":[
		{"name":"status","type":{"type":"enum","name":"Status","symbols":["NEW"]}},
		{"name":"total","type":"int"},
		{"name":"tags","type":{"type":"map","values":"boolean"}},
		{"name":"to","type":["null",{"type":"record","name":"Address","fields":[{"name":"zip","type":["null","int"]}]}]},
		{"name":"digest","type":{"type":"fixed","name":"SHA","size":3}},
		{"name":"note","type":"string"}]}`
	want := []struct{ json, outcome string }{
		{`{"status":"PAID","total":0,"tags":{},"to":null,"digest":"\u0000\u0000"}`, "the reader stops at /status: enum Status has no symbol PAID and no default"},
		{`{"status":"NEW","total":0,"tags":{},"to":null,"digest":"\u0000\u0000"}`, "the reader stops at /total: it expects int and meets long"},
		{`{"status":"NEW","total":0,"tags":{"k":0},"to":null,"digest":"\u0000\u0000"}`, "the reader stops at /tags/k: it expects boolean and meets int"},
		{`{"status":"NEW","total":0,"tags":{},"to":{"Address":{"zip":{"string":""}}},"digest":"\u0000\u0000"}`, "the reader stops at /to/zip: no branch of its union is for string"},
		{`{"status":"NEW","total":0,"tags":{},"to":null,"digest":"\u0000\u0000"}`, "the reader stops at /digest: it knows no fixed MD5"},
		{`{"status":"NEW","total":0,"tags":{},"to":null,"digest":"\u0000\u0000"}`, "the reader stops at /digest: fixed SHA has 3 bytes, not 2"},
		{`{"status":"NEW","total":0,"tags":{},"to":null,"digest":"\u0000\u0000"}`, "the reader stops: field note is not there and has no default"},
	}
	found := differencesOf(t, reader, writer, backward)
	if len(found) != len(want) {
		t.Fatalf("%d differences, want %d: %+v", len(found), len(want), found)
	}
	for i, d := range found {
		if d.Witness == nil {
			t.Errorf("%s at %s has no witness", d.Rule, d.Path)
			continue
		}
		if d.Witness.JSON != want[i].json || d.Witness.Outcome != want[i].outcome {
			t.Errorf("%s at %s: %s\n%s", d.Rule, d.Path, d.Witness.JSON, d.Witness.Outcome)
		}
	}
}

// TestCheck_NoWitnessWithoutDatum: of a type that has no finite value, or only
// large ones, there is nothing to show.
func TestCheck_NoWitnessWithoutDatum(t *testing.T) {
	for _, writer := range []string{
		`{"type":"record","name":"A","fields":[{"name":"a","type":"A"},{"name":"b","type":"long"}]}`,
		strings.Replace(doubling(30, ""), `"fields":[]`, `"fields":[{"name":"b","type":"long"}]`, 1),
	} {
		reader := strings.Replace(writer, `"long"`, `"int"`, 1)
		found := differencesOf(t, reader, writer, backward)
		if len(found) != 1 || found[0].Witness != nil {
			t.Errorf("differences %+v", found)
		}
	}
}

// TestCheck_AgreesWithReading: where Check finds nothing, every datum drawn is
// read by our decoder and hamba's check finds nothing either; and each witness is a payload under the
// writer in either encoding, which the reader does not read. Of hamba only the
// verdict is asked: its Resolve refuses a union that promotes one branch to
// another, and does not come back from some recursive types.
func TestCheck_AgreesWithReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		api := strictAPI()
		g := &schemas{t: t}
		writerText := g.record(3)
		readerText := edited(t, writerText)
		w, err := parse(compat.Source{Text: writerText})
		if err != nil {
			t.Fatalf("%v\n%s", err, writerText)
		}
		r, err := parse(compat.Source{Text: readerText})
		if err != nil {
			t.Skip(err) // an edit that makes no schema: rapid draws another, and fails when most are such
		}
		other, err := hamba.ParseWithCache(writerText, "", &hamba.SchemaCache{})
		if err != nil {
			t.Fatalf("hamba: %v\n%s", err, writerText)
		}
		c, err := check(r.root, w.root, backward)
		if err != nil {
			t.Fatal(err)
		}
		v := newValidator(w.root)
		for _, d := range c.Differences {
			if d.Witness == nil {
				continue
			}
			for enc, payload := range map[compat.Encoding][]byte{compat.Binary: d.Witness.Binary, compat.JSONText: []byte(d.Witness.JSON)} {
				if verdict, err := v.Validate(payload, enc); err != nil || len(verdict.Violations) > 0 {
					t.Fatalf("the witness %s is no payload: %v %v\n%s", d.Witness.JSON, verdict, err, writerText)
				}
			}
			if err := decodes(api, other, d.Witness.Binary); err != nil {
				t.Fatalf("hamba on the witness: %v: %x\n%s", err, d.Witness.Binary, writerText)
			}
			if outcomeOf(r.root, w.root, d.Witness.Binary, nil) == "" {
				t.Fatalf("the reader reads the witness %s\nwriter %s\nreader %s", d.Witness.JSON, writerText, readerText)
			}
		}
		if len(c.Differences) > 0 {
			return
		}
		payload, err := api.Marshal(other, drawn(t, w.root, 5))
		if err != nil {
			t.Fatal(err)
		}
		if outcome := outcomeOf(r.root, w.root, payload, nil); outcome != "" {
			t.Fatalf("found compatible, but %s\nwriter %s\nreader %s", outcome, writerText, readerText)
		}
		otherReader, err := hamba.ParseWithCache(readerText, "", &hamba.SchemaCache{})
		if err != nil {
			return // hamba is stricter here, and has no say
		}
		if err := hamba.NewSchemaCompatibility().Compatible(otherReader, other); err != nil {
			t.Fatalf("found compatible, but hamba says %v\nwriter %s\nreader %s", err, writerText, readerText)
		}
	})
}

// edited changes a few places of a schema text as people do.
func edited(t *rapid.T, text string) string {
	edits := [][2]string{
		{`"int"`, `"long"`}, {`"int"`, `"string"`}, {`"long"`, `"double"`}, {`"string"`, `"bytes"`}, {`"float"`, `"int"`},
		{`"name":"f1"`, `"name":"g1"`}, {`"name":"f1"`, `"name":"g1","aliases":["f1"]`}, {`"name":"f0"`, `"name":"f0","default":0`},
		{`"fields":[`, `"fields":[{"name":"extra","type":"int","default":1},`}, {`"fields":[`, `"fields":[{"name":"extra","type":"int"},`},
		{`"symbols":["S0",`, `"symbols":[`}, {`"symbols":["S0"`, `"default":"S0","symbols":["S0"`},
		{`"null",`, ``}, {`"type":"boolean"`, `"type":["boolean","null"]`},
	}
	for range rapid.IntRange(0, 3).Draw(t, "edits") {
		edit := rapid.SampledFrom(edits).Draw(t, "edit")
		at := strings.Split(text, edit[0])
		if len(at) == 1 {
			continue
		}
		i := rapid.IntRange(1, len(at)-1).Draw(t, "place")
		text = strings.Join(at[:i], edit[0]) + edit[1] + strings.Join(at[i:], edit[0])
	}
	return strings.ReplaceAll(text, ",]", "]")
}
