package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// program is what a run has from outside.
type program struct {
	environ        []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// run carries out one command line and returns the exit code.
func run(args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{environ: environ, stdin: stdin, stdout: stdout, stderr: stderr}
	root := newRootCommand(p)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	complain(stderr, err)
	return exitCode(err)
}

func newRootCommand(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "muster",
		Short: "A schema registry that refuses what would break its readers",
		Long: `Muster keeps versioned event schemas and refuses the ones that would break the
people who read or write them.

  muster serve                                    run the registry
  muster lint                                     are the files of muster.yaml schemas?
  muster check --against git:main                 would what changed break anything?
  muster check order.json --subject orders        would this schema be accepted?
  muster register order.json --subject orders     register it
  muster validate event.json --subject orders     does this payload fit?`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := complete(cmd.Flags(), p.environ); err != nil {
				return err
			}
			warnInsecure(cmd.Flags(), p.stderr)
			return nil
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return seeHelp(cmd, err) })
	root.AddCommand(
		newServeCommand(p),
		newLintCommand(p),
		newCheckCommand(p),
		newDiffCommand(p),
		newRegisterCommand(p),
		newPlanCommand(p),
		newApplyCommand(p),
		newPullCommand(p),
		newValidateCommand(p),
		newInferCommand(p),
		newGetCommand(p),
		newListCommand(p),
		newConfigCommand(p),
		newModeCommand(p),
		newPromoteCommand(p),
		newExportCommand(p),
		newImportCommand(p),
		newRulesCommand(p),
		newHealthCommand(p),
		newVersionCommand(p),
	)
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	return root
}

func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return seeHelp(cmd, fmt.Errorf("there is no command %q", args[0]))
}

// atLeastOne and exactly check the number of arguments in the words of help.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return seeHelp(cmd, fmt.Errorf("%s is missing", what))
		}
		return nil
	}
}

func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return seeHelp(cmd, fmt.Errorf("want one %s, got %d", what, len(args)))
		}
		return atLeastOne(what)(cmd, args)
	}
}

func none(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return seeHelp(cmd, fmt.Errorf("unexpected argument %q", args[0]))
	}
	return nil
}

// seeHelp is for command lines that cannot be carried out.
func seeHelp(cmd *cobra.Command, err error) error {
	return hint(err, "%s --help", cmd.CommandPath())
}

// read returns the content of a file, or of stdin for "-".
func (p *program) read(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(p.stdin)
	}
	return os.ReadFile(path)
}
