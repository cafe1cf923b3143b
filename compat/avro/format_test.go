package avro

import (
	"testing"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/compattest"
)

func TestCorpus(t *testing.T) { compattest.Run(t, New()) }

func TestCorpus_Mends(t *testing.T) { compattest.Mends(t, New()) }

func TestCorpus_Witnesses(t *testing.T) { compattest.Witnesses(t, New()) }

// orderEvent has every kind of type.
const orderEvent = `{"type":"record","name":"Order","namespace":"shop","fields":[
 {"name":"orderId","type":"string"},
 {"name":"customerId","type":"long"},
 {"name":"placedAt","type":{"type":"long","logicalType":"timestamp-millis"}},
 {"name":"status","type":{"type":"enum","name":"Status","symbols":["NEW","PAID","SHIPPED"],"default":"NEW"}},
 {"name":"items","type":{"type":"array","items":{"type":"record","name":"Item","fields":[
   {"name":"sku","type":"string"},
   {"name":"quantity","type":"int"},
   {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
   {"name":"tags","type":{"type":"array","items":"string"},"default":[]}]}}},
 {"name":"attributes","type":{"type":"map","values":"string"}},
 {"name":"shipTo","type":["null",{"type":"record","name":"Address","fields":[
   {"name":"street","type":"string"},{"name":"zip","type":["null","string"],"default":null}]},"string"],"default":null},
 {"name":"checksum","type":{"type":"fixed","name":"Digest","size":16}},
 {"name":"weight","type":"double"},{"name":"discount","type":"float"},{"name":"gift","type":"boolean"},
 {"name":"parent","type":["null","Order"],"default":null}]}`

func mustParse(t testing.TB, text string) *schema {
	t.Helper()
	s, err := parse(compat.Source{Text: text})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		orderEvent,
		`"int"`, `["null",{"type":"map","values":"bytes"}]`,
		`{"type":"enum","name":"a.E","namespace":"b","aliases":["X","c.Y"],"symbols":["A"],"default":"A","x":{"z":1,"y":2}} // c`,
		`{"type":"record","name":"n.R","fields":[{"name":"f","type":{"type":"record","name":"R","namespace":"","fields":[{"name":"g","type":["R","null"]}]},"order":"ignore","aliases":["h"]}]}`,
		`{"type":"fixed","name":"ns.string","size":2}`,
	} {
		f.Add(seed)
	}
	compattest.Fuzz(f, New())
}

// FuzzCheck holds Check to its promises for any pair: no panic, the same answer
// twice, each difference with words and of a listed rule, and the budget kept.
func FuzzCheck(f *testing.F) {
	f.Add(orderEvent, orderEvent)
	f.Add(`["null",{"type":"enum","name":"a.E","symbols":["A"]}]`, `{"type":"enum","name":"b.E","symbols":["A","B"]}`)
	f.Add(`{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}`, `{"type":"record","name":"L","fields":[{"name":"next","type":"L"}]}`)
	listed := make(map[compat.RuleID]bool)
	for _, rule := range New().Rules() {
		listed[rule.ID] = true
	}
	f.Fuzz(func(t *testing.T, reader, writer string) {
		r, err := New().Parse(compat.Source{Text: reader, Lenient: true})
		if err != nil {
			return
		}
		w, err := New().Parse(compat.Source{Text: writer, Lenient: true})
		if err != nil {
			return
		}
		opts := compat.CheckOptions{Policy: compat.Logical, Reader: "new", Writer: "old", Work: compat.NewBudget(100_000)}
		first, err := New().Check(r, w, opts)
		if err != nil {
			return
		}
		opts.Work = compat.NewBudget(100_000)
		second, err := New().Check(r, w, opts)
		if err != nil || len(second.Differences) != len(first.Differences) {
			t.Fatalf("%v, then %v and %v", first, second, err)
		}
		for _, d := range first.Differences {
			if !listed[d.Rule] || d.Message == "" || d.Path == "" {
				t.Errorf("difference %+v", d)
			}
		}
	})
}

// FuzzValidate holds the validator to no panic, a bounded list, and findings
// with a code and words.
func FuzzValidate(f *testing.F) {
	s := mustParse(f, orderEvent)
	v, err := s.Validator(compat.ValidatorOptions{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"orderId":"a","customerId":1,"items":[]}`), uint8(1))
	f.Add([]byte("\x02a\x02\x02\x00\x00\x00\x00"), uint8(0))
	encodings := []compat.Encoding{compat.Binary, compat.JSONText, compat.PlainJSON, compat.Wire}
	f.Fuzz(func(t *testing.T, payload []byte, which uint8) {
		verdict, err := v.Validate(payload, encodings[int(which)%len(encodings)])
		if err != nil {
			t.Fatal(err)
		}
		if len(verdict.Violations) > compat.MaxViolations {
			t.Errorf("%d violations", len(verdict.Violations))
		}
		for _, v := range verdict.Violations {
			if v.Code == "" || v.Message == "" || v.Expected == "" || v.Actual == "" {
				t.Errorf("violation %+v", v)
			}
		}
	})
}
