package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

// Registry reads what a registry holds, one version at a time; in memory are
// the names of its subjects alone. With prefixes it is the subjects whose
// qualified names begin with one of them, what those refer to, and the
// settings of those subjects, none of the scopes around them.
//
// It asks for nothing that the registries before 7.0 lack, or can do without
// the answer: contexts, times and GUIDs. Only Muster lists what has settings: of
// other registries those of a subject that neither has versions nor is an alias
// of one that has are not found, nor are those of a context that holds none. A
// registry that changes meanwhile is read as it is when each part is asked for.
func Registry(ctx context.Context, c *client.Client, prefixes []string) Records {
	return func(yield func(Record, error) bool) {
		r := reading{client: c, yield: yield, ahead: make(map[at]bool)}
		if err := r.all(ctx, prefixes); err != nil && !errors.Is(err, errEnough) {
			yield(Record{}, err)
		}
	}
}

// errEnough ends a reading that nobody wants the rest of.
var errEnough = errors.New("enough")

// at names a version.
type at struct {
	subject string
	version int
}

// reading is one walk over a registry.
type reading struct {
	client   *client.Client
	yield    func(Record, error) bool
	subjects []string // that are read as a whole, in byte order
	current  at
	ahead    map[at]bool // read before their turn, because something refers to them
	pending  []at        // whose references are being read
}

func (r *reading) all(ctx context.Context, prefixes []string) error {
	names, err := r.client.Subjects(ctx, client.ListOptions{Deleted: true})
	if err != nil {
		return err
	}
	slices.Sort(names)
	r.subjects = slices.DeleteFunc(names, func(name string) bool { return len(prefixes) > 0 && !hasPrefix(name, prefixes) })
	for _, subject := range r.subjects {
		versions, err := versionsOf(ctx, r.client, subject)
		if err != nil {
			return fmt.Errorf("%s: %w", subject, err)
		}
		for _, n := range versions.all {
			r.current = at{subject, n}
			if r.ahead[r.current] {
				delete(r.ahead, r.current)
				continue
			}
			if err := r.version(ctx, r.current, versions); err != nil {
				return err
			}
		}
	}
	scopes, err := r.scopes(ctx, prefixes)
	if err != nil {
		return err
	}
	if err := r.configs(ctx, scopes); err != nil {
		return err
	}
	return r.modes(ctx, scopes)
}

// version yields a version after all that it refers to.
func (r *reading) version(ctx context.Context, v at, of versions) error {
	if slices.Contains(r.pending, v) {
		return fmt.Errorf("%s version %d refers to itself", v.subject, v.version)
	}
	r.pending = append(r.pending, v)
	defer func() { r.pending = r.pending[:len(r.pending)-1] }()
	found, err := of.read(ctx, r.client, v)
	if err != nil {
		return fmt.Errorf("%s version %d: %w", v.subject, v.version, err)
	}
	for _, reference := range found.References {
		to := at{client.Referred(reference.Subject, v.subject), reference.Version}
		if r.done(to) {
			continue
		}
		versions, err := versionsOf(ctx, r.client, to.subject)
		if err != nil {
			return fmt.Errorf("%s, which %s version %d refers to: %w", to.subject, v.subject, v.version, err)
		}
		if err := r.version(ctx, to, versions); err != nil {
			return err
		}
		r.ahead[to] = true
	}
	found = standard(found, of.deleted(v.version))
	return r.emit(Record{Version: &found})
}

// done tells whether a version was yielded: ahead of its turn or in it.
func (r *reading) done(v at) bool {
	if r.ahead[v] {
		return true
	}
	_, chosen := slices.BinarySearch(r.subjects, v.subject)
	return chosen && (v.subject < r.current.subject || v.subject == r.current.subject && v.version < r.current.version)
}

func (r *reading) emit(record Record) error {
	if !r.yield(record, nil) {
		return errEnough
	}
	return nil
}

func hasPrefix(name string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// scopes lists what may have settings, in byte order.
func (r *reading) scopes(ctx context.Context, prefixes []string) ([]string, error) {
	scopes, err := r.client.Scopes(ctx, client.ScopesOptions{})
	switch {
	case isNotFound(err) && len(prefixes) > 0:
		return r.subjects, nil
	case isNotFound(err):
		return r.likelyScopes(ctx)
	case err != nil:
		return nil, err
	}
	if i := slices.Index(scopes, ":.:"); i >= 0 {
		scopes[i] = client.Global
	}
	slices.Sort(scopes)
	return slices.DeleteFunc(scopes, func(scope string) bool {
		_, chosen := slices.BinarySearch(r.subjects, scope)
		isContext := client.ContextOf(scope) == scope
		return len(prefixes) > 0 && !chosen && (isContext || !hasPrefix(scope, prefixes))
	}), nil
}

// likelyScopes are those of a registry that does not list them. Only one that
// lists contexts has any but the default one, and subjects without versions
// show as aliases alone.
func (r *reading) likelyScopes(ctx context.Context) ([]string, error) {
	scopes := map[string]bool{"": true, globalScope: true}
	for _, subject := range r.subjects {
		scopes[subject] = true
		scopes[client.ContextOf(subject)] = true
	}
	contexts, err := r.client.Contexts(ctx, client.ContextsOptions{})
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	for _, name := range contexts {
		if name != "." {
			scopes[":"+name+":"] = true
		}
	}
	const page = 100
	for offset := 0; ; offset += page {
		found, err := r.client.Search(ctx, client.SearchOptions{Prefix: ":*:", Aliases: true, Deleted: true, Latest: true, Page: client.Page{Offset: offset, Limit: page}})
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		for _, v := range found {
			for _, alias := range v.Aliases {
				scopes[alias] = true
			}
		}
		if len(found) != page { // more than that: a registry that has no pages
			return slices.Sorted(maps.Keys(scopes)), nil
		}
	}
}

func (r *reading) configs(ctx context.Context, scopes []string) error {
	for _, scope := range scopes {
		config, err := r.client.Config(ctx, scope, client.ScopeOptions{})
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("configuration of %q: %w", scope, err)
		}
		update := updateOf(config)
		if isRoot(scope) && equal(update, entity.ConfigUpdate{Level: defaultLevel}) {
			hidden, err := r.hides(ctx, scope, func(scope string, opts client.ScopeOptions) (any, error) {
				config, err := r.client.Config(ctx, scope, opts)
				return updateOf(config), err
			}, update)
			if err != nil {
				return err
			}
			if !hidden {
				continue
			}
		}
		if err := r.emit(Record{Config: &Config{Scope: scope, ConfigUpdate: update}}); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) modes(ctx context.Context, scopes []string) error {
	for _, scope := range scopes {
		mode, err := r.client.Mode(ctx, scope, client.ScopeOptions{})
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("mode of %q: %w", scope, err)
		}
		if isRoot(scope) && mode == defaultMode {
			hidden, err := r.hides(ctx, scope, func(scope string, opts client.ScopeOptions) (any, error) { return r.client.Mode(ctx, scope, opts) }, mode)
			if err != nil {
				return err
			}
			if !hidden {
				continue
			}
		}
		if err := r.emit(Record{Mode: &Mode{Scope: scope, Mode: mode}}); err != nil {
			return err
		}
	}
	return nil
}

// hides tells whether the default context sets what is the default anyway, and
// so hides another setting of the global scope. Its answer is the same when it
// sets nothing; what is in force then differs.
func (r *reading) hides(ctx context.Context, scope string, ask func(scope string, opts client.ScopeOptions) (any, error), standard any) (bool, error) {
	if scope == globalScope {
		return false, nil
	}
	global, err := ask(globalScope, client.ScopeOptions{})
	if isNotFound(err) || err == nil && equal(global, standard) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	inForce, err := ask(scope, client.ScopeOptions{Effective: true})
	return equal(inForce, standard), err
}

// updateOf is a configuration as it is set.
func updateOf(c entity.Config) entity.ConfigUpdate {
	return entity.ConfigUpdate(c)
}

// isNotFound tells that there is no such thing, in whichever words.
func isNotFound(err error) bool {
	var refused *client.Error
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound
}
