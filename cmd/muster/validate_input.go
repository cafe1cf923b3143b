package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// input is one payload to be judged.
type input struct {
	name   string // a file, or FILE:LINE
	file   string
	number int // of the line, one of many in a file; zero for a file of its own
	data   []byte
}

// place is where a file has what a JSON pointer into the payload names; of a
// payload that is no JSON, where it stops to be.
func (in input) place(pointer string) (line, column int) {
	above, text := max(in.number-1, 0), string(in.data)
	doc, err := jsondoc.Parse(text, jsondoc.Payload)
	var bad *compat.ParseError
	switch {
	case errors.As(err, &bad):
		return above + bad.Line, inUnits(text, bad.Line, bad.Column)
	case err != nil:
		return above + 1, 1
	}
	_, offset, _ := doc.Find(jsondoc.Steps(pointer))
	line, column = placeOf(text, offset)
	return above + line, column
}

// each calls judge for every payload of the paths, in order: a file is one
// payload or, with lines or named like it, one a line; a folder is all files
// below it but hidden ones. It holds one payload at a time.
func (p *program) each(paths []string, lines bool, judge func(input) error) error {
	for _, path := range paths {
		if path == "-" {
			if err := p.eachOf(path, lines, judge); err != nil {
				return err
			}
			continue
		}
		files := 0
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case file != path && strings.HasPrefix(entry.Name(), "."):
				if entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			case entry.IsDir(), file != path && !entry.Type().IsRegular():
				return nil
			}
			files++
			return p.eachOf(file, lines || listsPayloads(file), judge)
		})
		if err != nil {
			return err
		}
		if files == 0 {
			return fmt.Errorf("%s: the folder holds no payloads", path)
		}
	}
	return nil
}

// listsPayloads tells whether a file is named like one with a payload a line.
func listsPayloads(path string) bool {
	switch filepath.Ext(path) {
	case ".ndjson", ".jsonl":
		return true
	}
	return false
}

func (p *program) eachOf(path string, lines bool, judge func(input) error) error {
	if !lines {
		data, err := p.read(path)
		if err != nil {
			return err
		}
		return judge(input{name: path, file: path, data: data})
	}
	from := p.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		from = file
	}
	reader := bufio.NewReaderSize(from, 1<<16)
	for n := 1; ; n++ {
		line, err := reader.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(line) > 0 {
			in := input{name: fmt.Sprintf("%s:%d", path, n), file: path, number: n, data: bytes.TrimRight(line, "\r\n")}
			if err := judge(in); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}
