package all_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/compat/samples"
)

// TestInfer_SamplesAreValid holds that what is inferred is a schema, and that
// every sample is valid under it.
func TestInfer_SamplesAreValid(t *testing.T) {
	for _, kind := range all.Formats().Types() {
		t.Run(string(kind), func(t *testing.T) {
			format, _ := all.Formats().Lookup(kind)
			inferred := 0
			rapid.Check(t, func(t *rapid.T) {
				documents := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return document(3).Draw(t, "document").Compact() }), 1, 5).Draw(t, "documents")
				seen := samples.New(rapid.IntRange(0, 3).Draw(t, "enum"))
				for _, d := range documents {
					if err := seen.Add(d); err != nil {
						t.Fatalf("%s: %v", d, err)
					}
				}
				text, err := format.(samples.Inferrer).Infer(seen.Shape(), "orders.v1.Order")
				if err != nil {
					t.Skip(err) // the format has no words for a sample: rapid draws others, and inferred is held to a number
				}
				inferred++
				valid(t, format, text, seen.Shape(), documents)
			})
			if inferred < 20 {
				t.Errorf("%d schemas were inferred, which shows little", inferred)
			}
		})
	}
}

func valid(t *rapid.T, format compat.Format, text string, s *samples.Shape, documents []string) {
	schema, err := format.Parse(compat.Source{Text: text})
	if err != nil {
		t.Fatalf("no schema: %v\n%s", err, text)
	}
	validator, err := schema.Validator(compat.ValidatorOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	encoding := compat.JSONText
	if format.Type() == compat.Avro {
		encoding = compat.PlainJSON
	}
	for _, d := range documents {
		if format.Type() == compat.Avro {
			v, err := jsondoc.Parse(d, jsondoc.Payload)
			if err != nil {
				t.Fatal(err)
			}
			complete(s, v)
			d = v.Compact()
		}
		verdict, err := validator.Validate([]byte(d), encoding)
		if err != nil || len(verdict.Violations) > 0 {
			t.Fatalf("%s: %+v (%v)\n%s", d, verdict.Violations, err, text)
		}
	}
}

// complete puts null where a record of Avro has no value: its payloads have
// every field.
func complete(s *samples.Shape, v *jsondoc.Value) {
	for _, item := range v.Items {
		complete(s.Items, item)
	}
	if v.Kind != jsondoc.Object {
		return
	}
	if slices.ContainsFunc(s.Fields, func(f *samples.Field) bool { return !plain(f.Name) }) {
		union := samples.Union(s.Fields)
		for _, m := range v.Members {
			complete(union, m.Value)
		}
		return
	}
	for _, f := range s.Fields {
		if of := v.Get(f.Name); of != nil {
			complete(f.Shape, of)
		} else {
			v.Members = append(v.Members, jsondoc.Pair(f.Name, &jsondoc.Value{Kind: jsondoc.Null}))
		}
	}
}

// keys are those that languages differ on, plain ones first.
func keys() []string {
	return []string{"a", "b", "fooBar", "foo_bar", "foo_bar_2", "Order", "order", "google", "type", "message", "_", "A", "null",
		"user-id", "é", "1x", "a b", "\"\\\n"}
}

func plain(key string) bool { return slices.Index(keys(), key) < 13 }

// document draws an object most of the time, so nested at most depth deep.
func document(depth int) *rapid.Generator[*jsondoc.Value] {
	return rapid.Custom(func(t *rapid.T) *jsondoc.Value {
		if rapid.IntRange(0, 15).Draw(t, "root") == 0 {
			return value(depth).Draw(t, "value")
		}
		return object(depth).Draw(t, "object")
	})
}

func object(depth int) *rapid.Generator[*jsondoc.Value] {
	return rapid.Custom(func(t *rapid.T) *jsondoc.Value {
		usable := keys()
		if rapid.IntRange(0, 3).Draw(t, "names") > 0 {
			usable = usable[:13]
		}
		v := jsondoc.NewObject()
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(usable), 0, 4, rapid.ID).Draw(t, "keys") {
			v.Members = append(v.Members, jsondoc.Pair(name, value(depth-1).Draw(t, name)))
		}
		return v
	})
}

func value(depth int) *rapid.Generator[*jsondoc.Value] {
	return rapid.Custom(func(t *rapid.T) *jsondoc.Value {
		kinds := []jsondoc.Kind{jsondoc.Null, jsondoc.True, jsondoc.False, jsondoc.Number, jsondoc.Number, jsondoc.String, jsondoc.String}
		if depth > 0 {
			kinds = append(kinds, jsondoc.Array, jsondoc.Object)
		}
		v := &jsondoc.Value{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		switch v.Kind {
		case jsondoc.Number:
			v.Text = rapid.SampledFrom([]string{"0", "-0", "1", "-1", "1.0", "0.5", "1e2", "1e-400", "1e308", "1e400", "2147483648", "9007199254740993",
				"9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616"}).Draw(t, "number")
		case jsondoc.String:
			v.Text = rapid.SampledFrom([]string{"", "A", "B", "C", "not a name", "1", "é", "2026-11-21", "2026-11-21T20:10:00Z",
				"9f0c2ac5-3a3f-4e5c-9c1d-0a1b2c3d4e5f", "a@b.example", "http://example.com/x", "10.0.0.1", "::1"}).Draw(t, "string")
		case jsondoc.Array:
			v.Items = rapid.SliceOfN(value(depth-1), 0, 3).Draw(t, "items")
		case jsondoc.Object:
			return object(depth).Draw(t, "object")
		}
		return v
	})
}
