package jsonschema

import (
	"errors"
	"fmt"
	"strings"
)

// class reads a character class.
func (t *translator) class() error {
	t.pos++
	negated := strings.HasPrefix(t.in[t.pos:], "^")
	if negated {
		t.pos++
	}
	var b strings.Builder
	for {
		if t.pos >= len(t.in) {
			return errors.New("a character class that does not end")
		}
		if t.in[t.pos] == ']' {
			t.pos++
			break
		}
		if err := t.classItem(&b); err != nil {
			return err
		}
	}
	switch {
	case b.Len() == 0 && negated:
		t.atom(`[\x00-\x{10ffff}]`)
	case b.Len() == 0:
		t.atom(`[^\x00-\x{10ffff}]`)
	case negated:
		t.atom("[^" + b.String() + "]")
	default:
		t.atom("[" + b.String() + "]")
	}
	return nil
}

// classItem reads a set, a character or a range. A hyphen beside a set stands
// for itself.
func (t *translator) classItem(b *strings.Builder) error {
	if t.classSet(b) {
		return nil
	}
	low, err := t.classChar()
	if err != nil {
		return err
	}
	mark := t.pos
	if !strings.HasPrefix(t.in[t.pos:], "-") || strings.HasPrefix(t.in[t.pos:], "-]") || t.pos+1 >= len(t.in) {
		b.WriteString(classRune(low))
		return nil
	}
	t.pos++
	var ignored strings.Builder
	if t.classSet(&ignored) {
		t.pos = mark
		b.WriteString(classRune(low))
		return nil
	}
	high, err := t.classChar()
	if err != nil {
		return err
	}
	if high < low {
		return errors.New("a range out of order in a character class")
	}
	b.WriteString(classRune(low) + "-" + classRune(high))
	return nil
}

func (t *translator) classSet(b *strings.Builder) bool {
	rest := t.in[t.pos:]
	switch {
	case len(rest) < 2 || rest[0] != '\\':
		return false
	case rest[1] == 's':
		b.WriteString(whiteSpace)
		t.pos += 2
		return true
	case rest[1] == 'S':
		b.WriteString(blackSpace)
		t.pos += 2
		return true
	}
	set, size := t.set()
	b.WriteString(set)
	t.pos += size
	return size > 0
}

func (t *translator) classChar() (rune, error) {
	if strings.HasPrefix(t.in[t.pos:], `\b`) {
		t.pos += 2
		return '\b', nil
	}
	return t.char()
}

func classRune(r rune) string {
	if r < ' ' || r > '~' {
		return fmt.Sprintf(`\x{%x}`, r)
	}
	if strings.ContainsRune(`\]^-[&~`, r) {
		return `\` + string(r)
	}
	return string(r)
}
