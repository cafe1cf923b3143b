package storetest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/muster-registry/muster/registry"
)

// model is what a store is to do, in maps. It has no concurrency, no
// durability and no time, and a stale snapshot is one that differs.
type model struct {
	subjects map[registry.Subject]*modelSubject
	contents map[contentKey]*registry.Content
	ids      map[hashKey]registry.SchemaID // the ID a hash has, or had
	last     map[registry.ContextName]registry.SchemaID
	contexts map[registry.ContextName]bool
	purges   int64
}

type modelSubject struct {
	scope    registry.Scope
	versions map[registry.Version]registry.Record
}

type contentKey struct {
	context registry.ContextName
	id      registry.SchemaID
}

type hashKey struct {
	context registry.ContextName
	hash    registry.Hash
}

func newModel() *model {
	return &model{
		subjects: map[registry.Subject]*modelSubject{
			{Context: registry.DefaultContext}: newModelSubject(),
			{Context: registry.GlobalContext}:  newModelSubject(),
		},
		contents: map[contentKey]*registry.Content{},
		ids:      map[hashKey]registry.SchemaID{},
		last:     map[registry.ContextName]registry.SchemaID{},
		contexts: map[registry.ContextName]bool{registry.DefaultContext: true},
	}
}

// subject is never nil; one that is not there is empty.
func (m *model) subject(s registry.Subject) *modelSubject {
	if found := m.subjects[s]; found != nil {
		return found
	}
	return newModelSubject()
}

func newModelSubject() *modelSubject {
	return &modelSubject{versions: map[registry.Version]registry.Record{}}
}

func (m *model) snapshot(s registry.Subject) *registry.Snapshot {
	snapshot := &registry.Snapshot{Subject: s, Versions: []registry.Record{}}
	for _, v := range slices.Sorted(maps.Keys(m.subject(s).versions)) {
		snapshot.Versions = append(snapshot.Versions, m.subject(s).versions[v])
	}
	scope := func(context registry.ContextName, name string) registry.Scope {
		return m.subject(registry.Subject{Context: context, Name: name}).scope
	}
	snapshot.Scopes = registry.Scopes{
		Own:     scope(s.Context, s.Name),
		Context: scope(s.Context, ""),
		Default: scope(registry.DefaultContext, ""),
		Global:  scope(registry.GlobalContext, ""),
	}
	return snapshot
}

// stale tells whether a rev moved.
func (m *model) stale(seen *registry.Snapshot) bool {
	is, was := m.snapshot(seen.Subject).Scopes, seen.Scopes
	return is.Own.Rev != was.Own.Rev || is.Context.Rev != was.Context.Rev ||
		is.Default.Rev != was.Default.Rev || is.Global.Rev != was.Global.Rev
}

// advance moves rev of a subject, which is there from then on.
func (m *model) advance(s registry.Subject) *modelSubject {
	subject := m.subject(s)
	subject.scope.Rev++
	m.subjects[s] = subject
	return subject
}

func (m *model) append(seen *registry.Snapshot, v registry.NewVersion) (registry.Record, error) {
	s := seen.Subject
	if m.stale(seen) {
		return registry.Record{}, registry.ErrStale
	}
	for _, r := range v.Schema.References {
		target, there := m.subject(r.Target(s.Context)).versions[r.Version]
		if !there || target.Deleted && !v.Import {
			return registry.Record{}, registry.ErrDangling
		}
	}
	hash := hashKey{s.Context, v.Hash}
	if taken := m.contents[contentKey{s.Context, v.ID}]; v.ID != 0 && taken != nil && taken.Hash != v.Hash {
		return registry.Record{}, registry.ErrTaken
	}

	subject := m.advance(s)
	m.contexts[s.Context] = true
	id := v.ID
	if id == 0 {
		id = m.ids[hash]
	}
	if id == 0 {
		id = m.last[s.Context] + 1
	}
	m.last[s.Context] = max(m.last[s.Context], id)
	maps.DeleteFunc(m.ids, func(k hashKey, held registry.SchemaID) bool { return k.context == s.Context && held == id })
	m.ids[hash] = id
	if key := (contentKey{s.Context, id}); m.contents[key] == nil {
		m.contents[key] = &registry.Content{Context: s.Context, ID: id, Schema: v.Schema, Hash: v.Hash, GUID: v.GUID}
	}
	replaced := subject.versions[v.Version]
	record := registry.Record{Subject: s, Version: v.Version, ID: id, Hash: v.Hash, Registered: v.Registered}
	subject.versions[v.Version] = record
	for n, r := range subject.versions {
		if r.ID == id && n < v.Version && r.Deleted && len(m.referrers(s, n)) == 0 {
			delete(subject.versions, n)
		}
	}
	m.collect(s.Context, replaced.ID)
	return record, nil
}

func (m *model) softDelete(seen *registry.Snapshot, versions []registry.Version) error {
	s := seen.Subject
	switch {
	case m.stale(seen):
		return registry.ErrStale
	case !m.are(s, versions, false):
		return registry.ErrNotFound
	case m.referred(s, versions, func(r registry.Record) bool { return !r.Deleted }):
		return registry.ErrReferenced
	}
	subject := m.advance(s)
	for _, v := range versions {
		r := subject.versions[v]
		r.Deleted = true
		subject.versions[v] = r
	}
	return nil
}

func (m *model) purge(seen *registry.Snapshot, versions []registry.Version) error {
	s := seen.Subject
	switch {
	case m.stale(seen):
		return registry.ErrStale
	case !m.are(s, versions, true):
		return registry.ErrNotFound
	case m.referred(s, versions, func(registry.Record) bool { return true }):
		return registry.ErrReferenced
	}
	subject := m.advance(s)
	gone := []registry.SchemaID{}
	for _, v := range versions {
		gone = append(gone, subject.versions[v].ID)
		delete(subject.versions, v)
	}
	if len(subject.versions) == 0 {
		subject.scope.Config, subject.scope.Mode = nil, ""
	}
	m.collect(s.Context, gone...)
	return nil
}

func (m *model) configure(seen *registry.Snapshot, config *registry.Config, mode registry.Mode) error {
	if m.stale(seen) {
		return registry.ErrStale
	}
	subject := m.advance(seen.Subject)
	subject.scope.Config, subject.scope.Mode = config, mode
	return nil
}

// are tells whether every version is there, deleted or not as is said.
func (m *model) are(s registry.Subject, versions []registry.Version, deleted bool) bool {
	for _, v := range versions {
		if r, there := m.subject(s).versions[v]; !there || r.Deleted != deleted {
			return false
		}
	}
	return true
}

// referred tells whether a version refers to one of versions that counts and
// is not one of them.
func (m *model) referred(s registry.Subject, versions []registry.Version, counts func(registry.Record) bool) bool {
	for _, v := range versions {
		for _, referrer := range m.referrers(s, v) {
			for _, r := range m.records(referrer.Context, referrer.ID) {
				if counts(r) && !(r.Subject == s && slices.Contains(versions, r.Version)) {
					return true
				}
			}
		}
	}
	return false
}

// collect drops content that no version carries, in one purge.
func (m *model) collect(context registry.ContextName, ids ...registry.SchemaID) {
	moved := false
	for _, id := range ids {
		key := contentKey{context, id}
		content := m.contents[key]
		if content == nil || len(m.records(context, id)) > 0 {
			continue
		}
		delete(m.contents, key)
		moved = true
	}
	if moved {
		m.purges++
	}
	// Among the IDs that are left to a hash, the highest stands in for a lost one.
	for hash, id := range m.ids {
		if m.contents[contentKey{hash.context, id}] != nil {
			continue
		}
		for key, other := range m.contents {
			if key.context == hash.context && other.Hash == hash.hash {
				if held := m.ids[hash]; m.contents[contentKey{hash.context, held}] == nil || held < key.id {
					m.ids[hash] = key.id
				}
			}
		}
	}
}

func (m *model) records(context registry.ContextName, id registry.SchemaID) []registry.Record {
	records := []registry.Record{}
	for s, subject := range m.subjects {
		for _, r := range subject.versions {
			if s.Context == context && r.ID == id {
				records = append(records, r)
			}
		}
	}
	slices.SortFunc(records, func(a, b registry.Record) int {
		return cmp.Or(strings.Compare(a.Subject.String(), b.Subject.String()), cmp.Compare(a.Version, b.Version))
	})
	return records
}

func (m *model) referrers(s registry.Subject, v registry.Version) []registry.Referrer {
	referrers := []registry.Referrer{}
	for key, content := range m.contents {
		leads := func(r registry.Reference) bool { return r.Version == v && r.Target(key.context) == s }
		if !slices.ContainsFunc(content.References, leads) {
			continue
		}
		live := slices.ContainsFunc(m.records(key.context, key.id), func(r registry.Record) bool { return !r.Deleted })
		referrers = append(referrers, registry.Referrer{Context: key.context, ID: key.id, Live: live})
	}
	slices.SortFunc(referrers, func(a, b registry.Referrer) int {
		return cmp.Or(cmp.Compare(a.Context, b.Context), cmp.Compare(a.ID, b.ID))
	})
	return referrers
}

// drop takes a context off the list.
func (m *model) drop(context registry.ContextName) error {
	for s, subject := range m.subjects {
		if s.Context == context && len(subject.versions) > 0 {
			return registry.ErrNotEmpty
		}
	}
	if context != registry.DefaultContext {
		delete(m.contexts, context)
	}
	return nil
}

// picked lists the subjects that pick picks, by qualified name.
func (m *model) picked(pick func(registry.Subject, *modelSubject) bool) []registry.Subject {
	subjects := []registry.Subject{}
	for s, subject := range m.subjects {
		if pick(s, subject) {
			subjects = append(subjects, s)
		}
	}
	slices.SortFunc(subjects, func(a, b registry.Subject) int { return strings.Compare(a.String(), b.String()) })
	return subjects
}

func (m *model) list(f registry.SubjectFilter) []registry.Subject {
	subjects := m.picked(func(s registry.Subject, subject *modelSubject) bool {
		live, deleted := 0, 0
		for _, r := range subject.versions {
			if r.Deleted {
				deleted++
			} else {
				live++
			}
		}
		var wanted bool
		switch f.Which {
		case registry.Live:
			wanted = live > 0
		case registry.LiveAndDeleted:
			wanted = live+deleted > 0
		case registry.DeletedOnly:
			wanted = live == 0 && deleted > 0
		case registry.Configured:
			wanted = subject.scope.Config != nil || subject.scope.Mode != "" ||
				s.Name == "" && (s.Context == registry.DefaultContext || s.Context == registry.GlobalContext)
		}
		return wanted && (f.AllContexts || s.Context == f.Context) && strings.HasPrefix(s.Name, f.Prefix)
	})
	subjects = subjects[min(max(f.Offset, 0), len(subjects)):]
	if f.Limit > 0 {
		subjects = subjects[:min(f.Limit, len(subjects))]
	}
	return subjects
}
