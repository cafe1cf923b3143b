// Package rowjson is the JSON that both backends keep in columns: settings,
// metadata, rule sets and lists of references. The structs mirror the domain's
// with tags of their own, so that what is on disk does not depend on how Go
// fields are called. Nil and empty maps, lists and structs stay what they are.
package rowjson

import (
	"encoding/json"
	"fmt"

	"github.com/muster-registry/muster/registry"
)

type config struct {
	Level           string    `json:"level,omitzero"`
	Policy          string    `json:"policy,omitzero"`
	Group           *string   `json:"group,omitzero"`
	Alias           *string   `json:"alias,omitzero"`
	AliasForDEKs    *string   `json:"aliasForDeks,omitzero"`
	Normalize       *bool     `json:"normalize,omitzero"`
	ValidateFields  *bool     `json:"validateFields,omitzero"`
	ValidateNew     *bool     `json:"validateNewSchemas,omitzero"`
	ValidateRules   *bool     `json:"validateRules,omitzero"`
	DefaultMetadata *metadata `json:"defaultMetadata,omitzero"`
	Override        *metadata `json:"overrideMetadata,omitzero"`
	DefaultRuleSet  *ruleSet  `json:"defaultRuleSet,omitzero"`
	OverrideRuleSet *ruleSet  `json:"overrideRuleSet,omitzero"`
}

type metadata struct {
	Tags       map[string][]string `json:"tags,omitzero"`
	Properties map[string]string   `json:"properties,omitzero"`
	Sensitive  []string            `json:"sensitive,omitzero"`
}

type ruleSet struct {
	Migration []rule `json:"migrationRules,omitzero"`
	Domain    []rule `json:"domainRules,omitzero"`
	Encoding  []rule `json:"encodingRules,omitzero"`
	EnableAt  string `json:"enableAt,omitzero"`
}

type rule struct {
	Name      string            `json:"name,omitzero"`
	Doc       string            `json:"doc,omitzero"`
	Kind      string            `json:"kind,omitzero"`
	Mode      string            `json:"mode,omitzero"`
	Type      string            `json:"type,omitzero"`
	Tags      []string          `json:"tags,omitzero"`
	Params    map[string]string `json:"params,omitzero"`
	Expr      string            `json:"expr,omitzero"`
	OnSuccess string            `json:"onSuccess,omitzero"`
	OnFailure string            `json:"onFailure,omitzero"`
	Disabled  bool              `json:"disabled,omitzero"`
}

// Config encodes c, nil for nil.
func Config(c *registry.Config) (*string, error) {
	if c == nil {
		return nil, nil
	}
	return encode(config{
		Level:           string(c.Level),
		Policy:          string(c.Policy),
		Group:           c.Group,
		Alias:           c.Alias,
		AliasForDEKs:    c.AliasForDEKs,
		Normalize:       c.Normalize,
		ValidateFields:  c.ValidateFields,
		ValidateNew:     c.ValidateNew,
		ValidateRules:   c.ValidateRules,
		DefaultMetadata: fromMetadata(c.DefaultMetadata),
		Override:        fromMetadata(c.Override),
		DefaultRuleSet:  fromRuleSet(c.DefaultRuleSet),
		OverrideRuleSet: fromRuleSet(c.OverrideRuleSet),
	})
}

// ParseConfig is the inverse of [Config].
func ParseConfig(text *string) (*registry.Config, error) {
	c, err := decode[config](text)
	if c == nil || err != nil {
		return nil, err
	}
	domain := &registry.Config{
		Group:           c.Group,
		Alias:           c.Alias,
		AliasForDEKs:    c.AliasForDEKs,
		Normalize:       c.Normalize,
		ValidateFields:  c.ValidateFields,
		ValidateNew:     c.ValidateNew,
		ValidateRules:   c.ValidateRules,
		DefaultMetadata: toMetadata(c.DefaultMetadata),
		Override:        toMetadata(c.Override),
		DefaultRuleSet:  toRuleSet(c.DefaultRuleSet),
		OverrideRuleSet: toRuleSet(c.OverrideRuleSet),
	}
	set(&domain.Level, c.Level)
	set(&domain.Policy, c.Policy)
	return domain, nil
}

func set[S ~string](to *S, from string) { *to = S(from) }

// Metadata encodes m, nil for nil.
func Metadata(m *registry.Metadata) (*string, error) {
	if m == nil {
		return nil, nil
	}
	return encode(fromMetadata(m))
}

// ParseMetadata is the inverse of [Metadata].
func ParseMetadata(text *string) (*registry.Metadata, error) {
	m, err := decode[metadata](text)
	return toMetadata(m), err
}

// RuleSet encodes r, nil for nil.
func RuleSet(r *registry.RuleSet) (*string, error) {
	if r == nil {
		return nil, nil
	}
	return encode(fromRuleSet(r))
}

// ParseRuleSet is the inverse of [RuleSet].
func ParseRuleSet(text *string) (*registry.RuleSet, error) {
	r, err := decode[ruleSet](text)
	return toRuleSet(r), err
}

func fromMetadata(m *registry.Metadata) *metadata {
	if m == nil {
		return nil
	}
	mirror := metadata(*m)
	return &mirror
}

func toMetadata(m *metadata) *registry.Metadata {
	if m == nil {
		return nil
	}
	domain := registry.Metadata(*m)
	return &domain
}

func fromRuleSet(r *registry.RuleSet) *ruleSet {
	if r == nil {
		return nil
	}
	return &ruleSet{
		Migration: convert(r.Migration, func(r registry.Rule) rule { return rule(r) }),
		Domain:    convert(r.Domain, func(r registry.Rule) rule { return rule(r) }),
		Encoding:  convert(r.Encoding, func(r registry.Rule) rule { return rule(r) }),
		EnableAt:  r.EnableAt,
	}
}

func toRuleSet(r *ruleSet) *registry.RuleSet {
	if r == nil {
		return nil
	}
	return &registry.RuleSet{
		Migration: convert(r.Migration, func(r rule) registry.Rule { return registry.Rule(r) }),
		Domain:    convert(r.Domain, func(r rule) registry.Rule { return registry.Rule(r) }),
		Encoding:  convert(r.Encoding, func(r rule) registry.Rule { return registry.Rule(r) }),
		EnableAt:  r.EnableAt,
	}
}

// convert keeps nil nil and empty empty.
func convert[From, To any](list []From, one func(From) To) []To {
	if list == nil {
		return nil
	}
	converted := make([]To, len(list))
	for i, from := range list {
		converted[i] = one(from)
	}
	return converted
}

func encode(v any) (*string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding a column: %w", err)
	}
	s := string(b)
	return &s, nil
}

func decode[T any](text *string) (*T, error) {
	if text == nil {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal([]byte(*text), v); err != nil {
		return nil, fmt.Errorf("decoding a column: %w", err)
	}
	return v, nil
}
