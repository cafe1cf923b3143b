package protobuf

import (
	"encoding/base64"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
)

// serialized is the way of clients that know descriptors and no .proto text.
const serialized = "serialized"

// Render knows "serialized", the file as a base64 FileDescriptorProto, and
// "ignore_extensions", the canonical text without extend blocks and custom
// options. Imports stay as they are in both.
func (s *schema) Render(way string) (text string, ok bool) {
	switch way {
	case serialized:
		// Deterministic, for clients and caches that compare.
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(protodesc.ToFileDescriptorProto(s.file))
		return base64.StdEncoding.EncodeToString(raw), err == nil
	case "ignore_extensions":
		doc, err := readText(s.file.Path(), s.canonical)
		if err != nil { // not after it was parsed once
			return "", false
		}
		return withoutExtensions(doc), true
	}
	return "", false
}

func withoutExtensions(doc *document) string {
	file := doc.source
	visitOptions(file, func(_ string, list *[]*descriptorpb.UninterpretedOption) {
		*list = slices.DeleteFunc(*list, func(o *descriptorpb.UninterpretedOption) bool {
			return len(o.Name) > 0 && o.Name[0].GetIsExtension()
		})
	})
	file.Extension = nil
	var clear func([]*descriptorpb.DescriptorProto)
	clear = func(list []*descriptorpb.DescriptorProto) {
		for _, m := range list {
			m.Extension = nil
			clear(m.NestedType)
		}
	}
	clear(file.MessageType)
	return printFile(file, doc.proto2)
}
