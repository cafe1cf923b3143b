package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/cmd/muster/project"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

func newPullCommand(p *program) *cobra.Command {
	var opts pullOptions
	cmd := &cobra.Command{
		Use:   "pull",
		Short: "Fetch the schemas that a repository uses",
		Long: withExitCodes(`Fetch the versions that pull.subjects of muster.yaml names, with all that they
refer to, into pull.folder, and write muster.lock beside muster.yaml: which
versions they were, and hashes of their texts. A subject without version keeps
the one of the lock until --update. With --frozen nothing is fetched that the
lock does not have, and a text that differs from its hash is refused.`, exitOK, exitFailed, exitUnreachable, exitStale),
		Example: `  muster pull
  muster pull --frozen`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts.flags = cmd.Flags()
			return runPull(cmd.Context(), opts, p)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&opts.frozen, "frozen", false, "fetch exactly what muster.lock says, or exit with 5")
	flags.BoolVar(&opts.update, "update", false, "take the latest versions where muster.yaml names none")
	opts.config.addFlag(flags)
	opts.connection.addFlags(flags)
	cmd.MarkFlagsMutuallyExclusive("frozen", "update")
	return cmd
}

type pullOptions struct {
	flags          *pflag.FlagSet
	frozen, update bool
	config         configFile
	connection     connection
}

const lockName = "muster.lock"

// lock pins what was pulled.
type lock struct {
	Version int      `json:"version"`
	Schemas []locked `json:"schemas"`
}

type locked struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
	ID      int    `json:"id"`
	Path    string `json:"path"`
	SHA256  string `json:"sha256"`
}

func runPull(ctx context.Context, opts pullOptions, p *program) error {
	file, err := opts.config.load(p.environ)
	switch {
	case err != nil:
		return err
	case file == nil || len(file.Pull.Subjects) == 0 || file.Pull.Folder == "":
		return hint(errors.New("nothing tells what to pull"), "say pull.folder and pull.subjects in %s", project.Name)
	}
	opts.connection.byFile(opts.flags, file.Registry)
	c, err := opts.connection.client()
	if err != nil {
		return err
	}
	path := filepath.Join(file.Folder(), lockName)
	had, err := readLock(path)
	if err != nil {
		return err
	}
	got := pulling{client: c, folder: file.Pull.Folder, texts: make(map[string]string)}
	for _, wanted := range file.Pull.Subjects {
		version := wanted.Version
		if n := had.find(wanted.Subject); version == 0 && n >= 0 && !opts.update {
			version = had.Schemas[n].Version
		}
		if err := got.fetch(ctx, wanted.Subject, cmp.Or(version, client.Latest), ""); err != nil {
			return opts.connection.explain(err)
		}
	}
	if opts.frozen && !slices.Equal(got.lock.Schemas, had.Schemas) {
		return hint(fmt.Errorf("%w: %s is not what the registry and %s give", errStale, lockName, project.Name), "muster pull, and commit %s", lockName)
	}
	for _, s := range got.lock.Schemas {
		if err := writeBelow(file.Folder(), s.Path, got.texts[s.Path]); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, printable(fmt.Sprintf("%s: %s version %d", s.Path, s.Subject, s.Version)))
	}
	got.lock.Version = 1
	text, err := json.MarshalIndent(got.lock, "", "  ")
	if err != nil || opts.frozen {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o666)
}

func readLock(path string) (lock, error) {
	var l lock
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(text, &l); err != nil || l.Version != 1 {
		return l, fmt.Errorf("%s is not a lock of this muster", path)
	}
	return l, nil
}

func (l lock) find(subject string) int {
	return slices.IndexFunc(l.Schemas, func(s locked) bool { return s.Subject == subject })
}

// pulling is what has been fetched.
type pulling struct {
	client *client.Client
	folder string
	lock   lock
	texts  map[string]string // by path
}

// fetch gets a version and what it refers to. A schema that is referred to is
// kept under the name of the reference, so that imports find it, and may be
// softly deleted.
func (g *pulling) fetch(ctx context.Context, subject string, version int, name string) error {
	sv, err := g.client.Version(ctx, subject, version, client.VersionOptions{Deleted: name != ""})
	if err != nil {
		return fmt.Errorf("%s: %w", subject, err)
	}
	kind := kindOf(sv.SchemaType)
	if _, typed := all.TypeOfFile(name); !typed {
		name = url.PathEscape(subject) + all.Extension(kind)
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%s: a reference named %q cannot be kept in a folder", subject, name)
	}
	path := filepath.ToSlash(filepath.Join(g.folder, filepath.FromSlash(name)))
	if text, ok := g.texts[path]; ok {
		if text != sv.Schema {
			return fmt.Errorf("%s version %d and another schema are both kept as %s", subject, sv.Version, path)
		}
		return nil
	}
	g.texts[path] = sv.Schema
	for _, r := range sv.References {
		if err := g.fetch(ctx, client.Referred(r.Subject, subject), r.Version, r.Name); err != nil {
			return err
		}
	}
	sum := sha256.Sum256([]byte(sv.Schema))
	g.lock.Schemas = append(g.lock.Schemas, locked{subject, sv.Version, sv.ID, path, hex.EncodeToString(sum[:])})
	return nil
}

// kindOf is the type of a schema as the contract says it: none is Avro.
func kindOf(schemaType string) compat.Type { return cmp.Or(compat.Type(schemaType), compat.Avro) }

// writeBelow writes a file, and the folders it is in.
func writeBelow(folder, path, text string) error {
	path = filepath.Join(folder, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o666)
}
