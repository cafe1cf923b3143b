package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
)

func newRegisterCommand(p *program) *cobra.Command {
	var opts registerOptions
	cmd := &cobra.Command{
		Use:   "register [FILE…]",
		Short: "Register schemas",
		Long: withExitCodes(`Register schemas. One that the subject already holds keeps its version and id, so
registering twice is like once. One that would break its readers is refused, and
the reasons are shown as check shows them.

Without FILE every schema that muster.yaml lists is registered, each after those
it refers to; the first refusal ends it. With --subject one FILE, which may be -
for stdin, is registered in a subject.`, exitOK, exitFailed, exitFindings, exitUnreachable),
		Example: `  muster register
  muster register order.json --subject orders
  muster register order.proto --subject orders --reference common/money.proto=money:2`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.flags = cmd.Flags()
			if opts.subject == "" {
				return p.registerProject(cmd.Context(), args, opts)
			}
			if err := exactlyOne("FILE")(cmd, args); err != nil {
				return err
			}
			return runRegister(cmd.Context(), args[0], opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.subject, "subject", "", "`subject` of the one FILE")
	flags.StringArrayVar(&opts.references, "reference", nil, "reference `NAME=SUBJECT:VERSION` for --subject (repeatable)")
	flags.BoolVar(&opts.normalize, "normalize", false, "let the registry normalize the schema first")
	opts.config.addFlag(flags)
	opts.schemaType.addFlag(flags)
	opts.format.addDocumentFlag(flags)
	opts.connection.addFlags(flags)
	return cmd
}

type registerOptions struct {
	flags      *pflag.FlagSet
	config     configFile
	subject    string
	references []string
	normalize  bool
	schemaType schemaType
	format     format
	connection connection
}

func runRegister(ctx context.Context, path string, opts registerOptions, p *program) error {
	schema, err := p.readSchema(path, opts.schemaType)
	if err != nil {
		return err
	}
	references, err := parseReferences(opts.references)
	if err != nil {
		return err
	}
	if err := opts.connection.byProject(opts.config, p.environ); err != nil {
		return err
	}
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	reporter := opts.format.reporter(p.stdout)
	registered, err := c.Register(ctx, opts.subject, schema.body(references), client.RegisterOptions{Normalize: opts.normalize})
	if found, refused := refusal(schema, err); refused {
		found.Subject = opts.subject
		return finish(reporter, report(reporter, found))
	}
	if err != nil {
		return opts.connection.explain(err)
	}
	return finish(reporter, reporter.registered(registration{File: path, Subject: opts.subject, Registered: registered}))
}

// refusal tells what a registry found in a schema from other errors.
func refusal(candidate schemaFile, err error) (judgement, bool) {
	found := judgement{File: candidate.path}
	if message, ok := noSchema(err); ok {
		found.Fault = candidate.fault(message)
		return found, true
	}
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Status != statusIncompatible {
		return judgement{}, false
	}
	reasons := refused.Incompatibilities
	if len(reasons) == 0 {
		reasons = []entity.Incompatibility{{Rule: "INCOMPATIBLE", Message: refused.Message, Direction: string(compat.CandidateReads)}}
	}
	found.Incompatibilities = candidate.findings(reasons)
	return found, true
}
