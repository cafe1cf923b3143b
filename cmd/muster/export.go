package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/cmd/muster/archive"
)

func newExportCommand(p *program) *cobra.Command {
	var opts exportOptions
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write all that a registry holds to a file",
		Long: withExitCodes(`Write what a registry holds as lines of JSON: every version with its id, number,
time, references, metadata and rules, the deleted ones too, and the configuration
and mode of every scope. muster import puts it into another registry. Equal
registries give equal files. A registry of another make is exported as well.

With --subjects it is the subjects whose names begin so, of any context, with
what they refer to and their own settings. A registry that is written to
meanwhile is read as it is when each part is asked for. Registries of another
make do not list settings: of them those of a subject without versions are left
out unless it is an alias, and those of a context without subjects.`, exitOK, exitFailed, exitUnreachable),
		Example: `  muster export --out registry.ndjson
  muster export --subjects orders --subjects :.eu:orders | gzip > orders.ndjson.gz`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := opts.connection.byProject(configFile{}, p.environ); err != nil {
				return err
			}
			return runExport(cmd.Context(), opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.out, "out", "-", "`file` to write, - for stdout")
	flags.StringArrayVar(&opts.subjects, "subjects", nil, "`prefix` of the names of subjects (repeatable)")
	opts.connection.addFlags(flags)
	return cmd
}

type exportOptions struct {
	out        string
	subjects   []string
	connection connection
}

func runExport(ctx context.Context, opts exportOptions, p *program) error {
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return p.writeTo(opts.out, func(w io.Writer) error {
		progress := p.progress("records", 0)
		defer progress.end()
		_, err := archive.Write(w, archive.Registry(ctx, c, opts.subjects), progress.step)
		return opts.connection.explain(err)
	})
}

// writeTo writes to stdout for "-", else to a file, which is there whole or
// not at all.
func (p *program) writeTo(path string, write func(io.Writer) error) error {
	if path == "-" {
		return write(p.stdout)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	err = errors.Join(write(file), file.Sync(), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
