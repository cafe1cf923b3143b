package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/cmd/muster/project"
	"github.com/muster-registry/muster/httpapi/entity"
)

func newPlanCommand(p *program) *cobra.Command {
	var opts planOptions
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Tell what apply would change in a registry",
		Long: withExitCodes(`Compare what muster.yaml lists with a registry and tell what it would take to
make them agree: levels that are set, schemas that are registered, and with
--prune subjects that are deleted. A subject is deleted only when its latest
version names an owner that muster.yaml names, and muster.yaml does not list it.

--out writes the plan, with what the registry held, for apply.`, exitOK, exitFailed, exitFindings, exitChanges, exitUnreachable),
		Example: `  muster plan --out plan.json
  muster plan --detailed-exitcode`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts.flags = cmd.Flags()
			return runPlan(cmd.Context(), opts, p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.out, "out", "", "`file` to write the plan to")
	flags.BoolVar(&opts.prune, "prune", false, "delete the owner's subjects that muster.yaml does not list")
	flags.BoolVar(&opts.detailed, "detailed-exitcode", false, "exit with 3 when there are changes")
	opts.config.addFlag(flags)
	opts.format.addFlag(flags)
	opts.connection.addFlags(flags)
	return cmd
}

type planOptions struct {
	flags           *pflag.FlagSet
	out             string
	prune, detailed bool
	config          configFile
	format          format
	connection      connection
}

// plan is the changes that make a registry agree with muster.yaml, in the
// order in which they are made.
type plan struct {
	Version int      `json:"muster_plan"`
	Changes []change `json:"changes"`
}

// change is one step. Saw is what the registry had of the subject.
type change struct {
	Action    string                `json:"action"`
	Subject   string                `json:"subject"`
	File      string                `json:"file,omitempty"`
	Level     string                `json:"level,omitempty"`
	Normalize bool                  `json:"normalize,omitempty"`
	Schema    *entity.SchemaRequest `json:"schema,omitempty"`
	Saw       revision              `json:"saw"`
}

// The actions of a change. A reference of version zero is to what the plan
// itself registers.
const (
	actionLevel    = "set-level"
	actionRegister = "register"
	actionDelete   = "delete"
)

func (c change) String() string {
	switch c.Action {
	case actionLevel:
		return fmt.Sprintf("set %s to %s", c.Subject, c.Level)
	case actionDelete:
		return fmt.Sprintf("delete %s", c.Subject)
	}
	return fmt.Sprintf("register %s as %s version %d", c.File, c.Subject, c.Saw.next())
}

func runPlan(ctx context.Context, opts planOptions, p *program) error {
	w, err := p.open(opts.config, nil, "", schemaType{})
	if err != nil {
		return err
	}
	opts.connection.byFile(opts.flags, w.file.Registry)
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	reporter := opts.format.reporter(p.stdout)
	made, err := w.plan(ctx, c, opts.prune, reporter)
	if err != nil {
		return opts.connection.explain(err)
	}
	if err := made.show(opts, p.stdout); err != nil {
		return err
	}
	if opts.detailed && len(made.Changes) > 0 {
		return errChanges
	}
	return nil
}

func (m plan) show(opts planOptions, w io.Writer) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if opts.out != "" {
		if err := os.WriteFile(opts.out, append(text, '\n'), 0o666); err != nil {
			return err
		}
	}
	if opts.format.name == "json" {
		_, err := fmt.Fprintf(w, "%s\n", text)
		return err
	}
	for _, c := range m.Changes {
		if _, err := fmt.Fprintln(w, printable(c.String())); err != nil {
			return err
		}
	}
	if len(m.Changes) == 0 {
		_, err = fmt.Fprintln(w, "no changes")
	}
	return err
}

// plan decides what to set and to register, and with prune what to delete. A
// file that is not a schema is reported and ends it.
func (w *workspace) plan(ctx context.Context, c *client.Client, prune bool, r reporter) (plan, error) {
	made := plan{Version: 1, Changes: []change{}}
	err := w.inOrder(w.schemas, r, func(s *project.Schema, references []entity.Reference) (version int, err error) {
		saw, err := revisionOf(ctx, c, s.Subject)
		if err != nil {
			return 0, err
		}
		if level := s.Settings.Compatibility; level != "" && level != saw.Level {
			made.Changes = append(made.Changes, change{Action: actionLevel, Subject: s.Subject, Level: level, Saw: saw})
		}
		pending := slices.ContainsFunc(references, func(ref entity.Reference) bool { return ref.Version == 0 })
		if !pending {
			if version, err = holds(ctx, c, s, references); err != nil {
				return 0, err
			}
		}
		if version == 0 {
			body := bodyOf(s, references)
			made.Changes = append(made.Changes, change{
				Action: actionRegister, Subject: s.Subject, File: w.shown(s.Path), Normalize: s.Normalized(), Schema: &body, Saw: saw,
			})
		}
		return version, nil
	})
	if err != nil {
		return made, err
	}
	if !prune {
		return made, nil
	}
	deleted, err := w.prune(ctx, c)
	made.Changes = append(made.Changes, deleted...)
	return made, err
}

// prune deletes what the owners of muster.yaml no longer list, what refers to
// others before those.
func (w *workspace) prune(ctx context.Context, c *client.Client) ([]change, error) {
	var owners []string
	listed := make(map[string]bool)
	for _, s := range w.schemas {
		listed[s.Subject] = true
		owners = append(owners, s.Settings.Owner)
	}
	owners = append(owners, w.file.Defaults.Owner)
	owners = slices.DeleteFunc(owners, func(owner string) bool { return owner == "" })
	if len(owners) == 0 {
		return nil, hint(fmt.Errorf("--prune: %s names no owner", project.Name), "say defaults.owner")
	}
	subjects, err := c.Subjects(ctx, client.ListOptions{})
	if err != nil {
		return nil, err
	}
	var deleted []change
	refers := make(map[string][]entity.Reference)
	for _, subject := range subjects {
		if listed[subject] {
			continue
		}
		latest, err := c.Version(ctx, subject, client.Latest, client.VersionOptions{})
		if isAbsent(err) {
			continue // deleted since it was listed
		}
		if err != nil {
			return nil, err
		}
		if latest.Metadata == nil || !slices.Contains(owners, latest.Metadata.Properties[ownerProperty]) {
			continue
		}
		saw, err := revisionOf(ctx, c, subject)
		if err != nil {
			return nil, err
		}
		refers[subject] = latest.References
		deleted = append(deleted, change{Action: actionDelete, Subject: subject, Saw: saw})
	}
	return referringFirst(deleted, refers), nil
}

// referringFirst orders deletions so that nothing is deleted while another
// that is still there refers to it. A registry holds no circles.
func referringFirst(deletions []change, refers map[string][]entity.Reference) []change {
	var ordered []change
	done := make(map[string]bool)
	for len(ordered) < len(deletions) {
		for _, c := range deletions {
			referred := slices.ContainsFunc(deletions, func(other change) bool {
				return !done[other.Subject] && other.Subject != c.Subject &&
					slices.ContainsFunc(refers[other.Subject], func(r entity.Reference) bool { return r.Subject == c.Subject })
			})
			if !done[c.Subject] && !referred {
				done[c.Subject], ordered = true, append(ordered, c)
			}
		}
	}
	return ordered
}
