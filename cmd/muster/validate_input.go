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
)

// input is one payload to be judged.
type input struct {
	name string // a file, or FILE:LINE
	line bool   // one of many in a file
	data []byte
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
		return judge(input{name: path, data: data})
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
			in := input{name: fmt.Sprintf("%s:%d", path, n), line: true, data: bytes.TrimRight(line, "\r\n")}
			if err := judge(in); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}
