package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// anything is the placeholder in wanted texts: alone it stands for any value,
// within a string for any characters, and as a key for any further members.
const anything = "…"

// matchJSON says where got, which is JSON text, differs from want; empty when
// it does not. Numbers are compared as they are written, arrays in order.
func matchJSON(want, got []byte) string {
	w, err := decodeJSON(want)
	if err != nil {
		return fmt.Sprintf("the wanted text is no JSON: %v", err)
	}
	g, err := decodeJSON(got)
	if err != nil {
		return fmt.Sprintf("no JSON: %v", err)
	}
	return matchValue("$", w, g)
}

func decodeJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("more after the value, at byte %d", d.InputOffset())
	}
	return v, nil
}

func matchValue(path string, want, got any) string {
	if want == anything {
		return ""
	}
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: got %T, want an object", path, got)
		}
		return matchObject(path, want, got)
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return fmt.Sprintf("%s: got %v, want an array of %d", path, got, len(want))
		}
		for i := range want {
			if diff := matchValue(fmt.Sprintf("%s[%d]", path, i), want[i], got[i]); diff != "" {
				return diff
			}
		}
		return ""
	case string:
		if got, ok := got.(string); ok && matchText(want, got) {
			return ""
		}
	default:
		if want == got {
			return ""
		}
	}
	return fmt.Sprintf("%s: got %#v, want %#v", path, got, want)
}

func matchObject(path string, want, got map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if name == anything {
			continue
		}
		value, ok := got[name]
		if !ok {
			return fmt.Sprintf("%s.%s is missing", path, name)
		}
		if diff := matchValue(path+"."+name, want[name], value); diff != "" {
			return diff
		}
	}
	if _, open := want[anything]; open {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			return fmt.Sprintf("%s.%s is not wanted: %#v", path, name, got[name])
		}
	}
	return ""
}

// matchText compares with a text in which … stands for any characters.
func matchText(want, got string) bool {
	if !strings.Contains(want, anything) {
		return want == got
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(want), anything, `(?s:.*)`)
	return regexp.MustCompile(`\A` + pattern + `\z`).MatchString(got)
}
