package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/compat/samples"
)

func newInferCommand(p *program) *cobra.Command {
	var opts inferOptions
	cmd := &cobra.Command{
		Use:   "infer PAYLOAD… --type TYPE",
		Short: "Write a schema for sample payloads",
		Long: withExitCodes(`Write a schema under which every sample is valid, to start from. Each PAYLOAD is
a file that holds a JSON document, a folder of such files, or - for stdin. A file
named .ndjson or .jsonl, and any input with --lines, holds one a line. Nothing is
guessed beyond what the samples have in common: a key that all have is required,
a key that is missing somewhere is optional, null makes it nullable. A format is
written where several different texts all keep to it, an enumeration where
--enum allows it. Objects stay open, and keys are not taken for data.

Avro needs every field in a payload: what a sample lacks has to be null there.
Objects with keys that are no names are maps in Avro. Protobuf numbers fields in
the order in which they first appear, and holds in a google.protobuf.Value what
has several types.`, exitOK, exitFailed, exitFindings),
		Example: `  muster infer events.ndjson --type json --name Order > order.json
  tail -n 1000 events.log | muster infer - --lines --type avro --name shop.Order
  muster infer samples/ --type protobuf --name shop.v1.Order`,
		Args: atLeastOne("PAYLOAD"),
		RunE: func(cmd *cobra.Command, args []string) error { return runInfer(cmd.Context(), args, opts, p) },
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.schemaType.name, "type", "", "schema `type`: AVRO, PROTOBUF or JSON")
	flags.StringVar(&opts.name, "name", "", "full `name` of the type; optional for JSON, where it is the title")
	flags.IntVar(&opts.enum, "enum", 0, "take texts that have at most `N` different values, some of them repeated, for an enumeration; not for PROTOBUF")
	flags.BoolVar(&opts.lines, "lines", false, "take each line of the input for a payload")
	_ = cmd.MarkFlagRequired("type")
	return cmd
}

type inferOptions struct {
	schemaType schemaType
	name       string
	enum       int
	lines      bool
}

func runInfer(ctx context.Context, paths []string, opts inferOptions, p *program) error {
	kind, err := opts.schemaType.of("")
	if err != nil {
		return err
	}
	switch {
	case opts.name == "" && kind != compat.JSON:
		return fmt.Errorf("--name is missing: a %s type has one", kind)
	case opts.enum < 0 || opts.enum > 0 && kind == compat.Protobuf:
		return errors.New("--enum wants a positive number, and a type with enumerations of its own texts: AVRO or JSON")
	}
	seen := samples.New(opts.enum)
	progress := p.progress("payloads", 0)
	defer progress.end()
	var unfit error
	err = p.each(paths, opts.lines, func(in input) error {
		if in.number > 0 && len(bytes.TrimSpace(in.data)) == 0 {
			return ctx.Err()
		}
		if err := seen.Add(string(in.data)); err != nil {
			progress.clear()
			fmt.Fprintln(p.stderr, printable(fmt.Sprintf("%s: %v", in.name, err)))
			unfit = errFindings
		}
		progress.step()
		return ctx.Err()
	})
	if err = errors.Join(err, unfit); err != nil {
		return err
	}
	if seen.Shape().Count == 0 {
		return errors.New("there is no sample")
	}
	format, _ := all.Formats().Lookup(kind)
	text, err := format.(samples.Inferrer).Infer(seen.Shape(), opts.name)
	if err != nil {
		return err
	}
	// Some samples are larger than a schema may be.
	if _, err := format.Parse(compat.Source{Text: text}); err != nil {
		return fmt.Errorf("what the samples have in common is no schema that a registry takes: %w", err)
	}
	_, err = io.WriteString(p.stdout, text)
	return err
}
