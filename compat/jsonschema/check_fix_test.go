package jsonschema

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/muster-registry/muster/compat"
)

// TestFixes_Pass holds the structured edits to their promise over the corpus,
// in both directions with either side as the candidate, and over drawn pairs: an
// edit applied to the candidate leaves a schema of which the same is not found
// again.
func TestFixes_Pass(t *testing.T) {
	applied := make(map[string]int)
	archives(t, "check", func(a *txtar.Archive) {
		for _, f := range a.Files {
			if strings.Contains(f.Name, "ref/") {
				return // what a reference defines is edited there
			}
		}
		older, newer := section(a, "old.json"), section(a, "new.json")
		if strings.Contains(older+newer, `"http://json-schema.org/`) {
			return
		}
		if strings.Contains(older+newer, `"$dynamicRef"`) || strings.Contains(older+newer, `"$recursiveRef"`) {
			return // and what a dynamic one leads to, where that is
		}
		policy := compat.Policy(strings.TrimSpace(section(a, "policy")))
		for _, opts := range []compat.CheckOptions{{Reader: "new", Writer: "old", Policy: policy}, {Reader: "old", Writer: "new", Policy: policy}} {
			repair{t, older, opts, applied}.run(newer)
			repair{t, newer, opts, applied}.run(older)
		}
	})
	for n := range uint64(60) {
		pair := newGenerator(*seed, n).family(2)
		older, newer := pair[0].Compact(), pair[1].Compact()
		if !strings.Contains(older+newer, `"$dynamicRef"`) {
			repair{t, older, compat.CheckOptions{Reader: "new", Writer: "old"}, applied}.run(newer)
			repair{t, older, compat.CheckOptions{Reader: "old", Writer: "new"}, applied}.run(newer)
		}
	}
	for _, op := range []string{"remove-keyword", "keep-value", "keep-type", "keep-enum-values", "keep-property", "keep-schema", "relax-property", "keep-required", "make-optional"} {
		if applied[op] == 0 {
			t.Errorf("no case applies %s", op)
		}
	}
	t.Logf("applied %v", applied)
}

// repair applies the fixes of what is found to the candidate, which is newer.
type repair struct {
	t       *testing.T
	earlier string
	opts    compat.CheckOptions
	applied map[string]int
}

func (r repair) found(candidate string) []compat.Difference {
	if r.opts.Reader == "new" {
		return compared(r.t, candidate, r.earlier, r.opts).Differences
	}
	return compared(r.t, r.earlier, candidate, r.opts).Differences
}

func (r repair) run(candidate string) {
	for range 30 {
		found := r.found(candidate)
		at := slices.IndexFunc(found, func(d compat.Difference) bool { return d.Fix != nil })
		if at < 0 {
			return
		}
		d := found[at]
		e := editing{t: r.t, candidate: decoded(r.t, candidate), earlier: decoded(r.t, r.earlier)}
		if !e.apply(d.Fix.Edit) {
			r.t.Errorf("%+v of %s does not apply to\n%s\nearlier %s", d.Fix.Edit, d.Rule, candidate, r.earlier)
			return
		}
		text, err := json.Marshal(e.candidate)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, again := range r.found(string(text)) {
			// Several keywords of a place say that its type changed.
			if again.Rule == d.Rule && again.Path == d.Path && (d.Rule != typeChanged || again.Fix != nil && again.Fix.Edit == d.Fix.Edit) {
				r.t.Errorf("%+v leaves %s at %s\nbefore  %s\nafter   %s\nearlier %s", d.Fix.Edit, d.Rule, d.Path, candidate, text, r.earlier)
				return
			}
		}
		r.applied[d.Fix.Edit.Op]++
		candidate = string(text)
	}
	r.t.Errorf("30 edits were not enough: %s", candidate)
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// editing applies structured edits to a schema. What "keep" means without a
// value is looked up in the earlier one.
type editing struct {
	t                  *testing.T
	candidate, earlier any
}

func (e *editing) apply(edit compat.Edit) bool {
	steps := segments(strings.TrimPrefix(edit.Path, "#"))
	if len(steps) == 0 {
		return false
	}
	var value any
	if edit.Value != "" {
		value = decoded(e.t, edit.Value)
	}
	within, name := steps[:len(steps)-1], steps[len(steps)-1]
	switch edit.Op {
	case "remove-keyword":
		return e.put(steps, nil)
	case "keep-value", "keep-type", "relax-property":
		return e.put(steps, value)
	case "keep-enum-values":
		values := value.([]any)
		if name == "const" {
			return e.put(append(slices.Clone(within), "enum"), append(values, e.at(e.candidate, steps))) && e.put(steps, nil)
		}
		return e.put(steps, append(e.at(e.candidate, steps).([]any), values...))
	case "keep-property", "keep-schema":
		if value == nil {
			value = e.at(e.earlier, steps)
		}
		if e.at(e.candidate, within) == nil {
			return e.put(within, map[string]any{name: value})
		}
		return e.put(steps, value)
	case "make-optional":
		names := e.at(e.candidate, within).([]any)
		return e.put(within, slices.DeleteFunc(names, func(v any) bool { return v == name }))
	case "keep-required":
		names, _ := e.at(e.candidate, within).([]any)
		return e.put(within, append(names, name))
	}
	return false
}

// put has a value stand at a place of the candidate; nil for none.
func (e *editing) put(steps []string, value any) bool {
	within, name := steps[:len(steps)-1], steps[len(steps)-1]
	switch holder := e.at(e.candidate, within).(type) {
	case map[string]any:
		if holder = e.holding(e.candidate, holder, name); value == nil {
			delete(holder, name)
			return true
		}
		holder[name] = value
		return true
	case []any:
		i, err := strconv.Atoi(name)
		switch {
		case err != nil || i >= len(holder):
			return false
		case value == nil:
			return e.put(within, slices.Delete(holder, i, i+1))
		}
		holder[i] = value
		return true
	}
	return false
}

// at is what stands at a path, which passes over references.
func (e *editing) at(root any, steps []string) any {
	v := root
	for _, step := range steps {
		switch holder := v.(type) {
		case map[string]any:
			v = e.holding(root, holder, step)[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(holder) {
				return nil
			}
			v = holder[i]
		default:
			return nil
		}
	}
	return v
}

// holding is the object that has a member: this one, or what it refers to.
func (e *editing) holding(root any, object map[string]any, name string) map[string]any {
	ref, _ := object["$ref"].(string)
	pointer, ok := strings.CutPrefix(ref, "#")
	if _, own := object[name]; own || !ok {
		return object
	}
	if target, ok := e.at(root, segments(pointer)).(map[string]any); ok {
		return e.holding(root, target, name)
	}
	return object
}
