package compat

// WirePrefixer is what a [Validator] is besides where the wire format has bytes
// of its own between the schema's ID and a binary payload.
type WirePrefixer interface {
	// WirePrefix returns those bytes for the payloads judged by default; ok is
	// false when the wire format cannot carry them. The caller only reads it.
	WirePrefix() (prefix []byte, ok bool)
}
