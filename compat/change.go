package compat

import "strings"

// Change replaces the bytes of a text from Start up to End. Where the two are
// equal it inserts.
type Change struct {
	Start, End int
	Text       string
}

// Apply makes changes, given in the order of the text, none within another.
func Apply(text string, changes []Change) string {
	var b strings.Builder
	at := 0
	for _, c := range changes {
		b.WriteString(text[at:c.Start])
		b.WriteString(c.Text)
		at = c.End
	}
	b.WriteString(text[at:])
	return b.String()
}
