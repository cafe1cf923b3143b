package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress is a line on stderr, when that is a terminal. A total of zero is not
// known yet.
type progress struct {
	w           io.Writer // nil when nobody watches
	what        string    // is counted
	done, total int
}

func (p *program) progress(what string, total int) *progress {
	file, ok := p.stderr.(*os.File)
	if !ok {
		return &progress{}
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &progress{}
	}
	return &progress{w: file, what: what, total: total}
}

func (p *progress) step() {
	p.done++
	switch {
	case p.w == nil:
	case p.total > 0:
		const width = 24
		bar := strings.Repeat("#", p.done*width/p.total)
		fmt.Fprintf(p.w, "\r[%-*s] %d/%d %s", width, bar, p.done, p.total, p.what)
	case p.done%64 == 0: // a terminal is slower than a validator
		fmt.Fprintf(p.w, "\r%d %s", p.done, p.what)
	}
}

// clear makes room for a line of the report.
func (p *progress) clear() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

func (p *progress) end() { p.clear() }
