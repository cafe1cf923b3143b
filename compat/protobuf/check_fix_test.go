package protobuf

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/muster-registry/muster/compat"
)

// TestFixes_Pass holds the structured edits to their promise over the corpus:
// in either direction, the edits of what is found, applied to the candidate one
// after the other, end in a pair of which nothing is found.
func TestFixes_Pass(t *testing.T) {
	corpusPairs(t, func(name string, older, newer compat.Schema) {
		if older.(*schema).file.Imports().Len()+newer.(*schema).file.Imports().Len() > 0 || newer.(*schema).stubs || older.(*schema).stubs || strings.HasPrefix(name, "extension") || strings.HasPrefix(name, "group") {
			return // what is imported is edited there, and these are no fields of one message
		}
		for _, opts := range []compat.CheckOptions{{Reader: "new", Writer: "old"}, {Reader: "old", Writer: "new"}} {
			t.Run(name+"/"+opts.Reader, func(t *testing.T) { repaired(t, older, newer, opts) })
		}
	})
}

func repaired(t *testing.T, older, newer compat.Schema, opts compat.CheckOptions) {
	const most = 20
	for range most {
		reader, writer := newer, older
		if opts.Reader == "old" {
			reader, writer = older, newer
		}
		found, err := New().Check(reader, writer, opts)
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Differences) == 0 {
			return
		}
		d := found.Differences[0]
		if d.Fix == nil {
			t.Fatalf("no fix for %s at %s", d.Rule, d.Path)
		}
		e := editing{t, protodesc.ToFileDescriptorProto(newer.(*schema).file), protodesc.ToFileDescriptorProto(older.(*schema).file)}
		e.apply(d.Fix.Edit)
		bytes, err := proto.Marshal(e.candidate)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %+v", d.Rule, d.Fix.Edit)
		if newer, err = New().Parse(compat.Source{Text: base64.StdEncoding.EncodeToString(bytes)}); err != nil {
			t.Fatalf("%+v: %v\n%v", d.Fix.Edit, err, e.candidate)
		}
	}
	t.Fatalf("after %d edits: %s", most, newer.Text())
}

// editing applies structured edits to a file. What "keep" means is looked up in
// the earlier one.
type editing struct {
	t                  *testing.T
	candidate, earlier *descriptorpb.FileDescriptorProto
}

func (e editing) apply(edit compat.Edit) {
	var value string
	if json.Unmarshal([]byte(edit.Value), &value) != nil {
		value = edit.Value
	}
	if edit.Op == "keep-package" {
		e.repackage(value)
		return
	}
	steps := strings.Split(strings.Trim(edit.Path, "#/"), "/")
	m, was := find(e.candidate.MessageType, steps), find(e.earlier.MessageType, steps)
	last := steps[len(steps)-1]
	tag, _ := strconv.Atoi(last)
	switch edit.Op {
	case "keep-message":
		e.message(steps, was)
	case "remove-message":
		e.remove(steps)
	case "move-tag":
		number, err := strconv.Atoi(value)
		if err != nil {
			e.t.Fatal(err)
		}
		fieldOf(m, tag).Number = proto.Int32(int32(number))
	case "keep-type", "keep-label", "keep-default":
		f, old := fieldOf(m, tag), fieldOf(was, tag)
		e.restore(m, was, f, old)
		if edit.Op == "keep-default" && f.GetType() == descriptorpb.FieldDescriptorProto_TYPE_ENUM {
			f.DefaultValue = proto.String(value) // what was the first of the enum may no longer be
		}
	case "keep-enum":
		name := func(d *descriptorpb.EnumDescriptorProto) bool { return strings.HasSuffix("."+value, "."+d.GetName()) }
		from, to := slices.IndexFunc(was.EnumType, name), slices.IndexFunc(m.EnumType, name)
		m.EnumType[to] = proto.CloneOf(was.EnumType[from])
	case "keep-field":
		old := proto.CloneOf(fieldOf(was, tag))
		old.OneofIndex = nil
		if o := oneofOf(was, fieldOf(was, tag)); o != "" {
			if i := slices.IndexFunc(m.OneofDecl, func(d *descriptorpb.OneofDescriptorProto) bool { return d.GetName() == o }); i >= 0 {
				old.OneofIndex = proto.Int32(int32(i))
			}
		}
		m.Field = append(m.Field, old)
	case "remove-field":
		m.Field = slices.DeleteFunc(m.Field, func(f *descriptorpb.FieldDescriptorProto) bool { return int(f.GetNumber()) == tag })
	case "make-optional":
		f := fieldOf(m, tag)
		f.Label = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
		if features := f.GetOptions().GetFeatures(); features != nil {
			features.FieldPresence = nil
		}
	case "keep-oneof", "split-oneof":
		e.oneofs(m, was)
	default:
		e.t.Fatalf("unknown edit %+v", edit)
	}
}

func (e editing) repackage(name string) {
	was := e.candidate.GetPackage()
	e.candidate.Package = proto.String(name)
	prefix := func(p string) string { return "." + strings.TrimPrefix(p+".", ".") }
	each(e.candidate.MessageType, func(m *descriptorpb.DescriptorProto) {
		for _, f := range m.Field {
			if rest, ok := strings.CutPrefix(f.GetTypeName(), prefix(was)); ok {
				f.TypeName = proto.String(prefix(name) + rest)
			}
		}
	})
}

func (e editing) message(steps []string, was *descriptorpb.DescriptorProto) {
	if len(steps) == 1 {
		e.candidate.MessageType = append(e.candidate.MessageType, proto.CloneOf(was))
		return
	}
	m := find(e.candidate.MessageType, steps[:len(steps)-1])
	m.NestedType = append(m.NestedType, proto.CloneOf(was))
}

func (e editing) remove(steps []string) {
	named := func(m *descriptorpb.DescriptorProto) bool { return m.GetName() == steps[len(steps)-1] }
	if len(steps) == 1 {
		e.candidate.MessageType = slices.DeleteFunc(e.candidate.MessageType, named)
		return
	}
	m := find(e.candidate.MessageType, steps[:len(steps)-1])
	m.NestedType = slices.DeleteFunc(m.NestedType, named)
}

// restore gives f the type, the label and the default that old had.
func (e editing) restore(m, was *descriptorpb.DescriptorProto, f, old *descriptorpb.FieldDescriptorProto) {
	index, optional := f.OneofIndex, f.GetProto3Optional()
	name := f.GetName()
	proto.Reset(f)
	proto.Merge(f, old)
	f.Name, f.OneofIndex = proto.String(name), index
	for _, nested := range was.NestedType {
		if !strings.HasSuffix(f.GetTypeName(), "."+nested.GetName()) {
			continue
		}
		i := slices.IndexFunc(m.NestedType, func(n *descriptorpb.DescriptorProto) bool { return n.GetName() == nested.GetName() })
		switch {
		case i < 0:
			m.NestedType = append(m.NestedType, proto.CloneOf(nested))
		case nested.GetOptions().GetMapEntry():
			m.NestedType[i] = proto.CloneOf(nested)
		}
	}
	switch {
	case optional && !f.GetProto3Optional():
		f.OneofIndex = nil
	case !optional && f.GetProto3Optional():
		f.OneofIndex = proto.Int32(int32(len(m.OneofDecl)))
		m.OneofDecl = append(m.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: proto.String("_" + name)})
	}
	tidy(m)
}

// oneofs puts the fields that both have where they were.
func (e editing) oneofs(m, was *descriptorpb.DescriptorProto) {
	for _, f := range m.Field {
		old := fieldOf(was, int(f.GetNumber()))
		if old == nil || f.GetProto3Optional() {
			continue
		}
		f.OneofIndex = nil
		if o := oneofOf(was, old); o != "" && !old.GetProto3Optional() {
			i := slices.IndexFunc(m.OneofDecl, func(d *descriptorpb.OneofDescriptorProto) bool { return d.GetName() == o })
			if i < 0 {
				i, m.OneofDecl = len(m.OneofDecl), append(m.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: proto.String(o)})
			}
			f.OneofIndex = proto.Int32(int32(i))
		}
	}
	tidy(m)
}

// tidy drops the oneofs that have no fields.
func tidy(m *descriptorpb.DescriptorProto) {
	for i := len(m.OneofDecl) - 1; i >= 0; i-- {
		if slices.ContainsFunc(m.Field, func(f *descriptorpb.FieldDescriptorProto) bool {
			return f.OneofIndex != nil && int(f.GetOneofIndex()) == i
		}) {
			continue
		}
		m.OneofDecl = slices.Delete(m.OneofDecl, i, i+1)
		for _, f := range m.Field {
			if int(f.GetOneofIndex()) > i {
				f.OneofIndex = proto.Int32(f.GetOneofIndex() - 1)
			}
		}
	}
}

// find follows a path as far as it names messages.
func find(list []*descriptorpb.DescriptorProto, steps []string) *descriptorpb.DescriptorProto {
	var found *descriptorpb.DescriptorProto
	for _, step := range steps {
		i := slices.IndexFunc(list, func(m *descriptorpb.DescriptorProto) bool { return m.GetName() == step })
		if i < 0 {
			break
		}
		found, list = list[i], list[i].NestedType
	}
	return found
}

func each(list []*descriptorpb.DescriptorProto, f func(*descriptorpb.DescriptorProto)) {
	for _, m := range list {
		f(m)
		each(m.NestedType, f)
	}
}

func fieldOf(m *descriptorpb.DescriptorProto, tag int) *descriptorpb.FieldDescriptorProto {
	for _, f := range m.GetField() {
		if int(f.GetNumber()) == tag {
			return f
		}
	}
	return nil
}

func oneofOf(m *descriptorpb.DescriptorProto, f *descriptorpb.FieldDescriptorProto) string {
	if f.OneofIndex == nil {
		return ""
	}
	return m.OneofDecl[f.GetOneofIndex()].GetName()
}

// TestFixes_NoTagLeft: a field moves to no tag that the language lacks.
func TestFixes_NoTagLeft(t *testing.T) {
	parsed := func(fields string) compat.Schema {
		t.Helper()
		s, err := New().Parse(compat.Source{Text: `syntax = "proto2"; message M {` + fields + ` extensions 3 to max; }`})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	older, newer := parsed("optional int32 a = 1; optional int32 c = 2;"), parsed("optional string b = 1; optional int32 c = 2;")
	found, err := New().Check(newer, older, compat.CheckOptions{Reader: "new", Writer: "old"})
	if err != nil || len(found.Differences) != 1 || found.Differences[0].Fix.Edit.Op != "keep-type" {
		t.Errorf("%+v %v", found.Differences, err)
	}
	between := parsed("optional int32 c = 2;")
	newer = parsed("optional int32 b = 1; optional int32 c = 2;")
	_, differences, err := New().(compat.Historian).CheckHistory(newer, []compat.Schema{between, older}, compat.CheckOptions{Reader: "new", Writer: "old"})
	if err != nil || len(differences) != 1 || differences[0].Fix != nil {
		t.Errorf("%+v %v", differences, err)
	}
}

// TestCheckHistory_Bounded: however many tags were used again, so many are shown.
func TestCheckHistory_Bounded(t *testing.T) {
	version := func(name string, n int) compat.Schema {
		t.Helper()
		var fields strings.Builder
		for i := range n {
			fields.WriteString("string " + name + strconv.Itoa(i) + " = " + strconv.Itoa(i+1) + ";")
		}
		s, err := New().Parse(compat.Source{Text: `syntax = "proto3"; message M {` + fields.String() + `}`})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const n = 100
	_, found, err := New().(compat.Historian).CheckHistory(version("b", n), []compat.Schema{version("", 0), version("a", n)},
		compat.CheckOptions{Reader: "new", Writer: "old"})
	if err != nil || len(found) != n {
		t.Fatalf("%d found, %v", len(found), err)
	}
	shown := 0
	for _, d := range found {
		if d.Witness != nil {
			shown++
		}
	}
	if shown != maxWitnesses {
		t.Errorf("%d of %d are shown, want %d", shown, n, maxWitnesses)
	}
}
