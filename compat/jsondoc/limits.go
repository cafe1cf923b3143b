package jsondoc

// Limits bound what is read; a zero member is without bound. What passes one
// is refused with a *compat.LimitError, except numbers, which are refused as
// bad text.
type Limits struct {
	Bytes    int
	Depth    int // nesting of objects and arrays; the outermost counts 1
	Tokens   int // values, keys and brackets
	Number   int // characters of a number literal
	Exponent int // absolute value of a number's exponent
}

// Limits of reference/reliability.md 5.3.
var (
	// SchemaLimits are for schema text and for the envelopes of requests.
	SchemaLimits = Limits{Bytes: 1 << 20, Depth: 64, Tokens: 200_000, Number: 64, Exponent: 400}
	// PayloadLimits are for payloads.
	PayloadLimits = Limits{Bytes: 1 << 20, Depth: 100, Tokens: 1 << 20, Number: 64, Exponent: 400}
)

// Options say what is read.
type Options struct {
	Limits Limits
	// UniqueKeys refuses an object that names a key twice (RFC 7493 2.3).
	UniqueKeys bool
	// Comments allows // and /* */ where white space may stand, as the Java
	// Avro parser does.
	Comments bool
	// Characters refuses lone surrogates, which stand for none.
	Characters bool
	// Storable refuses what a Postgres text cannot hold: U+0000 and lone
	// surrogates. It is for strings that are stored as they are; within a
	// schema's text U+0000 is an escape, and stays one when it is written.
	Storable bool
}

// Schema are the options for schema text.
var Schema = Options{Limits: SchemaLimits, UniqueKeys: true, Characters: true}

// Payload are the options for payloads.
var Payload = Options{Limits: PayloadLimits}
