package jsonschema

import (
	"fmt"

	"github.com/muster-registry/muster/compat"
)

// The rules, named as the reference registry names its kinds of difference
// where it has one. Those it has not end the list.
const (
	typeChanged  compat.RuleID = "TYPE_CHANGED"
	typeNarrowed compat.RuleID = "TYPE_NARROWED"
	schemaAdded  compat.RuleID = "SCHEMA_ADDED"
	enumNarrowed compat.RuleID = "ENUM_ARRAY_NARROWED"
	enumChanged  compat.RuleID = "ENUM_ARRAY_CHANGED"

	minimumAdded              compat.RuleID = "MINIMUM_ADDED"
	minimumIncreased          compat.RuleID = "MINIMUM_INCREASED"
	maximumAdded              compat.RuleID = "MAXIMUM_ADDED"
	maximumDecreased          compat.RuleID = "MAXIMUM_DECREASED"
	exclusiveMinimumAdded     compat.RuleID = "EXCLUSIVE_MINIMUM_ADDED"
	exclusiveMinimumIncreased compat.RuleID = "EXCLUSIVE_MINIMUM_INCREASED"
	exclusiveMaximumAdded     compat.RuleID = "EXCLUSIVE_MAXIMUM_ADDED"
	exclusiveMaximumDecreased compat.RuleID = "EXCLUSIVE_MAXIMUM_DECREASED"
	multipleOfAdded           compat.RuleID = "MULTIPLE_OF_ADDED"
	multipleOfExpanded        compat.RuleID = "MULTIPLE_OF_EXPANDED"
	multipleOfChanged         compat.RuleID = "MULTIPLE_OF_CHANGED"

	minLengthAdded     compat.RuleID = "MIN_LENGTH_ADDED"
	minLengthIncreased compat.RuleID = "MIN_LENGTH_INCREASED"
	maxLengthAdded     compat.RuleID = "MAX_LENGTH_ADDED"
	maxLengthDecreased compat.RuleID = "MAX_LENGTH_DECREASED"
	patternAdded       compat.RuleID = "PATTERN_ADDED"
	patternChanged     compat.RuleID = "PATTERN_CHANGED"

	minItemsAdded            compat.RuleID = "MIN_ITEMS_ADDED"
	minItemsIncreased        compat.RuleID = "MIN_ITEMS_INCREASED"
	maxItemsAdded            compat.RuleID = "MAX_ITEMS_ADDED"
	maxItemsDecreased        compat.RuleID = "MAX_ITEMS_DECREASED"
	uniqueItemsAdded         compat.RuleID = "UNIQUE_ITEMS_ADDED"
	additionalItemsRemoved   compat.RuleID = "ADDITIONAL_ITEMS_REMOVED"
	additionalItemsNarrowed  compat.RuleID = "ADDITIONAL_ITEMS_NARROWED"
	unevaluatedItemsRemoved  compat.RuleID = "UNEVALUATED_ITEMS_REMOVED"
	unevaluatedItemsNarrowed compat.RuleID = "UNEVALUATED_ITEMS_NARROWED"
	itemAddedToOpen          compat.RuleID = "ITEM_ADDED_TO_OPEN_CONTENT_MODEL"
	itemAddedNotCovered      compat.RuleID = "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
	itemRemovedFromClosed    compat.RuleID = "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL"
	itemRemovedNotCovered    compat.RuleID = "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
	minContainsAdded         compat.RuleID = "MIN_CONTAINS_ADDED"
	minContainsIncreased     compat.RuleID = "MIN_CONTAINS_INCREASED"
	maxContainsAdded         compat.RuleID = "MAX_CONTAINS_ADDED"
	maxContainsDecreased     compat.RuleID = "MAX_CONTAINS_DECREASED"

	minPropertiesAdded               compat.RuleID = "MIN_PROPERTIES_ADDED"
	minPropertiesIncreased           compat.RuleID = "MIN_PROPERTIES_INCREASED"
	maxPropertiesAdded               compat.RuleID = "MAX_PROPERTIES_ADDED"
	maxPropertiesDecreased           compat.RuleID = "MAX_PROPERTIES_DECREASED"
	requiredAttributeAdded           compat.RuleID = "REQUIRED_ATTRIBUTE_ADDED"
	requiredAttributeWithDefault     compat.RuleID = "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED"
	requiredAddedToOpen              compat.RuleID = "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
	requiredWithDefaultAddedToOpen   compat.RuleID = "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL"
	requiredAddedToUnopen            compat.RuleID = "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL"
	requiredWithDefaultAddedToUnopen compat.RuleID = "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL"
	optionalPropertyAddedToOpen      compat.RuleID = "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
	propertyAddedNotCovered          compat.RuleID = "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
	propertyRemovedFromClosed        compat.RuleID = "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"
	propertyRemovedNotCovered        compat.RuleID = "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
	additionalPropertiesRemoved      compat.RuleID = "ADDITIONAL_PROPERTIES_REMOVED"
	additionalPropertiesNarrowed     compat.RuleID = "ADDITIONAL_PROPERTIES_NARROWED"
	unevaluatedPropertiesRemoved     compat.RuleID = "UNEVALUATED_PROPERTIES_REMOVED"
	unevaluatedPropertiesNarrowed    compat.RuleID = "UNEVALUATED_PROPERTIES_NARROWED"
	dependencyArrayAdded             compat.RuleID = "DEPENDENCY_ARRAY_ADDED"
	dependencyArrayExtended          compat.RuleID = "DEPENDENCY_ARRAY_EXTENDED"
	dependencyArrayChanged           compat.RuleID = "DEPENDENCY_ARRAY_CHANGED"
	dependencySchemaAdded            compat.RuleID = "DEPENDENCY_SCHEMA_ADDED"

	combinedTypeChanged           compat.RuleID = "COMBINED_TYPE_CHANGED"
	combinedTypeSubschemasChanged compat.RuleID = "COMBINED_TYPE_SUBSCHEMAS_CHANGED"
	sumTypeNarrowed               compat.RuleID = "SUM_TYPE_NARROWED"
	productTypeExtended           compat.RuleID = "PRODUCT_TYPE_EXTENDED"
	notTypeExtended               compat.RuleID = "NOT_TYPE_EXTENDED"

	sumTypeOverlapped    compat.RuleID = "SUM_TYPE_OVERLAPPED"
	patternPropertyAdded compat.RuleID = "PATTERN_PROPERTY_ADDED"
	propertyNamesAdded   compat.RuleID = "PROPERTY_NAMES_ADDED"
	containsAdded        compat.RuleID = "CONTAINS_ADDED"
	containsChanged      compat.RuleID = "CONTAINS_CHANGED"
	conditionAdded       compat.RuleID = "CONDITION_ADDED"
	conditionChanged     compat.RuleID = "CONDITION_CHANGED"
)

// The sentences peers use, one for each family of rules. The words for reader
// and writer fill the two roles; path goes first.
const (
	wordsAdded      = "The keyword at path '%[1]s' in the %[2]s schema is not present in the %[3]s schema"
	wordsIncreased  = "The value at path '%[1]s' in the %[2]s schema is more than its value in the %[3]s schema"
	wordsDecreased  = "The value at path '%[1]s' in the %[2]s schema is less than its value in the %[3]s schema"
	wordsChanged    = "The value at path '%[1]s' in the %[2]s schema is different from its value in the %[3]s schema"
	wordsFewer      = "An array or combined type at path '%[1]s' has fewer elements in the %[2]s schema than the %[3]s schema"
	wordsMore       = "An array or combined type at path '%[1]s' has more elements in the %[2]s schema than the %[3]s schema"
	wordsType       = "A type at path '%[1]s' is different between the %[2]s schema and the %[3]s schema"
	wordsOpen       = "The %[3]s schema has an open content model and has no property or item at path '%[1]s', which the %[2]s schema restricts"
	wordsUnopen     = "The %[3]s schema has an unopen content model and is missing a required property at path '%[1]s' in the %[2]s schema"
	wordsClosed     = "The %[2]s schema has a closed content model and is missing a property or item present at path '%[1]s' in the %[3]s schema"
	wordsUncovered  = "A property or item at path '%[1]s' is present in only one schema and is not covered by the partially open content model of the other (%[2]s reads %[3]s)"
	wordsOverlapped = "More than one branch at path '%[1]s' in the %[2]s schema accepts what the %[3]s schema allows"
)

// rule is a line of the catalogue.
type rule struct {
	compat.Rule
	words   string
	lenient bool // policy LENIENT waves it through
}

// rules lists the catalogue in the order of the constants.
func rules() []rule {
	list := []struct {
		id      compat.RuleID
		words   string
		lenient bool
		doc     string
	}{
		{typeChanged, wordsType, false, "the type is not among those the reader takes"},
		{typeNarrowed, wordsType, false, "number became integer"},
		{schemaAdded, wordsAdded, false, "items are restricted that were free"},
		{enumNarrowed, wordsFewer, false, "an enum lost values"},
		{enumChanged, wordsChanged, false, "an enum or const has other values"},
		{minimumAdded, wordsAdded, false, "a minimum is added"},
		{minimumIncreased, wordsIncreased, false, "a minimum is higher"},
		{maximumAdded, wordsAdded, false, "a maximum is added"},
		{maximumDecreased, wordsDecreased, false, "a maximum is lower"},
		{exclusiveMinimumAdded, wordsAdded, false, "an exclusive minimum is added"},
		{exclusiveMinimumIncreased, wordsIncreased, false, "an exclusive minimum is higher"},
		{exclusiveMaximumAdded, wordsAdded, false, "an exclusive maximum is added"},
		{exclusiveMaximumDecreased, wordsDecreased, false, "an exclusive maximum is lower"},
		{multipleOfAdded, wordsAdded, false, "a multipleOf is added"},
		{multipleOfExpanded, wordsIncreased, false, "a multipleOf is a multiple of what it was"},
		{multipleOfChanged, wordsChanged, false, "a multipleOf does not divide what it was"},
		{minLengthAdded, wordsAdded, false, "a minLength is added"},
		{minLengthIncreased, wordsIncreased, false, "a minLength is higher"},
		{maxLengthAdded, wordsAdded, false, "a maxLength is added"},
		{maxLengthDecreased, wordsDecreased, false, "a maxLength is lower"},
		{patternAdded, wordsAdded, false, "a pattern is added"},
		{patternChanged, wordsChanged, false, "a pattern is another"},
		{minItemsAdded, wordsAdded, false, "a minItems is added"},
		{minItemsIncreased, wordsIncreased, false, "a minItems is higher"},
		{maxItemsAdded, wordsAdded, false, "a maxItems is added"},
		{maxItemsDecreased, wordsDecreased, false, "a maxItems is lower"},
		{uniqueItemsAdded, wordsAdded, false, "items must be unique"},
		{additionalItemsRemoved, wordsAdded, false, "items past a tuple are forbidden"},
		{additionalItemsNarrowed, wordsDecreased, false, "items past a tuple are restricted that were free"},
		{unevaluatedItemsRemoved, wordsAdded, false, "items that nothing evaluates are forbidden"},
		{unevaluatedItemsNarrowed, wordsDecreased, false, "items that nothing evaluates are restricted"},
		{itemAddedToOpen, wordsOpen, false, "a tuple is longer where the writer leaves items free"},
		{itemAddedNotCovered, wordsUncovered, false, "a tuple is longer and the writer's other items do not fit"},
		{itemRemovedFromClosed, wordsClosed, false, "a tuple is shorter and nothing may follow it"},
		{itemRemovedNotCovered, wordsUncovered, false, "a tuple is shorter and the item does not fit what may follow"},
		{minContainsAdded, wordsAdded, false, "a minContains is added"},
		{minContainsIncreased, wordsIncreased, false, "a minContains is higher"},
		{maxContainsAdded, wordsAdded, false, "a maxContains is added"},
		{maxContainsDecreased, wordsDecreased, false, "a maxContains is lower"},
		{minPropertiesAdded, wordsAdded, false, "a minProperties is added"},
		{minPropertiesIncreased, wordsIncreased, false, "a minProperties is higher"},
		{maxPropertiesAdded, wordsAdded, false, "a maxProperties is added"},
		{maxPropertiesDecreased, wordsDecreased, false, "a maxProperties is lower"},
		{requiredAttributeAdded, wordsAdded, false, "a member became required"},
		{requiredAttributeWithDefault, wordsAdded, true, "a member with a default became required"},
		{requiredAddedToOpen, wordsOpen, false, "a required member is declared where the writer is open"},
		{requiredWithDefaultAddedToOpen, wordsOpen, true, "a required member with a default is declared where the writer is open"},
		{requiredAddedToUnopen, wordsUnopen, false, "a required member is declared where the writer is not open"},
		{requiredWithDefaultAddedToUnopen, wordsUnopen, true, "a required member with a default is declared where the writer is not open"},
		{optionalPropertyAddedToOpen, wordsOpen, true, "an optional member is declared where the writer is open"},
		{propertyAddedNotCovered, wordsUncovered, true, "a member is declared and the writer's other members do not fit"},
		{propertyRemovedFromClosed, wordsClosed, true, "a member is gone from a closed reader"},
		{propertyRemovedNotCovered, wordsUncovered, true, "a member is gone and does not fit the reader's other members"},
		{additionalPropertiesRemoved, wordsAdded, true, "other members are forbidden"},
		{additionalPropertiesNarrowed, wordsDecreased, true, "other members are restricted that were free"},
		{unevaluatedPropertiesRemoved, wordsAdded, true, "members that nothing evaluates are forbidden"},
		{unevaluatedPropertiesNarrowed, wordsDecreased, true, "members that nothing evaluates are restricted"},
		{dependencyArrayAdded, wordsAdded, false, "a member asks for others"},
		{dependencyArrayExtended, wordsMore, false, "a member asks for more members"},
		{dependencyArrayChanged, wordsChanged, false, "a member asks for other members"},
		{dependencySchemaAdded, wordsAdded, false, "a member asks for a schema"},
		{combinedTypeChanged, wordsType, false, "anyOf and oneOf are exchanged"},
		{combinedTypeSubschemasChanged, wordsType, false, "branches of anyOf or oneOf no longer take what they took"},
		{sumTypeNarrowed, wordsFewer, false, "anyOf, oneOf or a list of types lost a branch"},
		{productTypeExtended, wordsMore, false, "allOf has a member that says more"},
		{notTypeExtended, wordsChanged, false, "a not excludes values it did not"},
		{sumTypeOverlapped, wordsOverlapped, false, "branches of oneOf are not known to exclude each other"},
		{patternPropertyAdded, wordsAdded, false, "members whose names match a pattern are restricted"},
		{propertyNamesAdded, wordsAdded, false, "the names of members are restricted"},
		{containsAdded, wordsAdded, false, "a contains is added"},
		{containsChanged, wordsChanged, false, "a contains asks for other items"},
		{conditionAdded, wordsAdded, false, "an if is added whose then or else does not follow"},
		{conditionChanged, wordsChanged, false, "an if, then or else is another"},
	}
	catalogue := make([]rule, 0, len(list))
	for _, r := range list {
		catalogue = append(catalogue, rule{compat.Rule{ID: r.id, Doc: r.doc}, r.words, r.lenient})
	}
	return catalogue
}

func catalogue() []compat.Rule {
	var list []compat.Rule
	for _, r := range rules() {
		list = append(list, r.Rule)
	}
	return list
}

// waved tells whether policy LENIENT accepts a rule.
func waved(id compat.RuleID) bool {
	for _, r := range rules() {
		if r.ID == id {
			return r.lenient
		}
	}
	return false
}

func message(id compat.RuleID, path string, opts compat.CheckOptions) string {
	for _, r := range rules() {
		if r.ID == id {
			return fmt.Sprintf(r.words, path, opts.Reader, opts.Writer)
		}
	}
	return string(id)
}

// entry closes the description with a single quote, as the reference registry
// does and its clients know.
func entry(d compat.Difference) string {
	return fmt.Sprintf("{errorType:\"%s\", description:\"%s'}", d.Rule, d.Message)
}
