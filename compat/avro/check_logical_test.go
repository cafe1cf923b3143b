package avro

import (
	"strings"
	"testing"
)

// TestCheck_Logical: which meanings a reader shares with a writer, and what a
// witness says it sees instead. With any other policy none of it is looked at.
func TestCheck_Logical(t *testing.T) {
	typ := func(base, logical string) string {
		if logical != "" {
			logical = `,"logicalType":` + logical
		}
		return `{"type":"record","name":"Order","fields":[{"name":"f","type":{"type":` + base + logical + `}}]}`
	}
	decimal := func(precision, scale string) string {
		return `"decimal","precision":` + precision + `,"scale":` + scale
	}
	fixed := func(size string) string { return `"fixed","name":"F","size":` + size }
	for name, tc := range map[string]struct{ reader, writer, json, outcome string }{
		"the same":                   {typ(`"bytes"`, decimal("4", "2")), typ(`"bytes"`, decimal("4", "2")), "", ""},
		"scale left out":             {typ(`"bytes"`, `"decimal","precision":4`), typ(`"bytes"`, decimal("4", "0")), "", ""},
		"more digits":                {typ(`"bytes"`, decimal("6", "2")), typ(`"bytes"`, decimal("4", "2")), "", ""},
		"fewer digits":               {typ(`"bytes"`, decimal("4", "2")), typ(`"bytes"`, decimal("6", "2")), `{"f":"\u000fB?"}`, "the reader stops at /f: decimal(4,2) does not hold 9999.99"},
		"scale":                      {typ(`"bytes"`, decimal("4", "3")), typ(`"bytes"`, decimal("4", "2")), `{"f":"\u0001"}`, "the reader sees 0.001 at /f, where 0.01 was written"},
		"scale of a fixed":           {typ(fixed("2"), decimal("4", "0")), typ(fixed("2"), decimal("4", "2")), `{"f":"\u0000\u0001"}`, "the reader sees 1 at /f, where 0.01 was written"},
		"millis to micros":           {typ(`"long"`, `"timestamp-micros"`), typ(`"long"`, `"timestamp-millis"`), `{"f":1}`, "the reader sees 1970-01-01T00:00:00.000001Z at /f, where 1970-01-01T00:00:00.001Z was written"},
		"micros to nanos":            {typ(`"long"`, `"timestamp-nanos"`), typ(`"long"`, `"timestamp-micros"`), `{"f":1}`, "the reader sees 1970-01-01T00:00:00.000000001Z at /f, where 1970-01-01T00:00:00.000001Z was written"},
		"local":                      {typ(`"long"`, `"local-timestamp-millis"`), typ(`"long"`, `"timestamp-millis"`), `{"f":1}`, "the reader sees 1970-01-01T00:00:00.001 at /f, where 1970-01-01T00:00:00.001Z was written"},
		"date to timestamp":          {typ(`"long"`, `"timestamp-millis"`), typ(`"int"`, `"date"`), `{"f":1}`, "the reader sees 1970-01-01T00:00:00.001Z at /f, where 1970-01-02 was written"},
		"time of day":                {typ(`"long"`, `"time-micros"`), typ(`"int"`, `"time-millis"`), `{"f":1}`, "the reader sees 00:00:00.000001 at /f, where 00:00:00.001 was written"},
		"uuid to decimal":            {typ(`"bytes"`, decimal("100", "0")), typ(`"string"`, `"uuid"`), `{"f":"00000000-0000-0000-0000-000000000001"}`, "the reader sees 93613785677136309111285427482042669821784079333893112000368165842124308540514615963697 at /f, where 00000000-0000-0000-0000-000000000001 was written"},
		"big decimal":                {typ(`"bytes"`, decimal("9", "2")), typ(`"bytes"`, `"big-decimal"`), `{"f":"\u0002\u0001\u0002"}`, "the reader sees 1313.30 at /f, where big-decimal 020102 was written"},
		"duration to decimal":        {typ(fixed("12"), decimal("4", "2")), typ(fixed("12"), `"duration"`), `{"f":"\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001"}`, "the reader sees 0.01 at /f, where 0 months, 0 days, 16777216 ms was written"},
		"none to some":               {typ(`"long"`, `"timestamp-millis"`), typ(`"long"`, ""), "", ""},
		"some to none":               {typ(`"bytes"`, ""), typ(`"bytes"`, decimal("4", "2")), "", ""},
		"invalid precision":          {typ(`"bytes"`, decimal("0", "0")), typ(`"bytes"`, decimal("4", "2")), "", ""},
		"precision beyond the fixed": {typ(fixed("2"), decimal("5", "1")), typ(fixed("2"), decimal("4", "2")), "", ""},
		"of another base":            {typ(`"long"`, `"date"`), typ(`"long"`, `"timestamp-millis"`), "", ""},
		"uuid of another size":       {typ(fixed("12"), `"uuid"`), typ(fixed("12"), `"duration"`), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if found := differencesOf(t, tc.reader, tc.writer, backward); len(found) > 0 {
				t.Errorf("STRICT: %+v", found)
			}
			found := differencesOf(t, tc.reader, tc.writer, logically)
			if tc.outcome == "" {
				if len(found) > 0 {
					t.Errorf("LOGICAL: %+v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Rule != logicalTypeMismatch || found[0].Witness == nil || found[0].Fix == nil {
				t.Fatalf("LOGICAL: %+v", found)
			}
			if w := found[0].Witness; w.JSON != tc.json || !strings.HasPrefix(w.Outcome, tc.outcome) {
				t.Errorf("%s\n%s", w.JSON, w.Outcome)
			}
		})
	}
}

// TestCheck_LogicalManyDigits: a decimal of more digits than people read, or
// memory holds, is reported without a witness.
func TestCheck_LogicalManyDigits(t *testing.T) {
	for _, digits := range []string{"129", "9000000000000000000"} {
		large := `{"type":"bytes","logicalType":"decimal","precision":` + digits + `,"scale":#}`
		for writer, reader := range map[string]string{
			strings.ReplaceAll(large, "#", "2"):                                `{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}`,
			strings.ReplaceAll(large, "#", digits):                             `{"type":"bytes","logicalType":"decimal","precision":4,"scale":4}`,
			`{"type":"bytes","logicalType":"decimal","precision":4,"scale":4}`: strings.ReplaceAll(large, "#", digits),
		} {
			found := differencesOf(t, reader, writer, logically)
			if len(found) != 1 || found[0].Rule != logicalTypeMismatch || found[0].Witness != nil || found[0].Fix == nil {
				t.Errorf("reader %s, writer %s: %+v", reader, writer, found)
			}
		}
	}
}
