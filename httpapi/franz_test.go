package httpapi_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/sr"
)

// TestFranz makes every call that franz-go's client has, which Redpanda's
// console and connectors are built on. Its decoding is strict: an enum value
// that it does not know makes a call fail.
func TestFranz(t *testing.T) {
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			client, err := sr.NewClient(sr.URLs(newServer(t, b).URL))
			if err != nil {
				t.Fatal(err)
			}
			f := &franz{t: t, ctx: t.Context(), Client: client}
			called := map[string]bool{"Do": true} // what every other call is made of
			for _, call := range franzCalls {
				for _, method := range call.methods {
					called[method] = true
				}
				call.make(f)
				if t.Failed() {
					t.Fatalf("%v failed", call.methods)
				}
			}
			for method := range reflect.TypeOf(client).Methods() {
				takesContext := method.Type.NumIn() > 1 && method.Type.In(1) == reflect.TypeFor[context.Context]()
				if takesContext && !called[method.Name] {
					t.Errorf("%s is not called", method.Name)
				}
			}
		})
	}
}

// franz is a client with its test.
type franz struct {
	*sr.Client
	t   *testing.T
	ctx context.Context
}

// equal holds an answer to what is wanted of it.
func (f *franz) equal(err error, got, want any) {
	f.t.Helper()
	if err != nil {
		f.t.Errorf("%v, want %v", err, want)
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		f.t.Errorf("(-want +got):\n%s", diff)
	}
}

// refused holds an error to a code that the client knows.
func (f *franz) refused(err error, want *sr.Error) {
	f.t.Helper()
	var answer *sr.ResponseError
	if !errors.As(err, &answer) || answer.ErrorCode != want.Code || answer.SchemaError() != want {
		f.t.Errorf("got %#v, want %d", err, want.Code)
	}
}

const (
	franzV1   = `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`
	franzV2   = `{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}`
	franzBad  = `{"type":"record","name":"R","fields":[{"name":"c","type":"string"}]}`
	franzUser = `{"type":"record","name":"U","fields":[{"name":"r","type":"R"}]}`
	franzJSON = `{"type":"object"}`
	franzPB   = "syntax = \"proto3\";\nmessage M { string f = 1; }"
)

func franzSubject(subject string, version, id int, s sr.Schema, guid string) sr.SubjectSchema {
	return sr.SubjectSchema{Subject: subject, Version: version, ID: id, GUID: guid, Schema: s}
}

// franzCalls run in order on one registry.
var franzCalls = []struct {
	methods []string
	make    func(*franz)
}{
	{[]string{"SupportedTypes"}, func(f *franz) {
		got, err := f.SupportedTypes(f.ctx)
		f.equal(err, got, []sr.SchemaType{sr.TypeAvro, sr.TypeProtobuf, sr.TypeJSON})
	}},
	{[]string{"RegisterSchema", "CreateSchema"}, func(f *franz) {
		id, err := f.RegisterSchema(f.ctx, "a/b", sr.Schema{Schema: franzV1}, -1, -1)
		f.equal(err, id, 1)
		got, err := f.CreateSchema(f.ctx, "a/b", sr.Schema{Schema: franzV2})
		f.equal(err, got, franzSubject("a/b", 2, 2, sr.Schema{Schema: franzV2}, got.GUID))
		got, err = f.CreateSchema(f.ctx, "json", sr.Schema{Schema: franzJSON, Type: sr.TypeJSON})
		f.equal(err, got, franzSubject("json", 1, 3, sr.Schema{Schema: franzJSON, Type: sr.TypeJSON}, got.GUID))
		got, err = f.CreateSchema(f.ctx, "proto", sr.Schema{Schema: franzPB, Type: sr.TypeProtobuf})
		f.equal(err, got, franzSubject("proto", 1, 4, sr.Schema{Schema: franzPB, Type: sr.TypeProtobuf}, got.GUID))
		user := sr.Schema{
			Schema:         franzUser,
			References:     []sr.SchemaReference{{Name: "R", Subject: "a/b", Version: 1}},
			SchemaMetadata: &sr.SchemaMetadata{Properties: map[string]string{"owner": "x"}, Tags: map[string][]string{"**.r": {"PII"}}},
			SchemaRuleSet: &sr.SchemaRuleSet{DomainRules: []sr.SchemaRule{
				{Name: "r", Kind: sr.SchemaRuleKindCondition, Mode: sr.SchemaRuleModeWrite, Type: "CEL", Expr: "true"},
			}},
		}
		got, err = f.CreateSchema(f.ctx, "user", user)
		f.equal(err, got, franzSubject("user", 1, 5, user, got.GUID))
		_, err = f.CreateSchema(f.ctx, "a/b", sr.Schema{Schema: "no schema"})
		f.refused(err, sr.ErrInvalidSchema)
		_, err = f.CreateSchema(f.ctx, "a/b", sr.Schema{Schema: franzBad})
		f.refused(err, sr.ErrIncompatibleSchema)
	}},
	{[]string{"LookupSchema"}, func(f *franz) {
		got, err := f.LookupSchema(f.ctx, "a/b", sr.Schema{Schema: franzV1})
		f.equal(err, got, franzSubject("a/b", 1, 1, sr.Schema{Schema: franzV1}, got.GUID))
		_, err = f.LookupSchema(f.ctx, "a/b", sr.Schema{Schema: franzBad})
		f.refused(err, sr.ErrSchemaNotFound)
	}},
	{[]string{"SchemaByID", "SchemaTextByID"}, func(f *franz) {
		got, err := f.SchemaByID(f.ctx, 1)
		f.equal(err, got, sr.Schema{Schema: franzV1})
		text, err := f.SchemaTextByID(sr.WithParams(f.ctx, sr.Subject("a/b")), 2)
		f.equal(err, text, franzV2)
		_, err = f.SchemaByID(f.ctx, 99)
		f.refused(err, sr.ErrSchemaNotFound)
		got, err = f.SchemaByID(sr.WithParams(f.ctx, sr.Format("resolved"), sr.FetchMaxID), 5)
		f.equal(err, got.Schema, `{"type":"record","name":"U","fields":[{"name":"r","type":`+franzV1+`}]}`)
	}},
	{[]string{"SchemaByGUID", "SchemaIDsByGUID"}, func(f *franz) {
		at, err := f.SchemaByVersion(f.ctx, "json", 1)
		f.equal(err, at.GUID != "", true)
		got, err := f.SchemaByGUID(f.ctx, at.GUID)
		f.equal(err, got, franzSubject("", 0, 0, sr.Schema{Schema: franzJSON, Type: sr.TypeJSON}, at.GUID))
		ids, err := f.SchemaIDsByGUID(f.ctx, at.GUID)
		f.equal(err, ids, []sr.ContextID{{Context: ".", ID: 3}})
	}},
	{[]string{"Subjects", "SubjectsByID"}, func(f *franz) {
		got, err := f.Subjects(f.ctx)
		f.equal(err, got, []string{"a/b", "json", "proto", "user"})
		got, err = f.Subjects(sr.WithParams(f.ctx, sr.SubjectPrefix("j"), sr.ShowDeleted, sr.Limit(5), sr.Offset(0)))
		f.equal(err, got, []string{"json"})
		got, err = f.SubjectsByID(f.ctx, 3)
		f.equal(err, got, []string{"json"})
	}},
	{[]string{"SubjectVersions", "SchemaVersionsByID"}, func(f *franz) {
		got, err := f.SubjectVersions(f.ctx, "a/b")
		f.equal(err, got, []int{1, 2})
		_, err = f.SubjectVersions(f.ctx, "none")
		f.refused(err, sr.ErrSubjectNotFound)
		versions, err := f.SchemaVersionsByID(f.ctx, 2)
		f.equal(err, versions, []sr.SubjectVersion{{Subject: "a/b", Version: 2}})
	}},
	{[]string{"SchemaByVersion", "SchemaTextByVersion"}, func(f *franz) {
		got, err := f.SchemaByVersion(f.ctx, "a/b", -1)
		f.equal(err, got, franzSubject("a/b", 2, 2, sr.Schema{Schema: franzV2}, got.GUID))
		text, err := f.SchemaTextByVersion(f.ctx, "proto", -1)
		f.equal(err, text, franzPB)
		_, err = f.SchemaByVersion(f.ctx, "a/b", 9)
		f.refused(err, sr.ErrVersionNotFound)
	}},
	{[]string{"AllSchemas", "Schemas"}, func(f *franz) {
		got, err := f.AllSchemas(f.ctx)
		f.equal(err, len(got), 5)
		got, err = f.AllSchemas(sr.WithParams(f.ctx, sr.SubjectPrefix("a"), sr.LatestOnly))
		f.equal(err, len(got), 1)
		got, err = f.Schemas(f.ctx, "a/b")
		f.equal(err, len(got), 2)
	}},
	{[]string{"SchemaReferences", "SchemaUsagesByID"}, func(f *franz) {
		got, err := f.SchemaReferences(f.ctx, "a/b", 1)
		f.equal(err, len(got), 1)
		f.equal(nil, got[0].Subject, "user")
		got, err = f.SchemaUsagesByID(f.ctx, 1)
		f.equal(err, len(got), 1)
		f.refused(f.DeleteSchema(f.ctx, "a/b", 1, sr.SoftDelete), sr.ErrReferenceExists)
	}},
	{[]string{"CheckCompatibility"}, func(f *franz) {
		got, err := f.CheckCompatibility(f.ctx, "a/b", -1, sr.Schema{Schema: franzV1})
		f.equal(err, got, sr.CheckCompatibilityResult{Is: true})
		got, err = f.CheckCompatibility(sr.WithParams(f.ctx, sr.Verbose), "a/b", -2, sr.Schema{Schema: franzBad})
		f.equal(err, got.Is || len(got.Messages) == 0, false)
		got, err = f.CheckCompatibility(f.ctx, "a/b", 1, sr.Schema{Schema: franzBad})
		f.equal(err, got.Is, false)
	}},
	{[]string{"Compatibility", "SetCompatibility", "ResetCompatibility"}, func(f *franz) {
		set := f.SetCompatibility(f.ctx, sr.SetCompatibility{Level: sr.CompatFullTransitive, Normalize: true, Group: "major"}, "json", sr.GlobalSubject)
		f.equal(set[0].Err, set[0].Level, sr.CompatFullTransitive)
		f.equal(set[1].Err, set[1].Level, sr.CompatFullTransitive)
		got := f.Compatibility(f.ctx, "json", sr.GlobalSubject, "proto")
		f.equal(got[0].Err, got[0], sr.CompatibilityResult{Subject: "json", Level: sr.CompatFullTransitive, Normalize: true, Group: "major"})
		f.equal(got[1].Err, got[1].Level, sr.CompatFullTransitive)
		f.refused(got[2].Err, sr.ErrSubjectLevelCompatibilityNotConfigured)
		got = f.Compatibility(sr.WithParams(f.ctx, sr.DefaultToGlobal), "proto")
		f.equal(got[0].Err, got[0].Level, sr.CompatFullTransitive)
		for _, reset := range f.ResetCompatibility(f.ctx, "json", sr.GlobalSubject) {
			f.equal(reset.Err, nil, nil)
		}
		got = f.Compatibility(f.ctx)
		f.equal(got[0].Err, got[0].Level, sr.CompatBackward)
	}},
	{[]string{"Mode", "SetMode", "ResetMode"}, func(f *franz) {
		set := f.SetMode(f.ctx, sr.ModeReadOnly, "json", sr.GlobalSubject)
		f.equal(set[0].Err, set[0].Mode, sr.ModeReadOnly)
		got := f.Mode(f.ctx, "json", sr.GlobalSubject, "proto")
		f.equal(got[0].Err, got[0].Mode, sr.ModeReadOnly)
		f.equal(got[1].Err, got[1].Mode, sr.ModeReadOnly)
		f.refused(got[2].Err, sr.ErrSubjectLevelModeNotConfigured)
		_, err := f.CreateSchema(f.ctx, "proto2", sr.Schema{Schema: franzPB, Type: sr.TypeProtobuf})
		f.refused(err, sr.ErrOperationNotPermitted)
		for _, reset := range f.ResetMode(f.ctx, "json", sr.GlobalSubject) {
			f.equal(reset.Err, reset.Mode, sr.ModeReadOnly)
		}
	}},
	{[]string{"CreateSchemaWithIDAndVersion"}, func(f *franz) {
		set := f.SetMode(sr.WithParams(f.ctx, sr.Force), sr.ModeImport, "imported")
		f.equal(set[0].Err, set[0].Mode, sr.ModeImport)
		got, err := f.CreateSchemaWithIDAndVersion(f.ctx, "imported", sr.Schema{Schema: franzV1 + " "}, 1, 7)
		f.equal(err, got, franzSubject("imported", 7, 1, sr.Schema{Schema: franzV1}, got.GUID))
		got, err = f.CreateSchemaWithIDAndVersion(f.ctx, "imported", sr.Schema{Schema: `"string"`}, 70, 8)
		f.equal(err, got, franzSubject("imported", 8, 70, sr.Schema{Schema: `"string"`}, "095d71cf-1255-6b9d-5e33-0ad575b3df5d"))
	}},
	{[]string{"DeleteSchema", "DeleteSubject"}, func(f *franz) {
		f.equal(f.DeleteSchema(f.ctx, "a/b", -1, sr.SoftDelete), nil, nil)
		f.refused(f.DeleteSchema(f.ctx, "a/b", 2, sr.SoftDelete), sr.ErrSchemaVersionSoftDeleted)
		f.equal(f.DeleteSchema(f.ctx, "a/b", 2, sr.HardDelete), nil, nil)
		f.refused(f.DeleteSchema(f.ctx, "a/b", 1, sr.HardDelete), sr.ErrReferenceExists)
		_, err := f.DeleteSubject(f.ctx, "imported", sr.HardDelete)
		f.refused(err, sr.ErrSubjectNotSoftDeleted)
		got, err := f.DeleteSubject(f.ctx, "imported", sr.SoftDelete)
		f.equal(err, got, []int{7, 8})
		got, err = f.SubjectVersions(sr.WithParams(f.ctx, sr.DeletedOnly), "imported")
		f.equal(err, got, []int{7, 8})
		got, err = f.DeleteSubject(f.ctx, "imported", sr.HardDelete)
		f.equal(err, got, []int{7, 8})
	}},
	{[]string{"Contexts", "DeleteContext"}, func(f *franz) {
		within := sr.InContext(f.ctx, ".ctx")
		got, err := f.CreateSchema(within, "s", sr.Schema{Schema: franzV1})
		f.equal(err, got, franzSubject(":.ctx:s", 1, 1, sr.Schema{Schema: franzV1}, got.GUID))
		contexts, err := f.Contexts(sr.WithParams(f.ctx, sr.ContextPrefix(".c"), sr.Limit(3)))
		f.equal(err, contexts, []string{".ctx"})
		f.equal(nil, f.DeleteContext(f.ctx, ".ctx") != nil, true)
		for _, how := range []sr.DeleteHow{sr.SoftDelete, sr.HardDelete} {
			versions, err := f.DeleteSubject(within, "s", how)
			f.equal(err, versions, []int{1})
		}
		f.equal(f.DeleteContext(f.ctx, ".ctx"), nil, nil)
		contexts, err = f.Contexts(f.ctx)
		f.equal(err, slices.Contains(contexts, ".ctx"), false)
	}},
}
