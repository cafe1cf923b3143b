package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

func newPromoteCommand(p *program) *cobra.Command {
	var opts promoteOptions
	cmd := &cobra.Command{
		Use:   "promote SUBJECT[@VERSION] --from URL --to URL",
		Short: "Copy a version to another registry",
		Long: withExitCodes(`Register a version of one registry in another, after all that it refers to. The
other registry judges by its own levels and gives its own versions and ids; what
it holds already stays as it is. The credentials are for both.`, exitOK, exitFailed, exitFindings, exitUnreachable),
		Example: `  muster promote orders-value@7 --from http://dev:8081 --to http://prod:8081`,
		Args:    exactlyOne("SUBJECT"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runPromote(cmd.Context(), args[0], opts, p) },
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.from, "from", "", "base `URL` of the registry that has the version")
	flags.StringVar(&opts.to, "to", "", "base `URL` of the registry that gets it")
	opts.format.addDocumentFlag(flags)
	opts.connection.addFlags(flags)
	_ = flags.MarkHidden("registry")
	cmd.MarkFlagsOneRequired("from")
	cmd.MarkFlagsOneRequired("to")
	return cmd
}

type promoteOptions struct {
	from, to   string
	format     format
	connection connection
}

func runPromote(ctx context.Context, name string, opts promoteOptions, p *program) error {
	subject, version, err := subjectAt(name)
	if err != nil {
		return err
	}
	source, target := opts.connection, opts.connection
	source.url, target.url = opts.from, opts.to
	from, err := source.client()
	if err != nil {
		return err
	}
	to, err := target.client()
	if err != nil {
		return err
	}
	m := promotion{source: source, from: from, to: to, reporter: opts.format.reporter(p.stdout), versions: make(map[entity.SubjectVersion]int)}
	_, outcome := m.promote(ctx, subject, version, client.VersionOptions{})
	return finish(m.reporter, target.explain(outcome))
}

// promotion copies versions with what they refer to.
type promotion struct {
	source   connection // of from
	from, to *client.Client
	reporter reporter
	versions map[entity.SubjectVersion]int // of the target, by those of the source
}

// promote returns the version that the target has.
func (m *promotion) promote(ctx context.Context, subject string, version int, opts client.VersionOptions) (int, error) {
	sv, err := m.from.Version(ctx, subject, version, opts)
	if err != nil {
		return 0, m.source.explain(fmt.Errorf("%s: %w", subject, err))
	}
	at := entity.SubjectVersion{Subject: subject, Version: sv.Version}
	if version, ok := m.versions[at]; ok {
		return version, nil
	}
	body := entity.SchemaRequest{Schema: sv.Schema, SchemaType: sv.SchemaType, Metadata: sv.Metadata, RuleSet: sv.RuleSet}
	for _, r := range sv.References {
		// What is referred to may be softly deleted.
		if r.Version, err = m.promote(ctx, client.Referred(r.Subject, subject), r.Version, client.VersionOptions{Deleted: true}); err != nil {
			return 0, err
		}
		body.References = append(body.References, r)
	}
	file := schemaFile{path: fmt.Sprintf("%s@%d", subject, sv.Version), kind: kindOf(sv.SchemaType), text: sv.Schema}
	registered, err := m.to.Register(ctx, subject, body, client.RegisterOptions{})
	if found, refused := refusal(file, err); refused {
		found.Subject = subject
		return 0, report(m.reporter, found)
	}
	if err != nil {
		return 0, err
	}
	m.versions[at] = registered.Version
	return registered.Version, m.reporter.registered(registration{File: file.path, Subject: subject, Registered: registered})
}
