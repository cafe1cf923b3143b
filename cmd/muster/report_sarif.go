package main

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// sarif renders cases as SARIF 2.1.0, for code scanning.
func sarif(cases []testCase) ([]byte, error) {
	type text struct {
		Text string `json:"text"`
	}
	type region struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	type artifact struct {
		URI string `json:"uri"`
	}
	type physical struct {
		Artifact artifact `json:"artifactLocation"`
		Region   region   `json:"region"`
	}
	type logical struct {
		Name string `json:"fullyQualifiedName"`
	}
	type location struct {
		Physical *physical `json:"physicalLocation,omitempty"`
		Logical  []logical `json:"logicalLocations,omitempty"`
	}
	type replacement struct {
		Deleted  region `json:"deletedRegion"`
		Inserted *text  `json:"insertedContent,omitempty"`
	}
	type artifactChange struct {
		Artifact     artifact      `json:"artifactLocation"`
		Replacements []replacement `json:"replacements"`
	}
	type fix struct {
		Description text             `json:"description"`
		Changes     []artifactChange `json:"artifactChanges"`
	}
	type result struct {
		Rule        string            `json:"ruleId"`
		Level       string            `json:"level"`
		Message     text              `json:"message"`
		Locations   []location        `json:"locations"`
		Fingerprint map[string]string `json:"partialFingerprints"`
		Fixes       []fix             `json:"fixes,omitempty"`
	}
	type rule struct {
		ID    string `json:"id"`
		Short text   `json:"shortDescription"`
	}
	results, rules := []result{}, []rule{}
	docs := ruleDocs()
	for _, c := range cases {
		for _, p := range c.problems {
			file := artifact{(&url.URL{Path: c.file}).String()}
			var at location
			if p.line > 0 {
				at.Physical = &physical{file, region{StartLine: p.line, StartColumn: p.column}}
			}
			if p.path != "" {
				at.Logical = []logical{{p.path}}
			}
			var fixes []fix
			if m := p.mend; m != nil {
				change := artifactChange{Artifact: file}
				for _, c := range m.changes {
					var r replacement
					r.Deleted.StartLine, r.Deleted.StartColumn = placeOf(m.text, c.Start)
					r.Deleted.EndLine, r.Deleted.EndColumn = placeOf(m.text, c.End)
					if c.Text != "" {
						r.Inserted = &text{c.Text}
					}
					change.Replacements = append(change.Replacements, r)
				}
				fixes = []fix{{text{m.says}, []artifactChange{change}}}
			}
			results = append(results, result{
				Rule: p.rule, Level: "error",
				Message:     text{strings.Join(append([]string{p.message}, p.details...), "\n")},
				Locations:   []location{at},
				Fingerprint: map[string]string{"muster/v1": fingerprint(c, p)},
				Fixes:       fixes,
			})
			if !slices.ContainsFunc(rules, func(r rule) bool { return r.ID == p.rule }) {
				rules = append(rules, rule{p.rule, text{cmp.Or(docs[p.rule], p.rule)}})
			}
		}
	}
	document, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []any{map[string]any{
			"tool": map[string]any{"driver": map[string]any{
				"name": "muster", "version": buildVersion(), "rules": rules,
			}},
			"columnKind": "utf16CodeUnits",
			"results":    results,
		}},
	}, "", "  ")
	return append(document, '\n'), err
}

// ruleDocs is what each rule means in a line.
func ruleDocs() map[string]string {
	docs := make(map[string]string)
	for _, rule := range ruleList() {
		docs[rule.ID] = rule.Doc
	}
	return docs
}

// listedRule is a rule and where it comes from.
type listedRule struct {
	Type string `json:"type,omitempty"`
	ID   string `json:"rule"`
	Doc  string `json:"doc"`
}

// ruleList lists the rules of every format, then those about files.
func ruleList() []listedRule {
	var rules []listedRule
	formats := all.Formats()
	for _, kind := range formats.Types() {
		format, _ := formats.Lookup(kind)
		for _, r := range format.Rules() {
			rules = append(rules, listedRule{string(kind), string(r.ID), r.Doc})
		}
	}
	return append(rules,
		listedRule{"", string(compat.TypeChanged), "the schema is of another type than the earlier one"},
		listedRule{"", notASchema, "the file is not a schema of its type"},
		listedRule{"", unresolvedReference, "the schema refers to one that no listed file has"},
		listedRule{"", ignoreExpired, "an ignore of muster.yaml is past its last day"},
	)
}
