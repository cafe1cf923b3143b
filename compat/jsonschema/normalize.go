package jsonschema

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// texts fills in the canonical text, which keeps the order of keys, and the
// normalized one, which sorts them. Arrays and numbers keep their spelling in
// both (contract addenda B.1).
func (s *schema) texts(root *jsondoc.Value, references []compat.Reference) {
	s.canonical = root.Compact()
	s.normalized = root.Sorted()
	digest := sha256.New()
	for _, part := range append([]string{s.canonical}, flatten(references)...) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		digest.Write(length[:])
		digest.Write([]byte(part))
	}
	digest.Sum(s.closure[:0])
}

func flatten(references []compat.Reference) []string {
	parts := make([]string, 0, 2*len(references))
	for _, r := range references {
		parts = append(parts, r.Name, r.Text)
	}
	return parts
}

// lastWins copies v without all but the last of equal keys, which stands at the
// place of the first. Only lenient reading meets such keys.
func lastWins(v *jsondoc.Value) *jsondoc.Value {
	kept := *v
	kept.Items, kept.Members = nil, nil
	for _, item := range v.Items {
		kept.Items = append(kept.Items, lastWins(item))
	}
	at := make(map[string]int, len(v.Members))
	for _, m := range v.Members {
		m.Value = lastWins(m.Value)
		if i, ok := at[m.Name]; ok {
			kept.Members[i] = m
			continue
		}
		at[m.Name] = len(kept.Members)
		kept.Members = append(kept.Members, m)
	}
	return &kept
}
