// Package entity holds the JSON bodies of the API, shared by server and
// client. They have fields and no behaviour; what a field means is said in
// openapi.yaml. Absent members are omitted, never null, except where a pointer
// to a pointer would be needed to tell the two apart: there the server decodes
// by hand.
package entity

import "encoding/json"

// Error is the body of every answer from 400 on.
type Error struct {
	Code    int    `json:"error_code"`
	Message string `json:"message"`
	// Incompatibilities says why, in the answer to a refused registration.
	Incompatibilities []Incompatibility `json:"incompatibilities,omitempty"`
}

// Reference points to a version of a subject.
type Reference struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// Metadata is what a schema carries beside its text.
type Metadata struct {
	Tags       map[string][]string `json:"tags,omitempty"`
	Properties map[string]string   `json:"properties,omitempty"`
	Sensitive  []string            `json:"sensitive,omitempty"`
}

// RuleSet is the rules clients apply to payloads.
type RuleSet struct {
	MigrationRules []Rule `json:"migrationRules,omitempty"`
	DomainRules    []Rule `json:"domainRules,omitempty"`
	EncodingRules  []Rule `json:"encodingRules,omitempty"`
	EnableAt       string `json:"enableAt,omitempty"`
}

// Rule is one rule of a RuleSet.
type Rule struct {
	Name      string            `json:"name"`
	Doc       string            `json:"doc,omitempty"`
	Kind      string            `json:"kind"`
	Mode      string            `json:"mode"`
	Type      string            `json:"type"`
	Tags      []string          `json:"tags,omitempty"`
	Params    map[string]string `json:"params,omitempty"`
	Expr      string            `json:"expr,omitempty"`
	OnSuccess string            `json:"onSuccess,omitempty"`
	OnFailure string            `json:"onFailure,omitempty"`
	Disabled  bool              `json:"disabled"`
}

// SchemaRequest is the body of register, lookup and compatibility check.
type SchemaRequest struct {
	Schema     string      `json:"schema"`
	SchemaType string      `json:"schemaType,omitempty"`
	References []Reference `json:"references,omitempty"`
	Metadata   *Metadata   `json:"metadata,omitempty"`
	RuleSet    *RuleSet    `json:"ruleSet,omitempty"`
	Version    int         `json:"version,omitempty"`
	ID         *int        `json:"id,omitempty"`
	Timestamp  int64       `json:"ts,omitempty"` // milliseconds since the epoch
	// What follows counts in registrations alone.
	SchemaTagsToAdd     []SchemaTags `json:"schemaTagsToAdd,omitempty"`
	SchemaTagsToRemove  []SchemaTags `json:"schemaTagsToRemove,omitempty"`
	PropagateSchemaTags bool         `json:"propagateSchemaTags,omitempty"`
}

// SchemaTags is the tags of one entity in the text of a schema.
type SchemaTags struct {
	Entity SchemaEntity `json:"schemaEntity"`
	Tags   []string     `json:"tags"`
}

// SchemaEntity names a part of a schema that can carry tags.
type SchemaEntity struct {
	Path string `json:"entityPath"`
	Type string `json:"entityType"` // sr_record or sr_field
}

// TagRequest asks for a new version made of one that is there.
type TagRequest struct {
	NewVersion    int          `json:"newVersion,omitempty"`
	TagsToAdd     []SchemaTags `json:"tagsToAdd,omitempty"`
	TagsToRemove  []SchemaTags `json:"tagsToRemove,omitempty"`
	Metadata      *Metadata    `json:"metadata,omitempty"`
	RuleSet       *RuleSet     `json:"ruleSet,omitempty"`
	RulesToMerge  *RuleSet     `json:"rulesToMerge,omitempty"`
	RulesToRemove []string     `json:"rulesToRemove,omitempty"` // by name
}

// Registered is the answer to a registration.
type Registered struct {
	ID         int         `json:"id"`
	Version    int         `json:"version,omitempty"`
	GUID       string      `json:"guid,omitempty"`
	SchemaType string      `json:"schemaType,omitempty"`
	References []Reference `json:"references,omitempty"`
	Metadata   *Metadata   `json:"metadata,omitempty"`
	RuleSet    *RuleSet    `json:"ruleSet,omitempty"`
	Schema     string      `json:"schema,omitempty"`
}

// Schema is one version of a subject.
type Schema struct {
	Subject    string      `json:"subject"`
	Version    int         `json:"version"`
	ID         int         `json:"id"`
	GUID       string      `json:"guid,omitempty"`
	SchemaType string      `json:"schemaType,omitempty"`
	References []Reference `json:"references,omitempty"`
	Metadata   *Metadata   `json:"metadata,omitempty"`
	RuleSet    *RuleSet    `json:"ruleSet,omitempty"`
	Schema     string      `json:"schema"`
	Timestamp  int64       `json:"ts,omitempty"` // milliseconds since the epoch
	Deleted    *bool       `json:"deleted,omitempty"`
	Aliases    []string    `json:"aliases,omitempty"`
	// SchemaTags is there when it was asked for.
	SchemaTags []SchemaTags `json:"schemaTags,omitempty"`
}

// SchemaString is what an ID stands for.
type SchemaString struct {
	Schema     string      `json:"schema"`
	SchemaType string      `json:"schemaType,omitempty"`
	References []Reference `json:"references,omitempty"`
	Metadata   *Metadata   `json:"metadata,omitempty"`
	RuleSet    *RuleSet    `json:"ruleSet,omitempty"`
	GUID       string      `json:"guid,omitempty"`
	Subject    string      `json:"subject,omitempty"`
	Version    int         `json:"version,omitempty"`
	MaxID      int         `json:"maxId,omitempty"`
	// SchemaTags is there when it was asked for.
	SchemaTags []SchemaTags `json:"schemaTags,omitempty"`
}

// SubjectVersion names a version.
type SubjectVersion struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// ContextID is an ID with the context it belongs to.
type ContextID struct {
	Context string `json:"context"`
	ID      int    `json:"id"`
}

// Compatibility is the answer to a compatibility check. Messages, Evidence and
// Incompatibilities are there only in verbose answers.
type Compatibility struct {
	IsCompatible      bool              `json:"is_compatible"`
	Messages          *[]string         `json:"messages,omitempty"`
	Evidence          string            `json:"evidence,omitempty"`
	Incompatibilities []Incompatibility `json:"incompatibilities,omitempty"`
}

// Diff is what separates two versions of a subject. Backward tells whether To
// reads what From wrote, Forward the reverse.
type Diff struct {
	Subject           string            `json:"subject"`
	From              int               `json:"from"`
	To                int               `json:"to"`
	Backward          bool              `json:"backward"`
	Forward           bool              `json:"forward"`
	Evidence          string            `json:"evidence"`
	Incompatibilities []Incompatibility `json:"incompatibilities"`
}

// Incompatibility is one reason for a refusal.
type Incompatibility struct {
	Rule      string   `json:"rule"`
	Path      string   `json:"path,omitempty"`
	Message   string   `json:"message"`
	Direction string   `json:"direction"`
	Version   int      `json:"version,omitempty"`
	Witness   *Witness `json:"witness,omitempty"`
	Fix       *Fix     `json:"fix,omitempty"`
}

// Witness is a payload that shows an incompatibility.
type Witness struct {
	JSON    json.RawMessage `json:"json,omitempty"`
	Base64  string          `json:"base64,omitempty"`
	Outcome string          `json:"outcome"`
}

// Fix is an edit that would pass.
type Fix struct {
	Text string `json:"text"`
	Edit *Edit  `json:"edit,omitempty"`
}

// Edit is a fix as data.
type Edit struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value string `json:"value,omitempty"`
}

// Config is the configuration of a scope as GET and DELETE answer it.
type Config struct {
	Level string `json:"compatibilityLevel,omitempty"`
	ConfigRest
}

// ConfigUpdate is the configuration of a scope as PUT takes and answers it.
type ConfigUpdate struct {
	Level string `json:"compatibility,omitempty"`
	ConfigRest
}

// ConfigRest is what Config and ConfigUpdate share.
type ConfigRest struct {
	Alias              string    `json:"alias,omitempty"`
	AliasForDEKs       string    `json:"aliasForDeks,omitempty"`
	Normalize          *bool     `json:"normalize,omitempty"`
	ValidateFields     *bool     `json:"validateFields,omitempty"`
	ValidateNewSchemas *bool     `json:"validateNewSchemas,omitempty"`
	ValidateRules      *bool     `json:"validateRules,omitempty"`
	CompatibilityGroup string    `json:"compatibilityGroup,omitempty"`
	Policy             string    `json:"compatibilityPolicy,omitempty"`
	DefaultMetadata    *Metadata `json:"defaultMetadata,omitempty"`
	OverrideMetadata   *Metadata `json:"overrideMetadata,omitempty"`
	DefaultRuleSet     *RuleSet  `json:"defaultRuleSet,omitempty"`
	OverrideRuleSet    *RuleSet  `json:"overrideRuleSet,omitempty"`
}

// Mode is the mode of a scope; nil clears it.
type Mode struct {
	Mode *string `json:"mode"`
}

// Verdict is the answer to a judged payload.
type Verdict struct {
	Valid             bool           `json:"valid"`
	Schema            *VerdictSchema `json:"schema,omitempty"`
	Errors            []Violation    `json:"errors"`
	Truncated         bool           `json:"truncated"`
	WouldBeValidUnder []int          `json:"would_be_valid_under,omitempty"`
	// Changed is what keeps the schema and the newest of those versions from
	// reading each other's payloads.
	Changed []Incompatibility `json:"changed,omitempty"`
}

// BatchVerdict is the answer to {"records": […]}.
type BatchVerdict struct {
	Results []RecordVerdict `json:"results"`
	Summary Summary         `json:"summary"`
}

// RecordVerdict is the verdict on one record.
type RecordVerdict struct {
	ID json.RawMessage `json:"id,omitempty"` // as it was sent: a string or a number
	Verdict
}

// Summary counts what a batch or a stream held.
type Summary struct {
	Valid   int  `json:"valid"`
	Invalid int  `json:"invalid"`
	Stopped bool `json:"stopped,omitempty"` // by stop_after, before the end
}

// LineVerdict is the verdict on one line of a stream.
type LineVerdict struct {
	Line      int         `json:"line"` // from 1
	Valid     bool        `json:"valid"`
	Errors    []Violation `json:"errors"`
	Truncated bool        `json:"truncated,omitempty"`
	// As in Verdict, looked for on the first hundred lines that do not fit.
	WouldBeValidUnder []int `json:"would_be_valid_under,omitempty"`
	// As in Verdict, on the first line that another version fits.
	Changed []Incompatibility `json:"changed,omitempty"`
}

// LinesSummary is the last line of a stream.
type LinesSummary struct {
	Summary Summary `json:"summary"`
}

// VerdictSchema names the schema a payload was judged by.
type VerdictSchema struct {
	Subject string `json:"subject,omitempty"`
	Version int    `json:"version,omitempty"`
	ID      int    `json:"id"`
	Type    string `json:"type"`
}

// Violation is one reason a payload does not fit. It never holds a value of
// the payload.
type Violation struct {
	Code          string `json:"code"`
	Pointer       string `json:"pointer"`
	SchemaPointer string `json:"schema_pointer,omitempty"`
	Expected      string `json:"expected,omitempty"`
	Actual        string `json:"actual,omitempty"`
	Message       string `json:"message"`
	Hint          string `json:"hint,omitempty"`
}

// ServerVersion is the answer of GET /v1/metadata/version.
type ServerVersion struct {
	Version  string      `json:"version"` // of the contract that is spoken
	CommitID string      `json:"commitId"`
	Muster   BuildFigure `json:"muster"`
}

// Deployment is the answer of GET /v1/metadata/deployment.
type Deployment struct {
	Attributes []string `json:"attributes"`
}

// BuildFigure says which build of Muster answers.
type BuildFigure struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}
