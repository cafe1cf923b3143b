package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/muster-registry/muster/registry"
)

// againstModel makes random sequences of changes in a store and in the model
// and compares every answer. All sequences share one store, which is what the
// default context and the global settings need; each has subjects, contexts
// and contents of its own, so that a failing one fails again when it is shrunk.
func againstModel(t *testing.T, open Open) {
	store, model, sequence := open(t), newModel(), 0
	rapid.Check(t, func(rt *rapid.T) {
		sequence++
		r := &modelRun{
			T: rt, ctx: t.Context(), store: store, model: model,
			name:  fmt.Sprintf("s%d-", sequence),
			edits: map[string]*pair{},
		}
		defer func() {
			r.close()
			if rt.Failed() { // the two differ, which must not be blamed on what is tried next
				store, model = open(t), newModel()
			}
		}()
		rt.Repeat(map[string]func(*rapid.T){
			"edit":        r.edit,
			"append":      r.append,
			"append more": r.append,
			"import":      r.importVersion,
			"soft delete": r.softDelete,
			"purge":       r.purge,
			"configure":   r.configure,
			"drop":        r.drop,
			"lists":       r.lists,
			"":            r.compare,
		})
	})
}

// modelRun is one sequence.
type modelRun struct {
	*rapid.T
	ctx   context.Context
	store registry.Store
	model *model
	name  string           // what the names of this sequence begin with
	edits map[string]*pair // open ones, which may have gone stale
	last  registry.Subject // changed last
}

// pair is an edit and the snapshot that the model saw at the same time.
type pair struct {
	registry.Edit
	seen *registry.Snapshot
}

func (r *modelRun) close() {
	for _, e := range r.edits {
		e.Close()
	}
}

func (r *modelRun) contexts() []registry.ContextName {
	return []registry.ContextName{registry.DefaultContext, registry.ContextName("." + r.name + "c")}
}

func (r *modelRun) drawContext(t *rapid.T) registry.ContextName {
	return rapid.SampledFrom(r.contexts()).Draw(t, "context")
}

func (r *modelRun) drawSubject(t *rapid.T) registry.Subject {
	name := rapid.SampledFrom([]string{"a", "b", "ü"}).Draw(t, "name")
	return registry.Subject{Context: r.drawContext(t), Name: r.name + name}
}

func (r *modelRun) drawVersion(t *rapid.T) registry.Version {
	return rapid.Map(rapid.IntRange(1, 5), func(n int) registry.Version { return registry.Version(n) }).Draw(t, "version")
}

// change is an edit that is open, or a fresh one more often than not.
func (r *modelRun) change(t *rapid.T, subject registry.Subject) *pair {
	open := slices.Sorted(maps.Keys(r.edits))
	if len(open) > 0 && rapid.IntRange(0, 3).Draw(t, "fresh or open") == 0 {
		name := rapid.SampledFrom(open).Draw(t, "edit")
		e := r.edits[name]
		delete(r.edits, name)
		return e
	}
	return r.begin(t, subject, rapid.Bool().Draw(t, "exclusive"))
}

func (r *modelRun) begin(t *rapid.T, subject registry.Subject, exclusive bool) *pair {
	e, err := r.store.Edit(r.ctx, subject, exclusive)
	if err != nil {
		t.Fatal(err)
	}
	seen := r.model.snapshot(subject)
	r.equal(t, "snapshot of the edit", e.Snapshot(), seen)
	return &pair{e, seen}
}

func (r *modelRun) edit(t *rapid.T) {
	name := rapid.SampledFrom([]string{"1", "2"}).Draw(t, "edit")
	if old := r.edits[name]; old != nil {
		old.Close()
	}
	r.edits[name] = r.begin(t, r.drawSubject(t), false)
}

// drawSchema takes few texts, so that contents meet, and references to what
// may be there.
func (r *modelRun) drawSchema(t *rapid.T) registry.Schema {
	schema := schema(r.name + rapid.SampledFrom([]string{"p", "q", "r", "s"}).Draw(t, "text"))
	for i := range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "references") {
		target := r.drawSubject(t)
		written := target.Name // in the referrer's context
		if rapid.Bool().Draw(t, "qualified") {
			written = ":" + string(target.Context) + ":" + target.Name
		}
		schema.References = append(schema.References, ref(fmt.Sprint(i), written, r.drawVersion(t)))
	}
	return schema
}

func (r *modelRun) append(t *rapid.T) {
	e := r.change(t, r.drawSubject(t))
	v := version(next(e.seen), r.drawSchema(t))
	r.appendBoth(t, e, v)
}

func (r *modelRun) importVersion(t *rapid.T) {
	e := r.change(t, r.drawSubject(t))
	v := version(r.drawVersion(t), r.drawSchema(t))
	v.Import = true
	if rapid.Bool().Draw(t, "explicit") {
		// Around the highest ID, where both retired and free ones are.
		highest := r.model.last[e.seen.Subject.Context]
		v.ID = max(1, highest+registry.SchemaID(rapid.IntRange(-6, 2).Draw(t, "ID")))
	}
	r.appendBoth(t, e, v)
}

func (r *modelRun) appendBoth(t *rapid.T, e *pair, v registry.NewVersion) {
	defer e.Close()
	v.Registered = time.UnixMilli(1_700_000_000_000).UTC()
	got, err := e.Append(r.ctx, v)
	want, wantErr := r.model.append(e.seen, v)
	r.agree(t, "append", err, wantErr)
	if err == nil {
		r.equal(t, "record", got, want)
	}
	r.last = e.seen.Subject
}

func (r *modelRun) drawVersions(t *rapid.T) []registry.Version {
	return rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(1, 5), func(n int) registry.Version {
		return registry.Version(n)
	}), 1, 3, rapid.ID).Draw(t, "versions")
}

func (r *modelRun) softDelete(t *rapid.T) {
	e := r.change(t, r.drawSubject(t))
	defer e.Close()
	versions := r.drawVersions(t)
	r.agree(t, "soft delete", e.SoftDelete(r.ctx, versions), r.model.softDelete(e.seen, versions))
	r.last = e.seen.Subject
}

func (r *modelRun) purge(t *rapid.T) {
	e := r.change(t, r.drawSubject(t))
	defer e.Close()
	versions := r.drawVersions(t)
	r.agree(t, "purge", e.Purge(r.ctx, versions), r.model.purge(e.seen, versions))
	r.last = e.seen.Subject
}

func (r *modelRun) configure(t *rapid.T) {
	scope := r.drawSubject(t)
	switch rapid.IntRange(0, 5).Draw(t, "scope") {
	case 0:
		scope.Name = ""
	case 1:
		scope = registry.Subject{Context: registry.GlobalContext}
	}
	e := r.change(t, scope)
	defer e.Close()
	var config *registry.Config
	if rapid.Bool().Draw(t, "config") {
		config = &registry.Config{Level: "FULL"}
	}
	mode := rapid.SampledFrom([]registry.Mode{"", registry.ReadOnly}).Draw(t, "mode")
	r.agree(t, "configure", e.Configure(r.ctx, config, mode), r.model.configure(e.seen, config, mode))
	r.last = e.seen.Subject
}

func (r *modelRun) drop(t *rapid.T) {
	context := registry.ContextName("." + r.name + "c")
	r.agree(t, "drop", r.store.DropContext(r.ctx, context), r.model.drop(context))
}

// compare looks at what the change of a subject could have touched.
func (r *modelRun) compare(t *rapid.T) {
	if r.last.Context == "" {
		return
	}
	snapshot, err := r.store.Snapshot(r.ctx, r.last)
	r.agree(t, "snapshot", err, nil)
	want := r.model.snapshot(r.last)
	r.equal(t, "snapshot", snapshot, want)
	for _, record := range want.Versions {
		content, err := r.store.Content(r.ctx, record.Subject.Context, record.ID)
		r.agree(t, "content", err, nil)
		r.equal(t, "content", content, r.model.contents[contentKey{record.Subject.Context, record.ID}])
		referrers, err := r.store.Referrers(r.ctx, r.last, record.Version)
		r.agree(t, "referrers", err, nil)
		r.equal(t, "referrers", referrers, r.model.referrers(r.last, record.Version))
	}
	purges, err := r.store.Purges(r.ctx)
	r.agree(t, "purges", err, nil)
	r.equal(t, "purges", purges, r.model.purges)
}

// lists looks at the rest.
func (r *modelRun) lists(t *rapid.T) {
	f := registry.SubjectFilter{
		AllContexts: rapid.Bool().Draw(t, "all contexts"),
		Context:     r.drawContext(t),
		Prefix:      r.name + rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "prefix"),
		Which: rapid.SampledFrom([]registry.Visibility{
			registry.Live, registry.LiveAndDeleted, registry.DeletedOnly, registry.Configured,
		}).Draw(t, "which"),
		Offset: rapid.IntRange(-1, 2).Draw(t, "offset"),
		Limit:  rapid.IntRange(-1, 3).Draw(t, "limit"),
	}
	subjects, err := r.store.Subjects(r.ctx, f)
	r.agree(t, "subjects", err, nil)
	r.equal(t, "subjects", subjects, r.model.list(f))

	context := r.drawContext(t)
	id := max(1, r.model.last[context]-registry.SchemaID(rapid.IntRange(-1, 6).Draw(t, "below the highest ID")))
	records, err := r.store.Records(r.ctx, context, id)
	r.agree(t, "records", err, nil)
	r.equal(t, "records", records, r.model.records(context, id))
	_, err = r.store.Content(r.ctx, context, id)
	var want error
	if r.model.contents[contentKey{context, id}] == nil {
		want = registry.ErrNotFound
	}
	r.agree(t, "content", err, want)

	subject := r.drawSubject(t)
	scope, err := r.store.Scope(r.ctx, subject)
	r.agree(t, "scope", err, nil)
	r.equal(t, "scope", scope, r.model.subject(subject).scope)
	namesakes, err := r.store.Namesakes(r.ctx, subject.Name)
	r.agree(t, "namesakes", err, nil)
	r.equal(t, "namesakes", namesakes, r.model.picked(func(s registry.Subject, held *modelSubject) bool {
		return s.Context != registry.DefaultContext && s.Name == subject.Name && len(held.versions) > 0
	}))
	modes, err := r.store.Modes(r.ctx, subject.Context)
	r.agree(t, "modes", err, nil)
	r.equal(t, "modes", modes, r.model.picked(func(s registry.Subject, held *modelSubject) bool {
		return s.Context == subject.Context && s.Name != "" && held.scope.Mode != ""
	}))

	contexts, err := r.store.Contexts(r.ctx)
	r.agree(t, "contexts", err, nil)
	r.equal(t, "contexts", contexts, slices.Sorted(maps.Keys(r.model.contexts)))
}

func (r *modelRun) agree(t *rapid.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || (got == nil) != (want == nil) {
		t.Fatalf("%s: got error %v, want %v", what, got, want)
	}
}

func (r *modelRun) equal(t *rapid.T, what string, got, want any) {
	t.Helper()
	if reflect.DeepEqual(want, got) {
		return // as nearly always, and at a fraction of what a diff costs
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(registry.Content{})); diff != "" {
		t.Fatalf("%s (-model +store):\n%s", what, diff)
	}
}
