package main

import (
	"encoding/json"
	"testing"
)

// TestCodeQuality_TellsPayloadsApart has two lines of a file with the same
// problem: GitLab drops what has the fingerprint of another.
func TestCodeQuality_TellsPayloadsApart(t *testing.T) {
	p := problem{rule: "REQUIRED", path: "/a", line: 1}
	first, second := p, p
	first.record, second.record = 1, 2
	document, err := codeQuality([]testCase{{file: "events.ndjson", payload: true, problems: []problem{first, second}}})
	if err != nil {
		t.Fatal(err)
	}
	var issues []struct{ Fingerprint string }
	if err := json.Unmarshal(document, &issues); err != nil {
		t.Fatal(err)
	}
	if len(issues) != 2 || issues[0] == issues[1] {
		t.Errorf("issues %v", issues)
	}
}
