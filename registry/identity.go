package registry

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"

	"github.com/muster-registry/muster/compat"
)

// Hash identifies content within the registry: SHA-256 over length-prefixed
// canonicalizer version, type, canonical text, references, metadata and rules.
type Hash [sha256.Size]byte

// GUID identifies content across registries and contexts: the MD5 of the
// contract's section 3.1, which Confluent's registry computes alike.
type GUID [md5.Size]byte

// String renders the GUID as a UUID, in lower case with dashes.
func (g GUID) String() string {
	h := hex.EncodeToString(g[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// ParseGUID reads what String renders, in any letter case, with or without the
// dashes.
func ParseGUID(text string) (guid GUID, ok bool) {
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		text = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(guid) {
		return GUID{}, false
	}
	return GUID(b), true
}

// canonicalVersion is part of every Hash. The canonical form is part of the
// format on disk: a change to it takes a new number, so that old and new
// content coexist.
const canonicalVersion = 1

// hashOf identifies a schema whose canonical (or normalized) text is given.
func hashOf(t compat.Type, canonical string, s Schema) Hash {
	d := digest{Hash: sha256.New(), framed: true}
	d.number(canonicalVersion)
	d.text(string(t))
	d.text(canonical)
	d.number(len(s.References))
	d.references(s.References)
	d.rest(s)
	return Hash(d.Sum(nil))
}

// guidOf computes the contract's MD5. The type is not part of it, and nothing
// separates the parts.
func guidOf(canonical string, s Schema) GUID {
	d := digest{Hash: md5.New()}
	d.text(canonical)
	d.references(s.References)
	d.rest(s)
	return GUID(d.Sum(nil))
}

// digest feeds the parts of a schema to a hash in the contract's order. Framed
// it writes lengths and markers, so that no two schemas feed the same bytes.
type digest struct {
	hash.Hash
	framed bool
}

func (d digest) text(s string) {
	if d.framed {
		d.number(len(s))
	}
	d.Write([]byte(s))
}

func (d digest) number(n int) {
	d.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
}

// count writes how many parts follow, where parts are framed.
func (d digest) count(n int) {
	if d.framed {
		d.number(n)
	}
}

// present marks a part that may be absent.
func (d digest) present(is bool) {
	switch {
	case is:
		d.Write([]byte{1})
	case d.framed:
		d.Write([]byte{0})
	}
}

func (d digest) references(refs []Reference) {
	for _, r := range refs {
		d.text(r.Name)
		d.text(r.Subject)
		d.number(int(r.Version))
	}
}

func (d digest) rest(s Schema) {
	d.present(s.Metadata != nil)
	if m := s.Metadata; m != nil {
		d.count(len(m.Tags))
		for _, path := range slices.Sorted(maps.Keys(m.Tags)) {
			d.text(path)
			d.texts(m.Tags[path])
		}
		d.pairs(m.Properties)
		d.texts(m.Sensitive)
	}
	d.present(s.RuleSet != nil)
	if r := s.RuleSet; r != nil {
		d.rules(r.Migration)
		d.rules(r.Domain)
		d.rules(r.Encoding)
		d.text(r.EnableAt)
	}
}

func (d digest) texts(list []string) {
	d.count(len(list))
	for _, s := range slices.Sorted(slices.Values(list)) {
		d.text(s)
	}
}

func (d digest) pairs(m map[string]string) {
	d.count(len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		d.text(key)
		d.text(m[key])
	}
}

func (d digest) rules(rules []Rule) {
	d.count(len(rules))
	for _, r := range rules {
		for _, s := range []string{r.Name, r.Doc, r.Kind, r.Mode, r.Type} {
			d.text(s)
		}
		d.texts(r.Tags)
		d.pairs(r.Params)
		for _, s := range []string{r.Expr, r.OnSuccess, r.OnFailure} {
			d.text(s)
		}
		d.present(r.Disabled)
	}
}
