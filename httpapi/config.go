package httpapi

import (
	"net/http"

	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// GET /config, GET /config/{subject}
func (s *Server) config(w http.ResponseWriter, r *http.Request) error {
	scope, err := pathScope(r)
	if err != nil {
		return err
	}
	config, err := s.registry.Config(r.Context(), scope, queryBool(r.URL.Query(), "defaultToGlobal"))
	if err != nil {
		return err
	}
	return writeConfig(w, r, config)
}

// PUT /config, PUT /config/{subject}
func (s *Server) setConfig(w http.ResponseWriter, r *http.Request) error {
	scope, err := pathScope(r)
	if err != nil {
		return err
	}
	body, err := decode(w, r)
	if err != nil {
		return err
	}
	change, err := configChange(body)
	if err != nil {
		return err
	}
	config, err := s.registry.SetConfig(r.Context(), scope, change)
	if err != nil {
		return err
	}
	return writeJSON(w, r, entity.ConfigUpdate{Level: string(config.Level), ConfigRest: fromConfig(config, legacy(r))})
}

// DELETE /config, DELETE /config/{subject}
func (s *Server) deleteConfig(w http.ResponseWriter, r *http.Request) error {
	scope, err := pathScope(r)
	if err != nil {
		return err
	}
	config, err := s.registry.DeleteConfig(r.Context(), scope)
	if err != nil {
		return err
	}
	return writeConfig(w, r, config)
}

func writeConfig(w http.ResponseWriter, r *http.Request, config registry.Config) error {
	return writeJSON(w, r, entity.Config{Level: string(config.Level), ConfigRest: fromConfig(config, legacy(r))})
}

// configChange reads what a PUT mentions: absent keeps, null clears, a value
// sets (contract 2.6).
func configChange(body *jsondoc.Value) (registry.ConfigChange, error) {
	var change registry.ConfigChange
	for name, to := range map[string]*registry.Change[string]{
		"compatibility":       &change.Level,
		"compatibilityPolicy": &change.Policy,
		"compatibilityGroup":  &change.Group,
		"alias":               &change.Alias,
		"aliasForDeks":        &change.AliasForDEKs,
	} {
		v := body.Get(name)
		if v == nil {
			continue
		}
		to.Mentioned = true
		if v.Kind == jsondoc.Null {
			continue
		}
		word, err := text(body, name)
		if err != nil {
			return change, err
		}
		to.To = &word
	}
	for name, to := range map[string]*registry.Change[bool]{
		"normalize":          &change.Normalize,
		"validateFields":     &change.ValidateFields,
		"validateNewSchemas": &change.ValidateNew,
		"validateRules":      &change.ValidateRules,
	} {
		v := body.Get(name)
		if v == nil {
			continue
		}
		to.Mentioned = true
		if v.Kind == jsondoc.Null {
			continue
		}
		flag, err := boolean(v, name)
		if err != nil {
			return change, err
		}
		to.To = &flag
	}
	return change, configStructures(body, &change)
}

func configStructures(body *jsondoc.Value, change *registry.ConfigChange) error {
	for name, to := range map[string]*registry.Change[registry.Metadata]{
		"defaultMetadata":  &change.DefaultMetadata,
		"overrideMetadata": &change.Override,
	} {
		m, err := metadata(body, name)
		if err != nil {
			return err
		}
		to.Mentioned, to.To = body.Get(name) != nil, toMetadata(m)
	}
	for name, to := range map[string]*registry.Change[registry.RuleSet]{
		"defaultRuleSet":  &change.DefaultRuleSet,
		"overrideRuleSet": &change.OverrideRuleSet,
	} {
		rules, err := ruleSet(body, name)
		if err != nil {
			return err
		}
		to.Mentioned, to.To = body.Get(name) != nil, toRuleSet(rules)
	}
	return nil
}
