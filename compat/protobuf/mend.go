package protobuf

import (
	"strconv"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// mend gives a field that took another's tag one of its own and keeps the
// other's from being used again, and makes a required field that is new
// optional. What else Check offers takes back a part of what was changed.
func mend(text string, rule compat.RuleID, edit compat.Edit) []compat.Change {
	at := sketchOf(text).places
	path := "/" + strings.Join(jsondoc.Steps(edit.Path), "/")
	start, ok := at[path]
	value, err := strconv.Unquote(edit.Value)
	if err != nil {
		value = edit.Value
	}
	switch {
	case !ok:
	case edit.Op == "move-tag":
		scope, tag := path[:strings.LastIndexByte(path, '/')], path[strings.LastIndexByte(path, '/')+1:]
		if _, taken := at[scope+"/"+value]; taken {
			return nil // by an edit made before this one
		}
		return moveTag(text, at, scope, start, tag, value)
	case edit.Op == "make-optional" && (rule == requiredFieldAdded || rule == requiredFieldRemoved):
		l := lexer{text: text, pos: start}
		if word := l.next(); text[word.start:word.end] == "required" {
			return []compat.Change{{Start: word.start, End: word.end, Text: "optional"}}
		}
	}
	return nil
}

// moveTag replaces the tag of the field that starts at start, and reserves it
// at the top of the message.
func moveTag(text string, at map[string]int, scope string, start int, tag, free string) []compat.Change {
	number, ok := tagOf(text, start, tag)
	if !ok {
		return nil
	}
	first := start
	if within := at[scope]; strings.HasPrefix(text[within:], "oneof") {
		scope, first = scope[:strings.LastIndexByte(scope, '/')], within
	}
	top, ok := bodyOf(text, at[scope])
	if !ok {
		return nil
	}
	indent := text[strings.LastIndexByte(text[:first], '\n')+1 : first]
	reserved := compat.Change{Start: top, End: top, Text: " reserved " + tag + ";"}
	if line, _, broken := strings.Cut(text[top:], "\n"); broken && strings.TrimSpace(indent) == "" && blank(line) {
		line = strings.TrimSuffix(line, "\r")
		reserved.Start += len(line)
		reserved.End = reserved.Start
		reserved.Text = text[reserved.Start:top+strings.IndexByte(text[top:], '\n')+1] + indent + "reserved " + tag + ";"
	}
	return []compat.Change{reserved, {Start: number.start, End: number.end, Text: free}}
}

// blank tells whether a line holds nothing but a comment that it ends.
func blank(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "//")
}

// bodyOf is the offset after the bracket that opens the block of the statement
// at start.
func bodyOf(text string, start int) (int, bool) {
	l := lexer{text: text, pos: start}
	for nested := 0; ; {
		t := l.next()
		switch text[t.start:t.end] {
		case "", ";":
			return 0, false
		case "[":
			nested++
		case "]":
			nested--
		case "{":
			if nested == 0 {
				return t.end, true
			}
		}
	}
}

// tagOf finds the tag in the statement of a field. A group has its fields
// between the tag and the end of the statement, and is left alone.
func tagOf(text string, start int, tag string) (token, bool) {
	l := lexer{text: text, pos: start}
	var number token
	nested, equals := 0, false
	for {
		t := l.next()
		word := text[t.start:t.end]
		switch {
		case t.kind == endToken || word == "{":
			return token{}, false
		case word == ";":
			return number, number.kind == numberToken
		case word == "[" || word == "<":
			nested++
		case word == "]" || word == ">":
			nested--
		case word == "=" && nested == 0:
			equals = true
		case equals && nested == 0 && t.kind == numberToken && word == tag && number.kind != numberToken:
			number = t
		}
	}
}
