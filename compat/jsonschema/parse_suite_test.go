package jsonschema

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// The official JSON Schema Test Suite is not kept here. Given a folder of it,
// with tests and remotes within, its rows are run:
//
//	go test ./compat/jsonschema -run OfficialSuite -suite DIR -v
var suite = flag.String("suite", "", "folder of the official JSON Schema Test Suite")

// TestOfficialSuite holds the representation and the validator to the rows of
// the suite that the library by itself passes.
func TestOfficialSuite(t *testing.T) {
	if *suite == "" {
		t.Skip("no -suite DIR: TestRows has the project's own rows")
	}
	for _, folder := range []struct {
		name string
		d    draft
	}{{"draft4", draft4}, {"draft6", draft6}, {"draft7", draft7}, {"draft2019-09", draft2019}, {"draft2020-12", draft2020}} {
		t.Run(folder.name, func(t *testing.T) {
			var n tally
			remotes := readRemotes(t, folder.name)
			root := filepath.Join(*suite, "tests", folder.name)
			err := filepath.WalkDir(root, func(file string, _ fs.DirEntry, err error) error {
				if err == nil && path.Ext(file) == ".json" {
					n.file(t, file, folder.d, remotes)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", n)
			if n.Agree == 0 || n.Disagree > 0 {
				t.Errorf("%d rows agree, %d do not", n.Agree, n.Disagree)
			}
		})
	}
}

// tally counts rows by what became of them.
type tally struct {
	Rows     int
	Agree    int
	Disagree int
	Unsure   int // the representation does not tell
	Fails    int // the library by itself fails the row, or refuses the schema
	Refused  int // this package alone refuses the schema
	Foreign  int // the schema is of a dialect of its own, which is read as draft-07
}

// readRemotes are the documents that the suite refers to: those of the draft, and
// those of every draft.
func readRemotes(t *testing.T, folder string) map[string]json.RawMessage {
	remotes := make(map[string]json.RawMessage)
	root := filepath.Join(*suite, "remotes")
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && strings.HasPrefix(entry.Name(), "draft") && entry.Name() != folder {
			return fs.SkipDir
		}
		if entry.IsDir() {
			return nil
		}
		text, err := os.ReadFile(file)
		name, _ := filepath.Rel(root, file)
		remotes["http://localhost:1234/"+filepath.ToSlash(name)] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return remotes
}

func (n *tally) file(t *testing.T, file string, d draft, remotes map[string]json.RawMessage) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		Description string
		Schema      json.RawMessage
		Tests       []struct {
			Description string
			Data        json.RawMessage
			Valid       bool
		}
	}
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, group := range groups {
		n.Rows += len(group.Tests)
		where := fmt.Sprintf("%s: %s", filepath.Base(file), group.Description)
		j, err := newJudges(row{Schema: group.Schema}.under(d), remotes)
		switch {
		case j.refused != nil:
			n.Fails += len(group.Tests)
			continue
		case err != nil:
			n.Refused += len(group.Tests)
			t.Logf("%s: refused: %v", where, err)
			continue
		}
		if _, known := metaschema(j.schema.root.value.Get("$schema").Text); !known {
			n.Foreign += len(group.Tests)
			continue
		}
		for _, test := range group.Tests {
			n.row(t, where+": "+test.Description, j, test.Data, test.Valid)
		}
	}
}

func (n *tally) row(t *testing.T, where string, j *judges, data json.RawMessage, want bool) {
	v, err := jsondoc.Parse(string(data), jsondoc.Payload)
	if err != nil || j.alone(data) != want {
		n.Fails++
		return
	}
	represented, sure := j.question.graph.Accepts(j.question.writer, v)
	judged := accepts(t, j.schema, string(data))
	switch {
	case judged != want || sure && represented != want:
		n.Disagree++
		t.Logf("%s: %s: want %t, the validator says %t, the representation %t", where, data, want, judged, represented)
	case !sure:
		n.Unsure++
		t.Logf("%s: not sure", where)
	default:
		n.Agree++
	}
}
