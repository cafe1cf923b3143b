package httpapi

import (
	"slices"

	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/httpapi/entity"
)

// The structured members of requests are read by hand, not by encoding/json:
// scalars of another type are taken by their spelling and the letter case of
// names counts, as with Jackson (addenda F). Null is as good as absent.

// list reads a member that is an array; nil for absent and null.
func list[T any](body *jsondoc.Value, name string, read func(*jsondoc.Value) (T, error)) ([]T, error) {
	v := body.Get(name)
	if v == nil || v.Kind == jsondoc.Null {
		return nil, nil
	}
	if v.Kind != jsondoc.Array {
		return nil, errBadJSON("Cannot read %s: an array is wanted, not a value of type %s.", name, v.Kind)
	}
	items := make([]T, len(v.Items))
	for i, item := range v.Items {
		var err error
		if items[i], err = read(item); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// object refuses what is neither an object nor null.
func object(v *jsondoc.Value, name string) error {
	if v.Kind != jsondoc.Object && v.Kind != jsondoc.Null {
		return errBadJSON("Cannot read %s: an object is wanted, not a value of type %s.", name, v.Kind)
	}
	return nil
}

// table reads a member that maps names to values.
func table[T any](body *jsondoc.Value, name string, read func(parent *jsondoc.Value, key string) (T, error)) (map[string]T, error) {
	v := body.Get(name)
	if v == nil || v.Kind == jsondoc.Null {
		return nil, nil
	}
	if err := object(v, name); err != nil {
		return nil, err
	}
	values := make(map[string]T, len(v.Members))
	for _, m := range v.Members {
		if m.Value.Kind == jsondoc.Null {
			continue
		}
		value, err := read(v, m.Name)
		if err != nil {
			return nil, err
		}
		values[m.Name] = value
	}
	return values, nil
}

// texts reads a member that is an array of strings.
func texts(body *jsondoc.Value, name string) ([]string, error) {
	return list(body, name, func(item *jsondoc.Value) (string, error) {
		return scalar(item, name)
	})
}

func reference(v *jsondoc.Value) (r entity.Reference, err error) {
	if err = object(v, "references"); err != nil {
		return r, err
	}
	if r.Name, err = text(v, "name"); err != nil {
		return r, err
	}
	if r.Subject, err = text(v, "subject"); err != nil {
		return r, err
	}
	r.Version, _, err = integer(v, "version")
	return r, err
}

// metadata reads a member that is metadata; nil for absent and null.
func metadata(body *jsondoc.Value, name string) (*entity.Metadata, error) {
	v := body.Get(name)
	if v == nil || v.Kind == jsondoc.Null {
		return nil, nil
	}
	if err := object(v, name); err != nil {
		return nil, err
	}
	var m entity.Metadata
	var err error
	if m.Tags, err = table(v, "tags", texts); err != nil {
		return nil, err
	}
	if m.Properties, err = table(v, "properties", text); err != nil {
		return nil, err
	}
	m.Sensitive, err = texts(v, "sensitive")
	return &m, err
}

// ruleSet reads a member that is a set of rules; nil for absent and null.
func ruleSet(body *jsondoc.Value, name string) (*entity.RuleSet, error) {
	v := body.Get(name)
	if v == nil || v.Kind == jsondoc.Null {
		return nil, nil
	}
	if err := object(v, name); err != nil {
		return nil, err
	}
	var set entity.RuleSet
	var err error
	for name, to := range map[string]*[]entity.Rule{
		"migrationRules": &set.MigrationRules,
		"domainRules":    &set.DomainRules,
		"encodingRules":  &set.EncodingRules,
	} {
		if *to, err = list(v, name, rule); err != nil {
			return nil, err
		}
	}
	set.EnableAt, err = word(v, "enableAt", "ALL", "CLIENT", "GATEWAY", "SERVER", "NONE")
	return &set, err
}

func rule(v *jsondoc.Value) (r entity.Rule, err error) {
	if err = object(v, "rule"); err != nil {
		return r, err
	}
	for name, to := range map[string]*string{
		"name": &r.Name, "doc": &r.Doc, "type": &r.Type, "expr": &r.Expr, "onSuccess": &r.OnSuccess, "onFailure": &r.OnFailure,
	} {
		if *to, err = text(v, name); err != nil {
			return r, err
		}
	}
	if r.Kind, err = word(v, "kind", "TRANSFORM", "CONDITION"); err != nil {
		return r, err
	}
	if r.Mode, err = word(v, "mode", "UPGRADE", "DOWNGRADE", "UPDOWN", "WRITE", "READ", "WRITEREAD"); err != nil {
		return r, err
	}
	if r.Tags, err = texts(v, "tags"); err != nil {
		return r, err
	}
	if r.Params, err = table(v, "params", text); err != nil {
		return r, err
	}
	if disabled := v.Get("disabled"); disabled != nil && disabled.Kind != jsondoc.Null {
		r.Disabled, err = boolean(disabled, "disabled")
	}
	return r, err
}

// word reads a member that is one of a few words; empty for absent. Clients
// fail on words they do not know, so none is ever stored (contract 4.5).
func word(body *jsondoc.Value, name string, words ...string) (string, error) {
	s, err := text(body, name)
	if err == nil && s != "" && !slices.Contains(words, s) {
		return "", errBadJSON("Cannot read %s: it must be one of %v.", name, words)
	}
	return s, err
}
