package protobuf

import (
	"bytes"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// seenOtherwise says the first thing that the reader sees other than the
// writer wrote it, beyond what the specification lets a change do (protobuf.dev,
// Updating A Message Type): tags the reader lacks are stepped over, numbers
// are cast, of several values a single field keeps the last, or all of them
// merged when they are messages. It is empty when there is nothing. With a
// route only what it leads to counts.
func seenOtherwise(of pair, on *route, r, w protoreflect.Message) string {
	for _, wf := range of.writer.fields {
		inner := on.after(wf)
		if on != nil && inner == nil && !on.shows(wf.tag) {
			continue
		}
		rf := of.reader.field(wf.tag)
		wd := typed(wf.desc)
		switch {
		case rf == nil:
			if wf.oneof != nil && w.Has(wd) && memberMissed(of, wf.oneof, r) {
				return fmt.Sprintf("no member of the oneof of %s is set", fieldName(wf))
			}
			continue
		case !w.Has(wd):
			if change := absent(rf, wf, r, w); change != "" {
				return change
			}
			continue
		case !r.Has(typed(rf.desc)) && !unset(rf, wf, w):
			return fmt.Sprintf("%s is lost", fieldName(wf))
		}
		if change := fieldSeen(rf, wf, inner, r.Get(typed(rf.desc)), w.Get(wd)); change != "" {
			return change
		}
	}
	return ""
}

func fieldName(f *fieldShape) string { return fmt.Sprintf("field %s (tag %d)", f.desc.Name(), f.tag) }

// memberMissed tells that a oneof of the reader takes after o and is not set.
func memberMissed(of pair, o *oneofShape, r protoreflect.Message) bool {
	for _, candidate := range of.reader.oneofs {
		follows := candidate.name == o.name
		for _, f := range candidate.fields {
			if from := of.writer.field(f.tag); from != nil && from.oneof == o {
				follows = true
			}
			if r.Has(typed(f.desc)) {
				follows = false
				break
			}
		}
		if follows {
			return true
		}
	}
	return false
}

// absent compares what a field that the writer left out reads as.
func absent(rf, wf *fieldShape, r, w protoreflect.Message) string {
	if !rf.initial.IsValid() || !wf.initial.IsValid() || wireGroup(rf.kind) != wireGroup(wf.kind) || r.Has(typed(rf.desc)) {
		return ""
	}
	if was := readAs(wf.initial, wf.kind, rf.kind); !was.Equal(rf.initial) {
		return fmt.Sprintf("the absent %s was %s and is %s", fieldName(wf), shown(was), shown(rf.initial))
	}
	return ""
}

// unset tells that the reader may see nothing where the writer set a value:
// a zero that its kind of field cannot tell from absence, or an empty list.
func unset(rf, wf *fieldShape, w protoreflect.Message) bool {
	if rf.desc.HasPresence() || rf.initial.IsValid() && !rf.zero {
		return false
	}
	v := w.Get(typed(wf.desc))
	if wf.list {
		v = v.List().Get(v.List().Len() - 1)
	}
	switch {
	case wf.class == messageClass && rf.kind == protoreflect.BytesKind:
		return proto.Size(v.Message().Interface()) == 0
	case wf.class != scalarClass || rf.class != scalarClass:
		return false
	}
	return wireGroup(rf.kind) == wireGroup(wf.kind) && isZero(readAs(v, wf.kind, rf.kind), rf.kind)
}

// fieldSeen compares a value that both have.
func fieldSeen(rf, wf *fieldShape, on *route, r, w protoreflect.Value) string {
	switch {
	case rf.class == mapClass && wf.class == mapClass:
		return mapSeen(rf, wf, on, r.Map(), w.Map())
	case rf.class == mapClass || wf.class == mapClass:
		return entriesSeen(rf, wf, r, w)
	case rf.list && wf.list:
		if r.List().Len() != w.List().Len() {
			return fmt.Sprintf("%s was a list of %d values and is one of %d", fieldName(wf), w.List().Len(), r.List().Len())
		}
		for i := range r.List().Len() {
			if change := valueSeen(rf, wf, on, r.List().Get(i), w.List().Get(i)); change != "" {
				return change
			}
		}
		return ""
	case rf.list:
		if r.List().Len() != 1 {
			return fmt.Sprintf("%s was one value and is a list of %d", fieldName(wf), r.List().Len())
		}
		return valueSeen(rf, wf, on, r.List().Get(0), w)
	case wf.list && wf.message != nil && rf.message != nil:
		if w.List().Len() > 1 {
			return "" // merged: what each brings shows when it is alone
		}
		return valueSeen(rf, wf, on, r, w.List().Get(0))
	case wf.list:
		return valueSeen(rf, wf, on, r, w.List().Get(w.List().Len()-1))
	}
	return valueSeen(rf, wf, on, r, w)
}

// valueSeen compares one occurrence.
func valueSeen(rf, wf *fieldShape, on *route, r, w protoreflect.Value) string {
	switch {
	case rf.message != nil && wf.message != nil:
		return seenOtherwise(pair{rf.message, wf.message}, on, r.Message(), w.Message())
	case wf.message != nil && rf.kind == protoreflect.BytesKind:
		payload, err := proto.MarshalOptions{Deterministic: true}.Marshal(w.Message().Interface())
		if err == nil && bytes.Equal(payload, r.Bytes()) {
			return ""
		}
		return fmt.Sprintf("%s was a message and is other bytes", fieldName(wf))
	case rf.message != nil:
		return fmt.Sprintf("%s was %s and is a message", fieldName(wf), shown(w))
	case wf.message != nil:
		return fmt.Sprintf("%s was a message and is %s", fieldName(wf), shown(r))
	}
	same := false
	if wireGroup(rf.kind) == wireGroup(wf.kind) {
		same = readAs(w, wf.kind, rf.kind).Equal(r)
	} else {
		same = shown(w) == shown(r)
	}
	if same {
		return ""
	}
	return fmt.Sprintf("%s was %s and is %s", fieldName(wf), shown(w), shown(r))
}

// mapSeen compares two maps. Keys that a cast makes equal keep one of the
// values.
func mapSeen(rf, wf *fieldShape, on *route, r, w protoreflect.Map) string {
	change := ""
	if wireGroup(rf.key.kind) != wireGroup(wf.key.kind) {
		return fmt.Sprintf("the keys of %s are read as others", fieldName(wf))
	}
	times := make(map[any]int)
	w.Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
		times[readAs(k.Value(), wf.key.kind, rf.key.kind).Interface()]++
		return true
	})
	w.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		key := readAs(k.Value(), wf.key.kind, rf.key.kind)
		switch {
		case !r.Has(key.MapKey()):
			change = fmt.Sprintf("an entry of %s is lost", fieldName(wf))
		case times[key.Interface()] == 1:
			change = valueSeen(rf.value, wf.value, on, r.Get(key.MapKey()), v)
		}
		return change == ""
	})
	return change
}

// entriesSeen compares a map with the list of messages it is written as. Of equal
// keys a map keeps one.
func entriesSeen(rf, wf *fieldShape, r, w protoreflect.Value) string {
	if rf.message == nil || wf.message == nil || !rf.list && rf.class != mapClass {
		return fmt.Sprintf("%s is read as another kind of field", fieldName(wf))
	}
	if rf.list && r.List().Len() != w.Map().Len() {
		return fmt.Sprintf("%s was a map of %d entries and is a list of %d", fieldName(wf), w.Map().Len(), r.List().Len())
	}
	return ""
}

// shown is a scalar as text.
func shown(v protoreflect.Value) string {
	switch v := v.Interface().(type) {
	case string:
		return strconv.Quote(v)
	case []byte:
		return strconv.Quote(string(v))
	}
	return v.String()
}
