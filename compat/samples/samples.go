// Package samples says what sample JSON documents have in common: which types of
// value stand where, what is always there, what the texts look like. A format
// that can write this down as a schema is an [Inferrer].
package samples

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// Inferrer is a [compat.Format] that can write a shape as a schema. Every
// sample that was added to the shape is valid under the schema: for Avro in
// the encoding compat.PlainJSON once the fields it lacks are null, for others
// in compat.JSONText.
type Inferrer interface {
	// Infer returns the text of a schema for what s saw, called name. The error
	// is for people: a name or a sample that the format has no words for.
	Infer(s *Shape, name string) (string, error)
}

// Set gathers the shape of documents, one at a time.
type Set struct {
	root   Shape
	enum   int
	places int
}

// New returns an empty set. Texts that take at most enum values at
// one place, some of them more than once, are taken for enumerations; zero for
// none.
func New(enum int) *Set { return &Set{enum: enum} }

// Shape is what the documents have in common so far.
func (s *Set) Shape() *Shape { return &s.root }

// maxPlaces bounds the memory of objects whose keys are data.
const maxPlaces = 10_000

// Add reads one document within the limits of payloads. It returns a
// *compat.ParseError for what is no JSON or names a key twice, a
// *compat.LimitError for what is too large.
func (s *Set) Add(document string) error {
	opts := jsondoc.Payload
	opts.UniqueKeys, opts.Storable = true, true
	v, err := jsondoc.Parse(document, opts)
	if err != nil {
		return err
	}
	s.add(&s.root, v)
	if s.places > maxPlaces {
		return compat.Limitf("the samples have more than %d different places; are keys of their objects data?", maxPlaces)
	}
	return nil
}

// Shape is what the values at one place have in common.
type Shape struct {
	Count    int // of values, null included
	Nulls    int
	Booleans int
	Integers int // numbers without point and exponent
	Numbers  int // the others
	Strings  int
	Arrays   int
	Items    *Shape // of the arrays; nil when all were empty
	Objects  int
	Fields   []*Field // of the objects, in order of first appearance

	index           map[string]*Field
	lowest, highest *big.Int // of the integers
	infinite        bool     // some number is beyond a float64
	looks           looks
	enum            int      // how many texts an enumeration may have
	texts           []string // different ones, at most one more than that
	repeated        bool     // one of them came again
}

// Field is one key of the objects at a place.
type Field struct {
	Name string
	*Shape
}

func (s *Set) add(to *Shape, v *jsondoc.Value) {
	to.Count++
	switch v.Kind {
	case jsondoc.Null:
		to.Nulls++
	case jsondoc.False, jsondoc.True:
		to.Booleans++
	case jsondoc.Number:
		to.number(v.Text)
	case jsondoc.String:
		to.text(v.Text, s.enum)
	case jsondoc.Array:
		to.Arrays++
		for _, item := range v.Items {
			if to.Items == nil {
				to.Items = &Shape{}
				s.places++
			}
			s.add(to.Items, item)
		}
	case jsondoc.Object:
		to.Objects++
		for _, m := range v.Members {
			f := to.index[m.Name]
			if f == nil {
				f = to.field(m.Name)
				s.places++
			}
			if s.places <= maxPlaces {
				s.add(f.Shape, m.Value)
			}
		}
	}
}

func (s *Shape) field(name string) *Field {
	f := &Field{Name: name, Shape: &Shape{}}
	if s.index == nil {
		s.index = make(map[string]*Field)
	}
	s.index[name] = f
	s.Fields = append(s.Fields, f)
	return f
}

func (s *Shape) number(literal string) {
	if f, err := strconv.ParseFloat(literal, 64); err != nil || f > maxFloat || f < -maxFloat {
		s.infinite = true
	}
	if strings.ContainsAny(literal, ".eE") {
		s.Numbers++
		return
	}
	s.Integers++
	n, _ := new(big.Int).SetString(literal, 10) // a JSON number without point and exponent is one
	if s.lowest == nil || n.Cmp(s.lowest) < 0 {
		s.lowest = n
	}
	if s.highest == nil || n.Cmp(s.highest) > 0 {
		s.highest = n
	}
}

const maxFloat = 1.7976931348623157e308

func (s *Shape) text(text string, enum int) {
	s.looks.add(text, s.Strings == 0)
	s.Strings++
	s.enum = enum
	switch {
	case enum == 0:
	case slices.Contains(s.texts, text):
		s.repeated = true
	case len(s.texts) <= enum:
		s.texts = append(s.texts, text)
	}
}

// Kinds is how many JSON types the values have, null left out.
func (s *Shape) Kinds() int {
	kinds := 0
	for _, n := range []int{s.Booleans, s.Integers + s.Numbers, s.Strings, s.Arrays, s.Objects} {
		if n > 0 {
			kinds++
		}
	}
	return kinds
}

// Always tells whether every object had the field.
func (s *Shape) Always(f *Field) bool { return f.Count == s.Objects }

// Range is how wide a type the numbers need.
type Range int

// The ranges, each for those that the ones before it are too narrow for.
const (
	Int64 Range = iota
	Uint64
	Float64
)

// Range tells which type holds every number.
func (s *Shape) Range() Range {
	switch {
	case s.Numbers > 0:
		return Float64
	case s.Integers == 0 || s.lowest.IsInt64() && s.highest.IsInt64():
		return Int64
	case s.lowest.Sign() >= 0 && s.highest.IsUint64():
		return Uint64
	}
	return Float64
}

// Beyond tells whether some number here or within is one that no float64 has.
func (s *Shape) Beyond() bool {
	return s.infinite || s.Items != nil && s.Items.Beyond() ||
		slices.ContainsFunc(s.Fields, func(f *Field) bool { return f.Beyond() })
}

// Enum lists the texts of an enumeration in order of first appearance; ok is
// false where none was asked for, or none shows.
func (s *Shape) Enum() (values []string, ok bool) {
	return s.texts, s.repeated && len(s.texts) <= s.enum
}

// Union is the shape of values that stand at any of several places.
func Union(fields []*Field) *Shape {
	var all Shape
	for _, f := range fields {
		all.merge(f.Shape)
	}
	return &all
}

func (s *Shape) merge(from *Shape) {
	s.Count += from.Count
	s.Nulls += from.Nulls
	s.Booleans += from.Booleans
	s.Integers += from.Integers
	s.Numbers += from.Numbers
	s.Arrays += from.Arrays
	s.Objects += from.Objects
	s.infinite = s.infinite || from.infinite
	if from.lowest != nil && (s.lowest == nil || from.lowest.Cmp(s.lowest) < 0) {
		s.lowest = from.lowest
	}
	if from.highest != nil && (s.highest == nil || from.highest.Cmp(s.highest) > 0) {
		s.highest = from.highest
	}
	s.Strings += from.Strings // without enumeration and format: those are of one place
	if from.Items != nil {
		if s.Items == nil {
			s.Items = &Shape{}
		}
		s.Items.merge(from.Items)
	}
	for _, f := range from.Fields {
		to := s.index[f.Name]
		if to == nil {
			to = s.field(f.Name)
		}
		to.merge(f.Shape)
	}
}
