package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi"
)

func newValidateCommand(p *program) *cobra.Command {
	var opts validateOptions
	cmd := &cobra.Command{
		Use:   "validate PAYLOAD… (--subject SUBJECT | --schema FILE)",
		Short: "Tell whether payloads fit a schema",
		Long: withExitCodes(`Tell whether payloads fit a schema, and if not, where and why. Each PAYLOAD is a
file that holds one payload, a folder of such files, or - for stdin. A file
named .ndjson or .jsonl, and any input with --lines, holds one payload a line,
binary ones in base64; of those only what does not fit is listed, with a sum.

With --subject a registry judges by a version it holds; with --schema the file
is the schema and no registry is asked. Payloads in the Confluent wire format
name their schema: --encoding wire needs neither.`, exitOK, exitFailed, exitFindings, exitUnreachable),
		Example: `  muster validate event.json --subject orders
  muster validate event.bin --schema order.avsc --encoding binary
  tail -n 1000 events.log | muster validate - --lines --schema order.json`,
		Args: atLeastOne("PAYLOAD"),
		RunE: func(cmd *cobra.Command, args []string) error { return runValidate(cmd.Context(), args, opts, p) },
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.subject, "subject", "", "`subject` that holds the schema")
	flags.StringVar(&opts.version, "version", "latest", "`version` of the subject")
	flags.StringVar(&opts.schema, "schema", "", "`file` that holds the schema")
	flags.StringVar(&opts.encoding, "encoding", "json", "how payloads are `written`: json, json-plain (Avro with bare union values), binary or wire")
	flags.StringVar(&opts.message, "message", "", "full `name` of the Protobuf message (default: the first of the file)")
	flags.StringArrayVar(&opts.referenceFiles, "reference-file", nil, "reference `NAME=PATH` for --schema, each after what it refers to (repeatable)")
	flags.BoolVar(&opts.lines, "lines", false, "take each line of the input for a payload")
	opts.schemaType.addFlag(flags)
	opts.format.addDocumentFlag(flags)
	opts.connection.addFlags(flags)
	for _, offline := range []string{"schema", "reference-file", "type"} {
		for _, online := range []string{"subject", "version"} {
			cmd.MarkFlagsMutuallyExclusive(online, offline)
		}
	}
	return cmd
}

type validateOptions struct {
	subject, version string
	schema           string
	encoding         string
	message          string
	lines            bool
	referenceFiles   []string
	schemaType       schemaType
	format           format
	connection       connection
}

// judge tells whether one payload fits.
type judge func(payload []byte) (verdict, error)

func runValidate(ctx context.Context, paths []string, opts validateOptions, p *program) error {
	judge, err := p.judge(ctx, opts)
	if err != nil {
		return err
	}
	reporter := opts.format.reporter(p.stdout)
	progress := p.progress("payloads", 0)
	defer progress.end()
	var sum tally
	err = p.each(paths, opts.lines, func(in input) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		v, err := in.judged(judge, opts.encoding)
		if err != nil {
			return fmt.Errorf("%s: %w", in.name, err)
		}
		v.Payload, v.line, v.of = in.name, in.number > 0, in
		if isBinary(opts.encoding) {
			v.of.data = nil // bytes have no lines
		}
		if v.By == "" && v.Schema == nil { // found wrong before any schema was asked
			v.By = cmp.Or(opts.schema, opts.subject, "its frame")
		}
		sum.add(v)
		progress.step()
		if !v.Valid || !v.line {
			progress.clear()
		}
		return reporter.validated(v)
	})
	if err != nil {
		return err
	}
	progress.clear()
	var outcome error
	if sum.Invalid > 0 {
		outcome = errFindings
	}
	if sum.Valid+sum.Invalid > len(paths) || sum.lines {
		if err := reporter.tallied(sum); err != nil {
			return err
		}
	}
	return finish(reporter, outcome)
}

// judged is the verdict on a payload. A line cannot hold bytes, so the binary
// encodings are base64 there.
func (in input) judged(judge judge, encoding string) (verdict, error) {
	if in.number > 0 && isBinary(encoding) {
		data, err := base64.StdEncoding.DecodeString(string(in.data))
		if err != nil {
			bad := compat.Violation{Code: "INVALID_BASE64", Expected: "base64", Actual: "other text", Message: "the line is not base64"}
			return verdict{Verdict: httpapi.FromVerdict(compat.Verdict{Violations: []compat.Violation{bad}})}, nil
		}
		in.data = data
	}
	return judge(in.data)
}

func isBinary(encoding string) bool {
	return encoding == string(compat.Binary) || encoding == string(compat.Wire)
}

// judge picks who judges.
func (p *program) judge(ctx context.Context, opts validateOptions) (judge, error) {
	encoding := compat.Encoding(opts.encoding)
	switch encoding {
	case compat.JSONText, compat.PlainJSON, compat.Binary, compat.Wire:
	default:
		return nil, hint(fmt.Errorf("there is no encoding %q", opts.encoding), "json, json-plain, binary or wire")
	}
	switch {
	case opts.schema != "":
		return p.judgeOffline(encoding, opts)
	case opts.subject != "" || encoding == compat.Wire:
		if err := opts.connection.byProject(configFile{}, p.environ); err != nil {
			return nil, err
		}
		return judgeOnline(ctx, encoding, opts)
	}
	return nil, hint(errors.New("there is no schema to judge by"), "say --subject or --schema")
}

// judgeOnline has a registry judge.
func judgeOnline(ctx context.Context, encoding compat.Encoding, opts validateOptions) (judge, error) {
	version, err := strconv.Atoi(opts.version)
	if opts.version == "latest" {
		version, err = client.Latest, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--version %q: want a number or latest", opts.version)
	}
	c, err := opts.connection.client()
	if err != nil {
		return nil, err
	}
	written := client.Payload{Message: opts.message}
	if written.Encoding, err = mediaType(ctx, c, encoding, opts.subject, version); err != nil {
		return nil, opts.connection.explain(err)
	}
	return func(payload []byte) (verdict, error) {
		written.Data = payload
		if opts.subject == "" {
			answer, err := c.ValidateFramed(ctx, written, client.ByIDOptions{})
			return verdict{Verdict: answer}, opts.connection.explain(err)
		}
		answer, err := c.Validate(ctx, opts.subject, version, written)
		return verdict{Verdict: answer}, opts.connection.explain(err)
	}, nil
}

// mediaType is the encoding as the API has it: there the two binary ones have
// different names, and the registry knows which is meant.
func mediaType(ctx context.Context, c *client.Client, encoding compat.Encoding, subject string, version int) (client.Encoding, error) {
	switch encoding {
	case compat.PlainJSON:
		return client.PlainJSON, nil
	case compat.Wire:
		return client.Wire, nil
	case compat.JSONText:
		return client.JSON, nil
	}
	schema, err := c.Version(ctx, subject, version, client.VersionOptions{})
	if err != nil {
		return "", err
	}
	binary, ok := client.BinaryOf(schema.SchemaType)
	if !ok {
		return "", fmt.Errorf("%s payloads have no binary encoding", schema.SchemaType)
	}
	return binary, nil
}
