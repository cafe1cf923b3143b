package protobuf

import (
	"iter"
	"slices"
	"strings"

	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/muster-registry/muster/compat"
)

// Tags stand in Confluent's own options (builtin/confluent/meta.proto).
const (
	metaFile    = "confluent/meta.proto"
	messageMeta = "message_meta"
	fieldMeta   = "field_meta"

	metaNumber protowire.Number = 1088 // of the options
	tagsNumber protowire.Number = 3    // of the member tags
)

// Entities yields messages by their full name and fields by that, a dot and
// their own.
func (s *schema) Entities() iter.Seq[compat.Entity] {
	return func(yield func(compat.Entity) bool) {
		tagged := slices.ContainsFunc(s.files, func(f linker.File) bool { return f.Path() == metaFile })
		entity := func(kind compat.EntityKind, d protoreflect.Descriptor) bool {
			e := compat.Entity{EntityName: compat.EntityName{Kind: kind, Path: string(d.FullName())}}
			if len(e.Path) > compat.MaxEntityPath {
				return true
			}
			if tagged {
				e.Tags = tagsOf(d.Options())
			}
			return yield(e)
		}
		var visit func(protoreflect.MessageDescriptors) bool
		visit = func(all protoreflect.MessageDescriptors) bool {
			for i := range all.Len() {
				m := all.Get(i)
				if m.IsMapEntry() {
					continue
				}
				if !entity(compat.RecordEntity, m) {
					return false
				}
				for j := range m.Fields().Len() {
					if !entity(compat.FieldEntity, m.Fields().Get(j)) {
						return false
					}
				}
				if !visit(m.Messages()) {
					return false
				}
			}
			return true
		}
		visit(s.file.Messages())
	}
}

// tagsOf reads the tags from options, whose extensions may be known to the
// linker or not: on the wire they look alike.
func tagsOf(options proto.Message) []string {
	if options == nil || !options.ProtoReflect().IsValid() {
		return nil
	}
	wire, err := proto.Marshal(options)
	if err != nil { // a required option is missing, which is not ours to judge
		return nil
	}
	var tags []string
	for _, meta := range members(wire, metaNumber) {
		for _, tag := range members(meta, tagsNumber) {
			tags = append(tags, string(tag))
		}
	}
	return tags
}

// members are the values of one length-delimited field of a message.
func members(wire []byte, wanted protowire.Number) (values [][]byte) {
	for len(wire) > 0 {
		number, kind, n := protowire.ConsumeTag(wire)
		if n < 0 {
			return values
		}
		wire = wire[n:]
		if n = protowire.ConsumeFieldValue(number, kind, wire); n < 0 {
			return values
		}
		if number == wanted && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(wire)
			values = append(values, value)
		}
		wire = wire[n:]
	}
	return values
}

// Retagged prints as Canonical does, with other tags, which it writes as one
// option each.
func (s *schema) Retagged(tags map[compat.EntityName][]string) string {
	doc, err := readText(s.file.Path(), s.canonical)
	if err != nil { // not after it was parsed once
		return s.canonical
	}
	file := doc.source
	named := false
	set := func(kind compat.EntityKind, path string, list *[]*descriptorpb.UninterpretedOption, extension string) {
		if wanted, ok := tags[compat.EntityName{Kind: kind, Path: path}]; ok {
			*list = retagged(*list, file.GetPackage(), extension, wanted)
			named = named || len(wanted) > 0
		}
	}
	var visit func(inside string, m *descriptorpb.DescriptorProto)
	visit = func(inside string, m *descriptorpb.DescriptorProto) {
		if m.GetOptions().GetMapEntry() {
			return
		}
		if m.Options == nil {
			m.Options = &descriptorpb.MessageOptions{}
		}
		name := join(inside, m.GetName())
		set(compat.RecordEntity, name, &m.Options.UninterpretedOption, messageMeta)
		for _, f := range m.Field {
			if f.Options == nil {
				f.Options = &descriptorpb.FieldOptions{}
			}
			set(compat.FieldEntity, join(name, f.GetName()), &f.Options.UninterpretedOption, fieldMeta)
		}
		for _, n := range m.NestedType {
			visit(name, n)
		}
	}
	for _, m := range file.MessageType {
		visit(file.GetPackage(), m)
	}
	if named && !slices.Contains(file.Dependency, metaFile) {
		file.Dependency = append(file.Dependency, metaFile)
	}
	return printFile(file, doc.proto2)
}

// retagged is the options with these tags in place of those they set.
func retagged(list []*descriptorpb.UninterpretedOption, pkg, extension string, tags []string) []*descriptorpb.UninterpretedOption {
	var kept []*descriptorpb.UninterpretedOption
	for _, o := range list {
		if !isMeta(o, pkg, extension) {
			kept = append(kept, o)
			continue
		}
		if len(o.Name) > 1 && o.Name[1].GetNamePart() == "tags" {
			continue
		}
		if len(o.Name) == 1 && o.AggregateValue != nil {
			rest := withoutTags(o.GetAggregateValue())
			if rest == "" {
				continue
			}
			o.AggregateValue = proto.String(rest)
		}
		kept = append(kept, o)
	}
	for _, tag := range tags {
		kept = append(kept, &descriptorpb.UninterpretedOption{
			Name: []*descriptorpb.UninterpretedOption_NamePart{
				{NamePart: proto.String("confluent." + extension), IsExtension: proto.Bool(true)},
				{NamePart: proto.String("tags"), IsExtension: proto.Bool(false)},
			},
			StringValue: []byte(tag),
		})
	}
	return kept
}

// isMeta tells whether an option sets the extension or a part of it.
func isMeta(o *descriptorpb.UninterpretedOption, pkg, extension string) bool {
	if len(o.Name) == 0 || !o.Name[0].GetIsExtension() {
		return false
	}
	name := strings.TrimPrefix(o.Name[0].GetNamePart(), ".")
	inside := pkg == "confluent" || strings.HasPrefix(pkg, "confluent.")
	return name == "confluent."+extension || inside && name == extension
}

// withoutTags is a message value, in tokens, without its member tags.
func withoutTags(tokens string) string {
	var kept []string
	l := lexer{text: tokens}
	for depth := 0; ; {
		t := l.next()
		text := tokens[t.start:t.end]
		switch {
		case t.kind == endToken:
			return strings.Join(kept, " ")
		case depth == 0 && text == "tags":
			l.member()
			continue
		case text == "{" || text == "[" || text == "<":
			depth++
		case text == "}" || text == "]" || text == ">":
			depth--
		}
		kept = append(kept, text)
	}
}

// member steps over what follows the name of a member: a colon, strings or a
// list of them, and a separator.
func (l *lexer) member() {
	inList := false
	for {
		ahead := *l
		t := ahead.next()
		text := l.text[t.start:t.end]
		switch {
		case text == "[":
			inList = true
		case text == "]":
			inList = false
		case text == "," || text == ";":
			if !inList {
				*l = ahead
				return
			}
		case text != ":" && t.kind != stringToken:
			return
		}
		*l = ahead
	}
}
