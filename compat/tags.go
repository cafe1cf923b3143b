package compat

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Entity is a part of a schema that can carry tags in its text, with those it
// carries (contract 3.14).
type Entity struct {
	EntityName
	Tags []string
}

// EntityName names an entity.
type EntityName struct {
	Kind EntityKind
	Path string // in the format's notation
}

// EntityKind is what an entity is, in the contract's spelling.
type EntityKind string

// The kinds of entities: what has fields, and fields.
const (
	RecordEntity EntityKind = "sr_record"
	FieldEntity  EntityKind = "sr_field"
)

// Tagger is a Schema whose text can carry tags.
type Tagger interface {
	Schema
	// Entities yields the parts that can carry tags, in the order of the text.
	// What references define is none of them, nor is what has a path of more than
	// MaxEntityPath bytes. Of several with one name the first counts.
	Entities() iter.Seq[Entity]
	// Retagged is the canonical text with these tags in place of those that the
	// entities carry. Each is one that Entities yields.
	Retagged(tags map[EntityName][]string) string
}

// MaxEntityPath bounds the paths of entities, in bytes, so that deep texts with
// long names cost no more to walk than to read.
const MaxEntityPath = 4096

// Tagged lists the entities of s that carry one of the tags, with all that they
// carry. The tag "*" is any.
func Tagged(s Tagger, tags []string) []Entity {
	wanted := setOf(tags)
	var found []Entity
	for e := range s.Entities() {
		if slices.ContainsFunc(e.Tags, func(tag string) bool { return wanted["*"] || wanted[tag] }) {
			found = append(found, e)
		}
	}
	return found
}

// Retag puts tags on entities of s and takes others off, which come last. A dot
// before a path means nothing. An entity to add to or to remove from that s lacks is a
// *ParseError, which names the first of them by path.
func Retag(s Tagger, add, remove []Entity) (text string, changed bool, err error) {
	adding, removing := byName(add), byName(remove)
	unknown := maps.Clone(adding)
	maps.Copy(unknown, removing)
	retagged := make(map[EntityName][]string)
	for e := range s.Entities() {
		if _, asked := unknown[e.EntityName]; !asked {
			continue
		}
		delete(unknown, e.EntityName)
		off := setOf(removing[e.EntityName])
		var tags []string
		for _, tag := range slices.Concat(e.Tags, adding[e.EntityName]) {
			if !off[tag] {
				tags = append(tags, tag)
			}
			off[tag] = true // once is enough
		}
		if !slices.Equal(tags, e.Tags) {
			retagged[e.EntityName] = tags
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(unknown), compareNames) {
		return "", false, &ParseError{Message: fmt.Sprintf("there is no entity of type %s at the path '%.64s'", name.Kind, name.Path)}
	}
	if len(retagged) == 0 {
		return s.Text(), false, nil
	}
	return s.Retagged(retagged), true, nil
}

// Inherited is the tags of from that s has the entities to carry.
func Inherited(s, from Tagger) []Entity {
	tagged := Tagged(from, []string{"*"})
	has := make(map[EntityName]bool)
	for e := range s.Entities() {
		has[e.EntityName] = true
	}
	return slices.DeleteFunc(tagged, func(e Entity) bool { return !has[e.EntityName] })
}

func compareNames(a, b EntityName) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
}

func byName(entities []Entity) map[EntityName][]string {
	tags := make(map[EntityName][]string, len(entities))
	for _, e := range entities {
		e.Path = strings.TrimPrefix(e.Path, ".")
		tags[e.EntityName] = append(tags[e.EntityName], e.Tags...)
	}
	return tags
}

func setOf(words []string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, word := range words {
		set[word] = true
	}
	return set
}
