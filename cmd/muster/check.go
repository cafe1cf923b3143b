package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
)

func newCheckCommand(p *program) *cobra.Command {
	var opts checkOptions
	cmd := &cobra.Command{
		Use:   "check [FILE…]",
		Short: "Tell whether schemas may follow earlier ones",
		Long: withExitCodes(`Tell whether schemas may be registered next, and if not, why: what breaks, a
payload that shows it, and what would pass.

Without FILE every schema that muster.yaml lists is checked. With --subject one
FILE, which may be - for stdin, is checked for a subject. --against says what to
compare with, and can be repeated:

  registry    the versions a registry holds
  git:REV     the files of a commit; git: alone is the merge base of HEAD and
              the default branch
  dir:PATH    the files of a folder
  PATH        one file of an earlier schema, oldest first

Without it check.against of muster.yaml says so, else the registry is asked.
Levels that end in _TRANSITIVE compare with all versions of a registry and with
the history of a commit. The level is --level, else the registry's when it is
compared with, else that of muster.yaml, else BACKWARD. A subject that is new
passes, and so does a schema that differs in its formatting alone.

--fix makes those fixes to the files that complete a change: a default for a new
field, an alias for a renamed type, a tag of its own for a field that took
another's, optional for what is required and new. What is made is told on
stderr. Fixes that take a change back, or that rest on a guess, are listed and
left to people. --format sarif lists the same fixes and makes none.`, exitOK, exitFailed, exitFindings, exitUnreachable),
		Example: `  muster check
  muster check --against git:origin/main --against registry
  muster check --against git: --fix
  muster check order.json --subject orders
  muster check order.avsc --against v1.avsc --against v2.avsc --level FULL_TRANSITIVE`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.flags = cmd.Flags()
			return runCheck(cmd.Context(), args, opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.subject, "subject", "", "`subject` of the one FILE")
	flags.StringArrayVar(&opts.against, "against", nil, "`what` to compare with: registry, git:REV, dir:PATH or a file (repeatable)")
	flags.StringVar(&opts.level, "level", "", "compatibility `level`; BACKWARD, FORWARD and FULL compare with the last, …_TRANSITIVE with each")
	flags.StringArrayVar(&opts.references, "reference", nil, "reference `NAME=SUBJECT:VERSION` for --subject (repeatable)")
	flags.StringArrayVar(&opts.referenceFiles, "reference-file", nil, "reference `NAME=PATH` for --against FILE, each after what it refers to (repeatable)")
	flags.BoolVar(&opts.normalize, "normalize", false, "let the registry normalize the schema first")
	flags.BoolVar(&opts.fix, "fix", false, "make the fixes that complete a change to the files; what is left is reported")
	opts.config.addFlag(flags)
	opts.schemaType.addFlag(flags)
	opts.format.addDocumentFlag(flags)
	opts.connection.addFlags(flags)
	return cmd
}

type checkOptions struct {
	flags          *pflag.FlagSet
	subject        string
	against        []string
	level          string
	references     []string
	referenceFiles []string
	normalize      bool
	fix            bool
	config         configFile
	schemaType     schemaType
	format         format
	connection     connection
}

func runCheck(ctx context.Context, paths []string, opts checkOptions, p *program) error {
	bases, err := parseBases(opts.against)
	if err != nil {
		return err
	}
	check := func(r reporter) error { return p.check(ctx, paths, bases, opts, r) }
	reporter := opts.format.reporter(p.stdout)
	if opts.fix {
		return fixing(check, reporter, p.stderr)
	}
	return check(reporter)
}

func (p *program) check(ctx context.Context, paths []string, bases bases, opts checkOptions, reporter reporter) error {
	var judge func(schemaFile, checkOptions) (judgement, error)
	switch {
	case bases.files != nil && len(paths) == 1:
		opts.against = bases.files
		judge = p.checkOffline
	case opts.subject != "" && len(paths) == 1 && opts.level == "" && (opts.against == nil || slices.Equal(opts.against, []string{"registry"})):
		judge = func(candidate schemaFile, opts checkOptions) (judgement, error) {
			if err := opts.connection.byProject(opts.config, p.environ); err != nil {
				return judgement{}, err
			}
			return checkOnline(ctx, candidate, opts)
		}
	default:
		return p.checkProject(ctx, paths, bases, opts, reporter)
	}
	if err := opts.misused(bases); err != nil {
		return err
	}
	candidate, err := p.readSchema(paths[0], opts.schemaType)
	if err != nil {
		return err
	}
	found, err := judge(candidate, opts)
	if err != nil {
		return err
	}
	return finish(reporter, report(reporter, found))
}

// misused tells flags that do not go together.
func (o checkOptions) misused(bases bases) error {
	wrong := []string{"reference-file"}
	if bases.files != nil {
		wrong = []string{"subject", "reference", "normalize"}
	}
	for _, flag := range wrong {
		if o.flags.Changed(flag) {
			return fmt.Errorf("--%s does not go with what is compared", flag)
		}
	}
	return nil
}

// finish ends the report of a command that is over with outcome. A report is
// written for findings too, and not when the command failed.
func finish(r reporter, outcome error) error {
	if outcome != nil && !errors.Is(outcome, errFindings) {
		return outcome
	}
	return cmp.Or(r.finish(), outcome)
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
	found, err := judgeOnlineBy(ctx, c, candidate, opts.subject, candidate.body(references), opts.normalize)
	return found, opts.connection.explain(err)
}

// judgeOnlineBy has a registry judge a schema for a subject.
func judgeOnlineBy(ctx context.Context, c *client.Client, candidate schemaFile, subject string, body entity.SchemaRequest, normalize bool) (judgement, error) {
	found := judgement{File: candidate.path, Subject: subject}
	answer, err := c.Check(ctx, subject, body, client.CheckOptions{Normalize: normalize})
	if message, refused := noSchema(err); refused {
		found.Fault = candidate.fault(message)
		return found, nil
	}
	if err != nil {
		return judgement{}, err
	}
	found.Compatible, found.Evidence = answer.IsCompatible, answer.Evidence
	found.Incompatibilities = candidate.findings(answer.Incompatibilities)
	switch {
	case found.Compatible:
		found.NewSubject, err = isNew(ctx, c, subject)
	case len(found.Incompatibilities) == 0 && answer.Messages != nil:
		found.tell(candidate, *answer.Messages)
	}
	return found, err
}

// The contract's codes and statuses that are outcomes rather than failures.
const (
	codeInvalidSchema  = 42201
	codeTooComplex     = 42230
	codeNoSuchSubject  = 40401
	codeNoSuchVersion  = 40402
	codeNoSuchSchema   = 40403
	codeSubjectDeleted = 40404
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
func (j *judgement) tell(candidate schemaFile, messages []string) {
	if len(messages) == 1 {
		j.Fault = candidate.fault(messages[0])
		return
	}
	var found []entity.Incompatibility
	for _, message := range messages {
		found = append(found, entity.Incompatibility{
			Rule: "INCOMPATIBLE", Message: message, Direction: string(compat.CandidateReads),
		})
	}
	j.Incompatibilities = candidate.findings(found)
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
