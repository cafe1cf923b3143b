package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// load sends one request over and over on so many connections and returns how
// many a second were answered with 200. It speaks just enough HTTP to leave
// the machine to the server.
func load(addr, request string, connections int, length time.Duration) (float64, error) {
	var answered atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, connections)
	start := time.Now()
	end := start.Add(length)
	for range connections {
		wg.Go(func() {
			n, err := drive(addr, request, end)
			answered.Add(n)
			if err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
	}
	return float64(answered.Load()) / time.Since(start).Seconds(), nil
}

func drive(addr, request string, end time.Time) (answered int64, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	r := bufio.NewReaderSize(conn, 16<<10)
	raw := []byte(request)
	for time.Now().Before(end) {
		if _, err := conn.Write(raw); err != nil {
			return answered, err
		}
		if err := readAnswer(r); err != nil {
			return answered, err
		}
		answered++
	}
	return answered, nil
}

// readAnswer steps over one answer, which must be 200 and say its length.
func readAnswer(r *bufio.Reader) error {
	status, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(string(status), "HTTP/1.1 200 ") {
		return fmt.Errorf("answered %s", strings.TrimSpace(string(status)))
	}
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		const header = "content-length:"
		if len(line) > len(header) && strings.EqualFold(string(line[:len(header)]), header) {
			if length, err = strconv.Atoi(strings.TrimSpace(string(line[len(header):]))); err != nil {
				return err
			}
		}
	}
	_, err = io.CopyN(io.Discard, r, int64(length))
	return err
}
