package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/cmd/muster/project"
	"github.com/muster-registry/muster/httpapi/entity"
)

// configFile is the --config flag of the commands that work on what
// muster.yaml lists.
type configFile struct{ path string }

func (c *configFile) addFlag(flags *pflag.FlagSet) {
	flags.StringVar(&c.path, "config", "", "`file` that lists the schemas (default: muster.yaml)")
}

// load reads the file; nil is returned when none is named and there is none.
func (c *configFile) load(environ []string) (*project.File, error) {
	file, err := project.Load(cmp.Or(c.path, project.Name), environ)
	if errors.Is(err, fs.ErrNotExist) && c.path == "" {
		return nil, nil
	}
	return file, err
}

// workspace is the schemas of the working tree.
type workspace struct {
	file    *project.File
	reader  *project.Reader
	schemas []*project.Schema // in the order of their paths
	chosen  []*project.Schema // those that the command is about
	adHoc   bool              // no muster.yaml gives them subjects
}

// open reads what muster.yaml lists. Paths choose among it; without
// muster.yaml they are the schemas themselves, and subject, if there is one,
// the subject of the only one, else each is named by its path.
func (p *program) open(c configFile, paths []string, subject string, t schemaType) (*workspace, error) {
	file, err := c.load(p.environ)
	if err != nil {
		return nil, err
	}
	if subject != "" && len(paths) != 1 {
		return nil, errors.New("--subject is for one FILE")
	}
	adHoc := file == nil
	if adHoc || subject != "" {
		if len(paths) == 0 {
			return nil, hint(fmt.Errorf("no FILE is given and there is no %s", project.Name), "name files, or list them in %s", project.Name)
		}
		if file, err = listing(file, paths, subject, t); err != nil {
			return nil, err
		}
	}
	reader, err := project.NewReader(file)
	if err != nil {
		return nil, err
	}
	w := &workspace{file: file, reader: reader, adHoc: adHoc}
	if w.schemas, err = reader.Schemas(project.Folder{Root: file.Folder(), File: file}); err != nil {
		return nil, err
	}
	w.chosen, err = w.choose(paths)
	return w, err
}

// listing lists files that no muster.yaml does, before what it does list.
func listing(file *project.File, paths []string, subject string, t schemaType) (*project.File, error) {
	made := project.File{Version: 1}
	if file != nil {
		made = *file
	}
	entries := made.Schemas
	made.Schemas = nil
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
		kind, err := t.of(path)
		if err != nil {
			return nil, err
		}
		relative, err := filepath.Rel(cmp.Or(made.Folder(), "."), path)
		if err != nil {
			return nil, err
		}
		relative = filepath.ToSlash(relative)
		made.Schemas = append(made.Schemas, project.Entry{Path: relative, Subject: cmp.Or(subject, relative), Type: kind})
	}
	made.Schemas = append(made.Schemas, entries...)
	return &made, nil
}

func (w *workspace) choose(paths []string) ([]*project.Schema, error) {
	if len(paths) == 0 {
		if len(w.schemas) == 0 {
			return nil, hint(errors.New("no file matches what is listed"), "see schemas of %s", project.Name)
		}
		return w.schemas, nil
	}
	var chosen []*project.Schema
	for _, path := range paths {
		i := slices.IndexFunc(w.schemas, func(s *project.Schema) bool { return w.shown(s.Path) == filepath.ToSlash(filepath.Clean(path)) })
		if i < 0 {
			return nil, hint(fmt.Errorf("%s is not among the schemas that are listed", path), "list it in %s, or name its --subject", project.Name)
		}
		chosen = append(chosen, w.schemas[i])
	}
	return chosen, nil
}

// shown is a path as the caller of the command writes it.
func (w *workspace) shown(path string) string {
	return filepath.ToSlash(filepath.Join(w.file.Folder(), filepath.FromSlash(path)))
}

// fileOf is a schema as a file of the caller's.
func (w *workspace) fileOf(s *project.Schema) schemaFile {
	return schemaFile{path: w.shown(s.Path), kind: s.Type, text: s.Text}
}

// expired reports the ignores that are past their last day.
func (w *workspace) expired(now time.Time, r reporter) error {
	var outcome error
	for _, i := range w.file.Check.Ignore {
		if !i.Expired(now) {
			continue
		}
		outcome = errFindings
		err := r.judged(judgement{File: w.shown(project.Name), Fault: &fault{
			Rule: ignoreExpired, Line: i.Line, Column: 1,
			Message: fmt.Sprintf("the ignore of %s in %s ended on %s: %s", i.Rule, i.Path, i.Until, i.Reason),
		}})
		if err != nil {
			return err
		}
	}
	return outcome
}

// inOrder calls do for each of some schemas after those it refers to, with its
// references at the versions that do returned for these. What is not a schema
// is reported and ends it.
func (w *workspace) inOrder(schemas []*project.Schema, r reporter, do func(*project.Schema, []entity.Reference) (version int, err error)) error {
	ordered, err := project.Ordered(schemas)
	if err != nil {
		return err
	}
	versions := make(map[*project.Schema]int)
	for _, s := range ordered {
		found := judgement{File: w.shown(s.Path), Subject: s.Subject}
		if found.Fault, err = w.fault(s); err != nil {
			return err
		}
		if found.Fault != nil {
			return finish(r, report(r, found))
		}
		var references []entity.Reference
		for _, ref := range s.References {
			references = append(references, entity.Reference{Name: ref.Name, Subject: ref.To.Subject, Version: versions[ref.To]})
		}
		if versions[s], err = do(s, references); err != nil {
			return err
		}
	}
	return nil
}

// fault tells why a schema cannot be judged, nil when it can.
func (w *workspace) fault(s *project.Schema) (*fault, error) {
	if len(s.Unresolved) > 0 {
		return w.unresolved(s), nil
	}
	_, err := s.Parse()
	if isNoSchema(err) {
		return w.fileOf(s).faultOf(err), nil
	}
	return nil, err
}
