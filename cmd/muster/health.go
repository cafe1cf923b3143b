package main

import (
	"context"

	"github.com/spf13/cobra"
)

func newHealthCommand(p *program) *cobra.Command {
	var opts healthOptions
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Tell by the exit code whether a registry is ready",
		Long: withExitCodes(`Tell by the exit code whether a registry is ready to take requests. It is for
containers without a shell, whose health check is a program of their own.`, exitOK, exitFailed, exitUnreachable),
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return runHealth(cmd.Context(), opts) },
	}
	opts.connection.addFlags(cmd.Flags())
	return cmd
}

type healthOptions struct {
	connection connection
}

func runHealth(ctx context.Context, opts healthOptions) error {
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	return opts.connection.explain(c.Ready(ctx))
}
