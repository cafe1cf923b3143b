package protobuf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/muster-registry/muster/compat"
)

// Limits on witnesses, so that a hostile pair costs no more than others. A
// difference past them is reported without one.
const (
	maxWitnesses    = 16     // in one comparison
	maxWitnessParts = 20_000 // fields set for all of them
	maxWitnessBytes = 1024   // of one payload
)

// examples makes the witnesses of one comparison.
type examples struct {
	reader, writer *schema
	plans          *plans // of the reader, made for the first payload
	left           int
	build          builder
	// renamed says what a value is seen as that is read as it was written; empty
	// where that shows nothing.
	renamed string
}

func newExamples(reader, writer *schema) *examples {
	return &examples{reader: reader, writer: writer, left: maxWitnesses, build: builder{left: maxWitnessParts}}
}

// show returns the smallest payload tried that the reader refuses or sees
// otherwise, nil when there is none. The payload is one the writer's encoder
// made and the reader's decoder was given.
func (e *examples) show(at site) *compat.Witness {
	if e.left == 0 || at.from.reader == nil || e.reader.stubs || e.writer.stubs {
		return nil
	}
	e.left--
	var best *compat.Witness
	for m := range e.build.payloads(at) {
		payload, err := proto.MarshalOptions{Deterministic: true}.Marshal(m.Interface())
		if err != nil || len(payload) > maxWitnessBytes || best != nil && len(payload) >= len(best.Binary) {
			continue
		}
		outcome := e.outcome(at, m, payload)
		if outcome == "" {
			continue
		}
		if text, err := e.json(e.writer, m); err == nil {
			best = &compat.Witness{JSON: text, Binary: payload, Outcome: outcome}
		}
	}
	return best
}

// outcome decodes payload, which holds m, as the reader does and says what it
// makes of the place; empty when it reads there what was written. Where the
// decoder and the judge of payloads disagree nothing is said.
func (e *examples) outcome(at site, m protoreflect.Message, payload []byte) string {
	if e.plans == nil {
		e.plans = newPlans(e.reader)
	}
	reader := at.from.reader
	plan := e.plans.of(reader.desc)
	refusals, safe := refusalsOf(payload, plan)
	if !safe {
		return ""
	}
	got := dynamicpb.NewMessage(reader.desc)
	err := proto.UnmarshalOptions{Resolver: e.reader.files.AsResolver(), AllowPartial: true}.Unmarshal(payload, got)
	if err != nil && len(refusals) == 0 {
		return ""
	}
	besides := ""
	here := at.pointer()
	for _, v := range refusals {
		switch {
		case err != nil || v.Code == codeUTF8:
		case v.Code != codeRequired:
			return ""
		case !lacks(plan, got):
			continue // it is missing in a member of a oneof that another replaced
		}
		text := fmt.Sprintf("refused at %s: %s", v.SchemaPointer, v.Message)
		if strings.HasPrefix(v.Pointer+"/", here) {
			return text
		}
		if v.Code != codeRequired {
			return ""
		}
		besides = "; also " + text
	}
	change := seenOtherwise(at.from, &at.route, got, m)
	if change == "" && e.renamed != "" && got.Has(typed(reader.field(at.tags[0]).desc)) {
		change = e.renamed
	}
	if change == "" {
		return ""
	}
	text, err := e.json(e.reader, got)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("read as %s: %s%s", text, change, besides)
}

// renamed says that what the writer means by the tag is another field of the
// reader's; empty when the names are the same.
func (at site) renamed() string {
	if len(at.through) > 0 || len(at.tags) != 1 || at.from.reader == nil {
		return ""
	}
	r, w := at.from.reader.field(at.tags[0]), at.from.writer.field(at.tags[0])
	if r == nil || w == nil || r.desc.Name() == w.desc.Name() {
		return ""
	}
	return fmt.Sprintf("%s is seen as %s", fieldName(w), fieldName(r))
}

// pointer is where violations at a site point to, as the reader names things:
// at the field, or at the message when there are several. What the reader
// lacks is pointed to by none.
func (at site) pointer() string {
	const nowhere = "\x00"
	p, reader := "/", at.from.reader
	step := func(tag protoreflect.FieldNumber) *fieldShape {
		if reader == nil {
			return nil
		}
		f := reader.field(tag)
		if f != nil {
			p += pointerToken(payloadName(f.desc)) + "/"
		}
		return f
	}
	for _, through := range at.through {
		f := step(through.tag)
		if f == nil {
			return nowhere
		}
		if f.list || f.class == mapClass {
			p += "0/"
		}
		if f.class == mapClass {
			p += "value/"
		}
		reader = content(f)
	}
	if len(at.tags) == 1 && step(at.tags[0]) == nil {
		return nowhere
	}
	return p
}

// payloadName names a field as payload pointers do.
func payloadName(f protoreflect.FieldDescriptor) string {
	if f.IsExtension() {
		return "[" + string(f.FullName()) + "]"
	}
	return f.JSONName()
}

// refusalsOf lists what in payload no decoder takes. A value of another wire
// type is none: decoders step over it. safe tells that the decoder of package
// proto may see payload.
func refusalsOf(payload []byte, plan *messagePlan) (refusals []compat.Violation, safe bool) {
	w := walker{report: new(report)}
	w.message(payload, plan, 0, 1, &place{path: plan.path})
	for _, v := range w.report.verdict.Violations {
		if v.Code != codeWireType {
			refusals = append(refusals, v)
		}
	}
	return refusals, singleKeys(payload, plan)
}

// singleKeys tells that no map entry brings its key twice: protobuf-go 1.36
// panics when the second is of a wrong wire type.
func singleKeys(payload []byte, plan *messagePlan) bool {
	keys := 0
	for len(payload) > 0 {
		num, typ, n := protowire.ConsumeField(payload)
		if n < 0 {
			break // where the decoder stops as well
		}
		field := payload[:n]
		payload = payload[n:]
		if num == 1 {
			keys++
		}
		f := plan.field(num)
		if f == nil || f.message == nil || typ != f.wire {
			continue
		}
		_, _, tag := protowire.ConsumeTag(field)
		content := field[tag:]
		if typ == protowire.BytesType {
			content, _ = protowire.ConsumeBytes(content)
		} else {
			content, _ = protowire.ConsumeGroup(num, content)
		}
		if !singleKeys(content, f.message) {
			return false
		}
	}
	return keys <= 1 || !plan.desc.IsMapEntry()
}

// errOwnWellKnown: protojson goes by a type's name alone, and panics where the
// type that has it is another.
var errOwnWellKnown = errors.New("the schema calls types of its own google.protobuf")

// json writes a message of schema s, the same text each time.
func (e *examples) json(s *schema, m protoreflect.Message) (string, error) {
	if s.ownWellKnown() {
		return "", errOwnWellKnown
	}
	text, err := protojson.MarshalOptions{AllowPartial: true, Resolver: s.files.AsResolver()}.Marshal(m.Interface())
	if err != nil {
		return "", err
	}
	// protojson varies its white space on purpose.
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		return "", err
	}
	return b.String(), nil
}
