package main

import (
	"bufio"
	"io"
	"sync"
	"time"
)

// logBuffer gathers log lines and writes them out together: a system call for
// every request's line costs as much as answering it from memory. A crash of
// the machine or a kill loses what the last flushEvery gathered, of the log
// alone. Safe for concurrent use.
type logBuffer struct {
	mu      sync.Mutex
	out     *bufio.Writer
	quit    chan struct{}
	stopped chan struct{}
}

const flushEvery = 50 * time.Millisecond

func newLogBuffer(out io.Writer) *logBuffer {
	b := &logBuffer{out: bufio.NewWriterSize(out, 64<<10), quit: make(chan struct{}), stopped: make(chan struct{})}
	go b.flushing()
	return b
}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(line)
}

func (b *logBuffer) flushing() {
	defer close(b.stopped)
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			b.flush()
		case <-b.quit:
			return
		}
	}
}

func (b *logBuffer) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.out.Flush() // a log that cannot be written has nowhere to say so
}

// close writes out the rest. Lines that come later are lost.
func (b *logBuffer) close() {
	close(b.quit)
	<-b.stopped
	b.flush()
}
