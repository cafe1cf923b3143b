package avro

import (
	"bytes"
	"testing"

	hamba "github.com/hamba/avro/v2"

	"github.com/muster-registry/muster/compat"
)

// fuzzedAvro has every kind of type, and one that holds itself.
const fuzzedAvro = `{"type":"record","name":"R","fields":[
 {"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"f","type":"float"},{"name":"d","type":"double"},
 {"name":"y","type":"bytes"},{"name":"s","type":"string"},{"name":"x","type":{"type":"fixed","name":"X","size":3}},
 {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},
 {"name":"a","type":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"k","type":"string"},{"name":"n","type":["null","long"]}]}}},
 {"name":"m","type":{"type":"map","values":"int"}},{"name":"u","type":["null","string",{"type":"array","items":"long"}]},
 {"name":"next","type":["null","R"]}]}`

// fuzzedPayload fits it; its map comes in a block that says its size.
const fuzzedPayload = "\x01\x02\x04" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00" + "\x02y" + "\x04\xc3\xa9" + "xyz" + "\x04" +
	"\x02\x02k\x02\x08\x00" + "\x01\x06\x02k\x02\x00" + "\x04\x02\x06\x00" + "\x00"

// deliberate are the findings about payloads that hamba reads all the same: it
// does not check UTF-8, the range of int, the length of a number nor the size
// that a block declares, and has no limit of depth. The specification asks for
// the first four; Java refuses them.
var deliberate = map[string]bool{
	codeInvalidUTF8: true, codeOutOfRange: true, codeInvalidVarint: true, codeBlockSize: true, codeTooDeep: true, codeTooManyItems: true,
	codeInvalidLength: true, // of a block: hamba steps over its size unread
	codeInvalidCount:  true, // hamba takes the count that cannot be negated for none
}

// FuzzBinary holds the quick walk to the one that explains, and both to hamba:
// what they take hamba reads to its end, and what they refuse it refuses too,
// but for the deliberate differences.
func FuzzBinary(f *testing.F) {
	s := mustParse(f, fuzzedAvro)
	p := newValidator(s.root).plan
	other, err := hamba.ParseWithCache(fuzzedAvro, "", &hamba.SchemaCache{})
	if err != nil {
		f.Fatal(err)
	}
	api := strictAPI()
	plain := []byte(fuzzedPayload)
	f.Add(plain)
	f.Add(append(plain[:len(plain)-1:len(plain)-1], append([]byte{2}, plain...)...))
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := bytes.Clone(payload)
		fit := fitsBinary(p, payload)
		verdict, err := walkBinary(p, payload)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before, payload) {
			t.Fatal("the payload was changed")
		}
		if fit != (len(verdict.Violations) == 0) {
			t.Fatalf("the quick walk says %t of %x, the other %+v", fit, payload, verdict.Violations)
		}
		for _, v := range verdict.Violations {
			if deliberate[v.Code] {
				return
			}
		}
		if err := decodes(api, other, payload); fit != (err == nil) {
			t.Fatalf("the walk says %t of %x, hamba %v: %+v", fit, payload, err, verdict.Violations)
		}
	})
}

// TestFits_TakesEveryKind: the seed that the fuzzer starts from fits, and no
// part of it does.
func TestFits_TakesEveryKind(t *testing.T) {
	s := mustParse(t, fuzzedAvro)
	v := newValidator(s.root)
	payload := []byte(fuzzedPayload)
	for i := range payload {
		if fitsBinary(v.plan, payload[:i]) {
			t.Errorf("a prefix of %d bytes fits", i)
		}
	}
	if verdict, err := v.Validate(payload, compat.Binary); err != nil || len(verdict.Violations) > 0 || !fitsBinary(v.plan, payload) {
		t.Errorf("%+v %v", verdict, err)
	}
}
