package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

func newApplyCommand(p *program) *cobra.Command {
	var opts applyOptions
	cmd := &cobra.Command{
		Use:   "apply [PLAN]",
		Short: "Make a registry agree with muster.yaml",
		Long: withExitCodes(`Carry out exactly what a PLAN, written by plan --out, says; without one, what
plan would say. When the registry changed since it was planned, nothing is done
and the exit code is 5; what is already as planned is left as it is, so applying
twice is like once. Deletions are soft, and only with --prune.`, exitOK, exitFailed, exitFindings, exitUnreachable, exitStale),
		Example: `  muster apply plan.json
  muster apply --prune`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return seeHelp(cmd, fmt.Errorf("want one PLAN, got %d", len(args)))
			}
			opts.flags = cmd.Flags()
			return runApply(cmd.Context(), args, opts, p)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&opts.prune, "prune", false, "carry out deletions")
	opts.config.addFlag(flags)
	opts.format.addFlag(flags)
	opts.connection.addFlags(flags)
	return cmd
}

type applyOptions struct {
	flags      *pflag.FlagSet
	prune      bool
	config     configFile
	format     format
	connection connection
}

func runApply(ctx context.Context, args []string, opts applyOptions, p *program) error {
	reporter := opts.format.reporter(p.stdout)
	file, err := opts.config.load(p.environ)
	if err != nil {
		return err
	}
	if file != nil {
		opts.connection.byFile(opts.flags, file.Registry)
	}
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	made, err := p.planToApply(ctx, args, opts, c, reporter)
	if err != nil {
		return opts.connection.explain(err)
	}
	a := applying{client: c, reporter: reporter, versions: make(map[string]int), done: make([]bool, len(made.Changes))}
	return opts.connection.explain(a.run(ctx, made, opts.prune))
}

func (p *program) planToApply(ctx context.Context, args []string, opts applyOptions, c *client.Client, r reporter) (plan, error) {
	if len(args) == 1 {
		var made plan
		text, err := p.read(args[0])
		if err != nil {
			return made, err
		}
		if err := json.Unmarshal(text, &made); err != nil || made.Version != 1 {
			return made, fmt.Errorf("%s is not a plan of this muster", args[0])
		}
		return made, nil
	}
	w, err := p.open(opts.config, nil, "", schemaType{})
	if err != nil {
		return plan{}, err
	}
	return w.plan(ctx, c, opts.prune, r)
}

// applying is a plan that is carried out.
type applying struct {
	client   *client.Client
	reporter reporter
	versions map[string]int // by subject, of what the plan registers
	done     []bool         // changes that the registry has already
}

func (a *applying) run(ctx context.Context, made plan, prune bool) error {
	if err := a.holds(ctx, made, prune); err != nil {
		return err
	}
	for n, c := range made.Changes {
		if a.done[n] {
			continue
		}
		if err := a.carryOut(ctx, c); err != nil {
			return err
		}
	}
	return a.reporter.finish()
}

// holds looks whether the registry is as the plan saw it, or as the plan wants
// it, before anything is changed.
func (a *applying) holds(ctx context.Context, made plan, prune bool) error {
	for n, c := range made.Changes {
		if c.Action == actionDelete && !prune {
			return hint(fmt.Errorf("the plan deletes %s", c.Subject), "say --prune as well")
		}
		is, err := revisionOf(ctx, a.client, c.Subject)
		if err != nil {
			return err
		}
		if a.done[n], err = a.isDone(ctx, c, is); err != nil {
			return err
		}
		saw := c.Saw
		if n > 0 && made.Changes[n-1].Subject == c.Subject && made.Changes[n-1].Action == actionLevel {
			saw.Level = is.Level // which the change before is about
		}
		if !a.done[n] && !reflect.DeepEqual(is, saw) {
			return stale("%s is not as the plan saw it: %s", c.Subject, differ(saw, is))
		}
	}
	return nil
}

func stale(format string, args ...any) error {
	return hint(fmt.Errorf("%w: "+format, append([]any{errStale}, args...)...), "plan again")
}

func differ(saw, is revision) string {
	if saw.Level != is.Level {
		return fmt.Sprintf("its level was %q and is %q", saw.Level, is.Level)
	}
	return fmt.Sprintf("its versions were %v and are %v", saw.Live, is.Live)
}

func (a *applying) isDone(ctx context.Context, c change, is revision) (bool, error) {
	switch c.Action {
	case actionLevel:
		return is.Level == c.Level, nil
	case actionDelete:
		return len(is.Live) == 0, nil
	case actionRegister:
		body, known := a.resolved(c)
		if !known {
			return false, nil
		}
		held, err := a.client.Lookup(ctx, c.Subject, body, client.LookupOptions{Normalize: c.Normalize})
		if isAbsent(err) {
			return false, nil
		}
		a.versions[c.Subject] = held.Version
		return err == nil, err
	}
	return false, fmt.Errorf("the plan has the unknown action %q", c.Action)
}

// resolved is the schema with the versions that the plan's own registrations
// got; known is false while one of them is still to be made.
func (a *applying) resolved(c change) (body entity.SchemaRequest, known bool) {
	body, known = *c.Schema, true
	body.References = append([]entity.Reference(nil), body.References...)
	for n := range body.References {
		if r := &body.References[n]; r.Version == 0 {
			r.Version = a.versions[r.Subject]
			known = known && r.Version != 0
		}
	}
	return body, known
}

func (a *applying) carryOut(ctx context.Context, c change) error {
	switch c.Action {
	case actionLevel:
		_, err := a.client.SetConfig(ctx, c.Subject, entity.ConfigUpdate{Level: c.Level})
		return err
	case actionDelete:
		_, err := a.client.DeleteSubject(ctx, c.Subject, false)
		return err
	}
	body, known := a.resolved(c)
	if !known {
		return fmt.Errorf("the plan registers %s before what it refers to", c.Subject)
	}
	// The version makes the registry itself refuse when another registered
	// since holds looked.
	body.Version = c.Saw.next()
	registered, err := a.client.Register(ctx, c.Subject, body, client.RegisterOptions{Normalize: c.Normalize})
	if isVersionTaken(err) {
		return stale("%s has got a version since", c.Subject)
	}
	file := schemaFile{path: c.File, text: c.Schema.Schema, kind: kindOf(c.Schema.SchemaType)}
	if found, refused := refusal(file, err); refused {
		found.Subject = c.Subject
		return finish(a.reporter, report(a.reporter, found))
	}
	if err != nil {
		return err
	}
	a.versions[c.Subject] = registered.Version
	return a.reporter.registered(registration{File: c.File, Subject: c.Subject, Registered: registered})
}

// isVersionTaken tells the contract's refusal of a version that is not the
// next one; its code is that of any bad schema.
func isVersionTaken(err error) bool {
	var refused *client.Error
	return errors.As(err, &refused) && refused.Code == codeInvalidSchema && strings.Contains(refused.Message, "not one more than previous version")
}
