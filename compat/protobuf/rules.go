package protobuf

import (
	"fmt"

	"github.com/muster-registry/muster/compat"
)

// The rules of the reference registry, in its words (confluent-api.md A.1).
const (
	packageChanged        compat.RuleID = "PACKAGE_CHANGED"
	messageRemoved        compat.RuleID = "MESSAGE_REMOVED"
	fieldKindChanged      compat.RuleID = "FIELD_KIND_CHANGED"
	fieldScalarChanged    compat.RuleID = "FIELD_SCALAR_KIND_CHANGED"
	fieldNamedTypeChanged compat.RuleID = "FIELD_NAMED_TYPE_CHANGED"
	fieldLabelChanged     compat.RuleID = "FIELD_NUMERIC_LABEL_CHANGED"
	requiredFieldAdded    compat.RuleID = "REQUIRED_FIELD_ADDED"
	requiredFieldRemoved  compat.RuleID = "REQUIRED_FIELD_REMOVED"
	oneofFieldRemoved     compat.RuleID = "ONEOF_FIELD_REMOVED"
	fieldsMovedToOneof    compat.RuleID = "MULTIPLE_FIELDS_MOVED_TO_ONEOF"
	fieldMovedToOneof     compat.RuleID = "FIELD_MOVED_TO_EXISTING_ONEOF"
)

// Rules of our own, for what the reference registry accepts and readers cannot
// read (compat-rules.md 2.3).
const (
	fieldBecameRequired  compat.RuleID = "FIELD_BECAME_REQUIRED"
	fieldBytesToString   compat.RuleID = "FIELD_BYTES_TO_STRING"
	fieldPackedToSingle  compat.RuleID = "FIELD_PACKED_TO_SINGULAR"
	fieldEncodingChanged compat.RuleID = "FIELD_MESSAGE_ENCODING_CHANGED"
	fieldGroupChanged    compat.RuleID = "FIELD_GROUP_CHANGED"
	extensionChanged     compat.RuleID = "EXTENSION_CHANGED"
	fieldDefaultChanged  compat.RuleID = "FIELD_DEFAULT_CHANGED"
	requiredEnumNarrowed compat.RuleID = "REQUIRED_ENUM_NARROWED"
	fieldTagReused       compat.RuleID = "FIELD_TAG_REUSED"
)

// rules is the catalogue. Whatever the rule, a message that requires itself has
// no payloads, so what is found in one is shown by none.
func rules() []compat.Rule {
	return []compat.Rule{
		{ID: packageChanged, Doc: "The package differs, and with it the full name of every message",
			Unwitnessed: "Payloads carry no names; the reference registry refuses it for those who look messages up by full name"},
		{ID: messageRemoved, Doc: "The reader lacks a message of the writer",
			Unwitnessed: "The reader has no type to decode with; a message that no payload uses is refused with the rest"},
		{ID: fieldKindChanged, Doc: "A field is a scalar, a message or a map on one side alone",
			Unwitnessed: "A map and a list of messages like its entries are written alike, and so are a message and bytes that hold it"},
		{ID: fieldScalarChanged, Doc: "A field has scalar types that are encoded differently",
			Unwitnessed: "The zero of a closed enum that lists no other number reads as zero in any type of varints"},
		{ID: fieldNamedTypeChanged, Doc: "A field has message types of different names, or of incompatible content",
			Unwitnessed: "Messages of like content are written alike whatever their names"},
		{ID: fieldLabelChanged, Doc: "The written label of a numeric field differs",
			Unwitnessed: "A list reads a single number, a single number the last of a list that is not packed, and anything a required one"},
		{ID: requiredFieldAdded, Doc: "The reader requires a field that the writer lacks"},
		{ID: requiredFieldRemoved, Doc: "The reader lacks a field that the writer requires",
			Unwitnessed: "Readers step over tags they do not know; it is the writer's earlier readers that break"},
		{ID: oneofFieldRemoved, Doc: "The reader lacks a member of a oneof",
			Unwitnessed: "When no oneof is left to be seen unset, the member is stepped over like any field removed"},
		{ID: fieldsMovedToOneof, Doc: "Several fields of the writer's message exclude each other in the reader"},
		{ID: fieldMovedToOneof, Doc: "A field joins members of another oneof of the writer"},
		{ID: fieldBecameRequired, Doc: "The reader requires a field that the writer may leave out"},
		{ID: fieldBytesToString, Doc: "The reader checks as UTF-8 what the writer writes as any bytes"},
		{ID: fieldPackedToSingle, Doc: "The reader takes a single number where the writer packs a list",
			Unwitnessed: "Of a closed enum that lists zero alone, a list that is lost reads as its last number all the same"},
		{ID: fieldEncodingChanged, Doc: "A message is length-prefixed on one side and delimited as a group on the other"},
		{ID: fieldGroupChanged, Doc: "A group is another kind of field on the other side, or groups have incompatible content",
			Unwitnessed: "As the differences of the content that it follows"},
		{ID: extensionChanged, Doc: "An extension or the field in its place is not read as it is written",
			Unwitnessed: "As the difference that it follows"},
		{ID: fieldDefaultChanged, Doc: "An absent field reads as another value"},
		{ID: requiredEnumNarrowed, Doc: "A required field of a closed enum lacks a number of the writer",
			Unwitnessed: "The decoder that re-checks witnesses treats every enum as open, as all of Go's do"},
		{ID: fieldTagReused, Doc: "A tag of an earlier version, since removed, is used by another field"},
	}
}

// entry renders a difference with the double quotes of this format
// (compat-rules.md 0).
func entry(d compat.Difference) string {
	return fmt.Sprintf(`{errorType:"%s", description:"%s"}`, d.Rule, d.Message)
}

// message is the sentence for a rule; r and w are the words for reader and
// writer.
func message(rule compat.RuleID, path, r, w string) string {
	switch rule {
	case packageChanged:
		return fmt.Sprintf("The package of the %s schema does not match the package in the %s schema", r, w)
	case messageRemoved:
		return fmt.Sprintf("The %s schema is missing a field of type MESSAGE at path '%s' in the %s schema", r, path, w)
	case fieldKindChanged:
		return fmt.Sprintf("The type of a field at path '%s' in the %s schema does not match the %s schema", path, r, w)
	case fieldScalarChanged:
		return fmt.Sprintf("The kind of a SCALAR field at path '%s' in the %s schema does not match its kind in the %s schema", path, r, w)
	case fieldNamedTypeChanged:
		return fmt.Sprintf("The type of a MESSAGE field at path '%s' in the %s schema does not match its type in the %s schema", path, r, w)
	case fieldLabelChanged:
		return fmt.Sprintf("The label of a NUMERIC field at path '%s' in the %s schema does not match its label in the %s schema", path, r, w)
	case requiredFieldAdded:
		return fmt.Sprintf("The %s schema has a required field at path '%s' that is missing in the %s schema", r, path, w)
	case requiredFieldRemoved:
		return fmt.Sprintf("The %s schema is missing a required field at path '%s' in the %s schema", r, path, w)
	case oneofFieldRemoved:
		return fmt.Sprintf("The %s schema is missing a oneof field at path '%s' in the %s schema", r, path, w)
	case fieldsMovedToOneof:
		return fmt.Sprintf("Multiple fields in the oneof at path '%s' in the %s schema are outside a oneof in the %s schema", path, r, w)
	case fieldMovedToOneof:
		return fmt.Sprintf("A field in the oneof at path '%s' in the %s schema is outside that oneof in the %s schema", path, r, w)
	case fieldBecameRequired:
		return fmt.Sprintf("The field at path '%s' is required in the %s schema and not in the %s schema", path, r, w)
	case fieldBytesToString:
		return fmt.Sprintf("The field at path '%s' is a UTF-8 string in the %s schema and bytes in the %s schema", path, r, w)
	case fieldPackedToSingle:
		return fmt.Sprintf("The field at path '%s' is a single value in the %s schema and a packed list in the %s schema", path, r, w)
	case fieldGroupChanged:
		return fmt.Sprintf("The GROUP field at path '%s' in the %s schema does not match the %s schema", path, r, w)
	case extensionChanged:
		return fmt.Sprintf("The extension at path '%s' in the %s schema does not match the %s schema", path, r, w)
	case fieldDefaultChanged:
		return fmt.Sprintf("The default of the field at path '%s' in the %s schema does not match its default in the %s schema", path, r, w)
	case requiredEnumNarrowed:
		return fmt.Sprintf("The required field at path '%s' in the %s schema lacks an enum number of the %s schema", path, r, w)
	case fieldTagReused:
		return fmt.Sprintf("The tag of the field at path '%s' in the %s schema belonged to another field in the %s schema", path, r, w)
	default:
		return fmt.Sprintf("The encoding of the MESSAGE field at path '%s' in the %s schema does not match its encoding in the %s schema", path, r, w)
	}
}
