package registry

import (
	"context"
	"reflect"

	"github.com/muster-registry/muster/compat"
)

// Change is a new value for one setting: not mentioned, cleared (nil), or set.
type Change[T any] struct {
	Mentioned bool
	To        *T
}

func (c Change[T]) apply(to **T) {
	if c.Mentioned {
		*to = c.To
	}
}

// ConfigChange is what PUT /config changes; what it does not mention stays.
type ConfigChange struct {
	Level           Change[string] // any letter case
	Policy          Change[string] // any letter case; unknown words unset it
	Group           Change[string]
	Alias           Change[string]
	AliasForDEKs    Change[string]
	Normalize       Change[bool]
	ValidateFields  Change[bool]
	ValidateNew     Change[bool]
	ValidateRules   Change[bool]
	DefaultMetadata Change[Metadata]
	Override        Change[Metadata]
	DefaultRuleSet  Change[RuleSet]
	OverrideRuleSet Change[RuleSet]
}

// Config returns the configuration of a scope: its own with the level filled
// in, or with inherited the one in force. The error is LevelNotConfigured for
// a subject or context without its own; the default and the global context
// answer the server's default instead (contract 2.6).
func (s *Service) Config(ctx context.Context, scope Subject, inherited bool) (Config, error) {
	snap, err := s.store.Snapshot(ctx, scope)
	if err != nil {
		return Config{}, err
	}
	scopes := snap.Scopes
	switch {
	case inherited:
		return scopes.config(), nil
	case scopes.Own.Config != nil:
		return scopes.Own.Config.withLevel(), nil
	case isRoot(scope):
		return Config{Level: defaultLevel}, nil
	}
	return Config{}, fail(LevelNotConfigured, "Subject '%s' does not have subject-level compatibility configured", scope)
}

// isRoot tells whether scope is one that always has settings.
func isRoot(scope Subject) bool {
	return scope.Name == "" && (scope.Context == DefaultContext || scope.Context == GlobalContext)
}

// SetConfig changes the configuration of a scope, which need not exist, and
// returns what is then set there.
func (s *Service) SetConfig(ctx context.Context, scope Subject, change ConfigChange) (Config, error) {
	if err := scope.Validate(); err != nil {
		return Config{}, err
	}
	if err := change.validate(scope); err != nil {
		return Config{}, err
	}
	var after Config
	err := s.change(ctx, scope, func(edit Edit) error {
		scopes := edit.Snapshot().Scopes
		if err := permitChange(scope, scopes.mode()); err != nil {
			return err
		}
		var before Config
		if scopes.Own.Config != nil {
			before = *scopes.Own.Config
		}
		after = before
		change.apply(&after)
		// What changes nothing must not make a scope configured that was not.
		if reflect.DeepEqual(before, after) {
			return nil
		}
		return edit.Configure(ctx, &after, scopes.Own.Mode)
	})
	return after, err
}

func (c ConfigChange) validate(scope Subject) error {
	if c.Alias.To != nil {
		if err := within(*c.Alias.To, scope.Context).Validate(); err != nil {
			return err
		}
	}
	for _, rules := range []*RuleSet{c.DefaultRuleSet.To, c.OverrideRuleSet.To} {
		if err := rules.validate(); err != nil {
			return err
		}
	}
	if c.Level.To == nil {
		return nil
	}
	if _, ok := compat.ParseLevel(*c.Level.To); !ok {
		return fail(InvalidLevel, "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive")
	}
	return nil
}

func (c ConfigChange) apply(to *Config) {
	if c.Level.Mentioned {
		to.Level = ""
		if c.Level.To != nil {
			to.Level, _ = compat.ParseLevel(*c.Level.To)
		}
	}
	if c.Policy.Mentioned {
		to.Policy = ""
		if c.Policy.To != nil {
			to.Policy, _ = compat.ParsePolicy(*c.Policy.To)
		}
	}
	c.Group.apply(&to.Group)
	c.Alias.apply(&to.Alias)
	if to.Alias != nil && *to.Alias == "" {
		to.Alias = nil
	}
	c.AliasForDEKs.apply(&to.AliasForDEKs)
	if to.AliasForDEKs != nil && *to.AliasForDEKs == "" {
		to.AliasForDEKs = nil
	}
	c.Normalize.apply(&to.Normalize)
	c.ValidateFields.apply(&to.ValidateFields)
	c.ValidateNew.apply(&to.ValidateNew)
	c.ValidateRules.apply(&to.ValidateRules)
	c.DefaultMetadata.apply(&to.DefaultMetadata)
	c.Override.apply(&to.Override)
	c.DefaultRuleSet.apply(&to.DefaultRuleSet)
	c.OverrideRuleSet.apply(&to.OverrideRuleSet)
}

// DeleteConfig removes the configuration of a scope and returns what was set,
// with its level filled in. The error is SubjectNotFound where nothing was
// set, except for the default and the global context.
func (s *Service) DeleteConfig(ctx context.Context, scope Subject) (Config, error) {
	var before Config
	err := s.change(ctx, scope, func(edit Edit) error {
		own := edit.Snapshot().Scopes.Own
		if own.Config == nil && !isRoot(scope) {
			return subjectNotFound(scope)
		}
		if err := permitChange(scope, edit.Snapshot().Scopes.mode()); err != nil {
			return err
		}
		if own.Config == nil {
			before = Config{Level: defaultLevel}
			return nil
		}
		before = own.Config.withLevel()
		return edit.Configure(ctx, nil, own.Mode)
	})
	return before, err
}
