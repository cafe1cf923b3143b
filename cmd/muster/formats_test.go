package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/spf13/cobra"
)

// TestFormats_OfEveryCommand runs each command in each format that it offers,
// and holds what it writes to what the format is.
func TestFormats_OfEveryCommand(t *testing.T) {
	g := serveGuarded(t)
	t.Chdir(g.folder)
	g.write(t, "a.json", `{"type": "object"}`)
	g.write(t, "muster.yaml", "version: 1\nregistry: "+g.URL+"\nschemas: [{path: a.json, subject: a}]\npull: {folder: out, subjects: [{subject: a}]}\n")
	sarif, err := jsonschema.CompileString("sarif.json", sarifSchema)
	if err != nil {
		t.Fatal(err)
	}
	rows := slices.Concat(asking, []struct{ name, args string }{{"lint", ""}, {"rules", ""}, {"version", ""}, {"diff", "a.json a.json"}})
	environ := []string{
		"MUSTER_CA_FILE=@/ca.pem", "MUSTER_SERVER_NAME=registry.test",
		"MUSTER_CLIENT_CERT=@/client.pem", "MUSTER_CLIENT_KEY=@/client.key", "MUSTER_TOKEN_FILE=@/token",
	}
	offered := make(map[string][]string)
	for _, cmd := range newRootCommand(&program{}).Commands() {
		offered[cmd.Name()] = formatsOf(cmd)
		if offered[cmd.Name()] != nil && !slices.ContainsFunc(rows, func(row struct{ name, args string }) bool { return row.name == cmd.Name() }) {
			t.Errorf("%s offers formats and is not tried here", cmd.Name())
		}
	}
	for _, name := range documentFormats {
		for _, row := range rows {
			if !slices.Contains(offered[row.name], name) {
				continue
			}
			args := append([]string{row.name, "--format", name}, strings.Fields(row.args)...)
			code, stdout, stderr := g.tool(t, args, slices.Clone(environ)...)
			if code != exitOK || stderr != "" {
				t.Errorf("%v: exit code %d\n%s%s", args, code, stdout, stderr)
			}
			switch name {
			case "json", "gitlab":
				for decoder := json.NewDecoder(strings.NewReader(stdout)); decoder.More(); {
					var v any
					if err := decoder.Decode(&v); err != nil {
						t.Errorf("%v: %v\n%s", args, err, stdout)
						break
					}
				}
			case "sarif":
				var v any
				if err := json.Unmarshal([]byte(stdout), &v); err != nil {
					t.Errorf("%v: %v\n%s", args, err, stdout)
				} else if err := sarif.Validate(v); err != nil {
					t.Errorf("%v: %v\n%s", args, err, stdout)
				}
			case "junit":
				if err := validXML(junitSchema, stdout); err != nil {
					t.Errorf("%v: %v\n%s", args, err, stdout)
				}
			case "markdown":
				if !strings.HasPrefix(stdout, "### ✅ ") {
					t.Errorf("%v:\n%s", args, stdout)
				}
			}
		}
	}
}

// formatsOf are the formats that a command offers.
func formatsOf(cmd *cobra.Command) []string {
	flag := cmd.Flags().Lookup("format")
	if flag == nil {
		return nil
	}
	chosen, ok := flag.Value.(*formatFlag)
	if !ok {
		return nil
	}
	return chosen.names
}
