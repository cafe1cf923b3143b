package jsonschema

import (
	"encoding/json"
	"math/big"
	"net/url"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// decode turns a value into what the library judges. Of equal keys the last
// counts.
func decode(v *jsondoc.Value) any {
	switch v.Kind {
	case jsondoc.False, jsondoc.True:
		return v.Kind == jsondoc.True
	case jsondoc.Number:
		return json.Number(v.Text)
	case jsondoc.String:
		return v.Text
	case jsondoc.Array:
		items := make([]any, 0, len(v.Items))
		for _, item := range v.Items {
			items = append(items, decode(item))
		}
		return items
	case jsondoc.Object:
		members := make(map[string]any, len(v.Members))
		for _, m := range v.Members {
			members[m.Name] = decode(m.Value)
		}
		return members
	}
	return nil
}

// valid asks the library; an endless evaluation counts as not valid.
func valid(s *jsonschema.Schema, v any) bool { return s.Validate(v) == nil }

func equalValues(a, b *jsondoc.Value) bool { return a.Kind == b.Kind && a.Key() == b.Key() }

func rational(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return new(big.Rat)
	}
	return r
}

// escapedPlace writes a name as the library writes it in locations.
func escapedPlace(name string) string { return url.PathEscape(escape(name)) }
