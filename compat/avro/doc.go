// Package avro is the Avro format: specification 1.12, read as the Java
// implementation reads it.
//
// # What reads what
//
// Check walks a reader's and a writer's schema together. The rules are those
// of Java's SchemaCompatibility, with the kinds and words clients know, but
// every difference is reported, and once.
//
//	reader        writer        read when
//	a primitive   the same      always
//	long          int           always; so float by int, long; double by int, long, float
//	string        bytes         always, and the reverse
//	array, map    the same      the items are
//	fixed         fixed         the name fits and the size is the same
//	enum          enum          the name fits, and the reader has each symbol or a default
//	record        record        the name fits, and each reader field has a source or a usable default
//	any           union         each branch is read
//	union         any           the branch chosen for the writer's type reads it
//
// A name fits when the short names are the same or an alias of the reader is
// the writer's full name. The source of a field is the writer's field of its
// name or of one of its aliases. Docs, orders and properties never matter here,
// logical types under the policy LOGICAL alone: there a pair that is read has to
// mean the same by its values. Two valid logical types do when they are the
// same, or decimals of one scale of which the reader's has no fewer digits; a
// type without one takes any meaning, as the specification lets readers do.
//
// TestPairs holds all this to a reading of its own over generated pairs. Every
// difference can be shown by a payload, but where the writer has a type without
// a finite value, as a record that needs itself: such types are compared like
// any other, as Java does, though nothing was ever written with them.
//
// # Deliberate differences from the reference registry
//
//   - An enum or fixed within a reader's union needs the full name or an alias,
//     unless both sides are unions equal but for namespaces: Java's check takes
//     the short name, and its decoder then fails.
//   - A named branch with the writer's full name alone decides, as in decoding,
//     and of several records with its short name the one the decoder takes.
//   - A field's alias counts only if the record has the writer's full name or an
//     alias for it: Java's check takes the alias, and its decoder passes it by.
//   - A name that an alias of another type in the reader has is that type's, and
//     the enum or fixed that goes by it reads nothing: Java's decoder renames the
//     writer's types first, save between schemas equal but for docs and aliases.
//   - A default that the field's type cannot hold counts as none.
//   - A union's default may be of any branch, as from version 1.12 on; Java's
//     decoder of 1.11 takes it for one of the first.
//   - A field whose name and aliases match several fields of the writer is
//     AMBIGUOUS_FIELD_ALIAS, where the reference answers with an exception.
//   - A missing field of an enum type that has a default itself is
//     READER_FIELD_MISSING_DEFAULT_VALUE, not TYPE_MISMATCH.
//   - A repeated difference is not repeated.
//   - Canonical text keeps the spelling of numbers.
//   - A type has to be defined before it is used, in the order of the text.
//
// # Payloads
//
// Binary is walked in place. JSON is Avro's encoding, with tagged unions, or
// plain JSON with bare ones. All fields have to be there and no others, and no
// key twice.
package avro
