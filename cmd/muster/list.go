package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/client"
)

func newListCommand(p *program) *cobra.Command {
	var opts listOptions
	cmd := &cobra.Command{
		Use:   "list [SUBJECT]",
		Short: "List subjects, or the versions of one",
		Long: withExitCodes(`List the subjects of a registry in byte order, one a line, or with SUBJECT the
numbers of its versions.`, exitOK, exitFailed, exitUnreachable),
		Example: `  muster list --prefix orders
  muster list orders-value --deleted`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return seeHelp(cmd, fmt.Errorf("want one SUBJECT, got %d", len(args)))
			}
			if err := opts.connection.byProject(configFile{}, p.environ); err != nil {
				return err
			}
			return runList(cmd.Context(), args, opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.prefix, "prefix", "", "what the names of subjects `begin` with")
	flags.BoolVar(&opts.deleted, "deleted", false, "list what is softly deleted too")
	opts.connection.addFlags(flags)
	return cmd
}

type listOptions struct {
	prefix     string
	deleted    bool
	connection connection
}

func runList(ctx context.Context, args []string, opts listOptions, p *program) error {
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	if len(args) == 1 {
		versions, err := c.Versions(ctx, args[0], client.VersionsOptions{Deleted: opts.deleted})
		if err != nil {
			return opts.connection.explain(err)
		}
		for _, version := range versions {
			fmt.Fprintln(p.stdout, version)
		}
		return nil
	}
	subjects, err := c.Subjects(ctx, client.ListOptions{Prefix: opts.prefix, Deleted: opts.deleted})
	if err != nil {
		return opts.connection.explain(err)
	}
	for _, subject := range subjects {
		fmt.Fprintln(p.stdout, printable(subject))
	}
	return nil
}
