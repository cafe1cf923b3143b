package compat

import "fmt"

// ParseError says why text is not a schema.
type ParseError struct {
	Line, Column int // from 1; zero when unknown
	Message      string
}

func (e *ParseError) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

// LimitError says which limit of size, depth or work was passed.
type LimitError struct {
	Message string
}

func (e *LimitError) Error() string { return e.Message }

// Limitf makes a *LimitError.
func Limitf(format string, args ...any) *LimitError {
	return &LimitError{Message: fmt.Sprintf(format, args...)}
}

// Budget counts steps of work. A nil Budget is without bound. One goroutine
// uses it at a time.
type Budget struct {
	left int
}

// NewBudget returns a budget of so many steps.
func NewBudget(steps int) *Budget { return &Budget{left: steps} }

// Spend takes n steps and returns a *LimitError when fewer are left, then and
// on every later call.
func (b *Budget) Spend(n int) error {
	if b == nil {
		return nil
	}
	if b.left < n {
		b.left = 0
		return Limitf("too complex: the comparison takes more steps than its budget allows")
	}
	b.left -= n
	return nil
}
