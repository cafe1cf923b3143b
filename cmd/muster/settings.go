package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// variableOf annotates a flag with the environment variable that sets it.
const variableOf = "variable"

// fromEnvironment lets MUSTER_* variables set the named flags, and says so in
// their help.
func fromEnvironment(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		variable := "MUSTER_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		flag := flags.Lookup(name)
		flag.Usage += " [" + variable + "]"
		flag.Annotations = map[string][]string{variableOf: {variable}}
	}
}

// complete sets the flags that the command line left out from the environment.
// An empty variable counts as unset.
func complete(flags *pflag.FlagSet, environ []string) error {
	values := make(map[string]string, len(environ))
	for _, assignment := range environ {
		name, value, _ := strings.Cut(assignment, "=")
		values[name] = value
	}
	var failed error
	flags.VisitAll(func(flag *pflag.Flag) {
		if _, ok := flag.Annotations[detected]; ok && !flag.Changed && failed == nil {
			failed = flag.Value.Set(detect(values))
		}
		for _, variable := range flag.Annotations[variableOf] {
			if flag.Changed || values[variable] == "" {
				continue
			}
			if err := flags.Set(flag.Name, values[variable]); err != nil && failed == nil {
				failed = fmt.Errorf("%s: %w", variable, err)
			}
		}
	})
	return failed
}

// completeFromFile sets the flags that neither the command line nor the
// environment set from a YAML file whose keys are the flags that the
// environment may set, but for except.
func completeFromFile(flags *pflag.FlagSet, path, except string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var settings map[string]yaml.Node
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for key, value := range settings {
		flag := flags.Lookup(key)
		if flag == nil || flag.Annotations[variableOf] == nil || key == except {
			return fmt.Errorf("%s:%d: there is no setting %q", path, value.Line, key)
		}
		if value.Kind != yaml.ScalarNode {
			return fmt.Errorf("%s:%d: %s: want one value", path, value.Line, key)
		}
		if flag.Changed {
			continue
		}
		if err := flags.Set(key, value.Value); err != nil {
			return fmt.Errorf("%s:%d: %w", path, value.Line, err)
		}
	}
	return nil
}
