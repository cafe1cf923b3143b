package jsonschema

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Fixes are edits to the candidate. Most are known only when it is the reader;
// as the writer it has to keep what the earlier reader asks for.

// candidateReads tells which side a fix edits.
func (c *checker) candidateReads() bool { return c.reporting && c.opts.Reader == "new" }

func fix(op, path, value, format string, args ...any) *compat.Fix {
	return &compat.Fix{Text: fmt.Sprintf(format, args...), Edit: compat.Edit{Op: op, Path: location(path), Value: value}}
}

// last is the keyword or name a path ends in.
func last(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	return clip(strings.NewReplacer("~1", "/", "~0", "~").Replace(name), 64)
}

// around is the path of the value that a path of schemas is about: without the
// keywords that apply to the same value. They stand in one side alone.
func around(path string) string {
	var b strings.Builder
	steps := strings.Split(path, "/")[1:]
	for i := 0; i < len(steps); i++ {
		named := 0
		switch steps[i] {
		case "properties", "patternProperties", "prefixItems":
			named = 1
		case "allOf", "anyOf", "oneOf", "dependencies", "dependentSchemas":
			i++
			continue
		case "not", "if", "then", "else":
			continue
		}
		for range named {
			b.WriteString("/" + steps[i])
			i++
		}
		b.WriteString("/" + steps[i])
	}
	return b.String()
}

// drop removes a keyword the writer does not have.
func (c *checker) drop(path string) *compat.Fix {
	if !c.candidateReads() {
		return nil
	}
	return fix("remove-keyword", path, "", "remove `%s`", last(path))
}

// keepBound keeps the writer's value of a keyword.
func (c *checker) keepBound(path string, old *big.Rat) *compat.Fix {
	if !c.candidateReads() {
		return nil
	}
	value := jsondoc.Decimal(old)
	return fix("keep-value", path, value, "keep `%s` at %s", last(path), value)
}

// keepType takes the writer's types beside the reader's.
func (c *checker) keepType(r *node, w *view, path string) *compat.Fix {
	if !c.candidateReads() || r.listed == 0 || w.types() == allTypes {
		return nil
	}
	var b strings.Builder
	for _, name := range strings.Split((w.types() | r.types).String(), " or ") {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		jsondoc.Quote(&b, name)
	}
	value := b.String()
	if strings.Contains(value, ",") {
		value = "[" + value + "]"
	}
	return fix("keep-type", path+"/type", value, "take %s as well: `\"type\": %s`", w.types(), value)
}

// keepValues keeps values in an enum or const. Those that only the types of a
// case give are not all that the writer has.
func (c *checker) keepValues(r *node, path string, missing []*jsondoc.Value, w *view) *compat.Fix {
	switch {
	case !c.candidateReads() || r.value.Get("enum") != nil && r.value.Get("const") != nil:
		return nil
	case w.split > 0 && !slices.ContainsFunc(w.holds, func(n *node) bool { return n.enum != nil }):
		return c.drop(path)
	}
	value := jsondoc.NewArray(missing...).Compact()
	if len(value) > 256 {
		return nil
	}
	return fix("keep-enum-values", path, value, "keep %s", value[1:len(value)-1])
}

// keepProperty declares a member again.
func (c *checker) keepProperty(path string, declared *node) *compat.Fix {
	if !c.candidateReads() || declared == nil {
		return nil
	}
	value := declared.value.Compact()
	if len(value) > 4096 || strings.Contains(value, `"$ref"`) {
		value = ""
	}
	return fix("keep-property", path, value, "keep `%s` declared", last(path))
}

// keepSchema keeps what stood at a place.
func (c *checker) keepSchema(path string, w *view) *compat.Fix {
	if !c.candidateReads() || len(w.holds) == 0 || path == "" || around(path) != path {
		return nil
	}
	return fix("keep-schema", path, "", "keep the schema of `%s`, or make it a branch", last(path))
}

// relax leaves a declared member without assertions.
func (c *checker) relax(path string) *compat.Fix {
	if !c.candidateReads() {
		return nil
	}
	return fix("relax-property", path, "{}", "declare `%s` as {}: the earlier schema allowed any value there", last(path))
}

// optional takes a name off required, or has the candidate go on writing it. A
// member that took the place of another is named as a rename.
func (c *checker) optional(r *node, w *view, name, path string) *compat.Fix {
	if !c.reporting {
		return nil
	}
	shown := clip(name, 64)
	if c.opts.Reader != "new" {
		return fix("keep-required", around(path)+"/required/"+escape(name), "", "keep `%s` required", shown)
	}
	if old := c.renamed(r, w, name); old != "" {
		return fix("make-optional", path+"/required/"+escape(name), "",
			"keep `%s`; to rename, add `%s` as optional beside it", clip(old, 64), shown)
	}
	return fix("make-optional", path+"/required/"+escape(name), "", "make `%s` optional", shown)
}

// renamed finds the member whose place a required one took: required by the
// writer, spelled the same, and no longer declared or required.
func (c *checker) renamed(r *node, w *view, name string) string {
	added := r.property(name)
	if added == nil || w.declares(name) != nil {
		return ""
	}
	for _, n := range w.holds {
		for _, m := range n.properties {
			gone := r.property(m.name) == nil || !r.requires(m.name)
			if gone && w.requires(m.name) && c.equal(added, m.node) {
				return m.name
			}
		}
	}
	return ""
}
