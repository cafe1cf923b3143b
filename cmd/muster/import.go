package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/cmd/muster/archive"
)

func newImportCommand(p *program) *cobra.Command {
	var opts importOptions
	cmd := &cobra.Command{
		Use:   "import [FILE | --from URL]",
		Short: "Put what another registry holds into this one",
		Long: withExitCodes(`Put what muster export wrote, from FILE or stdin, into a registry: every version
under its id and number, and with its time, then the configurations and modes.
With --from another registry is read instead through its REST API: Confluent's
and others that speak it too. The credentials are for both.

What is there and equal stays, so an import that broke off is run again. What is
there and differs is never replaced: that ends the import with exit code 5. Each
subject is in mode IMPORT while it is written to, and gets its own mode back
also when the import fails or is interrupted.

A GUID follows from the schema. Where the registry computes another one than the
other did, the version is named and the exit code is 2: messages that carry the
old GUID are not read with this registry.`, exitOK, exitFailed, exitFindings, exitUnreachable, exitStale),
		Example: `  muster import registry.ndjson
  muster import --from http://confluent:8081 --registry http://127.0.0.1:8081`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && opts.from != "" {
				return seeHelp(cmd, fmt.Errorf("want one FILE or --from, got %d and %q", len(args), opts.from))
			}
			if err := opts.connection.byProject(configFile{}, p.environ); err != nil {
				return err
			}
			if len(args) == 1 {
				opts.file = args[0]
			}
			return runImport(cmd.Context(), opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.from, "from", "", "base `URL` of a registry to read, instead of FILE")
	flags.StringArrayVar(&opts.subjects, "subjects", nil, "`prefix` of the names of subjects, with --from (repeatable)")
	opts.connection.addFlags(flags)
	return cmd
}

type importOptions struct {
	file, from string
	subjects   []string
	connection connection
}

func runImport(ctx context.Context, opts importOptions, p *program) error {
	target, err := opts.connection.client()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	records, closeFile, err := p.records(ctx, opts)
	if err != nil {
		return err
	}
	defer closeFile()
	progress := p.progress("records", 0)
	defer progress.end()
	result, err := archive.Restore(ctx, target, records, progress.step)
	progress.clear()
	fmt.Fprintf(p.stdout, "%d written, %d there already\n", result.Written, result.Present)
	for _, v := range result.Renamed {
		fmt.Fprintln(p.stderr, printable(fmt.Sprintf("%s version %d: GUID %s, was %s", v.Subject, v.Version, v.To, v.From)))
	}
	if err == nil && len(result.Renamed) > 0 {
		err = errFindings
	}
	if errors.Is(err, archive.ErrConflict) {
		err = hint(fmt.Errorf("%w: %w", errStale, err), "import into another registry, or settle what differs by hand")
	}
	return opts.connection.explain(err)
}

// records opens what is to be imported.
func (p *program) records(ctx context.Context, opts importOptions) (archive.Records, func(), error) {
	if opts.from != "" {
		source := opts.connection
		source.url = opts.from
		c, err := source.client()
		read := func(yield func(archive.Record, error) bool) {
			for record, err := range archive.Registry(ctx, c, opts.subjects) {
				if err != nil {
					err = source.explain(err) // it is not the target that is out of reach
				}
				if !yield(record, err) {
					return
				}
			}
		}
		return read, func() {}, err
	}
	if opts.subjects != nil {
		return nil, nil, errors.New("--subjects goes with --from")
	}
	from := io.NopCloser(p.stdin)
	if opts.file != "" && opts.file != "-" {
		file, err := os.Open(opts.file)
		if err != nil {
			return nil, nil, err
		}
		from = file
	}
	return archive.Read(from), func() { _ = from.Close() }, nil // it was only read
}
