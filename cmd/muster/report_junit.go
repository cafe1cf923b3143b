package main

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strings"
)

// junit renders cases as the XML that CI systems take from test runs.
func junit(cases []testCase) ([]byte, error) {
	type failure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	type testcase struct {
		Name     string    `xml:"name,attr"`
		Class    string    `xml:"classname,attr"`
		Time     string    `xml:"time,attr"`
		Failures []failure `xml:"failure"`
	}
	type testsuite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Time     string     `xml:"time,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	suite := testsuite{Name: "muster", Tests: len(cases), Time: "0"}
	for _, c := range cases {
		t := testcase{Name: xmlText(cmp.Or(c.subject, c.file)), Class: xmlText(c.file), Time: "0"}
		if len(c.problems) > 0 {
			suite.Failures++
			var text []string
			for _, p := range c.problems {
				text = append(append(text, placed(c.file, p.line, p.column, p.rule, p.message)), p.details...)
			}
			first := c.problems[0]
			t.Failures = []failure{{
				Message: xmlText(fmt.Sprintf("%s: %s", c.file, c.outcome)), Type: first.rule, Text: xmlText(strings.Join(text, "\n")),
			}}
		}
		suite.Cases = append(suite.Cases, t)
	}
	document, err := xml.MarshalIndent(struct {
		XMLName xml.Name    `xml:"testsuites"`
		Suites  []testsuite `xml:"testsuite"`
	}{Suites: []testsuite{suite}}, "", "  ")
	return append(append([]byte(xml.Header), document...), '\n'), err
}

// xmlText is text without the characters that XML cannot hold.
func xmlText(s string) string { return printable(strings.ToValidUTF8(s, "\uFFFD")) }
