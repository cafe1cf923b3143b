package main

import (
	"context"
	"errors"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/cmd/muster/project"
	"github.com/muster-registry/muster/httpapi/entity"
)

// ownerProperty is the metadata property that says whose a subject is.
const ownerProperty = "owner"

// bodyOf is a schema of muster.yaml as a registry takes it. Its owner travels
// as metadata, which is what apply --prune goes by.
func bodyOf(s *project.Schema, references []entity.Reference) entity.SchemaRequest {
	body := schemaFile{kind: s.Type, text: s.Text}.body(references)
	if s.Settings.Owner != "" {
		body.Metadata = &entity.Metadata{Properties: map[string]string{ownerProperty: s.Settings.Owner}}
	}
	return body
}

// holds asks for the version that holds a schema, zero if none does.
func holds(ctx context.Context, c *client.Client, s *project.Schema, references []entity.Reference) (int, error) {
	held, err := c.Lookup(ctx, s.Subject, bodyOf(s, references), client.LookupOptions{Normalize: s.Normalized()})
	if isAbsent(err) {
		return 0, nil
	}
	return held.Version, err
}

// isAbsent tells that a registry has no such subject, version or schema.
func isAbsent(err error) bool {
	var refused *client.Error
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Code {
	case codeNoSuchSubject, codeNoSuchVersion, codeNoSuchSchema, codeSubjectDeleted:
		return true
	}
	return false
}

// revision is what a registry has of a subject: its versions, deleted or not,
// as far as they decide what may be done next.
type revision struct {
	Live  []int  `json:"live"`
	All   []int  `json:"all"`
	Level string `json:"level,omitempty"` // set on the subject itself
}

func revisionOf(ctx context.Context, c *client.Client, subject string) (revision, error) {
	r := revision{Live: []int{}, All: []int{}}
	for _, deleted := range []bool{false, true} {
		versions, err := c.Versions(ctx, subject, client.VersionsOptions{Deleted: deleted})
		switch {
		case isAbsent(err):
		case err != nil:
			return r, err
		case deleted:
			r.All = versions
		default:
			r.Live = versions
		}
	}
	config, err := c.Config(ctx, subject, client.ScopeOptions{})
	var refused *client.Error
	if errors.As(err, &refused) && refused.Status == 404 {
		return r, nil
	}
	r.Level = config.Level
	return r, err
}

// next is the number that a registration gets.
func (r revision) next() int {
	if len(r.All) == 0 {
		return 1
	}
	return r.All[len(r.All)-1] + 1
}
