package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/muster-registry/muster/"

// arrows lists what each package may import of ours. Imports point one way:
// cmd → httpapi → registry → compat, and nothing points back.
var arrows = map[string][]string{
	"compat":            {},
	"compat/jsondoc":    {"compat"},
	"compat/samples":    {"compat", "compat/jsondoc"},
	"compat/avro":       {"compat", "compat/jsondoc", "compat/samples"},
	"compat/protobuf":   {"compat", "compat/jsondoc", "compat/samples"},
	"compat/jsonschema": {"compat", "compat/jsondoc", "compat/jsonschema/contain", "compat/samples"},
	"compat/compattest": {"compat"},

	"compat/jsonschema/contain": {"compat/jsondoc"},

	"compat/all": {"compat", "compat/avro", "compat/protobuf", "compat/jsonschema"},

	"registry": {"compat"},

	"migrations":                 {},
	"store":                      {"registry", "store/postgres", "store/sqlite"},
	"store/rowjson":              {"registry"},
	"store/postgres":             {"migrations", "registry", "store/rowjson"},
	"store/postgres/pgtest":      {},
	"store/postgres/pgtest/with": {"store/postgres/pgtest"},
	"store/sqlite":               {"migrations", "registry", "store/rowjson"},
	"store/storetest":            {"registry"},

	"httpapi":        {"compat", "compat/jsondoc", "httpapi/entity", "registry"},
	"httpapi/entity": {},
	"client":         {"httpapi/entity"},
	"client/guard":   {"client", "compat", "compat/all"},

	"cmd/muster":         {"cmd/muster/archive", "cmd/muster/git", "cmd/muster/project", "client", "compat", "compat/all", "compat/jsondoc", "compat/samples", "httpapi", "httpapi/entity", "registry", "store"},
	"cmd/muster/archive": {"client", "httpapi/entity"},
	"cmd/muster/git":     {},
	"cmd/muster/project": {"compat", "compat/all"},
	"cmd/muster/bench":   {"client", "client/guard", "compat", "compat/all"},

	"docs/examples/guard": {"client", "client/guard"},
}

// never lists packages of others that would break a layer: what compares does
// no I/O, what decides speaks neither SQL nor HTTP.
var never = map[string][]string{
	"compat":   {"database/sql", "net", "net/http", "os"},
	"registry": {"database/sql", "net", "net/http", "os"},
	"client":   {"database/sql"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestImports_PointOneWay(t *testing.T) {
	found := make(map[string]bool)
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		found[name] = true
		allowed, listed := arrows[name]
		if !listed {
			t.Errorf("%s is not in the list of arrows", name)
		}
		for _, imported := range p.Imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			if isOurs && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which points the wrong way", name, ours)
			}
			for layer, packages := range never {
				if (name == layer || strings.HasPrefix(name, layer+"/")) && slices.Contains(packages, imported) && !ships(name) {
					t.Errorf("%s imports %s, which has no place in %s", name, imported, layer)
				}
			}
		}
	}
	for name := range arrows {
		if !found[name] {
			t.Errorf("%s is in the list of arrows and is gone", name)
		}
	}
}

// ships tells the packages that only tests import: they read their test data.
func ships(name string) bool { return name == "compat/compattest" }

func packages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = "../.."
	out, err := list.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("go list: %s", failed.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
