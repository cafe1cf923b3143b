package main

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker (see the Makefile).
var version string

// buildVersion names this build; "devel" when nobody said.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "(devel)" {
		return cmp.Or(version, "devel")
	}
	return cmp.Or(version, info.Main.Version, "devel")
}

func newVersionCommand(p *program) *cobra.Command {
	var opts versionOptions
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this build",
		Long:  withExitCodes("Print the version of this build.", exitOK, exitFailed),
		Args:  none,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runVersion(opts, p) },
	}
	opts.format.addFlag(cmd.Flags())
	return cmd
}

type versionOptions struct {
	format format
}

func runVersion(opts versionOptions, p *program) error {
	return opts.format.reporter(p.stdout).version(build{Version: buildVersion(), Go: runtime.Version()})
}
