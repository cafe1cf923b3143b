package registry

import (
	"context"
	"errors"
	"time"

	"github.com/muster-registry/muster/compat"
)

// What a Store's methods return besides nil; callers test for these and for
// nothing else. Anything else is a failure of the store.
var (
	// ErrNotFound: what was asked for is not there.
	ErrNotFound = errors.New("not found")
	// ErrStale: the subject, or a scope its settings come from, changed since
	// the snapshot was taken. Nothing was written; decide again.
	ErrStale = errors.New("changed since it was read")
	// ErrReferenced: another schema refers to a version that was to go.
	ErrReferenced = errors.New("referenced by another schema")
	// ErrDangling: a version referred to is missing or softly deleted.
	ErrDangling = errors.New("refers to a version that is not there")
	// ErrTaken: the explicit ID belongs to other content.
	ErrTaken = errors.New("the ID belongs to another schema")
	// ErrNotEmpty: the context holds versions.
	ErrNotEmpty = errors.New("the context is not empty")
	// ErrExhausted: the context saw the highest ID there is, so none is left to
	// assign.
	ErrExhausted = errors.New("no ID is left")
	// ErrUnavailable: the database cannot be reached, or has no room to write.
	ErrUnavailable = errors.New("the store is out of reach")
)

// Store keeps the registry. Every implementation passes store/storetest, in
// which each sentence below is a case. Methods are safe for concurrent use and
// a cancelled context ends them. Names and texts hold no U+0000.
//
// All of a store's processes see one state: what a write has acknowledged is
// seen by every read that starts afterwards, whichever process it is sent to.
type Store interface {
	Reader
	// Edit reads a snapshot of s as the base of one change. With exclusive
	// nobody else changes s until Close; without it nothing is held, and the
	// change fails with ErrStale when somebody did. s need not exist.
	Edit(ctx context.Context, s Subject, exclusive bool) (Edit, error)
	// Ping returns nil when a write could be attempted, else ErrUnavailable.
	Ping(ctx context.Context) error
	// DropContext takes an empty context off the list until it holds a version
	// again; its settings and its count of IDs stay. ErrNotEmpty when it holds a
	// version, softly deleted or not. An unknown context is dropped already.
	DropContext(ctx context.Context, cn ContextName) error
	// Pool returns how many connections are in each state, by name ("idle",
	// "in_use", "max").
	Pool() map[string]int
	Close() error
}

// Reader reads. Lists are never nil where they are empty but for the reason
// that a method says otherwise.
type Reader interface {
	// Snapshot returns s with every version and the settings around it, as of
	// one moment. A subject that was never written has Rev 0 and no versions.
	Snapshot(ctx context.Context, s Subject) (*Snapshot, error)
	// Record returns one version of s, softly deleted or not; Latest is the
	// newest live one. ErrNotFound when it is not there.
	Record(ctx context.Context, s Subject, v Version) (Record, error)
	// Content returns what an ID stands for, as long as any version, softly
	// deleted or not, carries it. ErrNotFound otherwise.
	Content(ctx context.Context, cn ContextName, id SchemaID) (*Content, error)
	// Contents returns what several IDs stand for, in the order given and without
	// those that stand for nothing: the first that stands for something, and
	// those after it whose texts take no more than so many bytes in all with it.
	// No ID is given twice.
	Contents(ctx context.Context, ids []ContextID, bytes int) ([]*Content, error)
	// Records lists the versions that carry an ID, softly deleted ones
	// included, by qualified subject name and version. Empty for an unknown ID.
	Records(ctx context.Context, cn ContextName, id SchemaID) ([]Record, error)
	// Referrers lists the IDs of the schemas that refer to a version, in
	// ascending order within their contexts.
	Referrers(ctx context.Context, s Subject, v Version) ([]Referrer, error)
	// Subjects lists subjects that f lets through, in byte order of their
	// qualified names.
	Subjects(ctx context.Context, f SubjectFilter) ([]Subject, error)
	// Search lists versions that f lets through, softly deleted ones only where
	// it says so, by qualified subject name in byte order and then by version.
	Search(ctx context.Context, f RecordFilter) ([]Record, error)
	// Identified lists the IDs whose content has a GUID, by context in byte
	// order, the default one first, and then by ID. Empty for an unknown GUID.
	Identified(ctx context.Context, guid GUID) ([]ContextID, error)
	// HighestID is the highest ID that stands for anything in a context, zero
	// where none does.
	HighestID(ctx context.Context, cn ContextName) (SchemaID, error)
	// Aliases lists the subjects whose configuration names another, in byte
	// order of their qualified names.
	Aliases(ctx context.Context) ([]Alias, error)
	// Scope returns what is set on s itself; nothing for what was never written.
	Scope(ctx context.Context, s Subject) (Scope, error)
	// Namesakes lists the subjects of that name outside the default context that
	// hold a version, softly deleted or not, in byte order of their contexts.
	Namesakes(ctx context.Context, name string) ([]Subject, error)
	// Modes lists the subjects of a context that have a mode of their own, the
	// context itself left out, in byte order.
	Modes(ctx context.Context, cn ContextName) ([]Subject, error)
	// Contexts lists the contexts that ever held a version and were not dropped
	// since, the default one always and first, the others in byte order.
	Contexts(ctx context.Context) ([]ContextName, error)
	// Purges returns a counter that moves whenever the last record of some ID
	// is gone, so that what is cached by ID may be wrong.
	Purges(ctx context.Context) (int64, error)
}

// Edit is one change to one subject, which is committed if the snapshot still
// holds. Exactly one of the writing methods is called, at most once; each is
// one transaction, moves Rev by one, and on any error leaves nothing behind.
// An Edit belongs to one goroutine.
type Edit interface {
	Snapshot() *Snapshot
	// Append adds a version, its content and its references, and makes the
	// context known. Besides ErrStale it returns ErrDangling, ErrTaken when
	// v.ID is set and stands for other content that some version carries, and
	// ErrExhausted when an ID must be assigned and none is left.
	//
	// The ID is v.ID if set; else the one the same hash has or had in the
	// context; else the next, which is higher than any the context ever saw.
	// Content that is there keeps its first text. A soft-deleted record of the
	// subject that has the same ID and a lower version goes, unless some
	// schema refers to it (contract 3.4, step 14).
	//
	// With v.Import a record of the same version is replaced, which may take
	// the last record of its ID away, and references may point to softly
	// deleted versions (contract 3.9).
	Append(ctx context.Context, v NewVersion) (Record, error)
	// SoftDelete marks live versions as deleted, ErrNotFound when one of them
	// is not live. ErrReferenced when a schema with a live version refers to
	// one of them; references from the subject's own versions that go as well
	// do not count.
	SoftDelete(ctx context.Context, versions []Version) error
	// Purge removes softly deleted versions for good, with the settings of the
	// subject when no version is left, and with content no version carries.
	// ErrNotFound when one of them is not softly deleted, ErrReferenced when
	// any schema that stays refers to one of them. What it removed keeps its
	// ID for the same content.
	Purge(ctx context.Context, versions []Version) error
	// Configure replaces the configuration and the mode of the scope.
	Configure(ctx context.Context, config *Config, mode Mode) error
	// Close ends the edit and gives back what it holds. It may be called twice.
	Close()
}

// Snapshot is a subject at one moment.
type Snapshot struct {
	Subject  Subject
	Versions []Record // ascending by version, softly deleted ones included
	Scopes   Scopes
}

// NewVersion is what Append adds.
type NewVersion struct {
	Version Version // the number it gets
	Schema  Schema  // references with their version numbers resolved
	Hash    Hash
	GUID    GUID
	ID      SchemaID     // zero: the store assigns it
	Judged  compat.Level // the level it was accepted under; kept for audits
	// Registered is when, to the millisecond; zero: the store takes the time.
	Registered time.Time
	Import     bool // what IMPORT allows: see [Edit.Append]
}

// Referrer is a schema that refers to some version.
type Referrer struct {
	Context ContextName
	ID      SchemaID
	Live    bool // some live version carries it
}

// SubjectFilter picks subjects.
type SubjectFilter struct {
	AllContexts bool
	Context     ContextName // when AllContexts is false
	Prefix      string      // of the name within its context
	Which       Visibility
	Offset      int // of the first listed; negative counts as zero
	Limit       int // how many at most; zero or negative is all
}

// RecordFilter picks versions. A subject counts when its context and prefix
// fit, or when it is one of Also.
type RecordFilter struct {
	AllContexts bool
	Context     ContextName // when AllContexts is false
	Prefix      string      // of the name within its context
	Also        []Subject
	Deleted     bool // softly deleted versions too
	// LatestOnly picks the highest version of each subject among those that
	// Deleted lets through.
	LatestOnly bool
	RuleType   string // of some rule of the schema, after LatestOnly; empty is any
	Offset     int    // of the first listed; negative counts as zero
	Limit      int    // how many at most; zero or negative is all
}

// ContextID is an ID together with the context it belongs to.
type ContextID struct {
	Context ContextName
	ID      SchemaID
}

// Alias is a subject whose configuration names another.
type Alias struct {
	Subject Subject
	Target  string // as written
}

// Visibility says which subjects, or versions of one, are wanted.
type Visibility int

// A subject without versions is in none of the first three, and counts as
// deleted only when all its versions are.
const (
	Live Visibility = iota
	LiveAndDeleted
	DeletedOnly
	// Configured is for lists of subjects: those that have a configuration or a
	// mode of their own, with versions or without. Contexts are among them, the
	// default and the global one always.
	Configured
)
