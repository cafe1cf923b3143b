package httpapi_test

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/httpapi/entity"
)

// specification loads the copy of openapi.yaml that the server serves.
var specification = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(openapi3.NewLoader().Context)
})

// specified says how an answer differs from what openapi.yaml says of it;
// paths that are not there must be answered with 404 or 405.
func specified(method, path string, answer *http.Response, body []byte) string {
	doc, err := specification()
	if err != nil {
		return err.Error()
	}
	status := answer.StatusCode
	operation := operationAt(doc, method, path)
	if operation == nil {
		if status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusUnsupportedMediaType ||
			method == http.MethodOptions {
			return ""
		}
		return fmt.Sprintf("no operation at %s %s", method, path)
	}
	response := operation.Responses.Status(status)
	if response == nil && status >= http.StatusBadRequest {
		response = operation.Responses.Default()
	}
	if response == nil {
		return fmt.Sprintf("%s does not list status %d", operation.OperationID, status)
	}
	if status == http.StatusNoContent && len(body) == 0 && len(response.Value.Content) == 0 {
		return ""
	}
	mediaType, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if err != nil {
		return err.Error()
	}
	content := response.Value.Content[mediaType]
	if content == nil {
		return fmt.Sprintf("%s lists no %s for status %d", operation.OperationID, mediaType, status)
	}
	if method == http.MethodHead || !strings.HasSuffix(mediaType, "json") || content.Schema.Value.IsEmpty() {
		return ""
	}
	value, err := decodeJSON(body)
	if err != nil {
		return err.Error()
	}
	schema, err := answerSchema(doc, content.Schema)
	if err != nil {
		return err.Error()
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Sprintf("%#v", err)
	}
	return ""
}

var answerSchemas sync.Map // *openapi3.SchemaRef to *jsonschema.Schema

// answerSchema compiles each schema of the document once; kin-openapi would
// for every answer.
func answerSchema(doc *openapi3.T, ref *openapi3.SchemaRef) (*jsonschema.Schema, error) {
	if compiled, ok := answerSchemas.Load(ref); ok {
		return compiled.(*jsonschema.Schema), nil
	}
	text, err := json.Marshal(map[string]any{"allOf": []any{ref}, "components": doc.Components})
	if err != nil {
		return nil, err
	}
	compiled, err := jsonschema.CompileString("openapi.json", string(text))
	if err != nil {
		return nil, err
	}
	answerSchemas.Store(ref, compiled)
	return compiled, nil
}

// operationAt finds the operation of an escaped path, which may begin with a
// context; HEAD is GET without the body.
func operationAt(doc *openapi3.T, method, path string) *openapi3.Operation {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	path = strings.TrimRight(path, "/")
	if base, ok := strings.CutPrefix(path, "/contexts/"); ok && (strings.Contains(base, "/") || method != http.MethodDelete) {
		_, path, _ = strings.Cut(base, "/")
		path = "/" + path
	}
	got := strings.Split(strings.TrimRight(path, "/"), "/") // of the root nothing is left
	for template, item := range doc.Paths.Map() {
		want := strings.Split(strings.TrimRight(template, "/"), "/")
		if slices.EqualFunc(want, got, func(want, got string) bool {
			return want == got || strings.HasPrefix(want, "{") && got != ""
		}) {
			if operation := item.GetOperation(method); operation != nil || !strings.Contains(template, "{") {
				return operation
			}
		}
	}
	return nil
}

func TestOpenAPICopy(t *testing.T) {
	root, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	served, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(root) != string(served) {
		t.Error("openapi.yaml and httpapi/openapi.yaml differ: copy the one you changed")
	}
	if _, err := specification(); err != nil {
		t.Errorf("openapi.yaml: %v", err)
	}
}

// TestOpenAPIEntities holds the JSON bodies to their schemas, member by
// member, and the schemas to the bodies.
func TestOpenAPIEntities(t *testing.T) {
	doc, err := specification()
	if err != nil {
		t.Fatal(err)
	}
	schemas := doc.Components.Schemas
	elsewhere := map[string]bool{"SchemaType": true, "Level": true, "ClusterID": true, "Records": true} // no struct of their own
	for _, e := range []any{
		entity.Error{}, entity.Reference{}, entity.Metadata{}, entity.RuleSet{}, entity.Rule{}, entity.SchemaRequest{},
		entity.Registered{}, entity.Schema{}, entity.SchemaString{}, entity.SubjectVersion{}, entity.ContextID{}, entity.Compatibility{},
		entity.Diff{}, entity.Incompatibility{}, entity.Witness{}, entity.Fix{}, entity.Edit{}, entity.Config{}, entity.ConfigUpdate{},
		entity.Mode{}, entity.Verdict{}, entity.VerdictSchema{}, entity.Violation{}, entity.ServerVersion{}, entity.BuildFigure{}, entity.Deployment{},
		entity.SchemaTags{}, entity.SchemaEntity{}, entity.TagRequest{},
		entity.BatchVerdict{}, entity.RecordVerdict{}, entity.Summary{}, entity.LineVerdict{}, entity.LinesSummary{},
	} {
		name := reflect.TypeOf(e).Name()
		elsewhere[name] = true
		schema := schemas[name]
		if schema == nil {
			t.Errorf("openapi.yaml has no schema %s", name)
			continue
		}
		var listed []string
		for member := range schema.Value.Properties {
			listed = append(listed, member)
		}
		members, always := membersOf(reflect.TypeOf(e))
		if !sameSet(members, listed) {
			t.Errorf("%s has the members %v, its schema %v", name, members, listed)
		}
		// What is required must never be omitted.
		for _, member := range schema.Value.Required {
			if !slices.Contains(always, member) {
				t.Errorf("%s.%s is required by its schema, and omitted when empty", name, member)
			}
		}
	}
	for name := range schemas {
		if !elsewhere[name] {
			t.Errorf("schema %s describes no entity", name)
		}
	}
}

// membersOf lists the JSON members of a struct, and those that are never
// omitted.
func membersOf(t reflect.Type) (all, always []string) {
	for _, field := range reflect.VisibleFields(t) {
		tag, ok := field.Tag.Lookup("json")
		if !ok {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		all = append(all, name)
		if !strings.Contains(options, "omitempty") {
			always = append(always, name)
		}
	}
	return all, always
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// listedCodes are the error codes in openapi.yaml, and those in its table for
// people.
func listedCodes(t *testing.T) (enum, table []int) {
	t.Helper()
	doc, err := specification()
	if err != nil {
		t.Fatal(err)
	}
	schema := doc.Components.Schemas["Error"].Value
	text, err := json.Marshal(schema.Properties["error_code"].Value.Enum)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &enum); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(schema.Description) {
		var code int
		if _, err := fmt.Sscanf(line, "| %d |", &code); err == nil {
			table = append(table, code)
		}
	}
	return enum, table
}

func TestOpenAPICodes(t *testing.T) {
	enum, table := listedCodes(t)
	want := httpapi.Codes()
	slices.Sort(enum)
	slices.Sort(table)
	if !slices.Equal(enum, want) {
		t.Errorf("openapi.yaml lists the codes\n%v, the server answers with\n%v", enum, want)
	}
	if !slices.Equal(table, want) {
		t.Errorf("the table in openapi.yaml lists the codes\n%v, the server answers with\n%v", table, want)
	}
}

func TestOpenAPIRoutes(t *testing.T) {
	doc, err := specification()
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			listed = append(listed, method+" "+path)
		}
	}
	served := slices.DeleteFunc(httpapi.Routes(t), func(route string) bool {
		return strings.HasPrefix(route, http.MethodHead+" ") // is GET without the body
	})
	for _, route := range served {
		if !slices.Contains(listed, route) {
			t.Errorf("%s is served and not in openapi.yaml", route)
		}
	}
	for _, route := range listed {
		if !slices.Contains(served, route) {
			t.Errorf("%s is in openapi.yaml and not served", route)
		}
	}
}
