package compat

import "errors"

// Type names a schema language as the contract spells it.
type Type string

// The schema types, in the contract's spelling. Case matters.
const (
	Avro     Type = "AVRO"
	Protobuf Type = "PROTOBUF"
	JSON     Type = "JSON"
)

// Format is the plug-in for one schema language. Implementations are stateless
// and safe for concurrent use.
type Format interface {
	Type() Type
	// Parse reads a schema whose references are already resolved. It returns a
	// *ParseError for text that is not a schema and a *LimitError for text that
	// is too large, too deep or too costly, never a partial Schema. It opens no
	// file and no socket.
	Parse(src Source) (Schema, error)
	// Check lists every reason reader cannot read what writer wrote, ordered by
	// the walk over the reader. Both schemas come from this format's Parse. The
	// only error is a *LimitError, when opts.Work is used up.
	Check(reader, writer Schema, opts CheckOptions) (Comparison, error)
	// Entry renders a difference as the contract's clients know it from
	// "messages" and from the text of a 409, quirks of quoting included.
	Entry(d Difference) string
	// Rules is the catalogue of what Check can report. IDs are API: never
	// reused, never renamed.
	Rules() []Rule
	// Outline reads what text says of itself. It never fails.
	Outline(text string) Outline
	// Locate finds the line and column, from 1, of what a path of a Difference
	// or an Edit names in text. Of a part that text lacks it is the place of
	// the innermost part around it that text has.
	Locate(text, path string) (line, column int)
	// Mend makes the edit of a difference of that rule, in order, to the text of
	// the candidate, where a machine may: the edit completes the change that
	// somebody made, as a default completes a new field. It returns nil for an
	// edit that takes a part of the change back, that rests on a guess, that has
	// been made, or whose place the text does not have.
	Mend(text string, rule RuleID, edit Edit) []Change
}

// Historian is a Format that sees breaks which no two versions show.
type Historian interface {
	// CheckHistory finds the newest of the earlier schemas, given newest first,
	// that candidate breaks although Check may find nothing between the two, and
	// lists how. opts and the error are as those of Format.Check.
	CheckHistory(candidate Schema, earlier []Schema, opts CheckOptions) (index int, found []Difference, err error)
}

// Source is all that Parse needs to know of a schema.
type Source struct {
	// Text is the schema as submitted or stored.
	Text string
	// References is the closure of everything Text refers to, each before the
	// ones that refer to it, each name once.
	References []Reference
	// Lenient asks for the reading that schemas accepted earlier get (stored
	// versions, lookups, imports): checks that only new schemas must pass, such
	// as the validity of Avro defaults, are left out. Limits stay.
	Lenient bool
	// Unvalidated leaves out of the strict reading what the contract's
	// "validateNewSchemas": false leaves out (3.4, step 8): whether Avro defaults
	// and namespaces are valid. Other formats have nothing of the kind.
	Unvalidated bool
}

// Reference is a reference whose text has been found.
type Reference struct {
	// Name as the referring text spells it: for Protobuf the import path, for
	// JSON Schema what $ref names, for Avro a label without meaning.
	Name string
	Text string
}

// Schema is one parsed schema, immutable and safe for concurrent use.
type Schema interface {
	Type() Type
	// Text is what is stored and returned when normalization is off: the
	// submitted characters, or Canonical where other clients could not read
	// those.
	Text() string
	// Canonical is the text that decides identity; it does not change with
	// white space or comments. Canonicalizing twice is canonicalizing once.
	Canonical() string
	// Normalized is the text stored when normalization is on. Idempotent, and
	// it reads what the original reads.
	Normalized() string
	// LookupKey is equal for two schemas exactly when a lookup takes the one
	// for the other.
	LookupKey() string
	// Fields are the names of the fields at the top of a payload, in the order
	// of the text; of a Protobuf file those of its first message. Types without
	// fields have none.
	Fields() []string
	// Validator compiles a judge of payloads. It returns ErrMessage for a
	// message name the schema lacks and a *ParseError when a schema that was
	// accepted leniently cannot judge payloads.
	Validator(opts ValidatorOptions) (Validator, error)
	// Size estimates the bytes this value holds in memory, for caches.
	Size() int
}

// Renderer is a Schema that can be written in other ways than its Text, by the
// names of the contract's query parameter "format" (contract 2.3).
type Renderer interface {
	// Render writes the schema in one of these ways; ok is false for a way that
	// the type lacks. The text means what the schema means, to readers who ask
	// for that way.
	Render(way string) (text string, ok bool)
}

// Speller is a Format whose texts are spelled in more than one way.
type Speller interface {
	// Spelling is the way of [Renderer] that a text is written in, empty for the
	// plain one. It does not tell whether the text is a schema.
	Spelling(text string) string
}

// CheckOptions says how a comparison is made.
type CheckOptions struct {
	Policy Policy
	// Reader and Writer are the words for the two roles in messages: "new" and
	// "old" when the candidate reads, "old" and "new" when it writes.
	Reader, Writer string
	// Work is what the comparison may cost; nil is without bound.
	Work *Budget
}

// Policy narrows or widens what counts as a difference.
type Policy string

// The policies of the contract. The zero Policy means Strict.
const (
	Strict  Policy = "STRICT"
	Lenient Policy = "LENIENT"
	Logical Policy = "LOGICAL"
)

// Comparison is what a format found between a reader and a writer.
type Comparison struct {
	// Differences is empty when the reader can read all the writer wrote.
	Differences []Difference
	// Evidence is Proof when the answer is decided, RulesEvidence when it rests
	// on structural rules.
	Evidence Evidence
}

// Evidence says what a verdict rests on.
type Evidence string

// Evidence in the answer's spelling.
const (
	Proof         Evidence = "proof"
	WitnessShown  Evidence = "witness"
	RulesEvidence Evidence = "rules"
)

// RuleID names a rule, upper snake case, e.g. MISSING_UNION_BRANCH.
type RuleID string

// Rule is one line of a format's catalogue.
type Rule struct {
	ID  RuleID
	Doc string // one line, no full stop
	// Unwitnessed says when a difference of this rule has no payload that shows
	// it, and why it counts all the same; empty when each has one.
	Unwitnessed string
}

// Difference is one reason a reader cannot read what a writer wrote.
type Difference struct {
	Rule RuleID
	// Path is where, in the format's own notation.
	Path string
	// Message is a sentence in the words clients match on.
	Message string
	// Info is the contract's additionalInfo, where the format has one.
	Info string
	// Witness is a payload that shows the difference; nil when none was found
	// that passed its own check.
	Witness *Witness
	// Fix is the smallest edit that would pass; nil when none is known.
	Fix *Fix
}

// Witness is a payload written under the writer's schema that the reader
// cannot read, or reads as something else. It is checked before it is shown.
type Witness struct {
	JSON    string // the payload as JSON text
	Binary  []byte // the payload's bytes, for formats that have a binary form
	Outcome string // what the reader makes of it
}

// Fix is an edit to the candidate, as text a person can apply and as data.
type Fix struct {
	Text string
	Edit Edit
}

// Edit is a fix as data. Empty members have no meaning for its Op.
type Edit struct {
	Op    string // e.g. "add-default", "add-alias", "make-optional", "keep-type"
	Path  string // where in the candidate, in the format's notation
	Value string // JSON text
}

// Encoding is how a payload is written.
type Encoding string

// The encodings. Which of them a schema type has is for its Validator to say.
const (
	Binary    Encoding = "binary"
	JSONText  Encoding = "json"       // Avro's JSON encoding, ProtoJSON, or plain JSON
	PlainJSON Encoding = "json-plain" // Avro JSON with bare union values
	// Wire is what follows the schema ID in the Confluent wire format: for
	// Protobuf the message indexes and the binary, for Avro the binary (raw
	// bytes when the schema is "bytes"), for JSON the text.
	Wire Encoding = "wire"
)

// ValidatorOptions picks what a Validator judges.
type ValidatorOptions struct {
	// Message is the full name of a Protobuf message, empty for the first of
	// the file. Other formats have no messages and answer ErrMessage to one.
	Message string
}

// Validator judges payloads; safe for concurrent use.
type Validator interface {
	// Validate lists why payload does not fit, at most MaxViolations. It
	// returns ErrEncoding for an encoding the type lacks and a *LimitError when
	// judging would cost more than the work budget. It keeps no reference to
	// payload.
	Validate(payload []byte, enc Encoding) (Verdict, error)
}

// Verdict is what a Validator found; the payload is valid when Violations is
// empty.
type Verdict struct {
	Violations []Violation
	Truncated  bool // more were found than MaxViolations
}

// Violation is one reason a payload does not fit. It never holds a value of
// the payload.
type Violation struct {
	Code          string // upper snake case, stable
	Pointer       string // RFC 6901 into the payload; "" is the whole
	SchemaPointer string // RFC 6901 into the schema, or the format's own path
	Expected      string
	Actual        string // a type, never a value
	Message       string
	Hint          string
}

// MaxViolations is how many violations a Verdict lists.
const MaxViolations = 20

// Errors that callers may test for.
var (
	ErrEncoding = errors.New("the schema type has no such encoding")
	ErrMessage  = errors.New("the schema has no such message")
)
