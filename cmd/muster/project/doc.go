// Package project knows which files of a repository are the schemas of which
// subjects: muster.yaml, and the schemas it lists in a tree of files, with
// their references to each other resolved.
//
// It is apart from the commands because several of them start from it, on the
// working tree and on past commits alike. It asks no registry and judges
// nothing. muster.schema.json beside it describes the file to editors.
package project
