package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/client"
)

func newModeCommand(p *program) *cobra.Command {
	var opts modeOptions
	cmd := &cobra.Command{
		Use:   "mode [SUBJECT]",
		Short: "Print or set the mode of a registry or a subject",
		Long: withExitCodes(`Print the mode that is in force for the registry, for SUBJECT, or for a context
written ":.name:". --set sets it there: READWRITE, READONLY, IMPORT or FORWARD.
--unset takes away what is set.`, exitOK, exitFailed, exitUnreachable),
		Example: `  muster mode --set READONLY
  muster mode orders-value`,
		RunE: func(cmd *cobra.Command, args []string) error {
			scope, err := scopeOf(cmd, args)
			if err != nil {
				return err
			}
			if err := opts.connection.byProject(configFile{}, p.environ); err != nil {
				return err
			}
			return runMode(cmd.Context(), scope, opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.set, "set", "", "`mode` to set")
	flags.BoolVar(&opts.unset, "unset", false, "take away what is set")
	flags.BoolVar(&opts.force, "force", false, "set IMPORT although there are schemas")
	opts.connection.addFlags(flags)
	cmd.MarkFlagsMutuallyExclusive("set", "unset")
	return cmd
}

type modeOptions struct {
	set          string
	unset, force bool
	connection   connection
}

func runMode(ctx context.Context, scope string, opts modeOptions, p *program) error {
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	mode := strings.ToUpper(opts.set)
	switch {
	case mode != "":
		err = c.SetMode(ctx, scope, mode, client.SetModeOptions{Force: opts.force})
	case opts.unset:
		mode, err = c.DeleteMode(ctx, scope, client.DeleteModeOptions{})
	default:
		mode, err = c.Mode(ctx, scope, client.ScopeOptions{Effective: true})
	}
	if err != nil {
		return opts.connection.explain(err)
	}
	_, err = fmt.Fprintln(p.stdout, printable(mode))
	return err
}
