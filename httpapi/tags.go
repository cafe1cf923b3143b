package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
)

// POST /subjects/{subject}/versions/{version}/tags
func (s *Server) tag(w http.ResponseWriter, r *http.Request) error {
	subject, version, err := pathSubjectVersion(r)
	if err != nil {
		return err
	}
	body, err := decode(w, r)
	if err != nil {
		return err
	}
	req, err := tagRequest(body)
	if err != nil {
		return err
	}
	req.Subject, req.Version = subject, version
	registered, err := s.registry.Tag(r.Context(), req)
	s.metrics.countRegistration(registered.Content.Type, registered, err)
	if err != nil {
		return err
	}
	return writeJSON(w, r, fromRegistered(registered, legacy(r)))
}

func tagRequest(body *jsondoc.Value) (req registry.TagRequest, err error) {
	number, ok, err := integer(body, "newVersion")
	if err != nil {
		return req, err
	}
	if ok {
		version := registry.Version(number)
		req.NewVersion = &version
	}
	if req.Add, err = list(body, "tagsToAdd", schemaTags); err != nil {
		return req, err
	}
	if req.Remove, err = list(body, "tagsToRemove", schemaTags); err != nil {
		return req, err
	}
	m, err := metadata(body, "metadata")
	if err != nil {
		return req, err
	}
	req.Metadata = toMetadata(m)
	for name, to := range map[string]**registry.RuleSet{"ruleSet": &req.RuleSet, "rulesToMerge": &req.MergeRules} {
		rules, err := ruleSet(body, name)
		if err != nil {
			return req, err
		}
		*to = toRuleSet(rules)
	}
	req.RemoveRules, err = texts(body, "rulesToRemove")
	return req, err
}

// tagChange reads what a registration says of tags.
func tagChange(body *jsondoc.Value) (change registry.TagChange, err error) {
	if change.Add, err = list(body, "schemaTagsToAdd", schemaTags); err != nil {
		return change, err
	}
	if change.Remove, err = list(body, "schemaTagsToRemove", schemaTags); err != nil {
		return change, err
	}
	if v := body.Get("propagateSchemaTags"); v != nil && v.Kind != jsondoc.Null {
		change.Propagate, err = boolean(v, "propagateSchemaTags")
	}
	return change, err
}

func schemaTags(v *jsondoc.Value) (e compat.Entity, err error) {
	if err = object(v, "schemaTags"); err != nil {
		return e, err
	}
	named := v.Get("schemaEntity")
	if named == nil || named.Kind != jsondoc.Object {
		return e, errBadJSON("Cannot read schemaEntity: an object is wanted.")
	}
	if e.Path, err = text(named, "entityPath"); err != nil {
		return e, err
	}
	kind, err := word(named, "entityType", string(compat.RecordEntity), string(compat.FieldEntity))
	if err != nil {
		return e, err
	}
	e.Kind = compat.EntityKind(kind)
	e.Tags, err = texts(v, "tags")
	return e, err
}

// queryTags reads findTags, which may be given more than once, each time with
// several tags between commas (contract 3.14).
func queryTags(q url.Values) []string {
	var tags []string
	for _, list := range q["findTags"] {
		for tag := range strings.SplitSeq(list, ",") {
			if tag != "" {
				tags = append(tags, tag)
			}
		}
	}
	return tags
}

// tagged is what an answer says of the tags in content that a query asks for.
func (s *Server) tagged(r *http.Request, c *registry.Content) ([]entity.SchemaTags, error) {
	if r.URL.RawQuery == "" || legacy(r) {
		return nil, nil
	}
	wanted := queryTags(r.URL.Query())
	if len(wanted) == 0 {
		return nil, nil
	}
	found, err := s.registry.Tagged(r.Context(), c, wanted)
	if err != nil {
		return nil, err
	}
	var tags []entity.SchemaTags
	for _, e := range found {
		tags = append(tags, entity.SchemaTags{Entity: entity.SchemaEntity{Path: e.Path, Type: string(e.Kind)}, Tags: e.Tags})
	}
	return tags, nil
}
