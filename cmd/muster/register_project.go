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
	opts.connection.byFile(opts.flags, w.file.Registry)
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	reporter := opts.format.reporter(p.stdout)
	err = w.inOrder(w.chosen, reporter, func(s *project.Schema, references []entity.Reference) (int, error) {
		registered, err := c.Register(ctx, s.Subject, bodyOf(s, references), client.RegisterOptions{Normalize: s.Normalized() || opts.normalize})
		if refused, is := refusal(w.fileOf(s), err); is {
			refused.Subject = s.Subject
			return 0, finish(reporter, report(reporter, refused))
		}
		if err != nil {
			return 0, opts.connection.explain(err)
		}
		return registered.Version, reporter.registered(registration{File: w.shown(s.Path), Subject: s.Subject, Registered: registered})
	})
	if err != nil {
		return err
	}
	return finish(reporter, nil)
}
