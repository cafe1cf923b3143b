package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

func set[T any](v T) *T { return &v }

// TestScopesConfig is the table of contract 3.8.
func TestScopesConfig(t *testing.T) {
	full := &Config{
		Level: compat.Full, Policy: compat.Lenient, Group: set("g"), Alias: set("a"), AliasForDEKs: set("d"), Normalize: set(true),
		ValidateFields: set(true), ValidateNew: set(false), ValidateRules: set(true), DefaultMetadata: &Metadata{}, Override: &Metadata{},
		DefaultRuleSet: &RuleSet{}, OverrideRuleSet: &RuleSet{},
	}
	forward := &Config{Level: compat.Forward}
	for name, row := range map[string]struct {
		own, context, byDefault, global *Config
		want                            Config
	}{
		"nothing set":                            {want: Config{Level: compat.Backward}},
		"the global one":                         {global: forward, want: *forward},
		"the context's before the global one":    {context: full, global: forward, want: *full},
		"the context's is taken whole":           {context: &Config{Normalize: set(true)}, byDefault: full, global: full, want: Config{Level: compat.Backward, Normalize: set(true)}},
		"another context's is not the default's": {byDefault: forward, want: Config{Level: compat.Backward}},
		"the global one beats the default's":     {byDefault: forward, global: full, want: *full},
		"its own":                                {own: full, context: forward, byDefault: forward, global: forward, want: *full},
		"its own level is never that above":      {own: &Config{Group: set("x")}, context: forward, global: forward, want: Config{Level: compat.Backward, Group: set("x")}},
		"its own takes nothing from its context": {own: &Config{Level: compat.None}, context: full, global: full, want: Config{Level: compat.None}},
		"its own takes six from the default one": {own: &Config{Level: compat.None}, byDefault: full, want: Config{Level: compat.None, Policy: compat.Lenient, Group: set("g"), Normalize: set(true), ValidateFields: set(true), ValidateNew: set(false), ValidateRules: set(true)}},
		"its own false beats a true above":       {own: &Config{Normalize: set(false), ValidateFields: set(false), ValidateNew: set(true), ValidateRules: set(false)}, byDefault: full, want: Config{Level: compat.Backward, Policy: compat.Lenient, Group: set("g"), Normalize: set(false), ValidateFields: set(false), ValidateNew: set(true), ValidateRules: set(false)}},
	} {
		t.Run(name, func(t *testing.T) {
			scopes := Scopes{Own: Scope{Config: row.own}, Context: Scope{Config: row.context}, Default: Scope{Config: row.byDefault}, Global: Scope{Config: row.global}}
			if diff := cmp.Diff(row.want, scopes.config()); diff != "" {
				t.Errorf("in force (-want +got):\n%s", diff)
			}
		})
	}
}

// TestScopesMode: own, context, global, and never another context's.
func TestScopesMode(t *testing.T) {
	for name, row := range map[string]struct {
		own, context, byDefault, global, want Mode
	}{
		"nothing set":                         {want: ReadWrite},
		"the global one":                      {global: ReadOnly, want: ReadOnly},
		"the context's before the global one": {context: Import, global: ReadOnly, want: Import},
		"its own before both":                 {own: ReadWrite, context: Import, global: ReadOnlyOverride, want: ReadWrite},
		"another context's does not count":    {byDefault: ReadOnly, want: ReadWrite},
	} {
		t.Run(name, func(t *testing.T) {
			scopes := Scopes{Own: Scope{Mode: row.own}, Context: Scope{Mode: row.context}, Default: Scope{Mode: row.byDefault}, Global: Scope{Mode: row.global}}
			if got := scopes.mode(); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestConfigChange_AbsentKeepsNullClears(t *testing.T) {
	before := Config{
		Level: compat.Full, Policy: compat.Lenient, Group: set("g"), Alias: set("a"), AliasForDEKs: set("d"), Normalize: set(true), ValidateFields: set(true),
		ValidateNew: set(false), ValidateRules: set(true), DefaultMetadata: &Metadata{}, Override: &Metadata{}, DefaultRuleSet: &RuleSet{}, OverrideRuleSet: &RuleSet{},
	}
	after := before
	ConfigChange{}.apply(&after)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("nothing mentioned (-want +got):\n%s", diff)
	}
	text, flag, metadata, rules := Change[string]{Mentioned: true}, Change[bool]{Mentioned: true}, Change[Metadata]{Mentioned: true}, Change[RuleSet]{Mentioned: true}
	ConfigChange{text, text, text, text, text, flag, flag, flag, flag, metadata, metadata, rules, rules}.apply(&after)
	if diff := cmp.Diff(Config{}, after); diff != "" {
		t.Errorf("all cleared (-want +got):\n%s", diff)
	}
	to := func(s string) Change[string] { return Change[string]{Mentioned: true, To: &s} }
	ConfigChange{Level: to("forward"), Policy: to("nonsense"), Alias: to("")}.apply(&after)
	if diff := cmp.Diff(Config{Level: compat.Forward}, after); diff != "" {
		t.Errorf("set (-want +got):\n%s", diff)
	}
}
