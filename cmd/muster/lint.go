package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/cmd/muster/project"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

func newLintCommand(p *program) *cobra.Command {
	var opts lintOptions
	cmd := &cobra.Command{
		Use:   "lint [FILE…]",
		Short: "Tell whether files are schemas",
		Long: withExitCodes(`Tell whether files are schemas that a registry would take, each by itself: they
are read as the registry reads them, and what they refer to is looked for among
the files listed. Without FILE every schema that muster.yaml lists is read. No
registry is asked.

With --history, which is git:REV or registry, they are also held to all earlier
versions for what no two versions show, whatever the level: a Protobuf tag that
is free by now and belonged to another field before. --fix gives the new field a
tag of its own and reserves the other; files that are no schemas are left to
people.`, exitOK, exitFailed, exitFindings, exitUnreachable),
		Example: `  muster lint
  muster lint schemas/order.avsc --format github
  muster lint --history git:origin/main --fix`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.flags = cmd.Flags()
			return runLint(cmd.Context(), args, opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&opts.history, "history", nil, "`where` earlier versions are: git:REV or registry (repeatable)")
	flags.BoolVar(&opts.fix, "fix", false, "make the fixes that complete a change to the files; what is left is reported")
	opts.config.addFlag(flags)
	opts.schemaType.addFlag(flags)
	opts.format.addDocumentFlag(flags)
	opts.connection.addFlags(flags)
	return cmd
}

type lintOptions struct {
	flags      *pflag.FlagSet
	history    []string
	fix        bool
	config     configFile
	schemaType schemaType
	format     format
	connection connection
}

func runLint(ctx context.Context, paths []string, opts lintOptions, p *program) error {
	bases, err := parseBases(opts.history)
	if err != nil {
		return err
	}
	if bases.files != nil || bases.folders != nil {
		return errors.New("--history is git:REV or registry: files and folders have none")
	}
	lint := func(r reporter) error { return p.lint(ctx, paths, bases, opts, r) }
	reporter := opts.format.reporter(p.stdout)
	if opts.fix {
		return fixing(lint, reporter, p.stderr)
	}
	return lint(reporter)
}

func (p *program) lint(ctx context.Context, paths []string, bases bases, opts lintOptions, reporter reporter) error {
	w, err := p.open(opts.config, paths, "", opts.schemaType)
	if err != nil {
		return err
	}
	if _, err := project.Ordered(w.schemas); err != nil {
		return err
	}
	outcome := w.expired(time.Now(), reporter)
	if outcome != nil && !errors.Is(outcome, errFindings) {
		return outcome
	}
	i := &inspection{workspace: w, opts: checkOptions{flags: opts.flags, connection: opts.connection}}
	defer i.close()
	if err := i.openBases(ctx, bases, p.environ, p.note); err != nil {
		return err
	}
	for _, s := range w.chosen {
		found := judgement{File: w.shown(s.Path), Subject: s.Subject, Compatible: true, linted: true}
		if found.Fault, err = w.fault(s); err != nil {
			return err
		}
		for _, b := range i.bases {
			if found.Fault != nil || !found.Compatible {
				break
			}
			if err := i.recall(ctx, &found, s, b); err != nil {
				return i.opts.connection.explain(err)
			}
		}
		if found.Compatible = found.Compatible && found.Fault == nil; !found.Compatible {
			outcome = errFindings
		}
		if err := reporter.judged(found); err != nil {
			return err
		}
	}
	return finish(reporter, outcome)
}

// recall adds what a schema breaks of earlier versions that no two versions
// show.
func (i *inspection) recall(ctx context.Context, found *judgement, s *project.Schema, b base) error {
	list, err := b.ancestors(ctx, s, true)
	if err != nil || len(list) < 2 {
		return err
	}
	schema, err := s.Parse()
	if err != nil {
		return err
	}
	format, _ := all.Formats().Lookup(s.Type)
	report, err := compat.Recall(format, schema, parsed(list, 0), compat.CheckOptions{Work: compat.NewBudget(offlineWork)})
	var limit *compat.LimitError
	if errors.As(err, &limit) {
		found.Fault = i.fileOf(s).faultOf(err)
		return nil
	}
	if err != nil || report.Compatible() {
		return err
	}
	at := list[report.Incompatibilities[0].Version-1]
	if kept := i.leaveOut(found, s, report.Incompatibilities, at.version); len(kept) > 0 {
		found.Compatible, found.Against = false, at.name
		found.Incompatibilities = i.fileOf(s).findings(kept)
	}
	return nil
}

// unresolved places the first reference that no listed file has.
func (w *workspace) unresolved(s *project.Schema) *fault {
	name := s.Unresolved[0]
	short := name[strings.LastIndexByte(name, '.')+1:]
	offset := strings.Index(s.Text, name)
	if offset < 0 {
		offset = max(strings.Index(s.Text, `"`+short+`"`), 0)
	}
	line, column := placeOf(s.Text, offset)
	return &fault{
		Rule: unresolvedReference, Line: line, Column: column,
		Message: fmt.Sprintf("refers to %s, which no listed file has", strings.Join(s.Unresolved, ", ")),
	}
}
