package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

func toReferences(refs []entity.Reference) []registry.Reference {
	out := make([]registry.Reference, len(refs))
	for i, r := range refs {
		out[i] = registry.Reference{Name: r.Name, Subject: r.Subject, Version: registry.Version(r.Version)}
	}
	return out
}

func fromReferences(refs []registry.Reference) []entity.Reference {
	out := make([]entity.Reference, len(refs))
	for i, r := range refs {
		out[i] = entity.Reference{Name: r.Name, Subject: r.Subject, Version: int(r.Version)}
	}
	return out
}

// toMetadata sorts what the contract treats as sets.
func toMetadata(m *entity.Metadata) *registry.Metadata {
	if m == nil {
		return nil
	}
	out := &registry.Metadata{Properties: m.Properties, Sensitive: set(m.Sensitive)}
	for path, tags := range m.Tags {
		if out.Tags == nil {
			out.Tags = make(map[string][]string, len(m.Tags))
		}
		out.Tags[path] = set(tags)
	}
	return out
}

func fromMetadata(m *registry.Metadata) *entity.Metadata {
	if m == nil {
		return nil
	}
	out := &entity.Metadata{Properties: m.Properties, Sensitive: m.Sensitive}
	for path, tags := range m.Tags {
		if out.Tags == nil {
			out.Tags = make(map[string][]string, len(m.Tags))
		}
		out.Tags[path] = append([]string{}, tags...) // a path without tags has a list all the same
	}
	return out
}

func set(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

func toRuleSet(r *entity.RuleSet) *registry.RuleSet {
	if r == nil {
		return nil
	}
	return &registry.RuleSet{
		Migration: toRules(r.MigrationRules),
		Domain:    toRules(r.DomainRules),
		Encoding:  toRules(r.EncodingRules),
		EnableAt:  r.EnableAt,
	}
}

// toRules fills in the contract's defaults.
func toRules(rules []entity.Rule) []registry.Rule {
	var out []registry.Rule
	for _, r := range rules {
		rule := registry.Rule{
			Name: r.Name, Doc: r.Doc, Kind: r.Kind, Mode: r.Mode, Type: r.Type, Tags: set(r.Tags), Params: r.Params,
			Expr: r.Expr, OnSuccess: r.OnSuccess, OnFailure: r.OnFailure, Disabled: r.Disabled,
		}
		if rule.Kind == "" {
			rule.Kind = "TRANSFORM"
		}
		if rule.Mode == "" {
			rule.Mode = "WRITEREAD"
		}
		out = append(out, rule)
	}
	return out
}

func fromRuleSet(r *registry.RuleSet) *entity.RuleSet {
	if r == nil {
		return nil
	}
	return &entity.RuleSet{
		MigrationRules: fromRules(r.Migration),
		DomainRules:    fromRules(r.Domain),
		EncodingRules:  fromRules(r.Encoding),
		EnableAt:       r.EnableAt,
	}
}

func fromRules(rules []registry.Rule) []entity.Rule {
	out := make([]entity.Rule, len(rules))
	for i, r := range rules {
		out[i] = entity.Rule{
			Name: r.Name, Doc: r.Doc, Kind: r.Kind, Mode: r.Mode, Type: r.Type, Tags: r.Tags, Params: r.Params,
			Expr: r.Expr, OnSuccess: r.OnSuccess, OnFailure: r.OnFailure, Disabled: r.Disabled,
		}
	}
	return out
}

// fromVersion renders a version in the shape of 8.x, or for legacy clients in
// that of 7.3.
func fromVersion(v registry.Registered, legacy bool) entity.Schema {
	deleted := v.Record.Deleted
	e := entity.Schema{
		Subject: v.Record.Subject.String(), Version: int(v.Record.Version), ID: int(v.Record.ID),
		GUID: v.Content.GUID.String(), SchemaType: string(v.Content.Type),
		References: fromReferences(v.Content.References), Metadata: fromMetadata(v.Content.Metadata), RuleSet: fromRuleSet(v.Content.RuleSet),
		Schema: v.Content.Text, Timestamp: v.Record.Registered.UnixMilli(), Deleted: &deleted,
	}
	if legacy {
		e.GUID, e.Timestamp, e.Deleted = "", 0, nil
		e.Metadata, e.RuleSet = nil, nil
		e.SchemaType = legacyType(v.Content.Type)
	}
	return e
}

func fromContent(c *registry.Content, legacy bool) entity.SchemaString {
	if legacy {
		return entity.SchemaString{Schema: c.Text, SchemaType: legacyType(c.Type), References: fromReferences(c.References)}
	}
	return entity.SchemaString{
		Schema: c.Text, SchemaType: string(c.Type), GUID: c.GUID.String(),
		References: fromReferences(c.References), Metadata: fromMetadata(c.Metadata), RuleSet: fromRuleSet(c.RuleSet),
	}
}

func fromRegistered(v registry.Registered, legacy bool) entity.Registered {
	if legacy {
		return entity.Registered{ID: int(v.Record.ID)}
	}
	return entity.Registered{
		ID: int(v.Record.ID), Version: int(v.Record.Version), GUID: v.Content.GUID.String(), SchemaType: string(v.Content.Type),
		References: fromReferences(v.Content.References), Metadata: fromMetadata(v.Content.Metadata), RuleSet: fromRuleSet(v.Content.RuleSet),
		Schema: v.Content.Text,
	}
}

// legacyType leaves AVRO out, as servers before 8.0 did.
func legacyType(t compat.Type) string {
	if t == compat.Avro {
		return ""
	}
	return string(t)
}

// FromIncompatibilities renders findings as the API shows them. Those without a
// version, as of files, show none.
func FromIncompatibilities(found []compat.Incompatibility) []entity.Incompatibility {
	var out []entity.Incompatibility
	for _, i := range found {
		e := entity.Incompatibility{
			Rule: string(i.Rule), Path: i.Path, Message: i.Message, Direction: string(i.Direction), Version: i.Version,
		}
		if w := i.Witness; w != nil {
			e.Witness = &entity.Witness{JSON: json.RawMessage(w.JSON), Outcome: w.Outcome, Base64: base64.StdEncoding.EncodeToString(w.Binary)}
		}
		if f := i.Fix; f != nil {
			e.Fix = &entity.Fix{Text: f.Text}
			if f.Edit.Op != "" {
				e.Fix.Edit = &entity.Edit{Op: f.Edit.Op, Path: f.Edit.Path, Value: f.Edit.Value}
			}
		}
		out = append(out, e)
	}
	return out
}

// fromConfig is all but the level, of which servers of 7.3 had nothing.
func fromConfig(c registry.Config, legacy bool) entity.ConfigRest {
	if legacy {
		return entity.ConfigRest{}
	}
	return entity.ConfigRest{
		Alias: value(c.Alias), AliasForDEKs: value(c.AliasForDEKs), CompatibilityGroup: value(c.Group), Policy: string(c.Policy),
		Normalize: c.Normalize, ValidateFields: c.ValidateFields, ValidateNewSchemas: c.ValidateNew, ValidateRules: c.ValidateRules,
		DefaultMetadata: fromMetadata(c.DefaultMetadata), OverrideMetadata: fromMetadata(c.Override),
		DefaultRuleSet: fromRuleSet(c.DefaultRuleSet), OverrideRuleSet: fromRuleSet(c.OverrideRuleSet),
	}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func fromValidated(v registry.Validated) entity.Verdict {
	e := FromVerdict(v.Verdict)
	if v.ID != 0 {
		e.Schema = &entity.VerdictSchema{ID: int(v.ID), Type: string(v.Type)}
		if v.Version > 0 {
			e.Schema.Subject, e.Schema.Version = v.Subject.String(), int(v.Version)
		}
	}
	for _, version := range v.WouldBeValidUnder {
		e.WouldBeValidUnder = append(e.WouldBeValidUnder, int(version))
	}
	e.Changed = FromIncompatibilities(v.Changed)
	return e
}

// FromVerdict renders the judgement of a payload as the API shows it, without
// the schema that judged.
func FromVerdict(v compat.Verdict) entity.Verdict {
	e := entity.Verdict{Valid: len(v.Violations) == 0, Errors: []entity.Violation{}, Truncated: v.Truncated}
	for _, violation := range v.Violations {
		e.Errors = append(e.Errors, entity.Violation(violation))
	}
	return e
}
