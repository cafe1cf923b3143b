// Package jsonschema is the plug-in for JSON Schema: drafts 04, 06, 07,
// 2019-09 and 2020-12, told apart by $schema. A schema without $schema, or
// with one that is not known, follows draft-07. Nothing is ever fetched.
//
// A reader reads what a writer wrote when every document that is valid under
// the writer's schema is valid under the reader's. That is decided whole, by
// package contain: proven, or refuted by a document that the library which
// judges payloads confirms. The nodes of both schemas fall into classes that say
// the same, and a class is opened as a formula when it is asked for.
//
// What is wrong is then named as clients of the contract know it, keyword by
// keyword: each assertion of the reader must follow from what the writer
// asserts, as the rules see it or, failing that, as containment does. The rules
// decide by themselves under policy LENIENT and where containment stays unknown:
// documents too large to build, a budget used up.
//
//	reader against writer                    difference
//	a type is no longer allowed              TYPE_CHANGED, TYPE_NARROWED
//	an enum or const lost a value            ENUM_ARRAY_NARROWED, _CHANGED
//	a bound is added or tightened            MINIMUM_ADDED, MAX_LENGTH_DECREASED, …
//	a member became required                 REQUIRED_ATTRIBUTE_ADDED, REQUIRED_PROPERTY_ADDED_TO_…
//	a declared member meets an open writer   OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL
//	a member is gone from a closed reader    PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL
//	other members are restricted             ADDITIONAL_PROPERTIES_NARROWED, _REMOVED
//	anyOf, oneOf lost or changed a branch    SUM_TYPE_NARROWED, COMBINED_TYPE_…
//	allOf gained a member that says more     PRODUCT_TYPE_EXTENDED
//
// Deliberate differences from the reference registry, where it accepts what
// breaks readers: a required member with a default is a break, because
// validators do not fill defaults in; required names that properties does not
// declare count; exclusive bounds of draft-04 count; a keyword without type
// does not stand for its type; numbers compare exactly; patternProperties,
// propertyNames, contains and if/then/else are compared; oneOf must keep its
// branches apart; connect.type is no excuse. Where it refuses what breaks
// nothing it is not followed either: sub-schemas that accept everything, bounds
// that say the same on integers, enum against const, anyOf branches that one
// reader branch covers.
//
// Format and the content keywords are annotations in every draft. Patterns are
// ECMA-262, translated once into RE2; the translation is what is compiled, for
// payloads and witnesses alike. The library that compiles sees a rewritten
// tree in which every reference is a pointer this package has resolved.
//
// So are dynamic references: a schema is unfolded into one copy for each dynamic
// scope that it is reached with, and in a copy they are plain. The library's own
// reading is not the specification's: it passes over the outermost anchor where
// that is the one the reference names, takes any anchor embedded below a schema
// it came through, misses those of a resource entered past its root, and in then
// and else looks no further out.
package jsonschema
