package httpapi

import (
	"encoding/json"
	"testing"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/registry"
)

func TestValidByID_IsTheEntity(t *testing.T) {
	for _, v := range []registry.Validated{{ID: 1, Type: compat.Avro}, {ID: 1<<31 - 1, Type: compat.JSON}, {ID: 7, Type: compat.Protobuf}} {
		want, err := json.Marshal(fromValidated(v))
		if err != nil {
			t.Fatal(err)
		}
		if got := validByID(v); got != string(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
