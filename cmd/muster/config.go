package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

func newConfigCommand(p *program) *cobra.Command {
	var opts configOptions
	cmd := &cobra.Command{
		Use:   "config [SUBJECT]",
		Short: "Print or set the configuration of a registry or a subject",
		Long: withExitCodes(`Print what is configured, as JSON: for the registry, or what is in force for
SUBJECT, or for a context written ":.name:". --level sets the compatibility
level there, and --unset takes away what is set.`, exitOK, exitFailed, exitUnreachable),
		Example: `  muster config orders-value
  muster config orders-value --level FULL_TRANSITIVE`,
		RunE: func(cmd *cobra.Command, args []string) error {
			scope, err := scopeOf(cmd, args)
			if err != nil {
				return err
			}
			if err := opts.connection.byProject(configFile{}, p.environ); err != nil {
				return err
			}
			return runConfig(cmd.Context(), scope, opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.level, "level", "", "compatibility `level` to set")
	flags.BoolVar(&opts.unset, "unset", false, "take away what is set")
	opts.connection.addFlags(flags)
	cmd.MarkFlagsMutuallyExclusive("level", "unset")
	return cmd
}

type configOptions struct {
	level      string
	unset      bool
	connection connection
}

func runConfig(ctx context.Context, scope string, opts configOptions, p *program) error {
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	var answer any
	switch {
	case opts.level != "":
		level, wrong := parseLevel(opts.level)
		if wrong != nil {
			return wrong
		}
		answer, err = c.SetConfig(ctx, scope, entity.ConfigUpdate{Level: string(level)})
	case opts.unset:
		answer, err = c.DeleteConfig(ctx, scope)
	default:
		answer, err = c.Config(ctx, scope, client.ScopeOptions{Effective: true})
	}
	if err != nil {
		return opts.connection.explain(err)
	}
	return jsonReporter{p.stdout}.write(answer)
}

// scopeOf reads the one SUBJECT that may be given.
func scopeOf(cmd *cobra.Command, args []string) (string, error) {
	switch len(args) {
	case 0:
		return client.Global, nil
	case 1:
		return args[0], nil
	}
	return "", seeHelp(cmd, fmt.Errorf("want one SUBJECT, got %d", len(args)))
}
