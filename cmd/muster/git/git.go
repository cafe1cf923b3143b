// Package git reads files of past commits from a repository's object store,
// by the git binary: nothing is checked out, and the working tree, the index
// and the configuration stay as they are. Paths are relative to the folder the
// repository was opened with and have slashes.
//
// It is apart from the commands because it is the only place that knows git,
// and knows nothing of schemas.
package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// Repository is a repository seen from one of its folders. One goroutine uses
// it at a time.
type Repository struct {
	ctx    context.Context // of Open, for the process that reads objects lives as long
	folder string
	prefix string // of folder within the repository, empty or ending in a slash
	texts  map[string]string
	blobs  *exec.Cmd
	ask    io.WriteCloser
	answer *bufio.Reader
}

// ErrNoRepository means that a folder is in no repository, or that there is no
// git.
var ErrNoRepository = errors.New("not in a git repository")

// Open finds the repository that folder is in. ctx ends what it starts.
func Open(ctx context.Context, folder string) (*Repository, error) {
	r := &Repository{ctx: ctx, folder: folder, texts: make(map[string]string)}
	prefix, err := r.git("rev-parse", "--show-prefix")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoRepository, err)
	}
	r.prefix = strings.TrimSuffix(prefix, "\n")
	return r, nil
}

// Close ends the process that reads objects.
func (r *Repository) Close() error {
	if r.blobs == nil {
		return nil
	}
	if err := r.ask.Close(); err != nil {
		return err
	}
	return r.blobs.Wait()
}

// Commit is the full name of the commit that a revision means.
func (r *Repository) Commit(revision string) (string, error) {
	if strings.HasPrefix(revision, "-") || revision == "" {
		return "", fmt.Errorf("%q is not a revision", revision)
	}
	name, err := r.git("rev-parse", "--verify", "--quiet", revision+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("there is no revision %q", revision)
	}
	return strings.TrimSpace(name), nil
}

// Unborn tells a repository whose branch has no commit yet.
func (r *Repository) Unborn() bool {
	_, err := r.Commit("HEAD")
	if err == nil {
		return false
	}
	_, err = r.git("symbolic-ref", "--quiet", "HEAD")
	return err == nil
}

// MergeBase is the newest commit that HEAD and the default branch share.
// branches are names to try before the usual ones; empty ones are left out.
func (r *Repository) MergeBase(branches ...string) (string, error) {
	for _, branch := range append(branches, "origin/HEAD", "origin/main", "origin/master", "main", "master") {
		if branch == "" {
			continue
		}
		if _, err := r.Commit(branch); err != nil {
			continue
		}
		base, err := r.git("merge-base", "HEAD", branch)
		if err != nil {
			return "", fmt.Errorf("HEAD and %s have no commit in common", branch)
		}
		return strings.TrimSpace(base), nil
	}
	return "", errors.New("there is no default branch to compare with")
}

// Shallow tells a clone whose history was cut off.
func (r *Repository) Shallow() (bool, error) {
	answer, err := r.git("rev-parse", "--is-shallow-repository")
	return strings.TrimSpace(answer) == "true", err
}

// git runs one git command and returns what it prints.
func (r *Repository) git(args ...string) (string, error) {
	cmd := exec.CommandContext(r.ctx, "git", args...)
	cmd.Dir = r.folder
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return "", fmt.Errorf("git %s: %s", args[0], text)
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return stdout.String(), nil
}

// text returns a blob by its object name.
func (r *Repository) text(object string) (string, error) {
	if text, ok := r.texts[object]; ok {
		return text, nil
	}
	if r.blobs == nil {
		if err := r.start(); err != nil {
			return "", err
		}
	}
	if _, err := fmt.Fprintln(r.ask, object); err != nil {
		return "", err
	}
	header, err := r.answer.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("git cat-file: %w", err)
	}
	fields := strings.Fields(header) // NAME TYPE SIZE
	if len(fields) != 3 {
		return "", fmt.Errorf("git cat-file: %s", strings.TrimSpace(header))
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil {
		return "", fmt.Errorf("git cat-file: %w", err)
	}
	content := make([]byte, size+1) // and a line end
	if _, err := io.ReadFull(r.answer, content); err != nil {
		return "", fmt.Errorf("git cat-file: %w", err)
	}
	r.texts[object] = string(content[:size])
	return r.texts[object], nil
}

func (r *Repository) start() error {
	r.blobs = exec.CommandContext(r.ctx, "git", "cat-file", "--batch")
	r.blobs.Dir = r.folder
	ask, err := r.blobs.StdinPipe()
	if err != nil {
		return err
	}
	answer, err := r.blobs.StdoutPipe()
	if err != nil {
		return err
	}
	r.ask, r.answer = ask, bufio.NewReader(answer)
	return r.blobs.Start()
}
