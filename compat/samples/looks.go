package samples

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// looks are the formats of JSON Schema that texts keep to.
type looks struct {
	kept   []string // those that every text kept to
	first  string
	varied bool // there are several different texts
}

// look is one format and what it takes.
type look struct {
	name string
	has  func(text string) bool
}

// known lists the formats, each before those that take its texts as well.
func known() []look {
	return []look{
		{"date-time", parses(time.RFC3339Nano)},
		{"date", parses(time.DateOnly)},
		{"uuid", uuid.MatchString},
		{"ipv4", func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is4() }},
		{"ipv6", func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is6() && a.Zone() == "" }},
		{"email", email.MatchString},
		{"uri", func(s string) bool { u, err := url.Parse(s); return err == nil && u.Scheme != "" && u.Host != "" }},
	}
}

var (
	uuid  = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	email = regexp.MustCompile(`^[^@\s"<>]+@[^@\s"<>.]+(\.[^@\s"<>.]+)+$`)
)

func parses(layout string) func(string) bool {
	return func(s string) bool {
		_, err := time.Parse(layout, s)
		return err == nil
	}
}

func (l *looks) add(text string, first bool) {
	if first {
		l.first = text
	}
	l.varied = l.varied || text != l.first
	if !first && l.kept == nil {
		return
	}
	var kept []string
	for _, look := range known() {
		if (first || slices.Contains(l.kept, look.name)) && look.has(text) {
			kept = append(kept, look.name)
		}
	}
	l.kept = kept
}

// Format is the format of JSON Schema that all texts keep to, of which there
// are several; empty when there is none.
func (s *Shape) Format() string {
	if s.looks.varied && len(s.looks.kept) > 0 {
		return s.looks.kept[0]
	}
	return ""
}
