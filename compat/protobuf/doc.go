// Package protobuf is the plug-in for Protocol Buffers: proto2, proto3 and
// edition 2023, as .proto text or as a base64 FileDescriptorProto.
//
// protocompile parses and links, from memory alone and after a scan of ours
// has bounded the text. The printer, the comparison and the judges of payloads
// are ours and work on linked descriptors. Reading rules, by tag:
//
//	change                                       new reads old
//	package renamed, message removed             no
//	field added or removed, not required         yes
//	required field added or removed              no
//	field becomes required                       no
//	field renamed                                yes
//	int32 int64 uint32 uint64 bool enum          yes, among themselves
//	sint32 sint64 / string bytes                 yes, save bytes to checked UTF-8
//	fixed32 sfixed32 / fixed64 sfixed64          yes
//	scalar, message, map, group for each other   no
//	message type of another local name           no
//	message type from an import                  as its content
//	written label of a number changes            no
//	packed list becomes a single value           no
//	field leaves a oneof for the message         yes
//	member of a surviving oneof removed          no
//	fields of two origins meet in one oneof      no
//	group renamed                                as its content
//	extension changed                            as the field it stands for
//	default of an absent field changes           no
//	required closed enum loses a number          no
//	other enum changes, options, services        yes
//	tag reused after a version without it        no, seen with the history alone
//
// Where the reference registry compares the text of names, this package
// compares what they resolve to. It differs on purpose where the reference
// accepts what a reader cannot read or reads as something else: each such break
// has a rule of its own (rules.go).
//
// Policy LENIENT takes what reads well although the reference refuses it:
// another package, a required field removed or no longer required, a number
// that becomes a list, a message type of another name and like content, a map
// for a list of its entries, a message read as bytes, and the removal of any
// message but the first of the file, which is the record type.
//
// A difference comes with a payload that shows it: written by the writer's
// encoder, walked by the judge of payloads and given to a decoder of the
// reader's. The rules that have none say why.
//
// Imports resolve among the references, then among the well-known files and
// those under builtin/. Nothing opens a file.
package protobuf
