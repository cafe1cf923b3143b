package project

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/muster-registry/muster/compat"
)

// Name is the file that commands look for in the working directory.
const Name = "muster.yaml"

// File is what muster.yaml says.
type File struct {
	Version  int      `yaml:"version"`
	Registry string   `yaml:"registry"`
	Defaults Settings `yaml:"defaults"`
	Schemas  []Entry  `yaml:"schemas"`
	Check    Check    `yaml:"check"`
	Pull     Pull     `yaml:"pull"`

	folder string
}

// Settings are what an entry says of its subjects, or Defaults of all.
type Settings struct {
	Compatibility string `yaml:"compatibility"`
	Normalize     *bool  `yaml:"normalize"`
	Owner         string `yaml:"owner"`
}

// Entry is a pattern of files and the subject that each of them is in.
type Entry struct {
	Path     string      `yaml:"path"`
	Subject  string      `yaml:"subject"`
	Type     compat.Type `yaml:"type"`
	Settings `yaml:",inline"`
}

// Check is what check compares with when it is not told, and what it leaves
// out.
type Check struct {
	Against []string `yaml:"against"`
	Ignore  []Ignore `yaml:"ignore"`
}

// Ignore leaves out the findings of a rule in files, until the end of a day.
type Ignore struct {
	Rule   string `yaml:"rule"`
	Path   string `yaml:"path"`
	Until  string `yaml:"until"`
	Reason string `yaml:"reason"`

	Line int `yaml:"-"` // in muster.yaml
	end  time.Time
}

// Pull is what pull fetches from the registry, and the folder it is kept in.
type Pull struct {
	Folder   string   `yaml:"folder"`
	Subjects []Pulled `yaml:"subjects"`
}

// Pulled is a version of a subject; no version is the latest.
type Pulled struct {
	Subject string `yaml:"subject"`
	Version int    `yaml:"version"`
}

// Load reads a muster.yaml. In its texts ${VAR} and ${VAR:-default} stand for
// variables of environ.
func Load(path string, environ []string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &File{folder: filepath.Dir(path)}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(f); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := expand(reflect.ValueOf(f).Elem(), environ); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.placeIgnores(text)
	if err := f.validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Folder is where the paths of the file start.
func (f *File) Folder() string { return f.folder }

func (f *File) validate() error {
	if f.Version != 1 {
		return fmt.Errorf("version: want 1, got %d", f.Version)
	}
	for i, e := range f.Schemas {
		switch {
		case e.Path == "":
			return fmt.Errorf("schemas[%d]: path is missing", i)
		case e.Subject == "":
			return fmt.Errorf("schemas[%d]: subject is missing", i)
		}
		if err := validLevel(e.Compatibility); err != nil {
			return fmt.Errorf("schemas[%d]: %w", i, err)
		}
	}
	for i := range f.Check.Ignore {
		ignore := &f.Check.Ignore[i]
		day, err := time.Parse(time.DateOnly, ignore.Until)
		switch {
		case err != nil:
			return fmt.Errorf("check.ignore[%d]: until: want a day, as 2027-01-31", i)
		case ignore.Rule == "" || ignore.Path == "" || ignore.Reason == "":
			return fmt.Errorf("check.ignore[%d]: rule, path, until and reason are all needed", i)
		}
		ignore.end = day.AddDate(0, 0, 1)
	}
	return validLevel(f.Defaults.Compatibility)
}

func validLevel(level string) error {
	if _, ok := compat.ParseLevel(level); level != "" && !ok {
		return fmt.Errorf("compatibility: there is no level %q", level)
	}
	return nil
}

// Expired tells an ignore whose last day, in UTC, is over.
func (i Ignore) Expired(now time.Time) bool { return !now.Before(i.end) }

// Covers tells whether an ignore is about a rule in a file.
func (i Ignore) Covers(rule, path string) bool {
	return i.Rule == rule && glob(i.Path).MatchString(path)
}

// placeIgnores finds the lines of the ignores.
func (f *File) placeIgnores(text []byte) {
	var file struct {
		Check struct {
			Ignore []yaml.Node `yaml:"ignore"`
		} `yaml:"check"`
	}
	if yaml.Unmarshal(text, &file) != nil {
		return // Decode has read the same text
	}
	for i := range f.Check.Ignore {
		f.Check.Ignore[i].Line = file.Check.Ignore[i].Line
	}
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}`)

// expand puts the values of variables into every text within v. A variable
// that is unset or empty and has no default is an error.
func expand(v reflect.Value, environ []string) error {
	switch v.Kind() {
	case reflect.String:
		var missing string
		v.SetString(variable.ReplaceAllStringFunc(v.String(), func(found string) string {
			parts := variable.FindStringSubmatch(found)
			for i := len(environ) - 1; i >= 0; i-- {
				if name, value, _ := strings.Cut(environ[i], "="); name == parts[1] && value != "" {
					return value
				}
			}
			if parts[2] == "" {
				missing = parts[1]
			}
			return parts[3]
		}))
		if missing != "" {
			return fmt.Errorf("the variable %s is not set; ${%s:-…} gives it a default", missing, missing)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				if err := expand(v.Field(i), environ); err != nil {
					return err
				}
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := expand(v.Index(i), environ); err != nil {
				return err
			}
		}
	}
	return nil
}
