package compat

import "fmt"

// Formats is the set of formats a program was built with.
type Formats struct {
	types  []Type
	byType map[Type]Format
}

// NewFormats returns the set of fs, in that order. It panics on a type given
// twice, which is a wiring mistake.
func NewFormats(fs ...Format) *Formats {
	set := &Formats{byType: make(map[Type]Format, len(fs))}
	for _, f := range fs {
		if _, ok := set.byType[f.Type()]; ok {
			panic(fmt.Sprintf("compat: two formats for %s", f.Type()))
		}
		set.types = append(set.types, f.Type())
		set.byType[f.Type()] = f
	}
	return set
}

// Lookup returns the format of a type.
func (fs *Formats) Lookup(t Type) (Format, bool) {
	f, ok := fs.byType[t]
	return f, ok
}

// Types lists the types in the order given to NewFormats. The caller may keep
// and change the slice.
func (fs *Formats) Types() []Type {
	return append([]Type(nil), fs.types...)
}
