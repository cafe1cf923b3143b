package compat

import "strings"

// Level is a compatibility level in the contract's spelling.
type Level string

// The seven levels.
const (
	None               Level = "NONE"
	Backward           Level = "BACKWARD"
	BackwardTransitive Level = "BACKWARD_TRANSITIVE"
	Forward            Level = "FORWARD"
	ForwardTransitive  Level = "FORWARD_TRANSITIVE"
	Full               Level = "FULL"
	FullTransitive     Level = "FULL_TRANSITIVE"
)

// ParseLevel reads a level in any letter case; ok is false for other words.
func ParseLevel(s string) (level Level, ok bool) {
	switch level = Level(strings.ToUpper(s)); level {
	case None, Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive:
		return level, true
	}
	return "", false
}

// ParsePolicy reads a policy in any letter case; ok is false for other words.
func ParsePolicy(s string) (policy Policy, ok bool) {
	switch policy = Policy(strings.ToUpper(s)); policy {
	case Strict, Lenient, Logical:
		return policy, true
	}
	return "", false
}

// Direction is which role the candidate has in a comparison.
type Direction string

// The directions, in the answer's spelling.
const (
	CandidateReads  Direction = "BACKWARD" // it reads what an earlier version wrote
	CandidateWrites Direction = "FORWARD"  // an earlier version reads what it writes
)

// directions in the order in which they are reported: forward before backward
// (contract 1.8).
func (l Level) directions() []Direction {
	switch l {
	case Backward, BackwardTransitive:
		return []Direction{CandidateReads}
	case Forward, ForwardTransitive:
		return []Direction{CandidateWrites}
	case Full, FullTransitive:
		return []Direction{CandidateWrites, CandidateReads}
	}
	return nil
}

// Transitive tells whether every live version is compared, not the latest
// alone.
func (l Level) Transitive() bool {
	return l == BackwardTransitive || l == ForwardTransitive || l == FullTransitive
}
