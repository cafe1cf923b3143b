package guard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
)

const (
	// maxVersions is how many of a subject's newest live versions can judge.
	maxVersions = 100
	// maxReferences bounds what one schema refers to, directly or not; the
	// registry keeps to the same limit.
	maxReferences = 256
	// atOnce is how many versions are asked for at the same time.
	atOnce = 4
)

// fetch returns the live versions of a subject. What before has is not asked
// for again, unless the list or the latest version has changed: a number can
// come to mean something else only after it was the highest and was removed.
func fetch(ctx context.Context, registry *client.Client, name string, before *snapshot) (*snapshot, error) {
	numbers, err := registry.Versions(ctx, name, client.VersionsOptions{})
	var refused *client.Error
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		return &snapshot{}, nil
	case err != nil:
		return nil, err
	}
	slices.SortFunc(numbers, func(a, b int) int { return b - a })
	numbers = numbers[:min(len(numbers), maxVersions)]
	after := &snapshot{versions: make([]*version, len(numbers))}
	if len(numbers) == 0 {
		return after, nil
	}
	if after.versions[0], err = fetchVersion(ctx, registry, name, numbers[0]); err != nil {
		return nil, err
	}
	if unchanged(before, numbers, after.versions[0]) {
		return before, nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := 1; i < len(numbers); i++ {
		group.Go(func() error {
			v, err := fetchVersion(ctx, registry, name, numbers[i])
			after.versions[i] = v
			return err
		})
	}
	return after, group.Wait()
}

func unchanged(before *snapshot, numbers []int, latest *version) bool {
	return before != nil && len(before.versions) == len(numbers) && before.versions[0].id == latest.id &&
		slices.EqualFunc(before.versions, numbers, func(v *version, n int) bool { return v.number == n })
}

func fetchVersion(ctx context.Context, registry *client.Client, name string, number int) (*version, error) {
	c := closure{registry: registry, seen: make(map[string]bool)}
	v, err := c.follow(ctx, name, number, client.VersionOptions{})
	if err != nil {
		return nil, fmt.Errorf("version %d of %s: %w", number, name, err)
	}
	v.source.References = c.found
	return v, nil
}

func newVersion(number, id int, guid, kind string, source compat.Source) *version {
	if kind == "" {
		kind = string(compat.Avro)
	}
	return &version{number: number, id: id, guid: guid, guidBytes: parseGUID(guid), kind: compat.Type(kind), source: source}
}

// closure collects everything a schema refers to, each before those that refer
// to it, each name once: the first met wins, as in the registry.
type closure struct {
	registry *client.Client
	seen     map[string]bool
	found    []compat.Reference
}

// follow returns a version and collects what it refers to, softly deleted or
// not.
func (c *closure) follow(ctx context.Context, name string, number int, opts client.VersionOptions) (*version, error) {
	got, err := c.registry.Version(ctx, name, number, opts)
	if err != nil {
		return nil, err
	}
	for _, r := range got.References {
		if c.seen[r.Name] {
			continue
		}
		c.seen[r.Name] = true
		if len(c.seen) > maxReferences {
			return nil, fmt.Errorf("refers to more than %d schemas", maxReferences)
		}
		target := client.Referred(r.Subject, name)
		v, err := c.follow(ctx, target, r.Version, client.VersionOptions{Deleted: true})
		if err != nil {
			return nil, fmt.Errorf("what it calls %s, version %d of %s: %w", r.Name, r.Version, target, err)
		}
		c.found = append(c.found, compat.Reference{Name: r.Name, Text: v.source.Text})
	}
	return newVersion(got.Version, got.ID, got.GUID, got.SchemaType, compat.Source{Text: got.Schema, Lenient: true}), nil
}
