package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
)

func newDiffCommand(p *program) *cobra.Command {
	var opts diffOptions
	cmd := &cobra.Command{
		Use:   "diff (OLD NEW | --subject SUBJECT [--from VERSION] [--to VERSION])",
		Short: "Tell what separates two schemas, in both directions",
		Long: withExitCodes(`Compare two schemas and tell what either cannot read of what the other wrote:
what breaks, a payload that shows it, and what would pass.

OLD and NEW are files; they are compared without a registry and by the same
engine. With --subject a registry compares two versions that it holds.`, exitOK, exitFailed, exitFindings, exitUnreachable),
		Example: `  muster diff v1.proto v2.proto
  muster diff --subject orders
  muster diff --subject orders --from 3 --to 5 --format json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if opts.subject != "" {
				return none(cmd, args)
			}
			if len(args) != 2 {
				return seeHelp(cmd, fmt.Errorf("want OLD and NEW, or --subject"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runDiff(cmd.Context(), args, opts, p) },
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.subject, "subject", "", "`subject` whose versions are compared")
	flags.IntVar(&opts.from, "from", 0, "earlier `version`; 0 is the one before --to")
	flags.IntVar(&opts.to, "to", client.Latest, "later `version`; -1 is the latest")
	flags.StringArrayVar(&opts.referenceFiles, "reference-file", nil, "reference `NAME=PATH` for files, each after what it refers to (repeatable)")
	opts.schemaType.addFlag(flags)
	opts.format.addDocumentFlag(flags)
	opts.connection.addFlags(flags)
	cmd.MarkFlagsMutuallyExclusive("subject", "reference-file")
	return cmd
}

type diffOptions struct {
	subject        string
	from, to       int
	referenceFiles []string
	schemaType     schemaType
	format         format
	connection     connection
}

func runDiff(ctx context.Context, paths []string, opts diffOptions, p *program) error {
	compare := func() (judgement, error) { return diffOnline(ctx, opts) }
	if opts.subject != "" {
		if err := opts.connection.byProject(configFile{}, p.environ); err != nil {
			return err
		}
	} else {
		compare = func() (judgement, error) { return p.diffFiles(paths[0], paths[1], opts) }
	}
	found, err := compare()
	if err != nil {
		return err
	}
	reporter := opts.format.reporter(p.stdout)
	return finish(reporter, report(reporter, found))
}

// diffFiles compares two files as a check at level FULL does.
func (p *program) diffFiles(older, newer string, opts diffOptions) (judgement, error) {
	candidate, err := p.readSchema(newer, opts.schemaType)
	if err != nil {
		return judgement{}, err
	}
	return p.checkOffline(candidate, checkOptions{
		against: []string{older}, level: string(compat.Full), referenceFiles: opts.referenceFiles, schemaType: opts.schemaType,
	})
}

// diffOnline has a registry compare two of its versions.
func diffOnline(ctx context.Context, opts diffOptions) (judgement, error) {
	c, err := opts.connection.client()
	if err != nil {
		return judgement{}, err
	}
	d, err := c.Diff(ctx, opts.subject, opts.from, opts.to)
	if err != nil {
		return judgement{}, opts.connection.explain(err)
	}
	found := judgement{
		File: fmt.Sprintf("%s version %d", d.Subject, d.To), Subject: d.Subject,
		Against:    fmt.Sprintf("%s version %d", d.Subject, d.From),
		Compatible: d.Backward && d.Forward, Evidence: d.Evidence,
	}
	for _, i := range d.Incompatibilities {
		found.Incompatibilities = append(found.Incompatibilities, finding{Incompatibility: i})
	}
	return found, nil
}
