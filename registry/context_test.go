package registry

import "testing"

func TestParseContext(t *testing.T) {
	for text, want := range map[string]ContextName{
		".ctx": ".ctx", "ctx": ".ctx", ":.ctx:": ".ctx", ":.ctx": ".ctx", ".": ".", ":.:": ".", ":.__GLOBAL:": GlobalContext, ".a b": ".a b",
	} {
		if got, ok := ParseContext(text); !ok || got != want {
			t.Errorf("%s: got %s, %v", text, got, ok)
		}
	}
	for _, text := range []string{"a:b", ":.a:b:", ":.a:b", "::.a:"} {
		if got, ok := ParseContext(text); ok {
			t.Errorf("%s is read as %s", text, got)
		}
	}
}

// TestConfigTarget is contract 3.12: one hop, within the context of the
// subject, and from subjects alone.
func TestConfigTarget(t *testing.T) {
	for name, row := range map[string]struct {
		from, alias, want string
	}{
		"in the default context":       {"a", "b", "b"},
		"in its own context":           {":.ctx:a", "b", ":.ctx:b"},
		"to another":                   {"a", ":.ctx:b", ":.ctx:b"},
		"to the default one":           {":.ctx:a", ":.:b", "b"},
		"with a slash":                 {"a", "x/y", "x/y"},
		"of a context, to nothing":     {":.ctx:", "b", ""},
		"of the default one, the same": {":.:", "b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			target, ok := (&Config{Alias: &row.alias}).target(ParseSubject(row.from))
			if ok != (row.want != "") || ok && target.String() != row.want {
				t.Errorf("got %s, %v, want %q", target, ok, row.want)
			}
		})
	}
	var none *Config
	if _, ok := none.target(ParseSubject("a")); ok {
		t.Error("no configuration leads somewhere")
	}
}
