package project

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Tree is the files that schemas are looked for in. Paths have slashes.
type Tree interface {
	Paths() ([]string, error)
	Text(path string) (string, error)
}

// Folder is the tree of a folder on disk. Its paths are those below the fixed
// parts of the patterns of a file; links are not followed.
type Folder struct {
	Root string
	File *File
}

// Paths lists the files in byte order.
func (t Folder) Paths() ([]string, error) {
	var paths []string
	for _, e := range t.File.Schemas {
		err := filepath.WalkDir(filepath.Join(t.Root, fixed(e.Path)), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil && os.IsNotExist(err):
				return nil
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == ".git":
				return fs.SkipDir
			case !entry.Type().IsRegular():
				return nil
			}
			relative, err := filepath.Rel(t.Root, path)
			paths = append(paths, filepath.ToSlash(relative))
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// Text returns the content of a file.
func (t Folder) Text(path string) (string, error) {
	text, err := os.ReadFile(filepath.Join(t.Root, filepath.FromSlash(path)))
	return string(text), err
}
