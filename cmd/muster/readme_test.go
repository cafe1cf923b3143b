package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/muster-registry/muster/store/postgres/pgtest"
)

// elsewhere lists commands of the README that run these tests.
var elsewhere = []string{"make test\nmake lint\n"}

// block is a fenced block of the README.
type block struct{ language, text string }

// TestReadme_DoesWhatItSays runs the README's sh blocks in order, as a reader
// would from the top of the checkout, and compares what each prints with the
// json or text block that follows it. A "…" there stands for anything: a value
// in JSON, the rest of a line or whole lines in text. The servers get a free
// port and a place of their own for the data by their environment.
func TestReadme_DoesWhatItSays(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	reader := reader{
		t:        t,
		database: "sqlite:" + filepath.Join(t.TempDir(), "muster.db"),
		replace:  strings.NewReplacer("postgres://muster@localhost/muster", "'"+pgtest.DSN(t)+"'"),
	}
	blocks := fenced(string(text))
	ran := 0
	for i, b := range blocks {
		if b.language != "sh" || slices.Contains(elsewhere, b.text) {
			continue
		}
		var want block
		if i+1 < len(blocks) && blocks[i+1].language != "sh" {
			want = blocks[i+1]
		}
		reader.follow(b.text, want)
		ran++
	}
	if ran == 0 {
		t.Error("the README has no commands")
	}
}

// reader is somebody who follows the README.
type reader struct {
	t        *testing.T
	database string
	replace  *strings.Replacer
	url      string // of the server started last
}

func (r *reader) follow(command string, want block) {
	r.t.Helper()
	var got string
	if command == "make run\n" || strings.HasPrefix(command, "bin/muster serve") {
		got = r.start(r.replace.Replace(command))
	} else {
		bash := exec.Command("bash", "-c", strings.ReplaceAll(command, "http://127.0.0.1:8081", r.url))
		bash.Dir = "../.."
		bash.Env = append(os.Environ(), "MUSTER_REGISTRY="+r.url, "GITHUB_ACTIONS=", "GITLAB_CI=")
		var stderr bytes.Buffer
		bash.Stderr = &stderr
		out, err := bash.Output()
		if err != nil || stderr.Len() > 0 {
			r.t.Fatalf("%s%v\n%s", command, err, stderr.String())
		}
		got = string(out)
	}
	switch want.language {
	case "text":
		if !textPattern(want.text).MatchString(strings.TrimSuffix(got, "\n") + "\n") {
			r.t.Errorf("$ %sgot:\n%s\nwant:\n%s", command, got, want.text)
		}
	case "json":
		if !sameJSON(r.t, want.text, got) {
			r.t.Errorf("$ %sgot:\n%s\nwant:\n%s", command, got, want.text)
		}
	default:
		r.t.Errorf("$ %sis followed by no block of what it prints", command)
	}
}

// start runs a server in the background until the test ends and returns what
// it printed, with its address as the README has it.
func (r *reader) start(command string) string {
	r.t.Helper()
	bash := exec.Command("bash", "-c", command)
	bash.Dir = "../.."
	bash.Env = append(os.Environ(), "MUSTER_LISTEN=127.0.0.1:0", "MUSTER_DATABASE="+r.database)
	printed := startGroup(r.t, bash)
	address := regexp.MustCompile(`ready on (http://[^,]+)`).FindStringSubmatch(printed)
	if address == nil {
		r.t.Fatalf("$ %sprinted\n%s", command, printed)
	}
	r.url = address[1]
	return strings.ReplaceAll(printed, r.url, "http://127.0.0.1:8081")
}

// startGroup starts a command with all its children in a group that ends with
// the test, and returns what it printed up to the line that says it is ready.
func startGroup(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGTERM) // it may have ended
		_ = command.Wait()                                      // by that signal
	})
	var printed strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		printed.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "ready on ") {
			return printed.String()
		}
	}
	t.Fatalf("%v ended:\n%s%s", command.Args, printed.String(), stderr.String())
	return ""
}

// fenced lists the blocks between ``` lines.
func fenced(markdown string) []block {
	var blocks []block
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(markdown, -1) {
		blocks = append(blocks, block{language: m[1], text: m[2]})
	}
	return blocks
}

// textPattern matches text in which a line "…" stands for any lines, and "…"
// within a line for anything up to its next words.
func textPattern(text string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for line := range strings.Lines(text) {
		if line == "…\n" {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*"))
	}
	return regexp.MustCompile(b.String() + `\z`)
}

// sameJSON compares two JSON texts, the first of which may hold "…".
func sameJSON(t *testing.T, want, got string) bool {
	t.Helper()
	var w, g any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%v in\n%s", err, want)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		return false
	}
	return same(w, g)
}

func same(want, got any) bool {
	switch w := want.(type) {
	case string:
		return w == "…" || w == got
	case []any:
		g, ok := got.([]any)
		return ok && slices.EqualFunc(w, g, same)
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for name, value := range w {
			if member, there := g[name]; !there || !same(value, member) {
				return false
			}
		}
		return true
	}
	return want == got
}
