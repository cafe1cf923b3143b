package git

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Tree is the files of one commit.
type Tree struct {
	Commit     string
	repository *Repository
	objects    map[string]string // names of blobs by path
}

// Tree returns the files that a commit has in the repository's folder.
func (r *Repository) Tree(commit string) (*Tree, error) {
	listing, err := r.git("ls-tree", "-r", "-z", commit)
	if err != nil {
		return nil, err
	}
	t := &Tree{Commit: commit, repository: r, objects: make(map[string]string)}
	for entry := range strings.SplitSeq(listing, "\x00") {
		attributes, path, ok := strings.Cut(entry, "\t") // MODE TYPE OBJECT
		if fields := strings.Fields(attributes); ok && len(fields) == 3 && isFile(fields[0]) {
			t.objects[path] = fields[2]
		}
	}
	return t, nil
}

// isFile tells the modes of files from those of links and submodules.
func isFile(mode string) bool { return strings.HasPrefix(mode, "100") }

// Paths lists the files in byte order.
func (t *Tree) Paths() ([]string, error) { return slices.Sorted(maps.Keys(t.objects)), nil }

// Text returns the content of a file.
func (t *Tree) Text(path string) (string, error) {
	object, ok := t.objects[path]
	if !ok {
		return "", fmt.Errorf("%s is not in commit %.7s", path, t.Commit)
	}
	return t.repository.text(object)
}

// History yields the trees that came before t on the first parents, newest
// first, one for each commit that changed a file of the folder.
func (t *Tree) History() iter.Seq2[*Tree, error] {
	return func(yield func(*Tree, error) bool) {
		// A commit's line is "commit NAME"; a change is ":MODES OBJECTS STATUS"
		// and then its path. Taking the changes of a commit back leads to the
		// tree before it.
		log, err := t.repository.git("log", "-z", "--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames", "--root",
			"--format=commit %H", t.Commit, "--", ".")
		if err != nil {
			yield(nil, err)
			return
		}
		objects := maps.Clone(t.objects)
		changed := false
		parts := strings.Split(log, "\x00")
		for i := 0; i < len(parts); i++ {
			part := strings.TrimLeft(parts[i], "\n")
			if name, ok := strings.CutPrefix(part, "commit "); ok {
				name, _, _ = strings.Cut(name, "\n")
				if changed && !yield(&Tree{Commit: name, repository: t.repository, objects: maps.Clone(objects)}, nil) {
					return
				}
				changed = true
				continue
			}
			fields := strings.Fields(part)
			if len(fields) < 5 || i+1 == len(parts) {
				continue
			}
			i++
			path, within := strings.CutPrefix(parts[i], t.repository.prefix)
			if !within {
				continue
			}
			if was := strings.TrimPrefix(fields[0], ":"); isFile(was) {
				objects[path] = fields[2]
			} else {
				delete(objects, path)
			}
		}
	}
}
