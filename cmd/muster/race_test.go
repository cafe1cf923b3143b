package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/muster-registry/muster/store/postgres/pgtest"
)

// TestRacePairs sends pairs of schemas that each suit the first version but
// not each other to two servers on one database, the two of a pair at the same
// instant: exactly one of each must be accepted (promise P5).
// MUSTER_RACE_PAIRS says how many pairs.
func TestRacePairs(t *testing.T) {
	pairs := fromEnv(t, "MUSTER_RACE_PAIRS", 200)
	database := "MUSTER_DATABASE=" + pgtest.DSN(t)
	servers := [2]*process{
		serve(t, []string{database}, "--log-level", "error"),
		serve(t, []string{database}, "--log-level", "error"),
	}
	const inFlight = 32
	next := make(chan int)
	var racers sync.WaitGroup
	for range inFlight {
		racers.Go(func() {
			for pair := range next {
				racePair(t, servers, fmt.Sprintf("pair-%d", pair))
			}
		})
	}
	for pair := range pairs {
		next <- pair
	}
	close(next)
	racers.Wait()
}

// The three schemas of a pair. Each of the two adds a field with a default,
// which suits the first; the one's field cannot be read as the other's.
const (
	raceFirst  = `{"type":"record","name":"R","fields":[]}`
	raceInt    = `{"type":"record","name":"R","fields":[{"name":"b","type":"int","default":0}]}`
	raceString = `{"type":"record","name":"R","fields":[{"name":"b","type":"string","default":""}]}`
)

func racePair(t *testing.T, servers [2]*process, subject string) {
	path := "/subjects/" + subject + "/versions"
	if status, body, err := post(servers[0].url+path, raceFirst); err != nil || status != http.StatusOK {
		t.Errorf("%s: first version: %d %s %v", subject, status, body, err)
		return
	}
	var (
		start    = make(chan struct{})
		both     sync.WaitGroup
		statuses [2]int
	)
	for i, schema := range [2]string{raceInt, raceString} {
		both.Go(func() {
			<-start
			status, body, err := post(servers[i].url+path, schema)
			if err != nil {
				t.Errorf("%s: %v", subject, err)
			}
			if statuses[i] = status; status != http.StatusOK && status != http.StatusConflict {
				t.Errorf("%s: %d %s", subject, status, body)
			}
		})
	}
	close(start)
	both.Wait()
	if (statuses[0] == http.StatusOK) == (statuses[1] == http.StatusOK) {
		t.Errorf("%s: answers %v, want one accepted and one refused", subject, statuses)
	}
	// Both servers see what was accepted, and nothing else.
	for _, s := range servers {
		if _, body, err := fetch(s.url + path); err != nil || string(body) != "[1,2]" {
			t.Errorf("%s: versions %s (%v), want [1,2]", subject, body, err)
		}
	}
}

// fromEnv is a number from the environment, or its default.
func fromEnv(t *testing.T, name string, otherwise int) int {
	t.Helper()
	value, ok := os.LookupEnv(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// post registers an Avro schema as any HTTP client would: nothing here tries
// again.
func post(url, schema string) (status int, body []byte, err error) {
	request, err := json.Marshal(map[string]string{"schema": schema})
	if err != nil {
		return 0, nil, err
	}
	answer, err := http.Post(url, "application/json", bytes.NewReader(request))
	return read(answer, err)
}

func fetch(url string) (status int, body []byte, err error) {
	answer, err := http.Get(url)
	return read(answer, err)
}

func read(answer *http.Response, err error) (int, []byte, error) {
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }() // all of it is read
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}
