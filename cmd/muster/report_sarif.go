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
		Physical physical  `json:"physicalLocation"`
		Logical  []logical `json:"logicalLocations,omitempty"`
	}
	type result struct {
		Rule        string            `json:"ruleId"`
		Level       string            `json:"level"`
		Message     text              `json:"message"`
		Locations   []location        `json:"locations"`
		Fingerprint map[string]string `json:"partialFingerprints"`
	}
	type rule struct {
		ID    string `json:"id"`
		Short text   `json:"shortDescription"`
	}
	results, rules := []result{}, []rule{}
	docs := ruleDocs()
	for _, c := range cases {
		for _, p := range c.problems {
			at := location{Physical: physical{artifact{(&url.URL{Path: c.file}).String()}, region{p.line, p.column}}}
			if p.path != "" {
				at.Logical = []logical{{p.path}}
			}
			results = append(results, result{
				Rule: p.rule, Level: "error",
				Message:     text{strings.Join(append([]string{p.message}, p.details...), "\n")},
				Locations:   []location{at},
				Fingerprint: map[string]string{"muster/v1": fingerprint(c, p)},
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
