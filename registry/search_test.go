package registry

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-registry/muster/compat"
)

// shelf is the part of a store that a search reads. It notes how many texts
// each read of them returned.
type shelf struct {
	Store
	records []Record
	texts   map[SchemaID]string
	reads   []int
}

func (s *shelf) Search(context.Context, RecordFilter) ([]Record, error) { return s.records, nil }

func (s *shelf) Contents(_ context.Context, ids []ContextID, bytes int) ([]*Content, error) {
	var contents []*Content
	for _, id := range ids {
		text, ok := s.texts[id.ID]
		if !ok {
			continue
		}
		if bytes -= len(text); bytes < 0 && len(contents) > 0 {
			break
		}
		contents = append(contents, &Content{Context: id.Context, ID: id.ID, Schema: Schema{Text: text}})
	}
	s.reads = append(s.reads, len(contents))
	return contents, nil
}

// TestSearch_ReadsAhead: texts come in batches bounded in number and bytes,
// each once and in the order of the list, those that are gone left out.
func TestSearch_ReadsAhead(t *testing.T) {
	s := &shelf{texts: make(map[SchemaID]string)}
	var want []string
	for i := range 330 {
		id := SchemaID(1 + i%220) // the last 110 share theirs
		s.records = append(s.records, Record{Subject: Subject{Context: DefaultContext, Name: strconv.Itoa(i)}, Version: 1, ID: id})
		s.texts[id] = strconv.Itoa(int(id))
		if i%220 != 7 {
			want = append(want, s.texts[id])
		}
	}
	delete(s.texts, 8)
	service := New(s, compat.NewFormats(), Options{})
	search := func() (got []string) {
		found, err := service.Search(t.Context(), SearchRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for f, err := range found {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, f.Content.Text)
		}
		return got
	}
	if diff := cmp.Diff(want, search()); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	// 8 is gone, so it is asked for again at each of its turns, with what follows.
	if diff := cmp.Diff([]int{99, 99, 21, 0}, s.reads); diff != "" {
		t.Errorf("texts of each read (-want +got):\n%s", diff)
	}
	s.reads = nil
	if search(); slices.Max(s.reads) > 0 {
		t.Errorf("what is in memory was read again: %v", s.reads)
	}

	// Large texts come a few at a time, and one larger than a batch alone.
	s = &shelf{texts: map[SchemaID]string{1: strings.Repeat("a", aheadBytes+1), 2: strings.Repeat("b", aheadBytes/2), 3: strings.Repeat("c", aheadBytes/2), 4: "d"}}
	for id := range SchemaID(4) {
		s.records = append(s.records, Record{Subject: Subject{Context: DefaultContext, Name: "s"}, Version: Version(id + 1), ID: id + 1})
	}
	service = New(s, compat.NewFormats(), Options{ContentCache: 1})
	if search(); !slices.Equal(s.reads, []int{1, 2, 1}) {
		t.Errorf("large texts were read %v at a time", s.reads)
	}
}
