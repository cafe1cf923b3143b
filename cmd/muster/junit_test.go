package main

import (
	_ "embed"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// junitSchema is the schema by which Jenkins' xUnit plugin reads JUnit reports,
// as pytest carries it. Its licence, MIT, is in it.
//
//go:embed testdata/junit-10.xsd
var junitSchema string

// junitValid is the command that holds a file to it.
func junitValid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: junit FILE")
	}
	ts.Check(validXML(junitSchema, ts.ReadFile(args[0])))
}

// element is an element of a schema or of a document.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Elements []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// find returns the child of that kind and name.
func (e element) find(kind, name string) (element, bool) {
	i := slices.IndexFunc(e.Elements, func(c element) bool { return c.XMLName.Local == kind && c.attr("name") == name })
	if i < 0 {
		return element{}, false
	}
	return e.Elements[i], true
}

// schemaXML reads what junit-10.xsd is written in: elements with sequences and
// choices, required and typed attributes, strings and patterns. It refuses a
// schema that says more. The XSD libraries of Go wrap libxml2.
type schemaXML struct{ element }

// validXML tells why a document is not what a schema describes.
func validXML(schema, document string) error {
	var s schemaXML
	var root element
	if err := xml.Unmarshal([]byte(schema), &s.element); err != nil {
		return err
	}
	if err := xml.Unmarshal([]byte(document), &root); err != nil {
		return err
	}
	return s.valid(root)
}

func (s schemaXML) valid(e element) error {
	declared, ok := s.find("element", e.XMLName.Local)
	if !ok || e.XMLName.Space != "" {
		return fmt.Errorf("there is no element %s", e.XMLName.Local)
	}
	if err := s.matches(declared, e); err != nil {
		return fmt.Errorf("%s: %w", e.XMLName.Local, err)
	}
	for _, child := range e.Elements {
		if err := s.valid(child); err != nil {
			return fmt.Errorf("%s: %w", e.XMLName.Local, err)
		}
	}
	return nil
}

// matches holds an element without what is in its children to its declaration.
func (s schemaXML) matches(declared, e element) error {
	kind, complex := s.find("complexType", declared.attr("type"))
	if !complex && len(declared.Elements) > 0 {
		kind, complex = declared.Elements[0], true
	}
	if !complex {
		if len(e.Elements)+len(e.Attrs) > 0 {
			return fmt.Errorf("more than text")
		}
		return s.text(declared.attr("type"), e.Text)
	}
	if kind.attr("mixed") != "true" && strings.TrimSpace(e.Text) != "" {
		return fmt.Errorf("the text %q", e.Text)
	}
	content := ""
	known := make(map[string]bool)
	for _, part := range kind.Elements {
		name := part.attr("name")
		switch part.XMLName.Local {
		case "sequence", "choice":
			model, err := pattern(part)
			if err != nil {
				return err
			}
			content = model
		case "attribute":
			known[name] = true
			i := slices.IndexFunc(e.Attrs, func(a xml.Attr) bool { return a.Name.Local == name })
			if i < 0 && part.attr("use") == "required" {
				return fmt.Errorf("the attribute %s is missing", name)
			}
			if i >= 0 {
				if err := s.text(part.attr("type"), e.Attrs[i].Value); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		default:
			return fmt.Errorf("the schema says %s", part.XMLName.Local)
		}
	}
	for _, a := range e.Attrs {
		if !known[a.Name.Local] {
			return fmt.Errorf("there is no attribute %s", a.Name.Local)
		}
	}
	var children strings.Builder
	for _, child := range e.Elements {
		children.WriteString(child.XMLName.Local + ";")
	}
	if !regexp.MustCompile("^" + content + "$").MatchString(children.String()) {
		return fmt.Errorf("children %s, want %s", &children, content)
	}
	return nil
}

// pattern is a model of content as a regular expression over names of elements.
func pattern(particle element) (string, error) {
	var parts []string
	switch particle.XMLName.Local {
	case "element":
		name := particle.attr("ref")
		if name == "" {
			name = particle.attr("name")
		}
		parts = []string{regexp.QuoteMeta(name) + ";"}
	case "sequence", "choice":
		for _, part := range particle.Elements {
			p, err := pattern(part)
			if err != nil {
				return "", err
			}
			parts = append(parts, p)
		}
	default:
		return "", fmt.Errorf("the schema says %s", particle.XMLName.Local)
	}
	joined := strings.Join(parts, "")
	if particle.XMLName.Local == "choice" {
		joined = strings.Join(parts, "|")
	}
	switch occurs := particle.attr("minOccurs") + ".." + particle.attr("maxOccurs"); occurs {
	case "..":
		return "(?:" + joined + ")", nil
	case "0..":
		return "(?:" + joined + ")?", nil
	case "0..unbounded":
		return "(?:" + joined + ")*", nil
	default:
		return "", fmt.Errorf("the schema says %s", occurs)
	}
}

func (s schemaXML) text(kind, value string) error {
	if kind == "xs:string" {
		return nil
	}
	simple, ok := s.find("simpleType", kind)
	if !ok || len(simple.Elements) != 1 || len(simple.Elements[0].Elements) != 1 {
		return fmt.Errorf("the schema says %s", kind)
	}
	p := simple.Elements[0].Elements[0].attr("value")
	if !regexp.MustCompile("^(?:" + p + ")$").MatchString(value) {
		return fmt.Errorf("%q, want %s", value, p)
	}
	return nil
}

func TestValidXML_Refuses(t *testing.T) {
	for _, document := range []string{
		`<suite/>`,
		`<testsuites><testsuite name="a" tests="0" failures="0"/></testsuites>`,
		`<testsuites other="x"/>`,
		`<testsuites time="soon"/>`,
		`<testsuites>text</testsuites>`,
		`<testsuites><testcase name="a"/></testsuites>`,
		`<testcase name="a"><properties/></testcase>`,
		`<system-out><b/></system-out>`,
	} {
		if err := validXML(junitSchema, document); err == nil {
			t.Errorf("%s passes", document)
		}
	}
	if err := validXML(junitSchema, `<testsuites><testsuite name="a" tests="1" failures="0" errors="0" time="0.5"><testcase name="x"><failure type="T">text</failure></testcase></testsuite></testsuites>`); err != nil {
		t.Error(err)
	}
}
