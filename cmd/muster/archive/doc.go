// Package archive moves what a registry holds, through its REST API alone: it
// reads a registry as a sequence of records ([Registry]), writes and reads
// them as lines of JSON ([Write], [Read]), and puts them into a registry in
// mode IMPORT ([Restore]). A registry of another make is read the same way.
//
// An archive is one line for each of
//
//	{"muster_archive":1}   the format's version, first
//	{"version":{…}}        a version as the API shows it; deleted ones say so
//	{"config":{…}}         the configuration of a scope
//	{"mode":{…}}           the mode of a scope
//	{"end":{…}}            the numbers of those above, last: without it a part is missing
//
// Versions come by subject in byte order and by number, each after those it
// refers to; then configurations, then modes, each by scope. Nothing tells
// where or when it was written, so equal registries have equal archives.
package archive
