package compattest

import (
	"flag"
	"math/rand/v2"
	"testing"
)

var (
	pairs = flag.Int("pairs", 0, "how many generated pairs to try; 0 is the test's own number")
	seed  = flag.Uint64("seed", 1, "the seed of the generated pairs")
	from  = flag.Uint64("from", 0, "the number of the first generated pair")
)

// Pairs holds law over generated pairs of schemas, count of them unless -pairs
// says otherwise. A law draws everything from rnd, which depends on -seed and
// the pair's number alone, so that a run can be cut short and taken up again:
//
//	go test ./compat/avro -run TestPairs -v -timeout 0 -pairs 300000 -seed 1 -from 120000
//
// It returns what became of the pair in a word; a test that wants some of each
// names them in wanted.
func Pairs(t *testing.T, count int, law func(rnd *rand.Rand) (outcome string, err error), wanted ...string) {
	const maxFailures = 5
	if *pairs > 0 {
		count = *pairs
	}
	outcomes := make(map[string]int)
	failures := 0
	for i := range uint64(count) {
		outcome, err := law(rand.New(rand.NewPCG(*seed, *from+i)))
		outcomes[outcome]++
		if err != nil {
			t.Errorf("-pairs 1 -seed %d -from %d: %v", *seed, *from+i, err)
			if failures++; failures == maxFailures {
				break
			}
		}
		if done := i + 1; done%20_000 == 0 {
			t.Logf("seed %d, up to pair %d: %v", *seed, *from+done, outcomes)
		}
	}
	t.Logf("seed %d, %d pairs from %d: %v", *seed, count, *from, outcomes)
	for _, outcome := range wanted {
		if least := count / 20; outcomes[outcome] < least {
			t.Errorf("%d pairs are %s, fewer than %d: the generator shows too little", outcomes[outcome], outcome, least)
		}
	}
}
