package project

import (
	"path"
	"regexp"
	"strings"
)

// glob compiles a pattern of paths: ** is any number of folders, * and ? are
// within one name, {a,b} is one or the other, [ab] one character of a set.
func glob(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	braces := 0
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		switch c := pattern[i]; {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString(`(?:[^/]+/)*`)
			i += 2
		case strings.HasPrefix(rest, "**"):
			b.WriteString(`.*`)
			i++
		case c == '*':
			b.WriteString(`[^/]*`)
		case c == '?':
			b.WriteString(`[^/]`)
		case c == '[' && strings.Contains(rest, "]"):
			end := strings.IndexByte(rest, ']')
			set := regexp.QuoteMeta(rest[1:end])
			if negated, ok := strings.CutPrefix(set, "!"); ok {
				set = "^" + negated
			}
			b.WriteString("[" + strings.ReplaceAll(set, `\-`, "-") + "]")
			i += end
		case c == '{':
			braces++
			b.WriteString(`(?:`)
		case c == '}' && braces > 0:
			braces--
			b.WriteString(`)`)
		case c == ',' && braces > 0:
			b.WriteString(`|`)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString(strings.Repeat(`)`, braces) + `\z`)
	compiled, err := regexp.Compile(b.String())
	if err != nil { // a set such as [z-a]: then the pattern is a name
		return regexp.MustCompile(`\A` + regexp.QuoteMeta(pattern) + `\z`)
	}
	return compiled
}

// fixed is the folder that every match of a pattern is in, or the file that a
// pattern names.
func fixed(pattern string) string {
	i := strings.IndexAny(pattern, "*?[{")
	if i < 0 {
		return pattern
	}
	return path.Dir(pattern[:i] + "x")
}
