package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
)

func newCheckCommand(p *program) *cobra.Command {
	var opts checkOptions
	cmd := &cobra.Command{
		Use:   "check FILE (--subject SUBJECT | --against FILE…)",
		Short: "Tell whether a schema may follow earlier ones",
		Long: withExitCodes(`Tell whether a schema may be registered next, and if not, why: what breaks, a
payload that shows it, and what would pass. FILE may be - for stdin.

With --subject a registry compares it with the versions it holds, at the level
in force there. With --against it is compared with files, without a registry
and by the same engine.`, exitOK, exitFailed, exitFindings, exitUnreachable),
		Example: `  muster check order.json --subject orders
  muster check order.avsc --against v1.avsc --against v2.avsc --level FULL_TRANSITIVE`,
		Args: exactlyOne("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return runCheck(cmd.Context(), args[0], opts, p) },
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.subject, "subject", "", "`subject` to compare with")
	flags.StringArrayVar(&opts.against, "against", nil, "`file` of an earlier schema to compare with, oldest first (repeatable)")
	flags.StringVar(&opts.level, "level", "BACKWARD", "compatibility `level` for --against; BACKWARD, FORWARD and FULL compare with the last, …_TRANSITIVE with each")
	flags.StringArrayVar(&opts.references, "reference", nil, "reference `NAME=SUBJECT:VERSION` for --subject (repeatable)")
	flags.StringArrayVar(&opts.referenceFiles, "reference-file", nil, "reference `NAME=PATH` for --against, each after what it refers to (repeatable)")
	flags.BoolVar(&opts.normalize, "normalize", false, "let the registry normalize the schema first")
	opts.schemaType.addFlag(flags)
	opts.format.addFlag(flags)
	opts.connection.addFlags(flags)
	cmd.MarkFlagsOneRequired("subject", "against")
	for _, online := range []string{"subject", "reference", "normalize"} {
		for _, offline := range []string{"against", "level", "reference-file"} {
			cmd.MarkFlagsMutuallyExclusive(online, offline)
		}
	}
	return cmd
}

type checkOptions struct {
	subject        string
	against        []string
	level          string
	references     []string
	referenceFiles []string
	normalize      bool
	schemaType     schemaType
	format         format
	connection     connection
}

func runCheck(ctx context.Context, path string, opts checkOptions, p *program) error {
	candidate, err := p.readSchema(path, opts.schemaType)
	if err != nil {
		return err
	}
	check := p.checkOffline
	if len(opts.against) == 0 {
		check = func(candidate schemaFile, opts checkOptions) (judgement, error) {
			return checkOnline(ctx, candidate, opts)
		}
	}
	found, err := check(candidate, opts)
	if err != nil {
		return err
	}
	return report(opts.format.reporter(p.stdout), found)
}

// report tells what was found, and makes findings the command's outcome.
func report(r reporter, found judgement) error {
	if err := r.judged(found); err != nil {
		return err
	}
	if !found.Compatible {
		return errFindings
	}
	return nil
}

// checkOnline has a registry judge.
func checkOnline(ctx context.Context, candidate schemaFile, opts checkOptions) (judgement, error) {
	references, err := parseReferences(opts.references)
	if err != nil {
		return judgement{}, err
	}
	c, err := opts.connection.client()
	if err != nil {
		return judgement{}, err
	}
	found := judgement{File: candidate.path, Subject: opts.subject}
	answer, err := c.Check(ctx, opts.subject, candidate.body(references), client.CheckOptions{Normalize: opts.normalize})
	if message, refused := noSchema(err); refused {
		found.NoSchema = message
		return found, nil
	}
	if err != nil {
		return judgement{}, opts.connection.explain(err)
	}
	found.Compatible, found.Evidence, found.Incompatibilities = answer.IsCompatible, answer.Evidence, answer.Incompatibilities
	switch {
	case found.Compatible:
		found.NewSubject, err = isNew(ctx, c, opts.subject)
	case len(found.Incompatibilities) == 0 && answer.Messages != nil:
		found.tell(*answer.Messages)
	}
	return found, opts.connection.explain(err)
}

// The contract's codes for a schema that is none, and for one that is too
// complex to judge.
const (
	codeInvalidSchema  = 42201
	codeTooComplex     = 42230
	codeNoSuchSubject  = 40401
	statusIncompatible = 409
)

// noSchema tells a refusal of the schema itself, and why, from other errors.
func noSchema(err error) (message string, ok bool) {
	var refused *client.Error
	if errors.As(err, &refused) && (refused.Code == codeInvalidSchema || refused.Code == codeTooComplex) {
		return refused.Message, true
	}
	return "", false
}

// tell takes over what a registry says in words alone. What is wrong with a
// schema by itself is one message; about an incompatibility there are several,
// the last of them the settings in force (contract 1.8 and 3.6).
func (j *judgement) tell(messages []string) {
	if len(messages) == 1 {
		j.NoSchema = messages[0]
		return
	}
	for _, message := range messages {
		j.Incompatibilities = append(j.Incompatibilities, entity.Incompatibility{
			Rule: "INCOMPATIBLE", Message: message, Direction: string(compat.CandidateReads),
		})
	}
}

// isNew tells a subject without versions, which may be one that is misspelt.
func isNew(ctx context.Context, c *client.Client, subject string) (bool, error) {
	_, err := c.Versions(ctx, subject, client.VersionsOptions{})
	var refused *client.Error
	if errors.As(err, &refused) && refused.Code == codeNoSuchSubject {
		return true, nil
	}
	return false, err
}
