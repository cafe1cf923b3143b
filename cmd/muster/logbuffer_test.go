package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestLogBuffer_CloseWritesEveryWholeLine(t *testing.T) {
	var out bytes.Buffer
	b := newLogBuffer(&out)
	var wg sync.WaitGroup
	const writers, lines = 8, 500
	for w := range writers {
		wg.Go(func() {
			for i := range lines {
				fmt.Fprintf(b, "writer %d line %d\n", w, i)
			}
		})
	}
	wg.Wait()
	b.close()
	got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(got) != writers*lines {
		t.Fatalf("%d lines came out, want %d", len(got), writers*lines)
	}
	for _, line := range got {
		var w, i int
		if n, err := fmt.Sscanf(line, "writer %d line %d", &w, &i); n != 2 || err != nil {
			t.Fatalf("a line was torn: %q", line)
		}
	}
}
