package guard_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/client/guard"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
)

// The same record in each type's schema.
const (
	avroRecord = `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"}]}`
	protoFile  = `syntax = "proto3"; package shop; message Order { string id = 1; message Line { string sku = 1; } } message Note { string text = 1; message Tag { string name = 1; } }`
)

func TestCheck_JudgesEveryTypeAndEncoding(t *testing.T) {
	r := newRig(t)
	r.register(t, "json-value", orders)
	avroID := r.register(t, "avro-value", avro(avroRecord))
	r.register(t, "proto-value", protobuf(protoFile))
	r.register(t, "avro-key", avro(`"long"`))
	g := r.guard(t, guard.Options{})
	framed := string(client.Frame{ID: avroID.ID, Body: []byte("\x06o-1")}.AppendTo(nil))
	for _, test := range []struct {
		name, destination string
		payload           guard.Payload
		want              guard.Reason
		code              string
	}{
		{"JSON", "json", payload(order), "", ""},
		{"JSON, misspelt", "json", payload(misspelt), guard.Invalid, "REQUIRED"},
		{"JSON as binary", "json", guard.Payload{Data: []byte(order), Encoding: compat.Binary}, guard.UnsupportedEncoding, "UNSUPPORTED_ENCODING"},
		{"Avro", "avro", payload("\x06o-1"), "", ""},
		{"Avro, trailing byte", "avro", payload("\x06o-1\x00"), guard.Invalid, "TRAILING_BYTES"},
		{"Avro in JSON", "avro", guard.Payload{Data: []byte(order), Encoding: compat.JSONText}, "", ""},
		{"Avro key", "avro", guard.Payload{Data: []byte("\x02"), Key: true}, "", ""},
		{"framed", "avro", wire(payload(framed)), "", ""},
		{"framed with another's schema", "json", wire(payload(framed)), guard.UnknownSchema, "UNKNOWN_SCHEMA"},
		{"cut frame", "avro", wire(payload("\x00\x00")), guard.BadFrame, "BAD_FRAME"},
		{"Protobuf", "proto", payload("\x0a\x03o-1"), "", ""},
		{"Protobuf, wrong wire type", "proto", payload("\x08\x03"), guard.Invalid, "WRONG_WIRE_TYPE"},
		{"named message", "proto", guard.Payload{Data: []byte("\x0a\x01x"), Message: "shop.Note"}, "", ""},
		{"no such message", "proto", guard.Payload{Message: "shop.Nothing"}, guard.Invalid, "UNKNOWN_MESSAGE"},
		{"nothing registered", "nowhere", payload("{}"), guard.UnknownSubject, "UNKNOWN_SUBJECT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			verdict, got := check(t, g, test.destination, test.payload)
			if got != test.want {
				t.Fatalf("reason %q, want %q: %+v", got, test.want, verdict)
			}
			if got != "" && verdict.Violations[0].Code != test.code {
				t.Errorf("code %s, want %s", verdict.Violations[0].Code, test.code)
			}
		})
	}
}

// TestCheck_AFrameOfZerosNamesNoSchema has a bundle of a registry that gives no
// GUIDs.
func TestCheck_AFrameOfZerosNamesNoSchema(t *testing.T) {
	bundle := filepath.Join(t.TempDir(), "bundle.json")
	known := `{"format":1,"subjects":{"avro-value":[{"version":1,"id":7,"type":"AVRO","schema":"\"string\""}]}}`
	if err := os.WriteFile(bundle, []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.state.Store(refusing)
	g := r.guard(t, guard.Options{Bundle: bundle})
	for frame, want := range map[string]guard.Reason{
		"\x00\x00\x00\x00\x07":              "",
		"\x00\x00\x00\x00\x00":              guard.Unavailable,
		"\x01" + strings.Repeat("\x00", 16): guard.Unavailable,
	} {
		if _, got := check(t, g, "avro", wire(payload(frame+"\x06o-1"))); got != want {
			t.Errorf("frame %q: reason %q, want %q", frame, got, want)
		}
	}
}

// TestEncode_WritesWhatTheRegistryReads has the registry judge what Encode
// framed, under the schema that the frame names.
func TestEncode_WritesWhatTheRegistryReads(t *testing.T) {
	r := newRig(t)
	r.register(t, "json-value", orders)
	r.register(t, "avro-value", avro(avroRecord))
	r.register(t, "bytes-value", avro(`"bytes"`))
	r.register(t, "proto-value", protobuf(protoFile))
	for _, test := range []struct {
		name, destination string
		payload           guard.Payload
		body              string
	}{
		{"JSON", "json", payload(order), order},
		{"Avro", "avro", payload("\x06o-1"), "\x06o-1"},
		{"Avro bytes, which are framed bare", "bytes", payload("\x01\x02"), "\x01\x02"},
		{"first message", "proto", payload("\x0a\x03o-1"), "\x00\x0a\x03o-1"},
		{"nested message", "proto", guard.Payload{Data: []byte("\x0a\x01x"), Message: "shop.Order.Line"}, "\x04\x00\x00\x0a\x01x"},
		{"second message", "proto", guard.Payload{Data: []byte("\x0a\x01x"), Message: "shop.Note"}, "\x02\x02\x0a\x01x"},
		{"nested in the second", "proto", guard.Payload{Data: []byte("\x0a\x01x"), Message: "shop.Note.Tag"}, "\x04\x02\x00\x0a\x01x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, framing := range []guard.Framing{guard.ByID, guard.ByGUID} {
				g := r.guard(t, guard.Options{Framing: framing})
				framed, verdict, err := g.Encode(t.Context(), test.destination, test.payload)
				if err != nil {
					t.Fatal(err)
				}
				frame, ok := client.ParseFrame(framed)
				if !ok || string(frame.Body) != test.body {
					t.Fatalf("framed as %q, want a frame and %q", framed, test.body)
				}
				if framing == guard.ByID && frame.ID != verdict.ID || framing == guard.ByGUID && frame.GUID == [16]byte{} {
					t.Errorf("the frame names %d, %x; the verdict %d", frame.ID, frame.GUID, verdict.ID)
				}
				if _, got := check(t, g, test.destination, wire(payload(string(framed)))); got != "" {
					t.Errorf("the guard itself finds it %s", got)
				}
				if framing == guard.ByGUID {
					continue // the registry's own reading of GUIDs is tested there
				}
				judged, err := r.ValidateFramed(t.Context(), client.Payload{Data: framed, Encoding: client.Wire}, client.ByIDOptions{})
				if err != nil || !judged.Valid {
					t.Errorf("the registry: %+v, %v", judged, err)
				}
			}
		})
	}
}

func TestEncode_RefusesWhatCannotBeFramed(t *testing.T) {
	r := newRig(t)
	r.register(t, "avro-value", avro(avroRecord))
	r.register(t, "json-value", orders)
	g := r.guard(t, guard.Options{Policy: guard.Policy{Mode: guard.Report, Down: guard.Open}})
	_, verdict, err := g.Encode(t.Context(), "avro", guard.Payload{Data: []byte(order), Encoding: compat.JSONText})
	if got := reason(t, verdict, err); got != guard.UnsupportedEncoding || err == nil {
		t.Errorf("Avro JSON: %q, %v", got, err)
	}
	framed, verdict, err := g.Encode(t.Context(), "json", payload(misspelt))
	if got := reason(t, verdict, err); got != guard.Invalid || err != nil || len(framed) != 5+len(misspelt) {
		t.Errorf("invalid in mode report: %q, %q, %v", framed, got, err)
	}
	r.state.Store(refusing)
	_, verdict, err = g.Encode(t.Context(), "unheard-of", payload(order))
	if got := reason(t, verdict, err); got != guard.Unavailable || !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("registry down: %q, %v", got, err)
	}
}

func TestCheck_AsksNothingOnceWarm(t *testing.T) {
	r := newRig(t)
	r.register(t, "orders-value", orders)
	g := r.guard(t, guard.Options{})
	warm(t, g, "orders")
	before := r.asked.Load()
	for range 1000 {
		if _, got := check(t, g, "orders", payload(order)); got != "" {
			t.Fatal(got)
		}
	}
	if n := r.asked.Load() - before; n != 0 {
		t.Errorf("asked %d times for 1,000 valid events", n)
	}
	for range 1000 {
		if _, got := check(t, g, "orders", payload(misspelt)); got != guard.Invalid {
			t.Fatal(got)
		}
	}
	if n, limit := r.asked.Load()-before, int32(2*60); n > limit {
		t.Errorf("asked %d times for 1,000 invalid events within a minute, the limit is %d", n, limit)
	}
}

func TestCheck_AVersionRegisteredSinceCounts(t *testing.T) {
	r := newRig(t)
	r.register(t, "orders-value", orders)
	g := r.guard(t, guard.Options{})
	if _, got := check(t, g, "orders", payload(order)); got != "" {
		t.Fatal(got)
	}
	r.register(t, "orders-value", jsonSchema(`{"type":"object","required":["ident"]}`))
	deadline := time.Now().Add(10 * time.Second)
	for {
		verdict, got := check(t, g, "orders", payload(misspelt))
		if got == "" && verdict.Version == 2 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after ten seconds: %q by version %d", got, verdict.Version)
		}
	}
}

func TestCheck_Window(t *testing.T) {
	r := newRig(t)
	var ids []int
	for _, name := range []string{"a", "b", "c"} {
		ids = append(ids, r.register(t, "s-value", jsonSchema(`{"type":"object","required":["`+name+`"]}`)).ID)
	}
	frame := func(version int) guard.Payload {
		return wire(payload(string(client.Frame{ID: ids[version-1], Body: []byte(`{"a":1,"b":1,"c":1}`)}.AppendTo(nil))))
	}
	for _, test := range []struct {
		name   string
		window guard.Window
		bare   map[string]int // event to the version it fits, zero for none
		framed []int          // versions accepted
	}{
		{"every live version", guard.Window{}, map[string]int{`{"a":1}`: 1, `{"c":1}`: 3, `{"a":1,"b":1}`: 2, `{}`: 0}, []int{1, 2, 3}},
		{"from", guard.Window{Min: 2}, map[string]int{`{"a":1}`: 0, `{"b":1}`: 2}, []int{2, 3}},
		{"to", guard.Window{Max: 2}, map[string]int{`{"a":1,"c":1}`: 1, `{"c":1}`: 0}, []int{1, 2}},
		{"newest", guard.Window{Last: 1}, map[string]int{`{"b":1}`: 0, `{"c":1}`: 3}, []int{3}},
		{"beyond", guard.Window{Min: 4}, map[string]int{`{"c":1}`: 0}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := r.guard(t, guard.Options{Policies: map[string]guard.Policy{"s": {Versions: test.window}}})
			for event, want := range test.bare {
				verdict, got := check(t, g, "s", payload(event))
				if (got == "") != (want != 0) || got == "" && verdict.Version != want {
					t.Errorf("%s: %q by version %d, want version %d", event, got, verdict.Version, want)
				}
			}
			for version := 1; version <= 3; version++ {
				want := guard.VersionNotAccepted
				if slices.Contains(test.framed, version) {
					want = ""
				}
				if _, got := check(t, g, "s", frame(version)); got != want {
					t.Errorf("framed with version %d: %q, want %q", version, got, want)
				}
			}
		})
	}
}

func TestCheck_Modes(t *testing.T) {
	r := newRig(t)
	r.register(t, "orders-value", orders)
	for _, test := range []struct {
		mode      guard.Mode
		published bool
		headers   map[string]string // of the invalid event
	}{
		{guard.Enforce, false, map[string]string{}},
		{guard.Report, true, map[string]string{}},
		{guard.Mark, true, map[string]string{
			"sr-subject": "orders-value", "sr-schema-id": "1", "sr-schema-version": "1",
			"sr-error-code": "REQUIRED", "sr-error-pointer": "/id",
		}},
	} {
		t.Run(string(test.mode), func(t *testing.T) {
			g := r.guard(t, guard.Options{Policy: guard.Policy{Mode: test.mode}})
			verdict, got := check(t, g, "orders", payload(misspelt))
			if got != guard.Invalid || verdict.Published != test.published {
				t.Errorf("%q, published = %t", got, verdict.Published)
			}
			headers := verdict.Headers()
			delete(headers, "sr-error-message") // prose
			if diff := cmp.Diff(test.headers, headers); diff != "" {
				t.Errorf("headers of the invalid event (-want +got):\n%s", diff)
			}
			verdict, _ = check(t, g, "orders", payload(order))
			want := map[string]string{"sr-subject": "orders-value", "sr-schema-id": "1", "sr-schema-version": "1"}
			if diff := cmp.Diff(want, verdict.Headers()); diff != "" || !verdict.Published {
				t.Errorf("published = %t, headers of the valid event (-want +got):\n%s", verdict.Published, diff)
			}
		})
	}
}

func TestCheckBatch_JudgesAll(t *testing.T) {
	r := newRig(t)
	r.register(t, "orders-value", orders)
	g := r.guard(t, guard.Options{})
	verdicts, err := g.CheckBatch(t.Context(), "orders", []guard.Payload{payload(order), payload(misspelt), payload(order)})
	var got []bool
	for _, v := range verdicts {
		got = append(got, v.Published)
	}
	var rejection *guard.Rejection
	if !slices.Equal(got, []bool{true, false, true}) || !errors.As(err, &rejection) {
		t.Errorf("published %v, %v", got, err)
	}
}

func TestCheck_FollowsReferences(t *testing.T) {
	r := newRig(t)
	id := entity.SchemaRequest{Schema: `{"$id":"https://shop.test/id","type":"string"}`, SchemaType: "JSON"}
	r.register(t, ":.shop:id", id)
	r.register(t, ":.shop:ref", entity.SchemaRequest{
		SchemaType: "JSON", Schema: `{"properties":{"id":{"$ref":"https://shop.test/id"}}}`,
		References: []entity.Reference{{Name: "https://shop.test/id", Subject: "id", Version: 1}},
	})
	r.register(t, ":.shop:orders-value", entity.SchemaRequest{
		SchemaType: "JSON", Schema: `{"$ref":"ref.json"}`,
		References: []entity.Reference{{Name: "ref.json", Subject: "ref", Version: 1}},
	})
	if _, err := r.DeleteSubject(t.Context(), ":.shop:id", false); err == nil {
		t.Log("what is referred to could be deleted")
	}
	g := r.guard(t, guard.Options{})
	if _, got := check(t, g, ":.shop:orders", payload(order)); got != "" {
		t.Errorf("fits: %q", got)
	}
	if _, got := check(t, g, ":.shop:orders", payload(`{"id":1}`)); got != guard.Invalid {
		t.Errorf("does not fit: %q", got)
	}
}

func TestNew_RefusesWhatMakesNoSense(t *testing.T) {
	r := newRig(t)
	for name, opts := range map[string]guard.Options{
		"mode":   {Policy: guard.Policy{Mode: "strict"}},
		"down":   {Policies: map[string]guard.Policy{"a": {Down: "ajar"}}},
		"window": {Policy: guard.Policy{Versions: guard.Window{Min: 3, Max: 2}}},
		"bundle": {Bundle: t.TempDir()},
	} {
		if g, err := guard.New(r.Client, opts); err == nil {
			g.Close()
			t.Errorf("%s: taken", name)
		}
	}
}
