package jsonschema

import (
	"github.com/muster-registry/muster/compat/jsondoc"
	"github.com/muster-registry/muster/compat/jsonschema/contain"
)

// maxContainSteps bounds one question about containment. A step is about a
// tenth of a microsecond to a microsecond.
const maxContainSteps = 500_000

// maxJudging bounds what the reference validator may spend on documents for
// one question, in the steps of judging payloads.
const maxJudging = 4_000_000

// question asks whether every value of one schema is one of another.
type question struct {
	graph          *contain.Graph
	classes        *classes
	reader, writer contain.Schema
}

func newQuestion(reader, writer *schema) *question {
	q := &question{classes: classify(reader.root, writer.root)}
	q.graph = contain.NewGraph(maxContainSteps, q.open)
	q.reader, q.writer = q.schema(reader.root), q.schema(writer.root)
	return q
}

// schema is what stands for a node in the graph.
func (q *question) schema(n *node) contain.Schema {
	if n != nil {
		n = n.target()
	}
	switch {
	case n.free():
		return contain.Any
	case n.closed():
		return contain.None
	}
	class, known := q.classes.of[n]
	if !known { // one that the rules made
		class = len(q.classes.nodes)
		q.classes.nodes = append(q.classes.nodes, n)
		q.classes.of[n] = class
	}
	return contain.Numbered(class)
}

// verdict is what is known of containment: proven, refuted by a witness that
// the reference validator confirms, or neither.
type verdict struct {
	question *question
	proven   bool
	witness  *jsondoc.Value
}

// decide asks the question and has every witness confirmed. A writer with
// finitely many documents is decided by judging them where the question leads
// nowhere.
func decide(reader, writer *schema) verdict {
	if reader.compiled == nil || writer.compiled == nil {
		return verdict{}
	}
	v := verdict{question: newQuestion(reader, writer)}
	cost := estimate{left: maxJudging}
	refutes := func(doc *jsondoc.Value) bool {
		document := decode(doc)
		cost.spend(writer.root, document)
		cost.spend(reader.root, document)
		cost.left -= 8 * reader.root.weight // what a rejection names
		return cost.left >= 0 && valid(writer.compiled, document) && !valid(reader.compiled, document)
	}
	q := v.question
	switch answer := q.graph.Solve(q.writer, q.reader.Not()); {
	case answer.Outcome == contain.Empty:
		v.proven = true
		return v
	case answer.Value != nil && refutes(answer.Value):
		v.witness = answer.Value
		return v
	}
	values := writer.root.target().enum
	for _, doc := range values {
		if cost.left < 0 {
			break
		}
		if refutes(doc) {
			v.witness = doc
			return v
		}
	}
	v.proven = values != nil && cost.left >= 0
	return v
}

// steps is what the question cost, in the unit of a comparison's work.
func (v verdict) steps() int {
	if v.question == nil {
		return 0
	}
	return 1 + v.question.graph.Steps()/2
}
