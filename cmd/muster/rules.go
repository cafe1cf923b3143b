package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newRulesCommand(p *program) *cobra.Command {
	var opts rulesOptions
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules that findings name",
		Long: withExitCodes(`List the rules that findings name, and what each means. They are what ignores of
muster.yaml refer to, and are never renamed.`, exitOK, exitFailed),
		Args: none,
		RunE: func(*cobra.Command, []string) error { return runRules(opts, p) },
	}
	opts.format.addFlag(cmd.Flags())
	return cmd
}

type rulesOptions struct {
	format format
}

func runRules(opts rulesOptions, p *program) error {
	for _, r := range ruleList() {
		if opts.format.name == "json" {
			if err := (jsonReporter{p.stdout}).write(r); err != nil {
				return err
			}
			continue
		}
		kind := r.Type
		if kind == "" {
			kind = "any"
		}
		if _, err := fmt.Fprintf(p.stdout, "%-9s %-55s %s\n", kind, r.ID, r.Doc); err != nil {
			return err
		}
	}
	return nil
}
