package jsonschema

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

func missing(n *node, path []string, name string) compat.Violation {
	return compat.Violation{
		Code: "REQUIRED", Pointer: pointer(append(path[:len(path):len(path)], name)), SchemaPointer: n.path + "/required",
		Expected: expectedAt(n, name), Actual: "nothing", Message: fmt.Sprintf("missing required property %s", clip(name, 64)),
	}
}

// expectedAt is the type a declared member has.
func expectedAt(n *node, name string) string {
	p := n.property(name)
	if p == nil || p.types == allTypes {
		return "a value"
	}
	return p.types.String()
}

func unexpected(n *node, path []string, name string, value any, object map[string]any) compat.Violation {
	v := compat.Violation{
		Code: "ADDITIONAL_PROPERTIES", Pointer: pointer(append(path[:len(path):len(path)], name)), SchemaPointer: n.path + "/additionalProperties",
		Expected: "no such property", Actual: typeWord(value), Message: fmt.Sprintf("unexpected property %s", clip(name, 64)),
	}
	if near := nearest(n, name, object); near != "" {
		v.Hint = fmt.Sprintf("did you mean %s?", clip(near, 64))
	}
	return v
}

// nearest finds a declared member that is absent and spelled much the same.
func nearest(n *node, name string, object map[string]any) string {
	const longest = 64
	best, found := 3, ""
	for i, p := range n.properties {
		if _, present := object[p.name]; present || len(p.name) > longest || len(name) > longest || i > 500 {
			continue
		}
		d := distance(strings.ToLower(name), strings.ToLower(p.name))
		if abbreviates(name, p.name) || abbreviates(p.name, name) {
			d = min(d, 2)
		}
		if d < best && d < len(p.name) {
			best, found = d, p.name
		}
	}
	return found
}

// abbreviates tells whether short is long with letters left out, first and
// last kept.
func abbreviates(short, long string) bool {
	short, long = strings.ToLower(short), strings.ToLower(long)
	if len(short) < 3 || len(short) >= len(long) || short[0] != long[0] || short[len(short)-1] != long[len(long)-1] {
		return false
	}
	at := 0
	for i := 0; i < len(long) && at < len(short); i++ {
		if long[i] == short[at] {
			at++
		}
	}
	return at == len(short)
}

// distance counts the edits between two short words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// describe words a failed keyword. It quotes the schema, never the payload.
func describe(n *node, keyword string, e *jsonschema.ValidationError, path []string, value any) compat.Violation {
	schemaPointer := n.path + "/" + keyword
	if keyword == "" {
		keyword, schemaPointer = n.holder, n.path
		if keyword == "" || keyword == "properties" || keyword == "patternProperties" {
			keyword = "falseSchema"
		}
	}
	v := compat.Violation{Code: upperSnake(keyword), Pointer: pointer(path), SchemaPointer: schemaPointer, Actual: typeWord(value)}
	if e.KeywordLocation != "" && strings.Contains(e.KeywordLocation, "/propertyNames") {
		v.Actual = "a property name"
	}
	v.Expected = expected(n, keyword)
	switch keyword {
	case "type":
		v.Message = fmt.Sprintf("expected %s, got %s", v.Expected, v.Actual)
	case "enum":
		v.Message = "the value is none of those listed"
	case "const":
		v.Message = "the value is not the one asked for"
	case "oneOf":
		v.Message = "the value fits none of the branches"
		if len(e.Causes) == 0 {
			v.Message = "the value fits more than one branch"
		}
	case "anyOf":
		v.Message = "the value fits none of the branches"
	case "not":
		v.Message = "the value fits a schema it must not fit"
	case "dependencies", "dependentRequired":
		words := strings.Split(e.AbsoluteKeywordLocation, "/")
		if i, ok := index(words[len(words)-1], 1<<20); ok {
			for _, d := range n.needs {
				if strings.Contains(e.AbsoluteKeywordLocation, "/"+escapedPlace(d.name)+"/") && i < len(d.names) {
					v.Pointer = pointer(append(path[:len(path):len(path)], d.names[i]))
					v.Expected, v.Actual = "a value", "nothing"
					v.Message = fmt.Sprintf("missing property %s, which %s asks for", clip(d.names[i], 64), clip(d.name, 64))
					return v
				}
			}
		}
		v.Message = "a property is missing that another asks for"
	case "unevaluatedProperties", "additionalItems", "unevaluatedItems", "items", "propertyNames", "falseSchema":
		v.Message = "nothing is allowed here"
	default:
		v.Message = fmt.Sprintf("%s is not met", keyword)
		if v.Expected != "" {
			v.Message = "expected " + v.Expected
		}
	}
	return v
}

// expected words what a keyword asks for, from the schema alone.
func expected(n *node, keyword string) string {
	count := func(r *big.Rat, format string) string {
		if r == nil {
			return ""
		}
		return fmt.Sprintf(format, clip(jsondoc.Decimal(r), 64))
	}
	switch keyword {
	case "type":
		return n.types.String()
	case "enum", "const":
		return listed(n)
	case "minimum":
		return count(n.minimum, "at least %s")
	case "maximum":
		return count(n.maximum, "at most %s")
	case "exclusiveMinimum":
		return count(n.above, "more than %s")
	case "exclusiveMaximum":
		return count(n.below, "less than %s")
	case "multipleOf":
		return count(n.multipleOf, "a multiple of %s")
	case "minLength":
		return count(n.minLength, "at least %s characters")
	case "maxLength":
		return count(n.maxLength, "at most %s characters")
	case "minItems":
		return count(n.minItems, "at least %s items")
	case "maxItems":
		return count(n.maxItems, "at most %s items")
	case "minContains":
		return count(n.minContains, "at least %s items that fit contains")
	case "maxContains":
		return count(n.maxContains, "at most %s items that fit contains")
	case "minProperties":
		return count(n.minProperties, "at least %s properties")
	case "maxProperties":
		return count(n.maxProperties, "at most %s properties")
	case "uniqueItems":
		return "items that differ from each other"
	case "pattern":
		if n.pattern != nil {
			return "text that matches " + clip(n.pattern.source, 128)
		}
	case "falseSchema":
		return "nothing"
	}
	return ""
}

func listed(n *node) string {
	const longest = 128
	var b strings.Builder
	for i, v := range n.enum {
		text := v.Compact()
		if b.Len()+len(text) > longest {
			return fmt.Sprintf("one of %d values", len(n.enum))
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(text)
	}
	return b.String()
}

func upperSnake(keyword string) string {
	var b strings.Builder
	for _, c := range strings.TrimPrefix(keyword, "$") {
		if unicode.IsUpper(c) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(c))
	}
	return b.String()
}

func typeWord(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		if r, ok := new(big.Rat).SetString(v.String()); ok && r.IsInt() {
			return "integer"
		}
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}
