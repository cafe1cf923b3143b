package guard

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/all"
)

// snapshot is the live versions of a subject at one time, newest first.
type snapshot struct {
	versions []*version
}

// same tells whether two snapshots hold the same versions; nil holds none.
func (s *snapshot) same(other *snapshot) bool {
	if s == nil {
		return len(other.versions) == 0
	}
	return slices.EqualFunc(s.versions, other.versions, func(a, b *version) bool {
		return a.number == b.number && a.id == b.id && a.guid == b.guid
	})
}

// named finds the version that a frame names, and its place from the newest. A
// frame of zeros names none, also where the registry gives no GUIDs.
func (s *snapshot) named(id int, guid [16]byte) (*version, int) {
	if id == 0 && guid == [16]byte{} {
		return nil, 0
	}
	for i, v := range s.versions {
		if id != 0 && v.id == id || id == 0 && v.guidBytes == guid {
			return v, i
		}
	}
	return nil, 0
}

// version is one version of a subject with the validators made from it.
type version struct {
	number    int
	id        int
	guid      string // as the registry writes it
	guidBytes [16]byte
	kind      compat.Type
	source    compat.Source

	parse      sync.Once
	schema     compat.Schema
	err        error
	first      sync.Once // compiles the validator without a message name
	unnamed    compat.Validator
	unnamedErr error
	named      sync.Map // by message name
}

// parseGUID reads a GUID with or without dashes; that of a registry which gives
// none is zeros.
func parseGUID(text string) (guid [16]byte) {
	raw, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err == nil && len(raw) == len(guid) {
		copy(guid[:], raw)
	}
	return guid
}

// errUnusable is a schema that judges no payloads, though it is registered.
var errUnusable = errors.New("the schema judges no payloads")

// validator compiles once for each message, when it is first wanted. Its
// errors are compat.ErrMessage and errUnusable.
func (v *version) validator(message string) (compat.Validator, error) {
	if message == "" {
		v.first.Do(func() { v.unnamed, v.unnamedErr = v.compile("") })
		return v.unnamed, v.unnamedErr
	}
	if known, ok := v.named.Load(message); ok {
		return known.(compat.Validator), nil
	}
	validator, err := v.compile(message)
	if err != nil {
		return nil, err
	}
	known, _ := v.named.LoadOrStore(message, validator)
	return known.(compat.Validator), nil
}

func (v *version) compile(message string) (compat.Validator, error) {
	v.parse.Do(func() {
		format, ok := all.Formats().Lookup(v.kind)
		if !ok {
			v.err = fmt.Errorf("type %s is not known here", v.kind)
			return
		}
		v.schema, v.err = format.Parse(v.source)
	})
	if v.err != nil {
		return nil, fmt.Errorf("%w: %w", errUnusable, v.err)
	}
	validator, err := v.schema.Validator(compat.ValidatorOptions{Message: message})
	if err != nil && !errors.Is(err, compat.ErrMessage) {
		err = fmt.Errorf("%w: %w", errUnusable, err)
	}
	return validator, err
}
