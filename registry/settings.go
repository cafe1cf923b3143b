package registry

import "github.com/muster-registry/muster/compat"

// Mode says what a subject, context or registry lets clients do.
type Mode string

// The modes of the contract.
const (
	ReadWrite        Mode = "READWRITE"
	ReadOnly         Mode = "READONLY"
	ReadOnlyOverride Mode = "READONLY_OVERRIDE"
	Import           Mode = "IMPORT"
	Forward          Mode = "FORWARD"
)

// Config is what PUT /config sets on one scope. A nil or empty member is not
// set there.
type Config struct {
	Level  compat.Level
	Policy compat.Policy
	Group  *string
	Alias  *string
	// AliasForDEKs redirects a DEK registry, which is elsewhere: kept for those
	// who ask for it.
	AliasForDEKs   *string
	Normalize      *bool
	ValidateFields *bool
	// ValidateNew is true unless set: what is registered must keep what is asked
	// of new schemas alone.
	ValidateNew *bool
	// ValidateRules is for those who run rules, which the registry does not.
	ValidateRules   *bool
	DefaultMetadata *Metadata
	Override        *Metadata
	DefaultRuleSet  *RuleSet
	OverrideRuleSet *RuleSet
}

// Scope is what is set on one place that settings hang on: a subject, a
// context (the subject with an empty name) or everything (GlobalContext).
type Scope struct {
	// Rev counts the changes to the scope and, for a subject, to its versions.
	// It never goes back.
	Rev    int64
	Config *Config // nil: never set, or deleted
	Mode   Mode    // empty: not set
}

// Scopes are the places a subject's settings come from, nearest first.
type Scopes struct {
	Own     Scope // of the subject itself; equal to Context for a context
	Context Scope
	Default Scope // of the default context, which some settings fall back to
	Global  Scope
}

// defaultLevel is in force where nobody has set one (contract 2.6).
const defaultLevel = compat.Backward

// config is the configuration in force (contract 3.8). Without a configuration
// of its own a subject takes the whole of the first that exists above it. One
// of its own is completed from the default context for some members only, and
// its level from the server's default, not from the level above.
func (s Scopes) config() Config {
	if s.Own.Config == nil {
		for _, above := range []Scope{s.Context, s.Global} {
			if above.Config != nil {
				return above.Config.withLevel()
			}
		}
		return Config{Level: defaultLevel}
	}
	c := s.Own.Config.withLevel()
	if above := s.Default.Config; above != nil {
		if c.Normalize == nil {
			c.Normalize = above.Normalize
		}
		if c.ValidateFields == nil {
			c.ValidateFields = above.ValidateFields
		}
		if c.ValidateNew == nil {
			c.ValidateNew = above.ValidateNew
		}
		if c.ValidateRules == nil {
			c.ValidateRules = above.ValidateRules
		}
		if c.Policy == "" {
			c.Policy = above.Policy
		}
		if c.Group == nil {
			c.Group = above.Group
		}
	}
	return c
}

func (c Config) withLevel() Config {
	if c.Level == "" {
		c.Level = defaultLevel
	}
	return c
}

// rewrites tells whether what is registered may differ from what was sent.
func (c Config) rewrites() bool {
	return c.DefaultMetadata != nil || c.Override != nil || c.DefaultRuleSet != nil || c.OverrideRuleSet != nil
}

// mode is the mode in force: the first set, nearest first (contract 3.9).
func (s Scopes) mode() Mode {
	for _, scope := range []Scope{s.Own, s.Context, s.Global} {
		if scope.Mode != "" {
			return scope.Mode
		}
	}
	return ReadWrite
}

func isTrue(b *bool) bool { return b != nil && *b }
