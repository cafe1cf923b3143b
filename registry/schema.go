package registry

import (
	"strings"
	"time"

	"github.com/muster-registry/muster/compat"
)

// SchemaID numbers the distinct schemas of a context, from 1 to 2^31-1. Equal
// numbers in two contexts are unrelated.
type SchemaID int32

// Version numbers the versions of a subject, from 1 to 2^31-1.
type Version int

// maxVersion is the highest number a version can have.
const maxVersion Version = 1<<31 - 1

// Latest asks for the newest live version wherever a version is asked for.
const Latest Version = -1

// Schema is what is registered: text and all that counts towards its identity.
type Schema struct {
	Type       compat.Type
	Text       string
	References []Reference // in the order given, which is significant
	Metadata   *Metadata   // nil is different from empty
	RuleSet    *RuleSet    // nil is different from empty
}

// blank tells whether there is no text to parse.
func (s Schema) blank() bool { return strings.TrimSpace(s.Text) == "" }

// Reference points from one schema to a version of a subject.
type Reference struct {
	Name string // as the referring text spells it
	// Subject as written. Unqualified it is looked up in the referrer's
	// context; "s" and ":.ctx:s" are different content even where they mean
	// the same (contract 3.2).
	Subject string
	Version Version
}

// Target is the subject r points to from a schema in context.
func (r Reference) Target(context ContextName) Subject {
	return within(r.Subject, context)
}

// Metadata is what a schema carries beside its text.
type Metadata struct {
	Tags       map[string][]string // path to sorted tags
	Properties map[string]string
	Sensitive  []string // sorted names of properties
}

// RuleSet is the rules clients apply to payloads. The registry stores them and
// runs none.
type RuleSet struct {
	Migration []Rule
	Domain    []Rule
	Encoding  []Rule
	EnableAt  string
}

// Rule is one rule of a RuleSet, with the contract's defaults filled in.
type Rule struct {
	Name      string
	Doc       string
	Kind      string // TRANSFORM or CONDITION
	Mode      string // UPGRADE, DOWNGRADE, UPDOWN, WRITE, READ or WRITEREAD
	Type      string
	Tags      []string // sorted
	Params    map[string]string
	Expr      string
	OnSuccess string
	OnFailure string
	Disabled  bool
}

// Content is a schema under its ID. It never changes while any version carries
// the ID.
type Content struct {
	Context ContextName
	ID      SchemaID
	Schema
	Hash Hash
	GUID GUID

	// reading is what its text alone is kept under once parsed; zero where
	// references belong to it, and outside the caches.
	reading parsedKey
}

// Record is one version of a subject.
type Record struct {
	Subject    Subject
	Version    Version
	ID         SchemaID
	Hash       Hash // of the content under ID
	Deleted    bool // softly
	Registered time.Time
}
