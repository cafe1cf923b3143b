package client_test

import (
	"errors"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/httpapi/entity"
	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store"
)

// ours returns a client of a registry of our own.
func ours(t *testing.T) *client.Client {
	t.Helper()
	opened, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "muster.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(httpapi.New(registry.New(opened, all.Formats(), registry.Options{}), httpapi.Options{}))
	t.Cleanup(func() {
		server.Close()
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := client.New(server.URL, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// must fails the test on an error and returns the answer otherwise.
func must[T any](t *testing.T) func(T, error) T {
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func TestRegistry_AnySubjectGoesRoundTrip(t *testing.T) {
	c, ctx := ours(t), t.Context()
	schema := entity.SchemaRequest{Schema: `"int"`, SchemaType: "AVRO"}
	subjects := []string{"plain", "a/b", "100%", "%2F", ":.ctx:s", "a b+c", "ä?#&", "..", "."}
	for _, subject := range subjects {
		t.Run(subject, func(t *testing.T) {
			registered := must[entity.Registered](t)(c.Register(ctx, subject, schema, client.RegisterOptions{}))
			found := must[entity.Schema](t)(c.Lookup(ctx, subject, schema, client.LookupOptions{}))
			if found.Subject != subject || found.ID != registered.ID || found.Version != 1 {
				t.Errorf("found %q version %d, id %d", found.Subject, found.Version, found.ID)
			}
			latest := must[entity.Schema](t)(c.Version(ctx, subject, client.Latest, client.VersionOptions{}))
			if diff := cmp.Diff(found, latest); diff != "" {
				t.Errorf("latest (-lookup +latest):\n%s", diff)
			}
			verdict := must[entity.Verdict](t)(c.Validate(ctx, subject, 1, client.Payload{Data: []byte("\x02"), Encoding: client.AvroBinary}))
			if !verdict.Valid {
				t.Errorf("verdict: %+v", verdict)
			}
		})
	}
	listed := must[[]string](t)(c.Subjects(ctx, client.ListOptions{}))
	slices.Sort(subjects)
	if diff := cmp.Diff(subjects, listed); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
}

func TestRegistry_LifeOfASubject(t *testing.T) {
	c, ctx := ours(t), t.Context()
	first := entity.SchemaRequest{Schema: `{"type":"record","name":"A","fields":[]}`}
	second := entity.SchemaRequest{Schema: `{"type":"record","name":"A","fields":[{"name":"f","type":"int"}]}`}
	registered := must[entity.Registered](t)(c.Register(ctx, "s", first, client.RegisterOptions{}))

	checked := must[entity.Compatibility](t)(c.Check(ctx, "s", second, client.CheckOptions{}))
	if checked.IsCompatible || len(checked.Incompatibilities) != 1 {
		t.Errorf("check: %+v", checked)
	}
	_, err := c.Register(ctx, "s", second, client.RegisterOptions{})
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Status != 409 || refused.Code != 409 {
		t.Fatalf("got %v, want a 409", err)
	}
	if diff := cmp.Diff(checked.Incompatibilities, refused.Incompatibilities); diff != "" {
		t.Errorf("check and register differ (-check +register):\n%s", diff)
	}

	if _, err := c.Config(ctx, "s", client.ScopeOptions{}); !isCode(err, 40408) {
		t.Errorf("config of its own: %v, want 40408", err)
	}
	if level := must[entity.Config](t)(c.Config(ctx, "s", client.ScopeOptions{Effective: true})).Level; level != "BACKWARD" {
		t.Errorf("level in force: %s", level)
	}
	must[entity.ConfigUpdate](t)(c.SetConfig(ctx, "s", entity.ConfigUpdate{Level: "FORWARD"}))
	if checked := must[entity.Compatibility](t)(c.CheckVersion(ctx, "s", 1, second, client.CheckOptions{})); !checked.IsCompatible {
		t.Errorf("check under FORWARD: %+v", checked)
	}
	must[entity.Registered](t)(c.Register(ctx, "s", second, client.RegisterOptions{}))
	if versions := must[[]int](t)(c.Versions(ctx, "s", client.VersionsOptions{})); !slices.Equal(versions, []int{1, 2}) {
		t.Errorf("versions: %v", versions)
	}
	if level := must[entity.Config](t)(c.DeleteConfig(ctx, "s")).Level; level != "FORWARD" {
		t.Errorf("level that was deleted: %s", level)
	}

	if err := c.SetMode(ctx, "s", "READONLY", client.SetModeOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.DeleteVersion(ctx, "s", 1, false); !isCode(err, 42205) {
		t.Errorf("deleting in READONLY: %v, want 42205", err)
	}
	if mode := must[string](t)(c.DeleteMode(ctx, "s", client.DeleteModeOptions{})); mode != "READONLY" {
		t.Errorf("mode that was deleted: %s", mode)
	}
	if version := must[int](t)(c.DeleteVersion(ctx, "s", client.Latest, false)); version != 2 {
		t.Errorf("deleted version %d", version)
	}
	must[[]int](t)(c.DeleteSubject(ctx, "s", false))
	if text := must[string](t)(c.SchemaText(ctx, registered.ID, client.SchemaOptions{})); text != first.Schema {
		t.Errorf("text of what is softly deleted: %s", text)
	}
	if versions := must[[]int](t)(c.DeleteSubject(ctx, "s", true)); !slices.Equal(versions, []int{1, 2}) {
		t.Errorf("deleted for good: %v", versions)
	}
	if _, err := c.Schema(ctx, registered.ID, client.SchemaOptions{}); !isCode(err, 40403) {
		t.Errorf("what is gone: %v, want 40403", err)
	}
}

func TestRegistry_TellsWhatItIs(t *testing.T) {
	c, ctx := ours(t), t.Context()
	if err := c.Ready(ctx); err != nil {
		t.Error(err)
	}
	types := must[[]string](t)(c.Types(ctx))
	slices.Sort(types)
	if !slices.Equal(types, []string{"AVRO", "JSON", "PROTOBUF"}) {
		t.Errorf("types: %v", types)
	}
	if contexts := must[[]string](t)(c.Contexts(ctx, client.ContextsOptions{})); !slices.Equal(contexts, []string{"."}) {
		t.Errorf("contexts: %v", contexts)
	}
	if version := must[entity.ServerVersion](t)(c.ServerVersion(ctx)); version.Version == "" || version.Muster.Go == "" {
		t.Errorf("version: %+v", version)
	}
}

func isCode(err error, code int) bool {
	var refused *client.Error
	return errors.As(err, &refused) && refused.Code == code
}
