package protobuf

import (
	"sync"

	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// messagePlan is a message compiled for judging payloads. It is not changed
// once newValidator returns.
type messagePlan struct {
	desc protoreflect.MessageDescriptor
	path string // as in differences: #/Message/Nested
	// dense holds the fields of low numbers by number, sparse the others.
	dense    [denseFields]*fieldPlan
	sparse   map[protowire.Number]*fieldPlan
	byName   map[string]*fieldPlan // by JSON name and by name
	required []*fieldPlan
	fields   []*fieldPlan
}

const denseFields = 32

type fieldPlan struct {
	desc     protoreflect.FieldDescriptor
	name     string // JSON name, for pointers
	path     string
	wire     protowire.Type
	packable bool // a list of scalars, which may come packed
	list     bool
	isMap    bool
	utf8     bool
	required int // one more than its place in messagePlan.required, or zero
	message  *messagePlan
	oneof    protoreflect.OneofDescriptor
	symbols  map[protoreflect.Name]bool // of an enum: its descriptor answers by searching
}

func (m *messagePlan) field(n protowire.Number) *fieldPlan {
	if n < denseFields {
		return m.dense[n]
	}
	return m.sparse[n]
}

// plans compiles messages once each, types that refer to themselves included.
type plans struct {
	// mu guards the maps: payloads with Any may name further messages.
	mu        sync.Mutex
	byMessage map[protoreflect.FullName]*messagePlan
	byEnum    map[protoreflect.FullName]map[protoreflect.Name]bool
	schema    *schema
	extended  map[protoreflect.FullName][]protoreflect.ExtensionDescriptor
}

func newPlans(s *schema) *plans {
	p := &plans{
		schema:    s,
		byMessage: make(map[protoreflect.FullName]*messagePlan),
		byEnum:    make(map[protoreflect.FullName]map[protoreflect.Name]bool),
		extended:  s.extensions(),
	}
	return p
}

// named compiles the message of that name among the schema's files and the
// built-in ones, nil when there is none.
func (p *plans) named(name protoreflect.FullName) *messagePlan {
	find := func(file linker.File) *messagePlan {
		if m, ok := file.FindDescriptorByName(name).(protoreflect.MessageDescriptor); ok && !m.IsMapEntry() {
			return p.of(m)
		}
		return nil
	}
	for _, file := range p.schema.files {
		if plan := find(file); plan != nil {
			return plan
		}
	}
	for _, path := range sortedKeys(p.schema.builtins) {
		if plan := find(p.schema.builtins[path]); plan != nil {
			return plan
		}
	}
	return nil
}

// all compiles every message of a scope.
func (p *plans) all(scope protoreflect.MessageDescriptors) {
	for i := range scope.Len() {
		p.of(scope.Get(i))
		p.all(scope.Get(i).Messages())
	}
}

func (p *plans) of(m protoreflect.MessageDescriptor) *messagePlan {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.compile(m)
}

func (p *plans) compile(m protoreflect.MessageDescriptor) *messagePlan {
	if plan, ok := p.byMessage[m.FullName()]; ok {
		return plan
	}
	plan := &messagePlan{desc: m, path: "#/" + localName(m), byName: make(map[string]*fieldPlan)}
	p.byMessage[m.FullName()] = plan
	for i := range m.Fields().Len() {
		p.add(plan, m.Fields().Get(i))
	}
	for _, x := range p.extended[m.FullName()] {
		p.add(plan, x)
	}
	return plan
}

func (p *plans) add(plan *messagePlan, fd protoreflect.FieldDescriptor) {
	f := &fieldPlan{
		desc:  fd,
		name:  payloadName(fd),
		path:  fieldPath(plan.path, fd),
		wire:  wireType(fd.Kind()),
		list:  fd.IsList(),
		isMap: fd.IsMap(),
		utf8:  checksUTF8(fd),
		oneof: realOneof(fd),
	}
	f.packable = f.list && f.wire != protowire.BytesType && f.wire != protowire.StartGroupType
	if fd.Message() != nil {
		f.message = p.compile(fd.Message())
	}
	if fd.Enum() != nil {
		f.symbols = p.symbols(fd.Enum())
	}
	if fd.IsExtension() {
		plan.byName[f.name] = f
	} else {
		// A JSON name wins over another field's name.
		if _, ok := plan.byName[fd.TextName()]; !ok {
			plan.byName[fd.TextName()] = f
		}
		plan.byName[fd.JSONName()] = f
	}
	if fd.Number() < denseFields {
		plan.dense[fd.Number()] = f
	} else {
		if plan.sparse == nil {
			plan.sparse = make(map[protowire.Number]*fieldPlan)
		}
		plan.sparse[fd.Number()] = f
	}
	// An entry without a value holds an empty message, which lacks its own
	// required fields.
	needed := fd.Cardinality() == protoreflect.Required ||
		plan.desc.IsMapEntry() && fd.Number() == 2 && fd.Message() != nil && fd.Message().RequiredNumbers().Len() > 0
	if needed {
		plan.required = append(plan.required, f)
		f.required = len(plan.required)
	}
	plan.fields = append(plan.fields, f)
}

func (p *plans) symbols(enum protoreflect.EnumDescriptor) map[protoreflect.Name]bool {
	names, ok := p.byEnum[enum.FullName()]
	if !ok {
		names = make(map[protoreflect.Name]bool, enum.Values().Len())
		for i := range enum.Values().Len() {
			names[enum.Values().Get(i).Name()] = true
		}
		p.byEnum[enum.FullName()] = names
	}
	return names
}

func wireType(k protoreflect.Kind) protowire.Type {
	switch k {
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return protowire.Fixed32Type
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return protowire.Fixed64Type
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return protowire.BytesType
	case protoreflect.GroupKind:
		return protowire.StartGroupType
	}
	return protowire.VarintType
}
