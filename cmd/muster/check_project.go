package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/cmd/muster/git"
	"github.com/muster-registry/muster/cmd/muster/project"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/httpapi/entity"
)

// inspection compares the schemas of a workspace with bases.
type inspection struct {
	*workspace
	opts       checkOptions
	repository *git.Repository // nil when no commit is compared with
	client     *client.Client  // nil when no registry is compared with
	bases      []base
	pins       map[*project.Schema]int // versions of the registry, zero for none
}

// checkProject compares the schemas of the working tree with every base, by
// the engine that registries use.
func (p *program) checkProject(ctx context.Context, paths []string, bases bases, opts checkOptions, r reporter) error {
	for _, flag := range []string{"reference", "reference-file"} {
		if opts.flags.Changed(flag) {
			return fmt.Errorf("--%s is for one FILE and its --subject or --against FILE; here references are resolved among the files listed", flag)
		}
	}
	if bases.files != nil {
		return errors.New("--against FILE is for one FILE")
	}
	w, err := p.open(opts.config, paths, opts.subject, opts.schemaType)
	if err != nil {
		return err
	}
	if opts.against == nil {
		against := w.file.Check.Against
		switch {
		case against == nil && opts.subject == "" && w.adHoc:
			return hint(errors.New("nothing tells what to compare with"), "say --subject to ask a registry, or --against")
		case against == nil || opts.subject != "":
			against = []string{"registry"}
		}
		if bases, err = parseBases(against); err != nil {
			return err
		}
	}
	ordered, err := project.Ordered(w.chosen)
	if err != nil {
		return err
	}
	i := &inspection{workspace: w, opts: opts, pins: make(map[*project.Schema]int)}
	defer i.close()
	if err := i.openBases(ctx, bases, p.environ, p.note); err != nil {
		return err
	}
	outcome := w.expired(time.Now(), r)
	if outcome != nil && !errors.Is(outcome, errFindings) {
		return outcome
	}
	progress := p.progress("schemas", len(ordered))
	defer progress.end()
	for _, s := range ordered {
		for _, b := range i.bases {
			found, err := i.judge(ctx, s, b)
			if err != nil {
				return i.opts.connection.explain(err)
			}
			progress.clear()
			if err := report(r, found); err != nil {
				if !errors.Is(err, errFindings) {
					return err
				}
				outcome = errFindings
			}
		}
		progress.step()
	}
	return finish(r, outcome)
}

// openBases opens what is compared with; close ends it, also after an error.
func (i *inspection) openBases(ctx context.Context, bases bases, environ []string, note note) error {
	if bases.revisions != nil {
		repository, err := git.Open(ctx, cmp.Or(i.file.Folder(), "."))
		if err != nil {
			return err
		}
		i.repository = repository
	}
	for _, revision := range bases.revisions {
		b, err := newGitBase(i.repository, revision, environ, i.reader, note)
		if err != nil {
			return err
		}
		i.bases = append(i.bases, b)
	}
	for _, folder := range bases.folders {
		b, err := newFolderBase(folder, i.file, i.reader)
		if err != nil {
			return err
		}
		i.bases = append(i.bases, b)
	}
	if !bases.registry {
		return nil
	}
	i.opts.connection.byFile(i.opts.flags, i.file.Registry)
	c, err := i.opts.connection.client()
	i.client = c
	i.bases = append(i.bases, registryBase{c})
	return err
}

func (i *inspection) close() {
	if i.repository != nil {
		i.repository.Close()
	}
}

// judge compares one schema with one base.
func (i *inspection) judge(ctx context.Context, s *project.Schema, b base) (judgement, error) {
	found := judgement{File: i.shown(s.Path), Subject: s.Subject, Against: b.name(), Compatible: true}
	level, policy, err := i.level(ctx, s)
	if err != nil {
		return found, err
	}
	list, err := b.ancestors(ctx, s, level.Transitive())
	if err != nil {
		return found, err
	}
	if len(list) > 0 && list[0].kept != nil && s.Equal(list[0].kept) {
		found.Unchanged = true
		return found, nil
	}
	if found.Fault, err = i.workspace.fault(s); found.Fault != nil || err != nil {
		found.Compatible = false
		return found, err
	}
	if len(list) == 0 {
		found.NewSubject = true
		return found, nil
	}
	schema, err := s.Parse()
	if err != nil {
		return found, err
	}
	found.Unchanged = list[0].kept != nil && s.Same(list[0].kept)
	if found.Unchanged {
		return found, nil
	}
	if list[0].version > 0 && i.opts.level == "" && len(i.file.Check.Ignore) == 0 {
		if answer, ok, err := i.ask(ctx, s); ok || err != nil {
			answer.Against = ""
			return answer, err
		}
	}
	return found, i.compare(&found, s, schema, list, level, policy)
}

// compare judges here. Findings that muster.yaml ignores do not hide those
// against older versions.
func (i *inspection) compare(found *judgement, s *project.Schema, schema compat.Schema, list []ancestor, level compat.Level, policy compat.Policy) error {
	format, _ := all.Formats().Lookup(s.Type)
	for from := 0; from < len(list); {
		report, err := compat.Check(format, level, schema, parsed(list, from), compat.CheckOptions{
			Policy: policy, Work: compat.NewBudget(offlineWork),
		})
		var limit *compat.LimitError
		if errors.As(err, &limit) {
			found.Fault, found.Compatible = i.fileOf(s).faultOf(err), false
			return nil
		}
		if err != nil {
			return err
		}
		found.Evidence = string(report.Evidence)
		if report.Compatible() {
			break
		}
		at := report.Incompatibilities[0].Version - 1
		kept := i.leaveOut(found, s, report.Incompatibilities, list[at].version)
		if len(kept) > 0 {
			found.Compatible, found.Against = false, list[at].name
			found.Incompatibilities = i.fileOf(s).findings(kept)
			return nil
		}
		if from = at + 1; !level.Transitive() {
			break
		}
	}
	return nil
}

// parsed yields ancestors from one on, with their place in the list, from 1,
// as version.
func parsed(list []ancestor, from int) func(yield func(compat.Earlier, error) bool) {
	return func(yield func(compat.Earlier, error) bool) {
		for n := from; n < len(list); n++ {
			schema, err := list[n].parse()
			if err != nil {
				err = fmt.Errorf("%s: not a schema: %w", list[n].name, err)
			}
			if !yield(compat.Earlier{Version: n + 1, Schema: schema}, err) {
				return
			}
		}
	}
}

// leaveOut moves what muster.yaml ignores to found.Ignored and returns the rest.
func (i *inspection) leaveOut(found *judgement, s *project.Schema, list []compat.Incompatibility, version int) []entity.Incompatibility {
	for n := range list {
		list[n].Version = version
	}
	var kept []entity.Incompatibility
	for n, incompatibility := range httpapi.FromIncompatibilities(list) {
		ignore := -1
		for k, candidate := range i.file.Check.Ignore {
			if candidate.Covers(string(list[n].Rule), s.Path) && !candidate.Expired(time.Now()) {
				ignore = k
			}
		}
		if ignore < 0 {
			kept = append(kept, incompatibility)
			continue
		}
		found.Ignored = append(found.Ignored, ignored{
			finding: i.fileOf(s).findings([]entity.Incompatibility{incompatibility})[0],
			Until:   i.file.Check.Ignore[ignore].Until, Reason: i.file.Check.Ignore[ignore].Reason,
		})
	}
	return kept
}

// level is what a schema has to keep, and under which policy.
func (i *inspection) level(ctx context.Context, s *project.Schema) (compat.Level, compat.Policy, error) {
	text, policy := cmp.Or(i.opts.level, s.Settings.Compatibility), compat.Strict
	if i.client != nil {
		config, err := i.client.Config(ctx, s.Subject, client.ScopeOptions{Effective: true})
		if err != nil {
			return "", "", err
		}
		text = cmp.Or(i.opts.level, config.Level)
		if asked, ok := compat.ParsePolicy(config.Policy); ok {
			policy = asked
		}
	}
	level, err := parseLevel(cmp.Or(text, string(compat.Backward)))
	return level, policy, err
}

// ask has the registry judge. It cannot where the schema refers to one that is
// not registered yet, as it stands in the working tree.
func (i *inspection) ask(ctx context.Context, s *project.Schema) (judgement, bool, error) {
	references, ok, err := i.pin(ctx, s)
	if !ok || err != nil {
		return judgement{}, false, err
	}
	found, err := judgeOnlineBy(ctx, i.client, i.fileOf(s), s.Subject, bodyOf(s, references), s.Normalized() || i.opts.normalize)
	return found, true, err
}

// pin finds the versions that the registry has of what a schema refers to.
func (i *inspection) pin(ctx context.Context, s *project.Schema) ([]entity.Reference, bool, error) {
	var references []entity.Reference
	for _, r := range s.References {
		version, err := i.registered(ctx, r.To)
		if version == 0 || err != nil {
			return nil, false, err
		}
		references = append(references, entity.Reference{Name: r.Name, Subject: r.To.Subject, Version: version})
	}
	return references, true, nil
}

// registered is the version that holds a schema of the working tree, zero if
// there is none.
func (i *inspection) registered(ctx context.Context, s *project.Schema) (int, error) {
	if version, ok := i.pins[s]; ok {
		return version, nil
	}
	references, ok, err := i.pin(ctx, s)
	if !ok || err != nil {
		return 0, err
	}
	version, err := holds(ctx, i.client, s, references)
	if err == nil {
		i.pins[s] = version
	}
	return version, err
}
