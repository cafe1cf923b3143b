package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// binaries is the directory with postgres and initdb. Where there is none and
// we may, the system's package manager installs them.
func binaries(ctx context.Context) (string, error) {
	if dir := installed(); dir != "" {
		return dir, nil
	}
	if err := install(ctx); err != nil {
		return "", err
	}
	if dir := installed(); dir != "" {
		return dir, nil
	}
	return "", errors.New("the installed package has no postgres and initdb where they are looked for")
}

// installed looks on PATH and where distributions put them, newest first.
func installed() string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		slices.SortFunc(found, func(a, b string) int {
			if len(a) != len(b) {
				return len(b) - len(a) // 10 is newer than 9
			}
			return strings.Compare(b, a)
		})
		dirs = append(dirs, found...)
	}
	for _, dir := range dirs {
		if isFile(filepath.Join(dir, "postgres")) && isFile(filepath.Join(dir, "initdb")) {
			return dir
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// install runs the first package manager there is.
func install(ctx context.Context) error {
	if os.Getuid() != 0 {
		return errors.New("neither postgres nor initdb is on PATH, and only root may install them")
	}
	for _, manager := range [][]string{
		{"apt-get", "update"},
		{"apt-get", "install", "-y", "--no-install-recommends", "postgresql"},
		{"dnf", "install", "-y", "postgresql-server"},
		{"apk", "add", "postgresql"},
	} {
		path, err := exec.LookPath(manager[0])
		if err != nil {
			continue
		}
		cmd := exec.CommandContext(ctx, path, manager[1:]...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(manager, " "), err, out)
		}
		if installed() != "" {
			return nil
		}
	}
	return errors.New("neither postgres nor initdb is on PATH, and no package manager brought them")
}
