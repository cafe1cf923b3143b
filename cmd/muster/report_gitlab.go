package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
)

// codeQuality renders cases as the report that GitLab shows in merge requests.
func codeQuality(cases []testCase) ([]byte, error) {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		Check       string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	issues := []issue{}
	for _, c := range cases {
		for _, p := range c.problems {
			issues = append(issues, issue{
				Description: strings.Join(append([]string{p.rule + ": " + p.message}, p.details...), "; "),
				Check:       p.rule, Fingerprint: fingerprint(c, p), Severity: "major",
				Location: location{c.file, lines{max(p.line, 1)}},
			})
		}
	}
	document, err := json.MarshalIndent(issues, "", "  ")
	return append(document, '\n'), err
}

// fingerprint stays the same when lines move, unless each is a payload.
func fingerprint(c testCase, p problem) string {
	of := []string{c.file, c.subject, p.rule, p.path, p.against}
	if p.record > 0 {
		of = append(of, strconv.Itoa(p.record))
	}
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return hex.EncodeToString(sum[:16])
}
