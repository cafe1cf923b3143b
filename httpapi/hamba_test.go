package httpapi_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/hamba/avro/v2/registry"
)

// TestHamba makes every call that hamba/avro's registry client has.
func TestHamba(t *testing.T) {
	const (
		v1   = `{"name":"R","type":"record","fields":[{"name":"a","type":"int"}]}`
		v2   = `{"name":"R","type":"record","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}`
		bad  = `{"name":"R","type":"record","fields":[{"name":"c","type":"string"}]}`
		user = `{"type":"array","items":"R"}`
	)
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			c, err := registry.NewClient(newServer(t, b).URL)
			if err != nil {
				t.Fatal(err)
			}
			equal := func(what string, got, want any, err error) {
				t.Helper()
				if err != nil || got != want {
					t.Fatalf("%s: got %v, %v, want %v", what, got, err, want)
				}
			}
			id, _, err := c.CreateSchema(ctx, "r", v1)
			equal("CreateSchema", id, 1, err)
			id, _, err = c.CreateSchema(ctx, "r", v2)
			equal("CreateSchema of a second version", id, 2, err)
			id, _, err = c.CreateSchema(ctx, "user", user, registry.SchemaReference{Name: "R", Subject: "r", Version: 1})
			equal("CreateSchema with a reference", id, 3, err)
			_, _, err = c.CreateSchema(ctx, "r", bad)
			var refused registry.Error
			if !errors.As(err, &refused) || refused.StatusCode != 409 || refused.Code != 409 {
				t.Fatalf("CreateSchema of an incompatible schema: %#v", err)
			}

			schema, err := c.GetSchema(ctx, 1)
			equal("GetSchema", schema.String(), v1, err)
			subjects, err := c.GetSubjects(ctx)
			equal("GetSubjects", slices.Equal(subjects, []string{"r", "user"}), true, err)
			versions, err := c.GetVersions(ctx, "r")
			equal("GetVersions", slices.Equal(versions, []int{1, 2}), true, err)
			schema, err = c.GetSchemaByVersion(ctx, "r", 1)
			equal("GetSchemaByVersion", schema.String(), v1, err)
			_, err = c.GetLatestSchema(ctx, "r")
			equal("GetLatestSchema", nil, nil, err)
			info, err := c.GetSchemaInfo(ctx, "r", 1)
			equal("GetSchemaInfo", [2]int{info.ID, info.Version}, [2]int{1, 1}, err)
			info, err = c.GetLatestSchemaInfo(ctx, "r")
			equal("GetLatestSchemaInfo", [2]int{info.ID, info.Version}, [2]int{2, 2}, err)
			id, _, err = c.IsRegistered(ctx, "r", v1)
			equal("IsRegistered", id, 1, err)
			id, _, err = c.IsRegisteredWithRefs(ctx, "user", user, registry.SchemaReference{Name: "R", Subject: "r", Version: 1})
			equal("IsRegisteredWithRefs", id, 3, err)
			compatible, err := c.IsCompatible(ctx, "r", bad)
			equal("IsCompatible", compatible, false, err)
			compatible, err = c.IsCompatibleWithRefs(ctx, "user", user, registry.SchemaReference{Name: "R", Subject: "r", Version: 2})
			equal("IsCompatibleWithRefs", compatible, true, err)

			// The two getters look for "compatibility", which the contract calls
			// "compatibilityLevel" in answers: they succeed and say nothing.
			level, err := c.GetGlobalCompatibilityLevel(ctx)
			equal("GetGlobalCompatibilityLevel", level, "", err)
			equal("SetGlobalCompatibilityLevel", nil, nil, c.SetGlobalCompatibilityLevel(ctx, registry.FullCL))
			equal("SetCompatibilityLevel", nil, nil, c.SetCompatibilityLevel(ctx, "r", registry.NoneCL))
			level, err = c.GetCompatibilityLevel(ctx, "r")
			equal("GetCompatibilityLevel", level, "", err)
			compatible, err = c.IsCompatible(ctx, "r", bad)
			equal("IsCompatible under NONE", compatible, true, err)
			deleted, err := c.DeleteSubject(ctx, "user")
			equal("DeleteSubject", slices.Equal(deleted, []int{1}), true, err)
		})
	}
}
