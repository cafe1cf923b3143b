package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/cmd/muster/project"
)

func newLintCommand(p *program) *cobra.Command {
	var opts lintOptions
	cmd := &cobra.Command{
		Use:   "lint [FILE…]",
		Short: "Tell whether files are schemas",
		Long: withExitCodes(`Tell whether files are schemas that a registry would take, each by itself: they
are read as the registry reads them, and what they refer to is looked for among
the files listed. Without FILE every schema that muster.yaml lists is read. No
registry is asked.`, exitOK, exitFailed, exitFindings),
		Example: `  muster lint
  muster lint schemas/order.avsc --format github`,
		RunE: func(_ *cobra.Command, args []string) error { return runLint(args, opts, p) },
	}
	opts.config.addFlag(cmd.Flags())
	opts.schemaType.addFlag(cmd.Flags())
	opts.format.addDocumentFlag(cmd.Flags())
	return cmd
}

type lintOptions struct {
	config     configFile
	schemaType schemaType
	format     format
}

func runLint(paths []string, opts lintOptions, p *program) error {
	w, err := p.open(opts.config, paths, "", opts.schemaType)
	if err != nil {
		return err
	}
	if _, err := project.Ordered(w.schemas); err != nil {
		return err
	}
	reporter := opts.format.reporter(p.stdout)
	outcome := w.expired(time.Now(), reporter)
	if outcome != nil && !errors.Is(outcome, errFindings) {
		return outcome
	}
	for _, s := range w.chosen {
		found := judgement{File: w.shown(s.Path), Subject: s.Subject, Compatible: true, linted: true}
		if found.Fault, err = w.fault(s); err != nil {
			return err
		}
		if found.Fault != nil {
			found.Compatible, outcome = false, errFindings
		}
		if err := reporter.judged(found); err != nil {
			return err
		}
	}
	return finish(reporter, outcome)
}

// unresolved places the first reference that no listed file has.
func (w *workspace) unresolved(s *project.Schema) *fault {
	name := s.Unresolved[0]
	short := name[strings.LastIndexByte(name, '.')+1:]
	offset := strings.Index(s.Text, name)
	if offset < 0 {
		offset = max(strings.Index(s.Text, `"`+short+`"`), 0)
	}
	before := s.Text[:offset]
	return &fault{
		Rule: unresolvedReference, Line: 1 + strings.Count(before, "\n"), Column: len(before) - strings.LastIndexByte(before, '\n'),
		Message: fmt.Sprintf("refers to %s, which no listed file has", strings.Join(s.Unresolved, ", ")),
	}
}
