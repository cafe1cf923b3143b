package protobuf

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/muster-registry/muster/compat"
)

var (
	lawPairs = flag.Int("law-pairs", 6_000, "pairs of versions that TestLaw generates")
	lawSeed  = flag.Uint64("law-seed", 1, "the first seed of TestLaw; each makes six pairs")
	lawTime  = flag.Duration("law-time", 8*time.Second, "how long TestLaw may take; it logs the seed to go on from")
)

// TestLaw evolves schemas, writes payloads under each version and reads them
// under each other one: what is called compatible must decode and keep every
// value, under STRICT and under LENIENT, and what is not must be shown by a
// payload or break rules alone that say why they have none. A long run:
//
//	go test ./compat/protobuf -run '^TestLaw$' -v -law-pairs 300000 -law-time 1h -timeout 0 -law-seed 1
func TestLaw(t *testing.T) {
	deadline := time.Now().Add(*lawTime)
	l := &law{t: t, format: New(), reasons: make(map[compat.RuleID]string), without: make(map[compat.RuleID]int)}
	for _, r := range rules() {
		l.reasons[r.ID] = r.Unwitnessed
	}
	seed := *lawSeed
	for ; l.pairs < *lawPairs && time.Now().Before(deadline) && !t.Failed(); seed++ {
		l.family(seed)
	}
	t.Logf("%d pairs, %d compatible and %d not of the directions, %d payloads, %d differences shown, %d obscured by another, without: %v; go on with -law-seed %d",
		l.pairs, l.compatible, l.incompatible, l.payloads, l.shown, l.obscured, l.without, seed)
	if l.pairs == 0 || l.compatible == 0 || l.incompatible == 0 || l.payloads == 0 || l.unparsed > l.pairs/6 {
		t.Errorf("the generator makes no cases: %+v", *l)
	}
}

type law struct {
	t                        *testing.T
	format                   compat.Format
	reasons                  map[compat.RuleID]string
	pairs, unparsed          int
	compatible, incompatible int
	payloads, shown          int
	obscured                 int
	without                  map[compat.RuleID]int
}

// family makes four versions of one schema and compares each two.
func (l *law) family(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	file := generate(r)
	var versions []*schema
	for range 4 {
		parsed, err := l.format.Parse(compat.Source{Text: file.text()})
		if err != nil {
			l.unparsed++
		} else {
			versions = append(versions, parsed.(*schema))
		}
		file = file.evolve(r)
	}
	for i, older := range versions {
		for _, newer := range versions[i+1:] {
			l.pairs++
			l.pair(r, seed, newer, older)
			l.pair(r, seed, older, newer)
		}
	}
}

func (l *law) pair(r *rand.Rand, seed uint64, reader, writer *schema) {
	fail := func(format string, args ...any) {
		l.t.Errorf("seed %d: %s\nwriter:\n%s\nreader:\n%s", seed, fmt.Sprintf(format, args...), writer.text, reader.text)
	}
	opts := compat.CheckOptions{Reader: "new", Writer: "old"}
	strict, err := l.format.Check(reader, writer, opts)
	if err != nil {
		fail("%v", err)
	}
	shown := slices.ContainsFunc(strict.Differences, func(d compat.Difference) bool { return d.Witness != nil })
	for _, d := range strict.Differences {
		switch {
		case d.Witness != nil:
			l.shown++
		case l.reasons[d.Rule] == "" && shown:
			l.obscured++ // what a required field beside it brings is refused first
		case l.reasons[d.Rule] == "":
			fail("%s at %s has no payload", d.Rule, d.Path)
		default:
			l.without[d.Rule]++
		}
	}
	opts.Policy = compat.Lenient
	lenient, err := l.format.Check(reader, writer, opts)
	if err != nil {
		fail("%v", err)
	}
	if len(strict.Differences) > 0 {
		l.incompatible++
	} else if l.compatible++; len(lenient.Differences) > 0 {
		fail("LENIENT refuses what STRICT takes: %v", lenient.Differences)
	}
	if len(lenient.Differences) > 0 {
		return
	}
	for i, w := range writer.shape().messages.list {
		reading := reader.shape().messages.byName[w.desc.Name()]
		if reading == nil {
			if i == 0 {
				fail("the record type is gone")
			}
			continue
		}
		of := pair{reading, w}
		for range 3 {
			if m := randomMessage(r, w, 3); m != nil {
				l.payloads++
				if broken := reads(of, reader, m); broken != "" {
					fail("%v is compatible: %s", m.Interface(), broken)
					return
				}
			}
		}
	}
}

// reads encodes m under the writer, decodes it under the reader and says what
// broke.
func reads(of pair, reader *schema, m protoreflect.Message) string {
	payload, err := proto.MarshalOptions{Deterministic: true}.Marshal(m.Interface())
	if err != nil {
		return fmt.Sprintf("the generator made no payload: %v", err)
	}
	refusals, safe := refusalsOf(payload, newPlans(reader).of(of.reader.desc))
	if len(refusals) > 0 || !safe {
		return fmt.Sprintf("%x is refused: %v", payload, refusals)
	}
	got := dynamicpb.NewMessage(of.reader.desc)
	if err := (proto.UnmarshalOptions{Resolver: reader.files.AsResolver()}).Unmarshal(payload, got); err != nil {
		return fmt.Sprintf("%x: %v", payload, err)
	}
	return seenOtherwise(of, nil, got, m)
}

// randomMessage makes a message the writer may write, nil when its required
// fields go deeper than depth.
func randomMessage(r *rand.Rand, t *messageShape, depth int) protoreflect.Message {
	m := dynamicpb.NewMessage(t.desc)
	for _, f := range t.fields {
		if !f.required && r.IntN(3) == 0 {
			continue
		}
		times := 1
		if f.list || f.class == mapClass {
			times = r.IntN(4)
		}
		for range times {
			holder := f
			if f.class == mapClass {
				holder = f.value
			}
			v, ok := randomValue(r, holder, depth)
			if !ok {
				if f.required {
					return nil
				}
				break
			}
			fd := typed(f.desc)
			switch {
			case f.class == mapClass:
				key, _ := randomValue(r, f.key, 0)
				m.Mutable(fd).Map().Set(key.MapKey(), v)
			case f.list:
				m.Mutable(fd).List().Append(v)
			default:
				m.Set(fd, v)
			}
		}
	}
	return m
}

func randomValue(r *rand.Rand, f *fieldShape, depth int) (protoreflect.Value, bool) {
	if f.message != nil {
		if depth == 0 {
			return protoreflect.Value{}, false
		}
		m := randomMessage(r, f.message, depth-1)
		if m == nil {
			return protoreflect.Value{}, false
		}
		return protoreflect.ValueOfMessage(m), true
	}
	number := pick(r, []int64{0, 1, 2, 3, -1, 127, 128, 1 << 31, 1<<31 - 1, 1 << 32, -1 << 31, -1 << 63, 1<<63 - 1})
	switch f.kind {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(number%2 == 0), true
	case protoreflect.EnumKind:
		values := f.desc.Enum().Values()
		return protoreflect.ValueOfEnum(values.Get(r.IntN(values.Len())).Number()), true
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(pick(r, []string{"", "a", "é", "\x00", "d"})), true
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(pick(r, []string{"", "a", "\xff", "\x08\x01", "\x0a\x05"}))), true
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(float32(number)), true
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(float64(number)), true
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(number)), true
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(number)), true
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(number), true
	}
	return protoreflect.ValueOfUint64(uint64(number)), true
}
