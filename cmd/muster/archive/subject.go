package archive

import (
	"context"
	"errors"
	"slices"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

// versions are the numbers that a subject has, ascending.
type versions struct {
	all, live []int
	hidden    bool // behind an alias of the same name
}

func (v versions) deleted(n int) bool { return !slices.Contains(v.live, n) }

// versionsOf lists the versions of a subject; there are none of one that is
// not there.
func versionsOf(ctx context.Context, c *client.Client, subject string) (versions, error) {
	alias, err := isAlias(ctx, c, subject)
	if err != nil {
		return versions{}, err
	}
	v := versions{hidden: alias}
	for _, deleted := range []bool{true, false} {
		var list []int
		if alias {
			found, err := search(ctx, c, subject, deleted)
			if err != nil {
				return v, err
			}
			for _, version := range found {
				list = append(list, version.Version)
			}
		} else if list, err = c.Versions(ctx, subject, client.VersionsOptions{Deleted: deleted}); err != nil && !isNotFound(err) {
			return v, err
		}
		if !deleted {
			v.live = list
			break
		}
		if v.all = list; len(list) == 0 {
			break
		}
	}
	slices.Sort(v.all)
	return v, nil
}

// isAlias tells whether the API takes a subject's name for that of another.
func isAlias(ctx context.Context, c *client.Client, subject string) (bool, error) {
	config, err := c.Config(ctx, subject, client.ScopeOptions{})
	if isNotFound(err) {
		return false, nil
	}
	return config.Alias != "", err
}

// read returns a version, softly deleted or not.
func (v versions) read(ctx context.Context, c *client.Client, a at) (entity.Schema, error) {
	if !v.hidden {
		return c.Version(ctx, a.subject, a.version, client.VersionOptions{Deleted: true})
	}
	list, err := search(ctx, c, a.subject, true)
	if err != nil {
		return entity.Schema{}, err
	}
	i := slices.IndexFunc(list, func(s entity.Schema) bool { return s.Version == a.version })
	if i < 0 {
		return entity.Schema{}, errors.New("there is no such version")
	}
	return list[i], nil
}

// search lists the versions of a subject that is also an alias: whatever else
// takes its name is led to the other subject.
func search(ctx context.Context, c *client.Client, subject string, deleted bool) ([]entity.Schema, error) {
	const page = 100
	var list []entity.Schema
	for offset := 0; ; offset += page {
		found, err := c.Search(ctx, client.SearchOptions{Prefix: subject, Deleted: deleted, Page: client.Page{Offset: offset, Limit: page}})
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			if v.Subject == subject {
				list = append(list, v)
			}
		}
		if len(found) != page {
			return list, nil
		}
	}
}
