package guard_test

import (
	"testing"

	"github.com/muster-registry/muster/client/guard"
)

func TestStrategies(t *testing.T) {
	template := func(text string) guard.Strategy {
		strategy, err := guard.Template(text)
		if err != nil {
			t.Fatal(err)
		}
		return strategy
	}
	value := guard.Naming{Destination: "orders.eu.4711", Record: "shop.Order"}
	key := guard.Naming{Destination: "orders", Key: true}
	for _, test := range []struct {
		name     string
		strategy guard.Strategy
		naming   guard.Naming
		want     string // empty is an error
	}{
		{"topic", guard.TopicName, value, "orders.eu.4711-value"},
		{"topic of a key", guard.TopicName, key, "orders-key"},
		{"record", guard.RecordName, value, "shop.Order"},
		{"record without a name", guard.RecordName, key, ""},
		{"topic and record", guard.TopicRecordName, value, "orders.eu.4711-shop.Order"},
		{"topic and record without a name", guard.TopicRecordName, key, ""},
		{"template of a part", template(`{{part .Destination "." 0}}-value`), value, "orders-value"},
		{"template of everything", template(`{{.Destination}}/{{.Record}}{{if .Key}}/key{{end}}`), value, "orders.eu.4711/shop.Order"},
		{"template without actions", template(`orders`), key, "orders"},
		{"template that names nothing", template(`{{part .Destination "." 7}}`), value, ""},
	} {
		got, err := test.strategy(test.naming)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
	for _, text := range []string{"{{", "{{nothing}}"} {
		if _, err := guard.Template(text); err == nil {
			t.Errorf("template %q is taken", text)
		}
	}
}

func TestStrategy_ThatNamesNothingRejects(t *testing.T) {
	r := newRig(t)
	r.register(t, "shop.Order", protobuf(protoFile))
	g := r.guard(t, guard.Options{Strategy: guard.RecordName})
	if _, got := check(t, g, "orders", payload("")); got != guard.NoSubject {
		t.Errorf("without record: %q", got)
	}
	if _, got := check(t, g, "orders", guard.Payload{Message: "shop.Order"}); got != "" {
		t.Errorf("a message is the record: %q", got)
	}
}
