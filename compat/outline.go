package compat

// Outline is what a schema's text says of itself without the texts it refers
// to, for tools that keep schemas in files. Its members are empty where the
// text does not say, and all of them for text that is not a schema.
type Outline struct {
	// Name and Namespace of what the text declares: an Avro type, the first
	// message and the package of a Protobuf file, the title of a JSON Schema.
	Name, Namespace string
	// Provides are the names under which other texts can refer to this one
	// wherever it is kept: the full names of Avro types, the $id of a JSON
	// Schema. Protobuf files are referred to by where they are kept.
	Provides []string
	// Needs are the names of the references the text has to be given, as
	// Reference.Name spells them, each once, in the order of the text.
	Needs []string
}
