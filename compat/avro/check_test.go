package avro

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

var (
	backward  = compat.CheckOptions{Reader: "new", Writer: "old"}
	forward   = compat.CheckOptions{Reader: "old", Writer: "new"}
	logically = compat.CheckOptions{Reader: "new", Writer: "old", Policy: compat.Logical}
)

func differencesOf(t testing.TB, reader, writer string, opts compat.CheckOptions) []compat.Difference {
	t.Helper()
	c, err := New().Check(mustParse(t, reader), mustParse(t, writer), opts)
	if err != nil {
		t.Fatal(err)
	}
	return c.Differences
}

// TestCheck_Promotions is the whole matrix of the specification, bare, within
// collections and within unions.
func TestCheck_Promotions(t *testing.T) {
	promotions := map[string][]string{
		"int": {"long", "float", "double"}, "long": {"float", "double"}, "float": {"double"},
		"string": {"bytes"}, "bytes": {"string"},
	}
	all := []string{`"null"`, `"boolean"`, `"int"`, `"long"`, `"float"`, `"double"`, `"bytes"`, `"string"`,
		`{"type":"array","items":"int"}`, `{"type":"map","values":"int"}`,
		`{"type":"fixed","name":"F","size":1}`, `{"type":"enum","name":"E","symbols":["A"]}`, `{"type":"record","name":"R","fields":[]}`}
	for _, writer := range all {
		for _, reader := range all {
			want := reader == writer || slices.Contains(promotions[strings.Trim(writer, `"`)], strings.Trim(reader, `"`))
			for form, wrap := range map[string]string{
				"bare": "%s", "array": `{"type":"array","items":%s}`, "map": `{"type":"map","values":%s}`,
				"field": `{"type":"record","name":"Order","fields":[{"name":"f","type":%s}]}`, "union": "[%s]",
			} {
				r, w := fmt.Sprintf(wrap, reader), fmt.Sprintf(wrap, writer)
				if got := len(differencesOf(t, r, w, backward)) == 0; got != want {
					t.Errorf("%s: %s reads %s = %t", form, r, w, got)
				}
			}
			if got := len(differencesOf(t, "["+reader+"]", writer, backward)) == 0; got != want {
				t.Errorf("[%s] reads %s = %t", reader, writer, got)
			}
			if got := len(differencesOf(t, reader, "["+writer+"]", backward)) == 0; got != want {
				t.Errorf("%s reads [%s] = %t", reader, writer, got)
			}
		}
	}
}

// TestEntry pins the words clients match on (compat-rules 0).
func TestEntry(t *testing.T) {
	order := func(fields string) string {
		return `{"type":"record","name":"Order","namespace":"shop","fields":[` + fields + `]}`
	}
	for name, tc := range map[string]struct {
		reader, writer string
		opts           compat.CheckOptions
		want           []string
	}{
		"field": {order(`{"name":"f1","type":"int"},{"name":"f2","type":"int"}`), order(`{"name":"f1","type":"int"}`), backward, []string{
			"{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'f2' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'f2'}"}},
		"field, forward": {order(`{"name":"f1","type":"int"},{"name":"f2","type":"int"}`), order(`{"name":"f1","type":"int"}`), forward, []string{
			"{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'f2' at path '/fields/1' in the old schema has no default value and is missing in the new schema', additionalInfo:'f2'}"}},
		"type": {order(`{"name":"f1","type":"int"}`), order(`{"name":"f1","type":"long"}`), backward, []string{
			"{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field in the new schema does not match with the old schema', additionalInfo:'reader type: INT not compatible with writer type: LONG'}"}},
		"fixed": {`{"type":"fixed","name":"a.F","size":2}`, `{"type":"fixed","name":"a.G","size":3}`, backward, []string{
			"{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path '/name')', additionalInfo:'expected: a.G'}",
			"{errorType:'FIXED_SIZE_MISMATCH', description:'The size of FIXED type field at path '/size' in the new schema does not match with the old schema', additionalInfo:'expected: 3, found: 2'}"}},
		"enum": {`{"type":"enum","name":"E","symbols":["A"]}`, `{"type":"enum","name":"E","symbols":["D","A","C"]}`, backward, []string{
			"{errorType:'MISSING_ENUM_SYMBOLS', description:'The new schema is missing enum symbols '[C, D]' at path '/symbols' in the old schema', additionalInfo:'[C, D]'}"}},
		"union": {order(`{"name":"f1","type":["null","int"]}`), order(`{"name":"f1","type":["null","string"]}`), backward, []string{
			"{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type inside a union field at path '/fields/0/type/1' in the old schema', additionalInfo:'reader union lacking writer type: STRING'}"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range differencesOf(t, tc.reader, tc.writer, tc.opts) {
				got = append(got, New().Entry(d))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCheck_Fixes: the edit is to the candidate, which writes in the forward
// direction, and its text names what to edit.
func TestCheck_Fixes(t *testing.T) {
	order := func(fields string) string {
		return `{"type":"record","name":"Order","namespace":"shop","fields":[` + fields + `]}`
	}
	status := func(symbols string) string {
		return `{"name":"status","type":{"type":"enum","name":"Status","symbols":[` + symbols + `]}}`
	}
	const id = `{"name":"orderId","type":"string"}`
	for name, tc := range map[string]struct {
		reader, writer string
		opts           compat.CheckOptions
		edit           compat.Edit
		text           string
	}{
		"default": {order(id + `,{"name":"discount","type":"int"}`), order(id), backward,
			compat.Edit{Op: "add-default", Path: "/fields/1", Value: "0"}, "give `discount` a default, e.g. 0"},
		"default of a record": {order(id + `,{"name":"to","type":{"type":"record","name":"A","fields":[{"name":"zip","type":"string"}]}}`), order(id), backward,
			compat.Edit{Op: "add-default", Path: "/fields/1", Value: `{"zip":""}`}, "give `to` a default, e.g. {\"zip\":\"\"}"},
		"no finite default": {order(id + `,{"name":"self","type":"Order"}`), order(id), backward,
			compat.Edit{Op: "make-optional", Path: "/fields/1", Value: `["null","shop.Order"]`}, "make `self` optional: a union with null, and null as its default"},
		"rename": {order(id + `,{"name":"custId","type":"long"}`), order(`{"name":"customerId","type":"long"},` + id), backward,
			compat.Edit{Op: "add-alias", Path: "/fields/1", Value: `"customerId"`}, "keep the name `customerId`, or give `custId` the alias `customerId`"},
		"rename, forward": {order(`{"name":"customerId","type":"long"},` + id), order(id + `,{"name":"custId","type":"long"}`), forward,
			compat.Edit{Op: "keep-name", Path: "/fields/1", Value: `"customerId"`}, "keep the name `customerId`: earlier readers do not know `custId`"},
		"removal, forward": {order(id + `,{"name":"note","type":"string"}`), order(id), forward,
			compat.Edit{Op: "keep-field", Path: "/", Value: `"note"`}, "keep the field `note`: earlier readers have no default for it"},
		"type": {order(`{"name":"total","type":"int"}`), order(`{"name":"total","type":"long"}`), backward,
			compat.Edit{Op: "widen-type", Path: "/fields/0/type", Value: `"long"`}, "widen `total` to long"},
		"another type": {order(`{"name":"total","type":"int"}`), order(`{"name":"total","type":"string"}`), backward,
			compat.Edit{Op: "keep-type", Path: "/fields/0/type", Value: `"string"`}, "keep the type string of `total`"},
		"logical type": {order(`{"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}}`), order(`{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}`), logically,
			compat.Edit{Op: "keep-logical-type", Path: "/fields/0/type", Value: `{"logicalType":"timestamp-millis"}`}, "keep the logical type timestamp-millis of `at`"},
		"field alias, record moved": {`{"type":"record","name":"v2.Order","fields":[{"name":"sum","type":"int","aliases":["total"]}]}`, `{"type":"record","name":"v1.Order","fields":[{"name":"total","type":"int"}]}`, backward,
			compat.Edit{Op: "add-alias", Path: "/", Value: `"v1.Order"`}, "give record `v2.Order` the alias `v1.Order`: without it the aliases of its fields do not count"},
		"type, forward": {order(id + `,{"name":"total","type":"int"}`), order(`{"name":"total","type":"long"},` + id), forward,
			compat.Edit{Op: "keep-type", Path: "/fields/0/type", Value: `"int"`}, "keep the type int of `total`"},
		"name taken by an alias": {order(status(`"NEW"`) + `,{"name":"gift","type":["null",{"type":"record","name":"Gift","aliases":["Status"],"fields":[]}],"default":null}`), order(status(`"NEW"`)), backward,
			compat.Edit{Op: "remove-alias", Path: "/fields/1/type/1", Value: `["shop.Status"]`}, "remove the alias `shop.Status` of record shop.Gift: enum shop.Status still needs the name"},
		"name taken by an alias, within a union": {order(`{"name":"s","type":["null",{"type":"enum","name":"S","symbols":["A"]}]},{"name":"gift","type":["null",{"type":"record","name":"Gift","aliases":["S"],"fields":[]}],"default":null}`), order(`{"name":"s","type":{"type":"enum","name":"S","symbols":["A"]}}`), backward,
			compat.Edit{Op: "remove-alias", Path: "/fields/1/type/1", Value: `["shop.S"]`}, "remove the alias `shop.S` of record shop.Gift: enum shop.S still needs the name"},
		"no longer nullable": {order(`{"name":"note","type":"string"}`), order(`{"name":"note","type":["null","string"]}`), backward,
			compat.Edit{Op: "add-branch", Path: "/fields/0/type", Value: `"null"`}, "keep the branch null of `note`"},
		"symbols": {order(status(`"NEW"`)), order(status(`"NEW","PAID"`)), backward,
			compat.Edit{Op: "keep-symbols", Path: "/fields/0/type", Value: `["PAID"]`}, "keep the symbols PAID of `status`, or give enum shop.Status a default"},
		"symbols, forward": {order(status(`"NEW"`)), order(status(`"NEW","PAID"`)), forward,
			compat.Edit{Op: "remove-symbols", Path: "/fields/0/type", Value: `["PAID"]`}, "leave out the symbols PAID of `status`: earlier readers have no default for them"},
		"branch": {order(`{"name":"ref","type":["null"]}`), order(`{"name":"ref","type":["null","long"]}`), backward,
			compat.Edit{Op: "add-branch", Path: "/fields/0/type", Value: `"long"`}, "keep the branch long of `ref`"},
		"branch, forward": {order(`{"name":"ref","type":"string"}`), order(`{"name":"ref","type":["null","string"]}`), forward,
			compat.Edit{Op: "remove-branch", Path: "/fields/0/type", Value: `"null"`}, "leave out the branch null of `ref`: earlier readers do not have it"},
		"type outside a union, forward": {order(`{"name":"ref","type":["null","long"]}`), order(`{"name":"ref","type":"string"}`), forward,
			compat.Edit{Op: "keep-type", Path: "/fields/0/type", Value: `["null","long"]`}, "write `ref` as one of null, long"},
		"namespace within a union": {order(`{"name":"s","type":["null",{"type":"enum","name":"v2.S","symbols":["A"]}]}`), order(`{"name":"s","type":{"type":"enum","name":"v1.S","symbols":["A"]}}`), backward,
			compat.Edit{Op: "add-alias", Path: "/fields/0/type/1", Value: `"v1.S"`}, "give enum v2.S the alias `v1.S`: within a union the full name counts"},
		"within a branch": {order(`{"name":"to","type":["null",{"type":"record","name":"A","fields":[{"name":"zip","type":"int"}]}]}`), order(`{"name":"to","type":["null",{"type":"record","name":"A","fields":[]}]}`), backward,
			compat.Edit{Op: "add-default", Path: "/fields/0/type/1/fields/0", Value: "0"}, "give `zip` a default, e.g. 0"},
		"record renamed": {`{"type":"record","name":"b.Purchase","fields":[]}`, `{"type":"record","name":"a.Order","fields":[]}`, backward,
			compat.Edit{Op: "add-alias", Path: "/", Value: `"a.Order"`}, "keep the name `Order`, or give `Purchase` the alias `a.Order`"},
		"size": {`{"type":"fixed","name":"F","size":2}`, `{"type":"fixed","name":"F","size":3}`, backward,
			compat.Edit{Op: "keep-size", Path: "/", Value: "3"}, "keep the size 3 of `F`"},
	} {
		t.Run(name, func(t *testing.T) {
			found := differencesOf(t, tc.reader, tc.writer, tc.opts)
			if len(found) != 1 || found[0].Fix == nil {
				t.Fatalf("differences %+v", found)
			}
			if diff := cmp.Diff(&compat.Fix{Text: tc.text, Edit: tc.edit}, found[0].Fix); diff != "" {
				t.Error(diff)
			}
			older, newer := tc.writer, tc.reader
			if tc.opts.Reader == "old" {
				older, newer = newer, older
			}
			repaired(t, older, newer, tc.opts)
		})
	}
}

// TestCheck_Recursion: an answer that rested on an assumption is not kept when
// the assumption falls (compat-rules 1.2). B reads B only if A reads A, which
// it does not; the first union is asked while A is only assumed.
func TestCheck_Recursion(t *testing.T) {
	text := func(last string) string {
		return `["null",{"type":"record","name":"A","fields":[
			{"name":"b","type":["null",{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}]},
			{"name":"last","type":"` + last + `"},
			{"name":"again","type":["null","B"]}]},
			{"type":"array","items":"B"}]`
	}
	found := differencesOf(t, text("int"), text("string"), backward)
	var paths []string
	for _, d := range found {
		paths = append(paths, d.Path)
	}
	if diff := cmp.Diff([]string{"/1", "/2"}, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

// cycle is a schema of n records, each with the next as its field.
func cycle(n int) string {
	var fields []string
	for i := range n {
		next := `"string"`
		if i > 0 {
			next = fmt.Sprintf(`["null","C%d",{"type":"array","items":"Top"}]`, i-1)
		}
		fields = append(fields, fmt.Sprintf(`{"name":"f%d","type":{"type":"record","name":"C%d","fields":[{"name":"x","type":%s}]}}`, i, i, next))
	}
	return `{"type":"record","name":"Top","fields":[` + strings.Join(fields, ",") + `]}`
}

// ring is a union-linked ring of n records that all have one short name, so
// that two rings meet in every pair.
func ring(n int, space string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `"%s0.R"`, space)
	for i := n - 1; i >= 0; i-- {
		next := b.String()
		b.Reset()
		fmt.Fprintf(&b, `{"type":"record","name":"%s%d.R","fields":[{"name":"n","type":["null",%s]}]}`, space, i, next)
	}
	return b.String()
}

// TestCheck_Bounded: the work is counted, and is no more than the pairs of
// types that meet.
func TestCheck_Bounded(t *testing.T) {
	long := mustParse(t, cycle(900))
	start := time.Now()
	if _, err := New().Check(long, long, compat.CheckOptions{Work: compat.NewBudget(100_000)}); err != nil {
		t.Error(err)
	}
	reader, writer := mustParse(t, ring(13, "one")), mustParse(t, ring(11, "other"))
	if c, err := New().Check(reader, writer, compat.CheckOptions{Work: compat.NewBudget(10_000)}); err != nil || len(c.Differences) > 0 {
		t.Errorf("rings: %v, %v", c.Differences, err)
	}
	var limit *compat.LimitError
	if _, err := New().Check(reader, writer, compat.CheckOptions{Work: compat.NewBudget(50)}); !errors.As(err, &limit) {
		t.Errorf("a budget of 50 steps gives %v", err)
	}
	// An alias has the schemas compared for being the same, properties and all.
	many := `,"aliases":["Q"],` + repeat(30_000, `"p#":0`)
	reader = mustParse(t, `{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]`+many+`}`)
	writer = mustParse(t, `{"type":"record","name":"R","fields":[{"name":"f","type":"long"}]`+many+`}`)
	if c, err := New().Check(reader, writer, compat.CheckOptions{}); err != nil || len(c.Differences) != 1 {
		t.Errorf("properties: %v, %v", c.Differences, err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	// Aliases are looked up for each record that the one with them meets.
	reader = mustParse(t, `[{"type":"record","name":"A","fields":[{"name":"r","type":{"type":"record","name":"R","fields":[{"name":"f","type":"int","aliases":[`+
		repeat(1000, `"p#"`)+`]}]}},{"name":"s","type":"R"},{"name":"t","type":"R"}]}]`)
	writer = mustParse(t, `{"type":"record","name":"A","fields":[`+strings.Join([]string{recordField("r", "x"), recordField("s", "y"), recordField("t", "z")}, ",")+`]}`)
	if _, err := New().Check(reader, writer, compat.CheckOptions{Work: compat.NewBudget(2000)}); !errors.As(err, &limit) {
		t.Errorf("3000 aliases within 2000 steps: %v", err)
	}
	if c, err := New().Check(reader, writer, compat.CheckOptions{Work: compat.NewBudget(10_000)}); err != nil || len(c.Differences) > 0 {
		t.Errorf("3000 aliases within 10000 steps: %v, %v", c.Differences, err)
	}
}

// TestCheck_BoundsTexts: what is said of differences far down is work as well.
func TestCheck_BoundsTexts(t *testing.T) {
	reader, writer := mustParse(t, namedRing(30, "R")), mustParse(t, namedRing(31, "W"))
	var limit *compat.LimitError
	if c, err := New().Check(reader, writer, compat.CheckOptions{Work: compat.NewBudget(100_000)}); !errors.As(err, &limit) {
		t.Errorf("%d differences, %v", len(c.Differences), err)
	}
}

// namedRing is a cycle of n records and the first, which defines the others.
func namedRing(n int, name string) string {
	next, records := name, []string{`"null"`}
	for i := range n {
		records = append(records, fmt.Sprintf(`{"type":"record","name":"%s%d","fields":[{"name":"next","type":"%s"}]}`, name, i, next))
		next = fmt.Sprint(name, i)
	}
	return `{"type":"record","name":"` + name + `","fields":[{"name":"all` + name + `","type":[` + strings.Join(records, ",") +
		`],"default":null},{"name":"next","type":"` + next + `"}]}`
}

// recordField is a field of a record R in a namespace of its own.
func recordField(name, space string) string {
	return `{"name":"` + name + `","type":{"type":"record","name":"R","namespace":"` + space + `","fields":[{"name":"f","type":"int"}]}}`
}
