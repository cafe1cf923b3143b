package protobuf

import "strings"

type tokenKind byte

const (
	endToken tokenKind = iota
	nameToken
	numberToken
	stringToken
	symbolToken
)

type token struct {
	kind       tokenKind
	start, end int
}

// lexer splits .proto text into tokens and steps over comments. It accepts
// anything: what it cannot read is a symbol, for the parser to refuse.
type lexer struct {
	text string
	pos  int
}

func (l *lexer) next() token {
	l.space()
	start := l.pos
	if start == len(l.text) {
		return token{endToken, start, start}
	}
	c := l.text[start]
	switch {
	case isLetter(c):
		for l.pos < len(l.text) && (isLetter(l.text[l.pos]) || isDigit(l.text[l.pos])) {
			l.pos++
		}
		return token{nameToken, start, l.pos}
	case isDigit(c) || c == '.' && start+1 < len(l.text) && isDigit(l.text[start+1]):
		l.number()
		return token{numberToken, start, l.pos}
	case c == '"' || c == '\'':
		l.quoted(c)
		return token{stringToken, start, l.pos}
	}
	l.pos++
	return token{symbolToken, start, l.pos}
}

func (l *lexer) space() {
	for l.pos < len(l.text) {
		rest := l.text[l.pos:]
		switch {
		case rest[0] <= ' ':
			l.pos++
		case strings.HasPrefix(rest, "//"):
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				l.pos += i + 1
			} else {
				l.pos = len(l.text)
			}
		case strings.HasPrefix(rest, "/*"):
			if i := strings.Index(rest[2:], "*/"); i >= 0 {
				l.pos += i + 4
			} else {
				l.pos = len(l.text)
			}
		default:
			return
		}
	}
}

func (l *lexer) number() {
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		sign := (c == '+' || c == '-') && l.text[l.pos-1]|0x20 == 'e'
		if !isLetter(c) && !isDigit(c) && c != '.' && !sign {
			return
		}
		l.pos++
	}
}

// quoted steps over a string; one that its line does not end ends there.
func (l *lexer) quoted(quote byte) {
	l.pos++
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		if c == '\n' {
			return
		}
		l.pos++
		if c == quote {
			return
		}
		if c == '\\' && l.pos < len(l.text) {
			l.pos++
		}
	}
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
