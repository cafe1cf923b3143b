package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestMarkdown_ShowsTextAsCode takes the code spans out of a comment; what is
// left has nothing that a schema says.
func TestMarkdown_ShowsTextAsCode(t *testing.T) {
	span := regexp.MustCompile("`(?:[^`]|$)|``(?:[^`]|$)|```+")
	for _, evil := range []string{
		"@org", "<b>", "a|b", "`@org`", "``@org", "` @org ``` @org ``", "\n@org\n\n# @org", "\\`@org", "`", "|`@org|", "\u2028@org", "[x](http://y)",
	} {
		document, err := markdown([]testCase{{file: evil, subject: evil, outcome: evil, problems: []problem{{rule: "RULE", message: evil, details: []string{"fix: " + evil}}}}})
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(document)) {
			rest := line
			for {
				open := span.FindStringIndex(rest)
				if open == nil {
					break
				}
				fence := regexp.MustCompile("^`+").FindString(rest[open[0]:])
				end := regexp.MustCompile("(?:^|[^`])" + fence + "(?:[^`]|$)").FindStringIndex(rest[open[0]+len(fence):])
				if end == nil {
					t.Errorf("%q: a span without an end: %q", evil, line)
					break
				}
				cut := open[0] + len(fence) + end[0] + strings.Index(rest[open[0]+len(fence)+end[0]:], fence) + len(fence)
				if strings.HasPrefix(line, "| ") && regexp.MustCompile(`(?:^|[^\\])\|`).MatchString(rest[open[0]:cut]) {
					t.Errorf("%q: a bar parts columns: %q", evil, line)
				}
				rest = rest[:open[0]] + rest[cut:]
			}
			if strings.ContainsAny(rest, "@[\\") || strings.Contains(rest, "<b>") {
				t.Errorf("%q shows in %q", evil, rest)
			}
		}
	}
}
