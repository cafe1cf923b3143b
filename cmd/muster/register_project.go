package main

import (
	"context"
	"errors"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/cmd/muster/project"
	"github.com/muster-registry/muster/httpapi/entity"
)

// registerProject registers what muster.yaml lists, each schema after those it
// refers to, so that their versions are known.
func (p *program) registerProject(ctx context.Context, paths []string, opts registerOptions) error {
	if opts.references != nil {
		return errors.New("--reference is for one FILE and its --subject; muster.yaml resolves references by itself")
	}
	w, err := p.open(opts.config, paths, "", opts.schemaType)
	if err != nil {
		return err
	}
	if w.adHoc {
		return hint(errors.New("nothing tells the subject"), "say --subject, or list the files in %s", project.Name)
	}
	ordered, err := project.Ordered(w.chosen)
	if err != nil {
		return err
	}
	opts.connection.byFile(opts.flags, w.file.Registry)
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	reporter := opts.format.reporter(p.stdout)
	versions := make(map[*project.Schema]int)
	for _, s := range ordered {
		found := judgement{File: w.shown(s.Path), Subject: s.Subject}
		if found.Fault, err = w.fault(s); err != nil {
			return err
		}
		if found.Fault != nil {
			return finish(reporter, report(reporter, found))
		}
		var references []entity.Reference
		for _, r := range s.References {
			references = append(references, entity.Reference{Name: r.Name, Subject: r.To.Subject, Version: versions[r.To]})
		}
		registered, err := c.Register(ctx, s.Subject, bodyOf(s, references), client.RegisterOptions{Normalize: s.Normalized() || opts.normalize})
		if refused, is := refusal(w.fileOf(s), err); is {
			refused.Subject = s.Subject
			return finish(reporter, report(reporter, refused))
		}
		if err != nil {
			return opts.connection.explain(err)
		}
		versions[s] = registered.Version
		if err := reporter.registered(registration{File: w.shown(s.Path), Subject: s.Subject, Registered: registered}); err != nil {
			return err
		}
	}
	return finish(reporter, nil)
}
