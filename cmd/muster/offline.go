package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
)

// checkOffline judges by files, with the engine that registries use.
func (p *program) checkOffline(candidate schemaFile, opts checkOptions) (judgement, error) {
	level, err := parseLevel(cmp.Or(opts.level, string(compat.Backward)))
	if err != nil {
		return judgement{}, err
	}
	references, err := p.readReferences(opts.referenceFiles)
	if err != nil {
		return judgement{}, err
	}
	found := judgement{File: candidate.path}
	schema, err := candidate.parse(references)
	if isNoSchema(err) {
		found.Fault = candidate.faultOf(err)
		return found, nil
	}
	if err != nil {
		return judgement{}, err
	}
	format, _ := all.Formats().Lookup(candidate.kind)
	report, err := compat.Check(format, level, schema, p.earlier(opts, references), compat.CheckOptions{Work: compat.NewBudget(offlineWork)})
	if err != nil {
		return judgement{}, err
	}
	found.Compatible, found.Evidence = report.Compatible(), string(report.Evidence)
	found.Against = opts.against[len(opts.against)-1]
	if level.Transitive() && found.Compatible {
		found.Against = strings.Join(opts.against, ", ")
	}
	for i := range report.Incompatibilities {
		found.Against = opts.against[report.Incompatibilities[i].Version-1]
		report.Incompatibilities[i].Version = 0 // files have none
	}
	found.Incompatibilities = candidate.findings(httpapi.FromIncompatibilities(report.Incompatibilities))
	return found, nil
}

// parseLevel reads a level that a person wrote.
func parseLevel(text string) (compat.Level, error) {
	level, ok := compat.ParseLevel(text)
	if !ok {
		return "", hint(fmt.Errorf("there is no level %q", text), "NONE, or BACKWARD, FORWARD, FULL, each also with _TRANSITIVE")
	}
	return level, nil
}

// offlineWork is the registry's budget for one comparison, so that what is too
// complex there is so here.
const offlineWork = 2_000_000

// earlier yields the schemas of --against, newest first, with their place in
// the list as version.
func (p *program) earlier(opts checkOptions, references []compat.Reference) func(yield func(compat.Earlier, error) bool) {
	return func(yield func(compat.Earlier, error) bool) {
		for i, path := range slices.Backward(opts.against) {
			file, err := p.readSchema(path, opts.schemaType)
			if err != nil {
				yield(compat.Earlier{}, err)
				return
			}
			schema, err := file.parse(references)
			if err != nil {
				err = fmt.Errorf("%s: not a schema: %w", path, err)
			}
			if !yield(compat.Earlier{Version: i + 1, Schema: schema}, err) {
				return
			}
		}
	}
}
