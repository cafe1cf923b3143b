package main

import (
	"fmt"
	"slices"
	"strings"
)

// markdown renders cases as the text of a comment on a pull request. What
// schemas say is shown as code, so that it cannot be markup.
func markdown(cases []testCase) ([]byte, error) {
	failed, noun, passed, broken := 0, "Schemas", "nothing breaks", "break what exists"
	if slices.ContainsFunc(cases, func(c testCase) bool { return c.payload }) {
		noun, passed, broken = "Payloads", "all fit", "do not fit"
	}
	var b strings.Builder
	for _, c := range cases {
		if len(c.problems) > 0 {
			failed++
		}
	}
	if failed == 0 {
		fmt.Fprintf(&b, "### ✅ %s: %d checked, %s\n", noun, len(cases), passed)
	} else {
		fmt.Fprintf(&b, "### ❌ %s: %d of %d %s\n", noun, failed, len(cases), broken)
	}
	for _, c := range cases {
		if len(c.problems) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n#### %s: %s\n\n", code(c.file), code(c.outcome))
		for _, p := range c.problems {
			place := ""
			if p.line > 0 {
				place = fmt.Sprintf("line %d, ", p.line)
			}
			fmt.Fprintf(&b, "- %s**%s**: %s\n", place, p.rule, code(p.message))
			for _, detail := range p.details {
				name, text, _ := strings.Cut(detail, ": ")
				fmt.Fprintf(&b, "  - %s: %s\n", name, code(text))
			}
		}
	}
	fmt.Fprintf(&b, "\n<details><summary>All %s</summary>\n\n| File | Subject | Outcome |\n|---|---|---|\n", strings.ToLower(noun))
	for _, c := range cases {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(c.file), cell(c.subject), cell(c.outcome))
	}
	fmt.Fprint(&b, "\n</details>\n")
	return []byte(b.String()), nil
}

// code is text in as many backticks as it needs, on one line.
func code(s string) string {
	s = strings.Join(strings.Fields(printable(s)), " ")
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// cell is code within a table, where bars part columns.
func cell(s string) string { return strings.ReplaceAll(code(s), "|", `\|`) }
