package client

import (
	"context"
	"strconv"
	"testing"
)

func TestCache_IsBounded(t *testing.T) {
	const bytes = 10_000
	c := newCache(bytes)
	for i := range 1000 {
		if _, err := c.get(t.Context(), strconv.Itoa(i), func(context.Context) ([]byte, error) {
			return make([]byte, 500), nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	c.answers.CleanUp() // eviction is asynchronous
	if size := c.answers.WeightedSize(); size == 0 || size > bytes {
		t.Errorf("holds %d bytes, the bound is %d", size, bytes)
	}
}
