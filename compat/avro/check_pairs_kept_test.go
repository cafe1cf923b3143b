package avro

import (
	"fmt"
	"slices"
)

// kept compares what was read with what was written, by meaning: numbers by
// what the reader's type holds of them, text by its bytes, fields and symbols
// by name, and a union by what is in it.
func kept(r *node, got any, w *node, wrote any) error {
	if b, ok := wrote.(branch); ok {
		return kept(r, got, w.members[b.index], b.value)
	}
	if b, ok := got.(branch); ok {
		return kept(r.members[b.index], b.value, w, wrote)
	}
	switch got := got.(type) {
	case fields:
		for _, f := range w.fields {
			for i, g := range r.fields {
				if g.name != f.name && !slices.Contains(g.aliases, f.name) {
					continue
				}
				if err := kept(g.typ, got[i], f.typ, wrote.(fields)[f.index]); err != nil {
					return fmt.Errorf("%s: %w", f.name, err)
				}
			}
		}
		return nil
	case list:
		return keptItems(len(got), len(wrote.(list)), func(i int) error { return kept(r.items, got[i], w.items, wrote.(list)[i]) })
	case []keyed:
		return keptItems(len(got), len(wrote.([]keyed)), func(i int) error {
			if got[i].key != wrote.([]keyed)[i].key {
				return fmt.Errorf("key %q for %q", got[i].key, wrote.([]keyed)[i].key)
			}
			return kept(r.items, got[i].value, w.items, wrote.([]keyed)[i].value)
		})
	case symbol:
		if got == wrote || !slices.Contains(r.symbols, string(wrote.(symbol))) && string(got) == r.fallback {
			return nil
		}
	default:
		if keptPlain(got, wrote) {
			return nil
		}
	}
	return fmt.Errorf("%v for %v", got, wrote)
}

func keptItems(got, wrote int, item func(i int) error) error {
	if got != wrote {
		return fmt.Errorf("%d items for %d", got, wrote)
	}
	for i := range got {
		if err := item(i); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	return nil
}

func keptPlain(got, wrote any) bool {
	number := func(v any) (float64, bool) {
		switch v := v.(type) {
		case int64:
			return float64(v), true
		case float32:
			return float64(v), true
		case float64:
			return v, true
		}
		return 0, false
	}
	text := func(v any) (string, bool) {
		switch v := v.(type) {
		case []byte:
			return string(v), true
		case string:
			return v, true
		}
		return "", false
	}
	if g, ok := number(got); ok {
		w, ok := number(wrote)
		if _, single := got.(float32); single {
			return ok && float32(g) == float32(w)
		}
		return ok && g == w
	}
	if g, ok := text(got); ok {
		w, ok := text(wrote)
		return ok && g == w
	}
	return got == wrote
}
