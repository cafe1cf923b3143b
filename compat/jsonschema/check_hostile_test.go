package jsonschema

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/muster-registry/muster/compat"
)

// hostileWork is the budget that a registry gives one comparison.
const hostileWork = 2_000_000

// hostileMemory bounds what one comparison may allocate in all. It stands for
// the time as well: whatever the engine does, it allocates as it goes, so that a
// loop that no budget counts shows here.
const hostileMemory = 384 << 20

// hostileFraction leaves the rows their form and saves time; by hand it is 1.
var hostileFraction = flag.Int("hostile-fraction", 32, "by what the widest of the hostile schemas are divided")

// series writes n texts, each made by one, with commas between.
func series(n int, one func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(one(i))
	}
	return b.String()
}

// nested writes head n times, then core, then tail n times.
func nested(n int, head, core, tail string) string {
	return strings.Repeat(head, n) + core + strings.Repeat(tail, n)
}

const (
	in2019 = `"$schema":"https://json-schema.org/draft/2019-09/schema",`
	in2020 = `"$schema":"https://json-schema.org/draft/2020-12/schema",`
)

// TestHostilePairs compares schemas that are made to be costly, whole ones both
// ways, and against themselves. Each comparison ends within its budget: with an answer, or
// refused as too complex.
func TestHostilePairs(t *testing.T) {
	number := func(format string) func(int) string {
		return func(i int) string { return strings.ReplaceAll(format, "%d", fmt.Sprint(i)) }
	}
	list := func(n int, format string) string {
		if n >= 100 {
			n /= *hostileFraction
		}
		return series(n, number(format))
	}
	rows := []struct{ name, older, newer string }{
		{"oneOf of 200 consts", `{"oneOf":[` + list(200, `{"const":%d}`) + `]}`, `{"oneOf":[` + list(201, `{"const":%d}`) + `]}`},
		{"oneOf of 200 overlapping objects", `{"oneOf":[` + list(200, `{"required":["p%d"]}`) + `]}`, `{"oneOf":[` + list(199, `{"required":["p%d"]}`) + `,{"required":["q"]}]}`},
		{"oneOf of 200 overlapping ranges", `{"oneOf":[` + list(200, `{"minimum":%d}`) + `]}`, `{"oneOf":[` + list(200, `{"maximum":%d}`) + `]}`},
		{"oneOf of 200 patterns", `{"oneOf":[` + list(200, `{"pattern":"a%d"}`) + `]}`, `{"oneOf":[` + list(200, `{"pattern":"b%d"}`) + `]}`},
		{"oneOf of 1000 without discriminator", `{"oneOf":[` + list(1000, `{"type":"object","properties":{"a":{"maxLength":%d}}}`) + `]}`, `{"anyOf":[` + list(1000, `{"type":"object","properties":{"a":{"maxLength":%d}}}`) + `]}`},
		{"anyOf of allOf of anyOf", nestedUnion(6), strings.Replace(nestedUnion(6), `"x0"`, `"y"`, 1)},
		{"allOf of 60 anyOf", `{"allOf":[` + list(60, `{"anyOf":[{"required":["a%d"]},{"required":["b%d"]}]}`) + `]}`,
			`{"allOf":[` + list(60, `{"anyOf":[{"required":["a%d"]},{"required":["c%d"]}]}`) + `]}`},
		{"pigeons", pigeons(8, 7), `false`},
		{"allOf that doubles", doubling(12, "allOf"), strings.Replace(doubling(12, "allOf"), `"string"`, `"integer"`, 1)},
		{"pattern of optional loops", `{"pattern":"^((a|a?)*)*$"}`, `{"pattern":"^((a|a?)*b?)*$"}`},
		{"pattern of counted loops", `{"pattern":"^(((a{1,10}){1,10}){1,10})$"}`, `{"pattern":"^(((a{1,10}){1,10}){1,9})$"}`},
		{"pattern of counted alternatives", `{"pattern":"^(a|b)*a(a|b){14}$"}`, `{"pattern":"^(a|b)*b(a|b){14}$"}`},
		{"pattern of counted unicode", `{"pattern":"^[\\p{L}\\d]{1,200}(\\p{Lu}|\\p{Ll}){1,200}$"}`, `{"pattern":"^[\\w-]{1,300}$"}`},
		{"pattern of long alternation", `{"pattern":"^(` + strings.Join(words(100), "|") + `)$"}`, `{"pattern":"^(` + strings.Join(words(99), "|") + `)$"}`},
		{"patterns that must all match", `{"allOf":[` + list(40, `{"pattern":"x%d.*y%d"}`) + `]}`, `{"allOf":[` + list(40, `{"pattern":"y%d.*x%d"}`) + `]}`},
		{"patternProperties that overlap", `{"patternProperties":{` + list(200, `"p.*%d":{"maxLength":%d}`) + `}}`, `{"patternProperties":{` + list(200, `"p.*%d":{"minLength":%d}`) + `}}`},
		{"patternProperties that overlap and closed", `{"patternProperties":{` + list(200, `"^[a-z]*%d":{"minimum":%d}`) + `},"additionalProperties":false}`,
			`{"patternProperties":{` + list(200, `"%d[a-z]*$":{"minimum":%d}`) + `},"additionalProperties":false}`},
		{"patternProperties against names", `{"properties":{` + list(400, `"a%d":{"type":"string"}`) + `},"additionalProperties":false}`, `{"patternProperties":{` + list(200, `"^a%d":{"type":"string"}`) + `},"additionalProperties":false}`},
		{"dependencies in a chain", `{"required":["p0"],"dependencies":{` + series(500, func(i int) string { return fmt.Sprintf(`"p%d":["p%d"]`, i, i+1) }) + `}}`, `{"required":["p500"]}`},
		{"dependencies that branch", `{"dependencies":{` + series(60, func(i int) string {
			return fmt.Sprintf(`"p%d":{"anyOf":[{"required":["p%d"]},{"required":["q%d"]}]}`, i, i+1, i+1)
		}) + `},"required":["p0"]}`,
			`{"anyOf":[{"required":["p59"]},{"required":["q58"]}]}`},
		{"dependentSchemas nested", `{` + in2020 + `"dependentSchemas":{"a":` + nested(25, `{"dependentSchemas":{"a":`, `{"required":["b"]}`, `}}`) + `}}`, `{` + in2020 + `"dependentRequired":{"a":["b"]}}`},
		{"contains counted high", `{` + in2020 + `"contains":{"type":"integer"},"minContains":1000000,"maxContains":2000000}`, `{` + in2020 + `"contains":{"type":"number"},"minContains":1000001}`},
		{"contains counted to 200", `{` + in2020 + `"contains":{"minimum":1},"minContains":200,"maxContains":210,"maxItems":205}`, `{` + in2020 + `"contains":{"minimum":2},"minContains":100,"maxContains":150}`},
		{"six contains at once", `{` + in2020 + `"allOf":[` + list(6, `{"contains":{"multipleOf":1%d},"minContains":20,"maxContains":30}`) + `]}`, `{` + in2020 + `"allOf":[` + list(6, `{"contains":{"multipleOf":1%d},"minContains":20,"maxContains":29}`) + `]}`},
		{"six contains and unique", `{` + in2020 + `"uniqueItems":true,"items":{"enum":[` + list(12, "%d") + `]},"allOf":[` + list(6, `{"contains":{"minimum":%d},"minContains":4,"maxContains":8}`) + `]}`,
			`{` + in2020 + `"uniqueItems":true,"items":{"enum":[` + list(12, "%d") + `]},"allOf":[` + list(6, `{"contains":{"minimum":%d},"minContains":5,"maxContains":8}`) + `]}`},
		{"unevaluatedProperties nested", unevaluated("Properties", 7), strings.Replace(unevaluated("Properties", 7), `"p0"`, `"q0"`, 1)},
		{"unevaluatedItems nested", unevaluated("Items", 7), strings.Replace(unevaluated("Items", 7), `"p0"`, `"q0"`, 1)},
		{"unevaluatedProperties of 200 branches", `{` + in2020 + `"anyOf":[` + list(200, `{"properties":{"p%d":{"type":"string"}},"required":["p%d"]}`) + `],"unevaluatedProperties":false}`,
			`{` + in2020 + `"anyOf":[` + list(201, `{"properties":{"p%d":{"type":"string"}},"required":["p%d"]}`) + `],"unevaluatedProperties":false}`},
		{"not nested", nested(55, `{"not":`, `{"type":"string"}`, `}`), nested(56, `{"not":`, `{"type":"string"}`, `}`)},
		{"not of allOf nested", nested(20, `{"not":{"allOf":[{"required":["a"]},`, `{"type":"string"}`, `]}}`), nested(20, `{"not":{"allOf":[{"required":["b"]},`, `{"type":"string"}`, `]}}`)},
		{"if nested in if", nested(30, `{"if":`, `{"minLength":3}`, `,"then":{"maxLength":9},"else":{"pattern":"^a"}}`), nested(30, `{"if":`, `{"minLength":3}`, `,"then":{"maxLength":8},"else":{"pattern":"^a"}}`)},
		{"if nested in else", nested(55, `{"if":{"properties":{"k":{"type":"string"}},"required":["k"]},"then":{"required":["a"]},"else":`, `true`, `}`), nested(55, `{"if":{"properties":{"k":{"type":"integer"}},"required":["k"]},"then":{"required":["b"]},"else":`, `true`, `}`)},
		{"if of 200 kinds", `{"allOf":[` + list(200, `{"if":{"properties":{"k":{"const":%d}},"required":["k"]},"then":{"required":["a%d"]}}`) + `]}`, `{"allOf":[` + list(200, `{"if":{"properties":{"k":{"const":%d}},"required":["k"]},"then":{"required":["b%d"]}}`) + `]}`},
		{"if of 60 optional flags", `{"allOf":[` + list(60, `{"if":{"properties":{"k%d":{"const":true}}},"then":{"required":["a%d"]}}`) + `]}`, `{"allOf":[` + list(60, `{"if":{"properties":{"k%d":{"const":true}}},"then":{"required":["b%d"]}}`) + `]}`},
		{"enums of 10,000 numbers", `{"enum":[` + list(10_000, `%d`) + `]}`, `{"enum":[` + list(10_000, `%d.5`) + `]}`},
		{"enums of 10,000 strings", `{"enum":[` + list(10_000, `"a%d"`) + `]}`, `{"enum":[` + list(9_999, `"a%d"`) + `,"b"]}`},
		{"enums of 10,000 objects", `{"enum":[` + list(10_000, `{"a":%d}`) + `]}`, `{"enum":[` + list(9_999, `{"a":%d}`) + `]}`},
		{"enum of 10,000 against a type", `{"enum":[` + list(10_000, `{"a":[%d]}`) + `]}`, `{"type":"object","properties":{"a":{"items":{"type":"integer"}}}}`},
		{"enum of 10,000 against branches", `{"enum":[` + list(10_000, `%d`) + `]}`, `{"oneOf":[` + list(200, `{"multipleOf":1%d}`) + `]}`},
		{"not an enum of 10,000", `{"type":"integer","minimum":0,"not":{"enum":[` + list(10_000, `%d`) + `]}}`, `{"type":"integer","minimum":10001}`},
		{"members each of a large enum", `{"properties":{` + list(40, `"p%d":{"enum":[`+list(250, "%d")+`]}`) + `}}`, `{"properties":{` + list(40, `"p%d":{"enum":[`+list(249, "%d")+`]}`) + `}}`},
		{"const of a deep document", `{"const":` + nested(60, `[`, `1`, `]`) + `}`, `{"const":` + nested(60, `[`, `2`, `]`) + `}`},
		{"not a const of a deep document", `{"not":{"const":` + nested(60, `{"a":`, `1`, `}`) + `}}`, `{"not":{"const":` + nested(60, `{"a":`, `2`, `}`) + `}}`},
		{"not a const of a wide document", `{"not":{"const":{` + list(2000, `"p%d":%d`) + `}}}`, `{"not":{"const":{` + list(1999, `"p%d":%d`) + `}}}`},
		{"not a const of a long array", `{"not":{"const":[` + list(2000, `%d`) + `]}}`, `{"not":{"const":[` + list(1999, `%d`) + `]}}`},
		{"unique items of a large domain", `{"items":{"enum":[` + list(200, "%d") + `]},"uniqueItems":true,"minItems":150}`, `{"items":{"enum":[` + list(200, "%d") + `]},"maxItems":199}`},
		{"unique items beyond the domain", `{"items":{"enum":[` + list(150, "%d") + `]},"uniqueItems":true,"minItems":151}`, `{"type":"string"}`},
		{"unique items in slots", `{"items":[` + list(60, `{"enum":[%d,1%d,2%d]}`) + `],"minItems":60,"uniqueItems":true}`, `{"maxItems":59}`},
		{"unique objects of booleans", `{"items":{"required":["a","b","c"],"properties":{"a":{"type":"boolean"},"b":{"type":"boolean"},"c":{"type":"boolean"}},"additionalProperties":false},"uniqueItems":true,"minItems":9}`, `{"maxItems":8}`},
		{"repeated items", `{"items":[` + list(100, `{"const":%d}`) + `],"minItems":100}`, `{"uniqueItems":true}`},
		{"recursive schemas nested mutually", mutual(12, `"string"`), mutual(12, `"integer"`)},
		{"recursive schemas required mutually", mutual(12, `"string","required":["p0"]`), mutual(11, `"string","required":["p1"]`)},
		{"recursive trees of unions", `{"$ref":"#/definitions/t","definitions":{"t":{"anyOf":[{"type":"null"},{"type":"object","properties":{"l":{"$ref":"#/definitions/t"},"r":{"$ref":"#/definitions/t"}},"required":["l","r"],"additionalProperties":false}]}}}`,
			`{"$ref":"#/definitions/t","definitions":{"t":{"oneOf":[{"type":"null"},{"type":"object","properties":{"l":{"$ref":"#/definitions/u"},"r":{"$ref":"#/definitions/t"}},"required":["l","r"],"additionalProperties":false}]},"u":{"anyOf":[{"type":"null"},{"$ref":"#/definitions/t"}]}}}`},
		{"dynamic references in a circle", dynamic(8, "string"), dynamic(8, "integer")},
		{"recursive references in a circle", recursive(8, "string"), recursive(8, "integer")},
		{"multiples of coprimes", `{"allOf":[` + primes(60, `{"multipleOf":%d}`) + `]}`, `{"allOf":[` + primes(61, `{"multipleOf":%d}`) + `]}`},
		{"no multiples of coprimes", `{"type":"integer","minimum":1,"allOf":[` + primes(60, `{"not":{"multipleOf":%d}}`) + `]}`, `{"not":{"multipleOf":1000003}}`},
		{"multiples of tiny and huge", `{"allOf":[{"multipleOf":1e-300},{"multipleOf":1e300}]}`, `{"multipleOf":3e-299}`},
		{"no multiples of tiny", `{"not":{"multipleOf":1e-300},"type":"number","minimum":0,"maximum":1e-290}`, `{"multipleOf":7e-301}`},
		{"multiples far away", `{"multipleOf":1e-200,"minimum":1e200,"exclusiveMaximum":1e201}`, `{"multipleOf":3}`},
		{"bounds of huge exponents", `{"minimum":1e400,"maximum":1.0000001e400}`, `{"exclusiveMinimum":1e400}`},
		{"bounds close together", `{"exclusiveMinimum":1e-400,"exclusiveMaximum":2e-400}`, `{"multipleOf":1e-399}`},
		{"length of a thousand million", `{"maxLength":1000000000}`, `{"maxLength":999999999}`},
		{"least length of a thousand million", `{"minLength":1000000000,"pattern":"^a*$"}`, `{"minLength":999999999}`},
		{"lengths of pattern", `{"minLength":5000,"pattern":"^(ab|ba)*$","allOf":[{"pattern":"^.*aa.*bb.*$"}]}`, `{"maxLength":6000}`},
		{"items to a thousand million", `{"minItems":1000000000}`, `{"minItems":1000000001}`},
		{"members to a thousand million", `{"minProperties":1000000000}`, `{"minProperties":1000000001}`},
		{"400 members of few kinds", `{"minProperties":400,"patternProperties":{"^[ab]*$":{"type":"string"}}}`, `{"minProperties":401}`},
		{"4,000 changed properties", `{"properties":{` + list(4000, `"p%d":{"type":"string"}`) + `}}`, `{"properties":{` + list(4000, `"p%d":{"type":"integer"}`) + `}}`},
		{"4,000 widened properties", `{"properties":{` + list(4000, `"p%d":{"type":"string","maxLength":%d}`) + `}}`, `{"properties":{` + list(4000, `"p%d":{"type":"string","maxLength":1%d}`) + `}}`},
		{"4,000 required properties", `{"required":[` + list(4000, `"p%d"`) + `]}`, `{"required":[` + list(4001, `"p%d"`) + `],"properties":{` + list(4000, `"p%d":{"minLength":%d}`) + `}}`},
		{"4,000 changed members of a union", `{"anyOf":[` + list(4000, `{"required":["p%d"]}`) + `]}`, `{"anyOf":[` + list(4000, `{"required":["q%d"]}`) + `]}`},
		{"4,000 changed definitions in a chain", chain(2000 / *hostileFraction, "string"), chain(2000 / *hostileFraction, "integer")},
		{"properties nested", nested(30, `{"properties":{"a":`, `{"type":"string"}`, `}}`), nested(30, `{"properties":{"a":`, `{"type":"integer"}`, `}}`)},
		{"required properties nested in unions", nested(15, `{"type":"object","required":["a"],"properties":{"a":{"anyOf":[{"type":"null"},`, `{"type":"string"}`, `]}}}`),
			nested(15, `{"type":"object","required":["a"],"properties":{"a":{"anyOf":[{"type":"boolean"},`, `{"type":"string"}`, `]}}}`)},
		{"propertyNames of patterns", `{"propertyNames":{"allOf":[` + list(50, `{"pattern":"a.*%d"}`) + `]},"minProperties":3}`, `{"propertyNames":{"maxLength":20}}`},
		{"prefix of 500 positions", `{"items":[` + list(500, `{"minimum":%d}`) + `]}`, `{"items":[` + list(500, `{"minimum":%d}`) + `],"additionalItems":false}`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			older, newer := parsed(t, row.older), parsed(t, row.newer)
			compareHostile(t, newer, older)
			if *hostileFraction == 1 {
				compareHostile(t, older, newer)
			}
			if row.older == "false" || row.newer == "false" {
				return
			}
			itself := parsed(t, `{"title":"the same",`+row.older[1:])
			if c := compareHostile(t, itself, older); len(c.Differences) > 0 || c.Evidence != compat.Proof {
				t.Errorf("against itself: %d differences by %s", len(c.Differences), c.Evidence)
			}
		})
	}
}

func compareHostile(t *testing.T, reader, writer compat.Schema) compat.Comparison {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c, err := New().Check(reader, writer, compat.CheckOptions{Work: compat.NewBudget(hostileWork), Reader: "new", Writer: "old"})
	runtime.ReadMemStats(&after)
	var limit *compat.LimitError
	if err != nil && !errors.As(err, &limit) {
		t.Fatal(err)
	}
	used := after.TotalAlloc - before.TotalAlloc
	t.Logf("%d differences by %q, %v, %d MB", len(c.Differences), c.Evidence, err, used>>20)
	if used > hostileMemory {
		t.Errorf("%d MB allocated", used>>20)
	}
	return c
}

func words(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("word%d", i*7919%1000))
	}
	return list
}

func nestedUnion(depth int) string {
	n := 0
	var write func(depth int) string
	write = func(depth int) string {
		if depth == 0 {
			n++
			return fmt.Sprintf(`{"required":["x%d"]}`, n-1)
		}
		return `{"allOf":[{"anyOf":[` + write(depth-1) + `,` + write(depth-1) + `]},{"not":{"required":["z"]}}]}`
	}
	return write(depth)
}

// pigeons asks each of n members to be in one of the holes, no two in one.
func pigeons(n, holes int) string {
	var list []string
	for i := range n {
		list = append(list, `{"anyOf":[`+series(holes, func(h int) string { return fmt.Sprintf(`{"required":["p%dh%d"]}`, i, h) })+`]}`)
		for j := range i {
			for h := range holes {
				list = append(list, fmt.Sprintf(`{"not":{"required":["p%dh%d","p%dh%d"]}}`, i, h, j, h))
			}
		}
	}
	return `{"type":"object","allOf":[` + strings.Join(list, ",") + `]}`
}

func unevaluated(what string, depth int) string {
	inner := `{"type":["object","array"]}`
	for i := range depth {
		asked := fmt.Sprintf(`"required":["p%d"],"properties":{"p%d":{"minimum":%d}}`, i, i, i)
		if what == "Items" {
			asked = fmt.Sprintf(`"prefixItems":[%s],"minItems":%d,"title":"p%d"`, series(i+1, func(j int) string { return fmt.Sprintf(`{"minimum":%d}`, j) }), i+1, i)
		}
		inner = fmt.Sprintf(`{"anyOf":[{%s},%s],"unevaluated%s":{"type":"integer","minimum":%d}}`, asked, inner, what, -i)
	}
	return `{` + in2020 + inner[1:]
}

func mutual(n int, kind string) string {
	return `{"$ref":"#/definitions/d0","definitions":{` + series(n, func(i int) string {
		return fmt.Sprintf(`"d%d":{"type":["object",%s],"properties":{%s}}`, i, strings.Split(kind, ",")[0],
			series(n, func(j int) string { return fmt.Sprintf(`"p%d":{"$ref":"#/definitions/d%d"}`, j, (i*j+1)%n) }))
	}) + `}}`
}

func dynamic(n int, kind string) string {
	return `{` + in2020 + `"$id":"http://a.example/root","$dynamicAnchor":"n","anyOf":[` + series(n, func(i int) string { return fmt.Sprintf(`{"$ref":"r%d"}`, i) }) + `,{"type":"` + kind + `"}],"$defs":{` +
		series(n, func(i int) string {
			return fmt.Sprintf(`"r%d":{"$id":"r%d","$dynamicAnchor":"n","type":"object","properties":{"a":{"$dynamicRef":"#n"},"b":{"$ref":"r%d"}}}`, i, i, (i+1)%n)
		}) + `}}`
}

func recursive(n int, kind string) string {
	return `{` + in2019 + `"$id":"http://a.example/root","$recursiveAnchor":true,"anyOf":[` + series(n, func(i int) string { return fmt.Sprintf(`{"$ref":"r%d"}`, i) }) + `,{"type":"` + kind + `"}],"$defs":{` +
		series(n, func(i int) string {
			return fmt.Sprintf(`"r%d":{"$id":"r%d","$recursiveAnchor":true,"type":"object","properties":{"a":{"$recursiveRef":"#"},"b":{"$ref":"r%d"}}}`, i, i, (i+1)%n)
		}) + `}}`
}

func primes(n int, format string) string {
	var list []string
	for i := 2; len(list) < n; i++ {
		prime := true
		for j := 2; j*j <= i; j++ {
			prime = prime && i%j != 0
		}
		if prime {
			list = append(list, strings.ReplaceAll(format, "%d", fmt.Sprint(i)))
		}
	}
	return strings.Join(list, ",")
}

func chain(n int, kind string) string {
	return `{"$ref":"#/definitions/d0","definitions":{` + series(n-1, func(i int) string {
		return fmt.Sprintf(`"d%d":{"properties":{"a":{"$ref":"#/definitions/d%d"}}}`, i, i+1)
	}) + fmt.Sprintf(`,"d%d":{"type":"%s"}}}`, n-1, kind)
}
