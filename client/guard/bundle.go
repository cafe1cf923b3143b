package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/muster-registry/muster/compat"
)

// bundle is the file of Options.Bundle: live versions by subject, newest first,
// each with everything it refers to.
type bundle struct {
	Format   int                        `json:"format"`
	Subjects map[string][]bundleVersion `json:"subjects"`
}

const bundleFormat = 1

type bundleVersion struct {
	Version    int                `json:"version"`
	ID         int                `json:"id"`
	GUID       string             `json:"guid,omitempty"`
	Type       compat.Type        `json:"type"`
	Schema     string             `json:"schema"`
	References []compat.Reference `json:"references,omitempty"`
}

// load fills an empty guard from the bundle, if there is one.
func (g *Guard) load() error {
	if g.opts.Bundle == "" {
		return nil
	}
	text, err := os.ReadFile(g.opts.Bundle)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var b bundle
	if err := json.Unmarshal(text, &b); err != nil {
		return fmt.Errorf("bundle %s: %w", g.opts.Bundle, err)
	}
	if b.Format != bundleFormat {
		return fmt.Errorf("bundle %s: format %d, want %d", g.opts.Bundle, b.Format, bundleFormat)
	}
	for name, versions := range b.Subjects {
		snap := &snapshot{}
		for _, v := range versions {
			snap.versions = append(snap.versions, newVersion(v.Version, v.ID, v.GUID, string(v.Type), compat.Source{
				Text: v.Schema, References: v.References, Lenient: true,
			}))
		}
		g.subjects.get(name).current.Store(snap)
	}
	return nil
}

// save writes the bundle so that a reader sees the old one or the new one.
func (g *Guard) save() {
	g.saving.Lock()
	defer g.saving.Unlock()
	b := bundle{Format: bundleFormat, Subjects: make(map[string][]bundleVersion)}
	for _, s := range g.subjects.all() {
		snap := s.current.Load()
		if snap == nil || len(snap.versions) == 0 {
			continue
		}
		for _, v := range snap.versions {
			b.Subjects[s.name] = append(b.Subjects[s.name], bundleVersion{
				Version: v.number, ID: v.id, GUID: v.guid, Type: v.kind, Schema: v.source.Text, References: v.source.References,
			})
		}
	}
	if err := replace(g.opts.Bundle, b); err != nil {
		g.opts.Log.Warn("guard: the bundle is not written", "error", err)
	}
}

func replace(path string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(file.Name()))
	}
	return err
}
