package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/cmd/muster/git"
	"github.com/muster-registry/muster/cmd/muster/project"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// bases are what --against names.
type bases struct {
	revisions []string // "" is the merge base with the default branch
	folders   []string
	files     []string
	registry  bool
}

func parseBases(against []string) (bases, error) {
	var b bases
	for _, what := range against {
		kind, rest, found := strings.Cut(what, ":")
		switch {
		case what == "registry":
			b.registry = true
		case found && kind == "git":
			b.revisions = append(b.revisions, rest)
		case found && kind == "dir":
			b.folders = append(b.folders, rest)
		default:
			b.files = append(b.files, what)
		}
	}
	if b.files != nil && len(b.files) != len(against) {
		return bases{}, errors.New("--against: files do not go with git:, dir: or registry")
	}
	return b, nil
}

// ancestor is an earlier schema of a subject.
type ancestor struct {
	name    string
	version int             // in a registry, else zero
	kept    *project.Schema // in a tree, else nil
	parse   func() (compat.Schema, error)
}

// base is a place with earlier schemas.
type base interface {
	name() string
	// ancestors lists what a schema follows, newest first: all there is, or the
	// last one when transitive is false. There are none of a new subject.
	ancestors(ctx context.Context, s *project.Schema, transitive bool) ([]ancestor, error)
}

// generation is the schemas of a tree by their subjects.
type generation struct {
	name      string
	bySubject map[string]*project.Schema
}

func generationOf(name string, reader *project.Reader, tree project.Tree) (generation, error) {
	schemas, err := reader.Schemas(tree)
	if err != nil {
		return generation{}, fmt.Errorf("%s: %w", name, err)
	}
	g := generation{name, make(map[string]*project.Schema)}
	for _, s := range schemas {
		g.bySubject[s.Subject] = s
	}
	return g, nil
}

func (g generation) of(s *project.Schema) (ancestor, bool) {
	found, ok := g.bySubject[s.Subject]
	if !ok {
		return ancestor{}, false
	}
	return ancestor{name: g.name, kept: found, parse: found.ParseLenient}, true
}

// folderBase compares with the files of a folder.
type folderBase struct{ generation }

func newFolderBase(path string, file *project.File, reader *project.Reader) (base, error) {
	g, err := generationOf("dir:"+path, reader, project.Folder{Root: path, File: file})
	return folderBase{g}, err
}

func (b folderBase) name() string { return b.generation.name }

func (b folderBase) ancestors(_ context.Context, s *project.Schema, _ bool) ([]ancestor, error) {
	if a, ok := b.of(s); ok {
		return []ancestor{a}, nil
	}
	return nil, nil
}

// gitBase compares with the files of a commit, and with its history.
type gitBase struct {
	generation
	repository *git.Repository
	tree       *git.Tree
	reader     *project.Reader
	past       []generation // read when first asked for
	walked     bool
	note       note
}

func newGitBase(repository *git.Repository, revision string, environ []string, reader *project.Reader, note note) (base, error) {
	name := "git:" + revision
	if revision == "HEAD" && repository.Unborn() {
		return &gitBase{generation: generation{name: name}, walked: true}, nil
	}
	commit, err := commitOf(repository, revision, environ)
	if err != nil {
		return nil, hint(err, "fetch the branch with its history, e.g. fetch-depth: 0 of actions/checkout")
	}
	tree, err := repository.Tree(commit)
	if err != nil {
		return nil, err
	}
	if revision == "" {
		name = "git:" + commit[:7]
	}
	g, err := generationOf(name, reader, tree)
	return &gitBase{generation: g, repository: repository, tree: tree, reader: reader, note: note}, err
}

// commitOf asks the CI system for the branch that a merge request is for.
func commitOf(repository *git.Repository, revision string, environ []string) (string, error) {
	if revision != "" {
		return repository.Commit(revision)
	}
	var branches []string
	for _, variable := range []string{"GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_DEFAULT_BRANCH"} {
		for _, assignment := range environ {
			if name, branch, _ := strings.Cut(assignment, "="); name == variable && branch != "" {
				branches = append(branches, "origin/"+branch)
			}
		}
	}
	return repository.MergeBase(branches...)
}

func (b *gitBase) name() string { return b.generation.name }

func (b *gitBase) ancestors(_ context.Context, s *project.Schema, transitive bool) ([]ancestor, error) {
	var list []ancestor
	if a, ok := b.of(s); ok {
		list = append(list, a)
	}
	if !transitive {
		return list, nil
	}
	if err := b.walk(); err != nil {
		return nil, err
	}
	var broken *project.Schema
	for _, g := range b.past {
		a, ok := g.of(s)
		if !ok || len(list) > 0 && a.kept.Equal(list[len(list)-1].kept) || broken != nil && a.kept.Equal(broken) {
			continue
		}
		// History cannot be mended, and no registry took what is no schema.
		schema, err := a.parse()
		if err != nil {
			b.note("%s: %s is not compared with: %v", a.name, a.kept.Path, err)
			broken = a.kept
			continue
		}
		a.parse = func() (compat.Schema, error) { return schema, nil }
		list = append(list, a)
	}
	return list, nil
}

func (b *gitBase) walk() error {
	if b.walked {
		return nil
	}
	shallow, err := b.repository.Shallow()
	if err != nil {
		return err
	}
	if shallow {
		return hint(errors.New("this clone has no full history, which a transitive level compares with"), "git fetch --unshallow, or fetch-depth: 0 of actions/checkout")
	}
	for tree, err := range b.tree.History() {
		if err != nil {
			return err
		}
		g, err := generationOf("git:"+tree.Commit[:7], b.reader, tree)
		if err != nil {
			b.note("%v; this commit is not compared with", err)
			continue
		}
		b.past = append(b.past, g)
	}
	b.walked = true
	return nil
}

// registryBase compares with what a registry holds.
type registryBase struct {
	client *client.Client
}

func (b registryBase) name() string { return "registry" }

func (b registryBase) ancestors(ctx context.Context, s *project.Schema, transitive bool) ([]ancestor, error) {
	versions, err := b.client.Versions(ctx, s.Subject, client.VersionsOptions{})
	var refused *client.Error
	if errors.As(err, &refused) && refused.Code == codeNoSuchSubject {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []ancestor
	for i := len(versions) - 1; i >= 0; i-- {
		version := versions[i]
		list = append(list, ancestor{
			name: fmt.Sprintf("%s version %d", s.Subject, version), version: version,
			parse: func() (compat.Schema, error) { return b.parse(ctx, s.Subject, version) },
		})
		if !transitive {
			break
		}
	}
	return list, nil
}

// parse reads a version with everything it refers to.
func (b registryBase) parse(ctx context.Context, subject string, version int) (compat.Schema, error) {
	var closure []compat.Reference
	seen := make(map[string]bool)
	var fetch func(subject string, version int) (compat.Type, string, error)
	fetch = func(subject string, version int) (compat.Type, string, error) {
		sv, err := b.client.Version(ctx, subject, version, client.VersionOptions{Deleted: true})
		if err != nil {
			return "", "", err
		}
		for _, r := range sv.References {
			if seen[r.Name] {
				continue
			}
			seen[r.Name] = true
			_, text, err := fetch(client.Referred(r.Subject, subject), r.Version)
			if err != nil {
				return "", "", err
			}
			closure = append(closure, compat.Reference{Name: r.Name, Text: text})
		}
		return kindOf(sv.SchemaType), sv.Schema, nil
	}
	kind, text, err := fetch(subject, version)
	if err != nil {
		return nil, err
	}
	format, ok := all.Formats().Lookup(kind)
	if !ok {
		return nil, fmt.Errorf("%s version %d has the unknown type %s", subject, version, kind)
	}
	return format.Parse(compat.Source{Text: text, References: closure, Lenient: true})
}
