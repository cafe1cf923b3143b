package jsonschema

import (
	"flag"
	"testing"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/compat/jsonschema/contain"
)

// A long run, resumed anywhere:
//
//	go test ./compat/jsonschema -run GeneratedPairs -contain-seed 1 -contain-first 0 -contain-pairs 1000000 -timeout 0
var (
	seed  = flag.Uint64("contain-seed", 1, "seed of the generated pairs")
	first = flag.Uint64("contain-first", 0, "number of the first generated pair")
	pairs = flag.Uint64("contain-pairs", 8000, "how many pairs to generate")
)

// Schemas are drawn by the family: a schema and changes of it, each of which is
// compared with each other one. Compiling is what costs.
const (
	familySize  = 3
	familyPairs = familySize * (familySize - 1)
	documents   = 12 // that are drawn for a family
)

// TestContain_GeneratedPairs holds the engine against the reference validator,
// both ways: no document refutes a proof, every witness is one, and the
// representation accepts what the validator accepts. A witness of one pair is
// a document for all of its family.
func TestContain_GeneratedPairs(t *testing.T) {
	outcomes := make(map[contain.Outcome]int)
	last := (*first + *pairs + familyPairs - 1) / familyPairs
	for n := *first / familyPairs; n < last && !t.Failed(); n++ {
		checkFamily(t, n, outcomes)
	}
	total := 0
	for _, count := range outcomes {
		total += count
	}
	t.Logf("%d pairs from %d of seed %d: proven %d, refuted %d, doubtful %d, unknown %d", total, *first, *seed,
		outcomes[contain.Empty], outcomes[contain.Found], outcomes[contain.Doubtful], outcomes[contain.Unknown])
	if outcomes[contain.Empty] == 0 || outcomes[contain.Found] == 0 {
		t.Error("one of the outcomes never came up, so it was not tested")
	}
	if undecided := outcomes[contain.Unknown] + outcomes[contain.Doubtful]; undecided > total/100 {
		t.Errorf("%d pairs of %d are not decided", undecided, total)
	}
}

func checkFamily(t *testing.T, n uint64, outcomes map[contain.Outcome]int) {
	g := newGenerator(*seed, n)
	var family []*schema
	for _, v := range g.family(familySize) {
		s, err := parse(compat.Source{Text: v.Compact()})
		if err != nil {
			t.Fatalf("family %d: %s: %v", n, v.Compact(), err)
		}
		family = append(family, s)
	}
	var drawn []*jsondoc.Value
	for range documents {
		drawn = append(drawn, g.document(2))
	}
	type proof struct{ reader, writer *schema }
	var proofs []proof
	for i, writer := range family {
		for j, reader := range family {
			if i == j {
				continue
			}
			q := newQuestion(reader, writer)
			answer := q.graph.Solve(q.writer, q.reader.Not())
			outcomes[answer.Outcome]++
			switch answer.Outcome {
			case contain.Empty:
				proofs = append(proofs, proof{reader, writer})
			case contain.Found:
				drawn = append(drawn, answer.Value)
				if doc := decode(answer.Value); !valid(writer.compiled, doc) || valid(reader.compiled, doc) {
					t.Errorf("family %d: %s is no witness of\nwriter %s\nreader %s", n, answer.Value.Compact(), writer.text, reader.text)
				}
			}
		}
	}
	accepted := make(map[*schema][]bool)
	for _, s := range family {
		q := newQuestion(s, s)
		for _, v := range drawn {
			judged := valid(s.compiled, decode(v))
			accepted[s] = append(accepted[s], judged)
			if accepts, sure := q.graph.Accepts(q.writer, v); sure && accepts != judged {
				t.Errorf("family %d: %s: represented as %t, judged as %t by\n%s", n, v.Compact(), accepts, judged, s.text)
			}
		}
	}
	for _, p := range proofs {
		for i, v := range drawn {
			if accepted[p.writer][i] && !accepted[p.reader][i] {
				t.Errorf("family %d: %s refutes the proof of\nwriter %s\nreader %s", n, v.Compact(), p.writer.text, p.reader.text)
			}
		}
	}
}
