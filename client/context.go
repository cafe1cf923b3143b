package client

import "strings"

// ContextOf is the prefix of a subject's qualified name that tells its context,
// ":.name:"; it is empty in the default one.
func ContextOf(subject string) string {
	rest, ok := strings.CutPrefix(subject, ":.")
	name, _, _ := strings.Cut(rest, ":")
	if !ok || name == "" {
		return ""
	}
	return ":." + name + ":"
}

// Referred is the subject that a reference points to which stands in a schema
// of subject: one that names no context means that of the schema.
func Referred(reference, subject string) string {
	if strings.HasPrefix(reference, ":.") {
		return strings.TrimPrefix(reference, ":.:")
	}
	return ContextOf(subject) + reference
}
