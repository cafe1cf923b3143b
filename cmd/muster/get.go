package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/client"
)

func newGetCommand(p *program) *cobra.Command {
	var opts getOptions
	cmd := &cobra.Command{
		Use:   "get SUBJECT[@VERSION]",
		Short: "Print a schema",
		Long: withExitCodes(`Print the text of a version of a subject, the latest when none is named, or with
--id that of an id. --format json prints all that the registry says of it.`, exitOK, exitFailed, exitUnreachable),
		Example: `  muster get orders-value > orders.avsc
  muster get orders-value@3 --format json
  muster get --id 42`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := opts.connection.byProject(configFile{}, p.environ); err != nil {
				return err
			}
			if opts.id != 0 {
				if err := none(cmd, args); err != nil {
					return err
				}
				return runGet(cmd.Context(), "", opts, p)
			}
			if err := exactlyOne("SUBJECT")(cmd, args); err != nil {
				return err
			}
			return runGet(cmd.Context(), args[0], opts, p)
		},
	}
	cmd.Flags().IntVar(&opts.id, "id", 0, "`id` of a schema, instead of SUBJECT")
	opts.format.addFlag(cmd.Flags())
	opts.connection.addFlags(cmd.Flags())
	return cmd
}

type getOptions struct {
	id         int
	format     format
	connection connection
}

func runGet(ctx context.Context, name string, opts getOptions, p *program) error {
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	var answer any
	var text string
	if opts.id != 0 {
		schema, failed := c.Schema(ctx, opts.id, client.SchemaOptions{})
		answer, text, err = schema, schema.Schema, failed
	} else {
		subject, version, wrong := subjectAt(name)
		if wrong != nil {
			return wrong
		}
		schema, failed := c.Version(ctx, subject, version, client.VersionOptions{})
		answer, text, err = schema, schema.Schema, failed
	}
	if err != nil {
		return opts.connection.explain(err)
	}
	if opts.format.name == "json" {
		return jsonReporter{p.stdout}.write(answer)
	}
	// The text is for files, so it is what the registry holds, as it is.
	_, err = io.WriteString(p.stdout, text)
	return err
}

// subjectAt reads SUBJECT[@VERSION]. Names may have an @ that no version
// follows.
func subjectAt(name string) (subject string, version int, err error) {
	subject, token, ok := cutLast(name, "@")
	if !ok || token == "latest" {
		return subject, client.Latest, nil
	}
	if version, err = strconv.Atoi(token); err != nil {
		return name, client.Latest, nil
	}
	if version < 1 {
		return "", 0, fmt.Errorf("%s: versions count from 1", name)
	}
	return subject, version, nil
}
