package registry

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxRuleName is in characters.
const maxRuleName = 256

var ruleName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{Nd}_-]*$`)

// validate returns an InvalidRuleSet error for rules that no client could
// apply (contract 3.13). The set may be nil.
func (r *RuleSet) validate() error {
	if r == nil {
		return nil
	}
	seen := make(map[string]bool)
	for _, kind := range []struct {
		rules []Rule
		modes []string
		wrong string
	}{
		{r.Migration, []string{"UPGRADE", "DOWNGRADE", "UPDOWN"}, "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN"},
		{r.Domain, []string{"WRITE", "READ", "WRITEREAD"}, "Domain rules can only be WRITE, READ, WRITEREAD"},
		{r.Encoding, []string{"WRITE", "READ", "WRITEREAD"}, "Encoding rules can only be WRITE, READ, WRITEREAD"},
	} {
		for _, rule := range kind.rules {
			if why := rule.fault(); why != "" {
				return fail(InvalidRuleSet, "%s", why)
			}
			if seen[rule.Name] {
				return fail(InvalidRuleSet, "Found rule with duplicate name '%s'", rule.Name)
			}
			seen[rule.Name] = true
			if !slices.Contains(kind.modes, rule.Mode) {
				return fail(InvalidRuleSet, "%s", kind.wrong)
			}
		}
	}
	return nil
}

// fault says what is wrong with a rule by itself, in the contract's words where
// it has them.
func (r Rule) fault() string {
	several := strings.Contains(r.OnSuccess, ",") || strings.Contains(r.OnFailure, ",")
	switch {
	case r.Name == "":
		return "Missing rule name"
	case strings.TrimSpace(r.Name) == "":
		return "Empty rule name"
	case utf8.RuneCountInString(r.Name) > maxRuleName:
		return "Rule name too long"
	case !ruleName.MatchString(r.Name[:initial(r.Name)]):
		return "Illegal initial character in rule name: " + r.Name
	case !ruleName.MatchString(r.Name):
		return "Illegal character in rule name: " + r.Name
	case r.Type == "":
		return "Missing rule type"
	case several && r.Mode != "WRITEREAD" && r.Mode != "UPDOWN":
		return "Multiple actions only valid with WRITEREAD and UPDOWN"
	}
	return ""
}

// initial is the length of the first character.
func initial(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// merge lays over on top of r: a rule replaces the one of its name in the same
// list, others are added after.
func (r *RuleSet) merge(over *RuleSet) *RuleSet {
	if r == nil || over == nil {
		if over == nil {
			return r
		}
		return over
	}
	merged := &RuleSet{
		Migration: mergeRules(r.Migration, over.Migration),
		Domain:    mergeRules(r.Domain, over.Domain),
		Encoding:  mergeRules(r.Encoding, over.Encoding),
		EnableAt:  r.EnableAt,
	}
	if over.EnableAt != "" {
		merged.EnableAt = over.EnableAt
	}
	return merged
}

func mergeRules(rules, over []Rule) []Rule {
	kept := slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool {
		return slices.ContainsFunc(over, func(o Rule) bool { return o.Name == r.Name })
	})
	return append(kept, over...)
}
