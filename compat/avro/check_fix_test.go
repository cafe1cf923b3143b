package avro

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/muster-registry/muster/compat"
)

// TestFixes_Pass holds the structured edits to their promise over the corpus:
// in either direction, the edits of what is found, applied to the candidate one
// after the other, end in a pair of which nothing is found.
func TestFixes_Pass(t *testing.T) {
	paths, err := filepath.Glob("testdata/check/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts := make(map[string]string)
		for _, f := range archive.Files {
			texts[f.Name] = string(f.Data)
		}
		if strings.Contains(strings.Join(fileNames(archive), " "), "ref/") {
			continue // what a reference defines is edited there
		}
		for _, opts := range []compat.CheckOptions{backward, forward} {
			opts.Policy = compat.Policy(strings.TrimSpace(texts["policy"]))
			t.Run(filepath.Base(path)+"/"+opts.Reader, func(t *testing.T) {
				repaired(t, texts["old.avsc"], texts["new.avsc"], opts)
			})
		}
	}
}

func fileNames(a *txtar.Archive) []string {
	var names []string
	for _, f := range a.Files {
		names = append(names, f.Name)
	}
	return names
}

// repaired edits the candidate, which is newer, until nothing is found.
func repaired(t *testing.T, older, newer string, opts compat.CheckOptions) {
	const most = 20
	for range most {
		reader, writer := newer, older
		if opts.Reader == "old" {
			reader, writer = older, newer
		}
		found := differencesOf(t, reader, writer, opts)
		if len(found) == 0 {
			return
		}
		at := slices.IndexFunc(found, func(d compat.Difference) bool { return d.Fix != nil })
		if at < 0 {
			t.Fatalf("no fix for %v", found)
		}
		edit := found[at].Fix.Edit
		was := newer
		e := editing{t: t, candidate: decoded(t, newer), earlier: decoded(t, older)}
		e.apply(edit)
		text, err := json.Marshal(e.candidate)
		if err != nil {
			t.Fatal(err)
		}
		if newer = string(text); was == newer {
			t.Fatalf("%+v changes nothing in %s", edit, newer)
		}
		t.Logf("%s: %+v", found[at].Rule, edit)
	}
	t.Fatalf("after %d edits: %s", most, newer)
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// editing applies structured edits to the text of a schema. What "keep" means
// is looked up in the earlier schema.
type editing struct {
	t                  *testing.T
	candidate, earlier any
}

func (e *editing) apply(edit compat.Edit) {
	var value any
	if edit.Value != "" {
		value = decoded(e.t, edit.Value)
	}
	place, put := e.find(edit.Path)
	object, _ := e.definition(place).(map[string]any)
	switch edit.Op {
	case "add-default":
		object["default"] = value
	case "add-alias":
		aliases, _ := object["aliases"].([]any)
		object["aliases"] = append(aliases, value)
	case "remove-alias":
		aliases, _ := object["aliases"].([]any)
		object["aliases"] = slices.DeleteFunc(aliases, func(alias any) bool {
			return slices.ContainsFunc(value.([]any), func(gone any) bool {
				return alias == gone || strings.HasSuffix(gone.(string), "."+alias.(string))
			})
		})
	case "make-optional":
		object["type"], object["default"] = []any{"null", object["type"]}, nil
	case "keep-name":
		object["name"] = value
		if strings.Contains(value.(string), ".") {
			delete(object, "namespace")
		}
	case "keep-field":
		fields := object["fields"].([]any)
		for _, f := range fields { // whose aliases may have had its name
			if f := f.(map[string]any); f["aliases"] != nil {
				f["aliases"] = slices.DeleteFunc(f["aliases"].([]any), func(alias any) bool { return alias == value })
			}
		}
		object["fields"] = append(fields, e.field(value.(string)))
	case "widen-type", "keep-type":
		if list, ok := value.([]any); ok {
			for i, name := range list {
				list[i] = e.named(name.(string))
			}
			put(list)
		} else {
			put(e.named(value.(string)))
		}
	case "keep-size":
		object["size"] = value
	case "keep-symbols":
		object["symbols"] = append(object["symbols"].([]any), value.([]any)...)
	case "remove-symbols":
		object["symbols"] = slices.DeleteFunc(object["symbols"].([]any), func(s any) bool { return slices.Contains(value.([]any), s) })
	case "add-branch":
		branch := e.named(value.(string))
		if union, ok := place.([]any); ok {
			put(append(union, branch))
		} else {
			put([]any{place, branch})
		}
	case "remove-branch":
		union := place.([]any)
		put(slices.DeleteFunc(slices.Clone(union), func(b any) bool { return branchOf(b) == short(value.(string)) }))
		if up, _ := e.find(strings.TrimSuffix(edit.Path, "/type")); value == "null" {
			if f, ok := up.(map[string]any); ok && f["default"] == nil {
				delete(f, "default")
			}
		}
	case "keep-logical-type":
		for _, word := range []string{"logicalType", "precision", "scale"} {
			delete(object, word)
		}
		if object == nil {
			object = map[string]any{"type": place}
			put(object)
		}
		for word, v := range value.(map[string]any) {
			object[word] = v
		}
	default:
		e.t.Fatalf("unknown edit %+v", edit)
	}
}

// find returns what stands at a path, and how to put something else there.
func (e *editing) find(path string) (place any, put func(any)) {
	place, put = e.candidate, func(v any) { e.candidate = v }
	for step := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if step == "" {
			continue
		}
		place = e.definition(place)
		switch holder := place.(type) {
		case map[string]any:
			if _, ok := holder[step]; !ok {
				if inner, ok := holder["type"].(map[string]any); ok {
					holder = inner
				}
			}
			place, put = holder[step], func(v any) { holder[step] = v }
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(holder) {
				e.t.Fatalf("no %s at %s", step, path)
			}
			place, put = holder[i], func(v any) { holder[i] = v }
		default:
			e.t.Fatalf("no %s of %s", step, path)
		}
	}
	return place, put
}

// definition is the type that a name stands for, or place itself.
func (e *editing) definition(place any) any {
	name, ok := place.(string)
	if !ok {
		return place
	}
	if found := defined(e.candidate, short(name)); found != nil {
		return found
	}
	return place
}

// named is the type of a name: what the candidate calls so, else what the
// earlier schema did, else a word for itself.
func (e *editing) named(name string) any {
	if _, primitive := primitive(name); primitive || defined(e.candidate, short(name)) != nil {
		return name
	}
	if found := defined(e.earlier, short(name)); found != nil {
		return found
	}
	return name
}

// field is a field of that name of the earlier schema.
func (e *editing) field(name string) any {
	var found any
	visit(e.earlier, func(m map[string]any) {
		fields, _ := m["fields"].([]any)
		for _, f := range fields {
			if f.(map[string]any)["name"] == name {
				found = f
			}
		}
	})
	return found
}

// defined finds a type by its short name, or by the word for its kind.
func defined(v any, name string) (found any) {
	visit(v, func(m map[string]any) {
		if m["type"] == name || m["symbols"] != nil || m["size"] != nil || m["fields"] != nil {
			if n, ok := m["name"].(string); found == nil && (ok && short(n) == name || m["type"] == name && !ok) {
				found = m
			}
		}
	})
	return found
}

func visit(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		f(v)
		for _, key := range []string{"type", "items", "values", "fields"} {
			visit(v[key], f)
		}
	case []any:
		for _, item := range v {
			visit(item, f)
		}
	}
}

func short(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func branchOf(b any) string {
	if m, ok := b.(map[string]any); ok {
		if name, ok := m["name"].(string); ok {
			return short(name)
		}
		b = m["type"]
	}
	return short(fmt.Sprint(b))
}

func TestCheck_DefaultOfAUnionIsOfItsFirstBranch(t *testing.T) {
	older := `{"type":"record","name":"R","fields":[]}`
	newer := `{"type":"record","name":"R","fields":[{"name":"f","type":["string","null"]}]}`
	found := differencesOf(t, newer, older, compat.CheckOptions{Reader: "new", Writer: "old"})
	if len(found) != 1 || found[0].Fix == nil || found[0].Fix.Edit.Op != "add-default" || found[0].Fix.Edit.Value != `""` {
		t.Errorf("%+v", found)
	}
}
