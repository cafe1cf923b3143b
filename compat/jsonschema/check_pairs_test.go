package jsonschema

import (
	"flag"
	"testing"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsonschema/contain"
)

// A long run, resumed anywhere:
//
//	go test ./compat/jsonschema -run GeneratedPairs -contain-seed 1 -contain-first 0 -contain-pairs 1000000 -timeout 0
var (
	seed  = flag.Uint64("contain-seed", 1, "seed of the generated pairs")
	first = flag.Uint64("contain-first", 0, "number of the first generated pair")
	pairs = flag.Uint64("contain-pairs", 1500, "how many pairs to generate")
)

// TestContain_GeneratedPairs holds the engine against the reference validator,
// both ways: no document refutes a proof, every witness is one, and the
// representation accepts what the validator accepts.
func TestContain_GeneratedPairs(t *testing.T) {
	outcomes := make(map[contain.Outcome]int)
	for n := *first; n < *first+*pairs; n++ {
		g := newGenerator(*seed, n)
		w, r := g.pair()
		writer, err := parse(compat.Source{Text: w.Compact()})
		if err != nil {
			t.Fatalf("pair %d: %s: %v", n, w.Compact(), err)
		}
		reader, err := parse(compat.Source{Text: r.Compact()})
		if err != nil {
			t.Fatalf("pair %d: %s: %v", n, r.Compact(), err)
		}
		q := newQuestion(reader, writer)
		answer := q.graph.Solve(q.writer, q.reader.Not())
		outcomes[answer.Outcome]++
		if answer.Outcome == contain.Found {
			if doc := decode(answer.Value); !valid(writer.compiled, doc) || valid(reader.compiled, doc) {
				t.Errorf("pair %d: %s is no witness of\nwriter %s\nreader %s", n, answer.Value.Compact(), w.Compact(), r.Compact())
			}
		}
		for range 12 {
			v := g.document(2)
			doc := decode(v)
			written, read := valid(writer.compiled, doc), valid(reader.compiled, doc)
			if answer.Outcome == contain.Empty && written && !read {
				t.Errorf("pair %d: %s refutes the proof of\nwriter %s\nreader %s", n, v.Compact(), w.Compact(), r.Compact())
			}
			if accepts, sure := q.graph.Accepts(q.writer, v); sure && accepts != written {
				t.Errorf("pair %d: %s: represented as %t, judged as %t by\n%s", n, v.Compact(), accepts, written, w.Compact())
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d pairs from %d of seed %d: proven %d, refuted %d, doubtful %d, unknown %d", *pairs, *first, *seed,
		outcomes[contain.Empty], outcomes[contain.Found], outcomes[contain.Doubtful], outcomes[contain.Unknown])
	if outcomes[contain.Empty] == 0 || outcomes[contain.Found] == 0 {
		t.Error("one of the outcomes never came up, so it was not tested")
	}
	if undecided := outcomes[contain.Unknown] + outcomes[contain.Doubtful]; uint64(undecided) > *pairs/100 {
		t.Errorf("%d pairs of %d are not decided", undecided, *pairs)
	}
}
