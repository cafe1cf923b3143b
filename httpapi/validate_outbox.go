package httpapi

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// outbox holds the lines of a stream on their way out. They are written by a
// goroutine of their own, so that a client may send all before it reads: what
// it does not take yet waits here, up to mostPending bytes. From then on the
// stream reads no further until the client does.
type outbox struct {
	out     io.Writer
	control *http.ResponseController
	all     *atomic.Int64 // bytes pending in every stream of the server

	mu      sync.Mutex
	changed sync.Cond // something to write, room, the end
	chunks  [][]byte
	spare   []byte // a chunk that was written
	pending int
	closed  bool
	failed  bool
	done    chan struct{}
}

// Bounds of what waits to be read, in bytes. Every stream may have leastPending,
// whatever the others have. 20,000 lines of 400 bytes fit.
const (
	leastPending = 64 << 10
	mostPending  = 8 << 20
	allPending   = 64 << 20
	chunkSize    = 32 << 10
)

func newOutbox(out io.Writer, control *http.ResponseController, all *atomic.Int64) *outbox {
	a := &outbox{out: out, control: control, all: all, done: make(chan struct{})}
	a.changed.L = &a.mu
	go a.writing()
	return a
}

// append takes a line, waiting for room. It returns false when nobody reads any
// more.
func (a *outbox) append(line []byte) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for !a.failed && !a.room() {
		a.changed.Wait()
	}
	if a.failed {
		return false
	}
	last := len(a.chunks) - 1
	if last < 0 || len(a.chunks[last])+len(line) > chunkSize {
		if a.spare == nil {
			a.spare = make([]byte, 0, chunkSize)
		}
		a.chunks, a.spare = append(a.chunks, a.spare), nil
		last++
	}
	a.chunks[last] = append(a.chunks[last], line...)
	a.pending += len(line)
	a.all.Add(int64(len(line)))
	a.changed.Broadcast()
	return true
}

func (a *outbox) room() bool {
	return a.pending < leastPending || a.pending < mostPending && a.all.Load() < allPending
}

// writing writes chunk after chunk, each with its own deadline. What is written
// counts as pending until the connection has it.
func (a *outbox) writing() {
	defer close(a.done)
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		for len(a.chunks) == 0 && !a.closed {
			a.changed.Wait()
		}
		if len(a.chunks) == 0 {
			return
		}
		chunk := a.chunks[0]
		a.chunks = a.chunks[1:]
		a.mu.Unlock()
		err := a.write(chunk)
		a.mu.Lock()
		a.pending -= len(chunk)
		a.all.Add(-int64(len(chunk)))
		a.spare = chunk[:0]
		if err != nil {
			a.all.Add(-int64(a.pending))
			a.chunks, a.failed = nil, true
			a.changed.Broadcast()
			return
		}
		a.changed.Broadcast()
	}
}

func (a *outbox) write(chunk []byte) error {
	_ = a.control.SetWriteDeadline(time.Now().Add(writePatience)) // see renewing
	if _, err := a.out.Write(chunk); err != nil {
		return err
	}
	_ = a.control.Flush() // a failure shows at the next write
	return nil
}

// close waits until everything is written, or nobody reads any more.
func (a *outbox) close() {
	a.mu.Lock()
	a.closed = true
	a.changed.Broadcast()
	a.mu.Unlock()
	<-a.done
}
