package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What is made for code hosts is run here as they run it, in a repository made
// for the test. The program go is a stand-in: it installs this test's muster.

// TestCIPage_DoesWhatItSays follows docs/ci.md as a newcomer does, one command
// after the other, in the folder the last one ended in.
func TestCIPage_DoesWhatItSays(t *testing.T) {
	h := newHost(t)
	blocks := fenced(ciPage(t))
	ran := 0
	for i, b := range blocks {
		if b.language != "sh" {
			continue
		}
		got, code := h.bash(b.text+"\npwd >"+h.home+"/pwd", "-c")
		if code != 0 {
			t.Fatalf("$ %sexit code %d\n%s", b.text, code, got)
		}
		folder, err := os.ReadFile(h.home + "/pwd")
		if err != nil {
			t.Fatal(err)
		}
		h.folder = strings.TrimSpace(string(folder))
		if want := blocks[i+1]; want.language != "text" || !textPattern(want.text).MatchString(got) {
			t.Fatalf("$ %sgot:\n%s\nwant:\n%s", b.text, got, want.text)
		}
		ran++
	}
	if ran == 0 {
		t.Error("the page has no commands")
	}
}

// action is what this test reads of action.yml.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Steps []struct {
			Uses, Shell, Run string
			Env              map[string]string
		}
	}
}

func TestAction_FailsThePullRequestThatBreaks(t *testing.T) {
	var a action
	unmarshal(t, readFile(t, "../../action.yml"), &a)
	h := newHost(t)
	h.pullRequest()
	h.environ = append(h.environ,
		"GITHUB_ACTIONS=true", "CI=true", "GITHUB_EVENT_NAME=pull_request", "GITHUB_BASE_REF=main", "GITHUB_HEAD_REF=change",
		"GITHUB_WORKSPACE="+h.folder, "GITHUB_OUTPUT="+h.home+"/output", "GITHUB_STEP_SUMMARY="+h.home+"/summary",
		"GITHUB_ENV="+h.home+"/env", "RUNNER_TEMP="+h.home)
	for _, row := range []struct {
		command string // empty for the default
		code    int
		want    string
	}{
		{"", exitFindings, "::error file=schemas/order.avsc,line=3,col=3,title=READER_FIELD_MISSING_DEFAULT_VALUE::"},
		{"lint", exitOK, "schemas/order.avsc: fine"},
		{"check --against git: schemas/*.avsc", exitFailed, ""}, // words are not patterns
		{"check --against git: ; touch " + h.home + "/touched", exitFailed, ""},
	} {
		out, code := h.run(a, row.command)
		if code != row.code || !strings.Contains(out, row.want) {
			t.Errorf("%q: exit code %d, want %d\n%s", row.command, code, row.code, out)
		}
	}
	if _, err := os.Stat(h.home + "/touched"); err == nil {
		t.Error("an input was run as a script")
	}
	h.git("revert", "--no-edit", "-m", "1", "HEAD")
	if out, code := h.run(a, ""); code != exitOK {
		t.Errorf("exit code %d after the revert\n%s", code, out)
	}
}

// run does what a runner does with the steps of a composite action. command
// stands for that input, when it is not empty.
func (h *host) run(a action, command string) (out string, code int) {
	h.t.Helper()
	for _, step := range a.Runs.Steps {
		if step.Uses != "" {
			continue
		}
		if step.Shell != "bash" {
			h.t.Fatalf("a step runs in %q", step.Shell)
		}
		environ := h.environ
		for name, value := range step.Env {
			for input, declared := range a.Inputs {
				if input == "command" && command != "" {
					declared.Default = command
				}
				value = strings.ReplaceAll(value, "${{ inputs."+input+" }}", declared.Default)
			}
			if strings.Contains(value, "${{") {
				h.t.Fatalf("%s: %s is no input", name, value)
			}
			h.environ = append(h.environ, name+"="+value)
		}
		script := filepath.Join(h.home, "step.sh")
		writeFile(h.t, script, step.Run)
		out, code = h.bash(script, "--noprofile", "--norc", "-eo", "pipefail")
		h.environ = environ
		if code != 0 {
			return out, code
		}
	}
	return out, code
}

// TestWorkflow_UsesTheAction holds the workflow of docs/ci.md to action.yml.
func TestWorkflow_UsesTheAction(t *testing.T) {
	var a action
	unmarshal(t, readFile(t, "../../action.yml"), &a)
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]any
			}
		}
	}
	unmarshal(t, yamlBlock(t, "actions/checkout"), &workflow)
	steps := workflow.Jobs["schemas"].Steps
	if len(steps) != 2 || steps[0].With["fetch-depth"] != 0 {
		t.Fatalf("%+v", steps)
	}
	for input := range steps[1].With {
		if _, ok := a.Inputs[input]; !ok {
			t.Errorf("action.yml has no input %q", input)
		}
	}
}

func TestHooks_StopTheCommitThatBreaks(t *testing.T) {
	var hooks []struct{ ID, Entry string }
	unmarshal(t, readFile(t, "../../.pre-commit-hooks.yaml"), &hooks)
	var config struct {
		Repos []struct{ Hooks []struct{ ID string } }
	}
	unmarshal(t, yamlBlock(t, "hooks:"), &config)
	entries := make(map[string]string)
	for _, hook := range hooks {
		entries[hook.ID] = hook.Entry
	}
	h := newHost(t)
	run := func(when string, want int) {
		t.Helper()
		worst := 0
		for _, hook := range config.Repos[0].Hooks {
			out, code := h.bash(entries[hook.ID], "-c")
			worst = max(worst, code)
			t.Logf("%s, %s: %d\n%s", when, hook.ID, code, out)
		}
		if worst != want {
			t.Errorf("%s: exit code %d, want %d", when, worst, want)
		}
	}
	h.repository()
	run("before the first commit", exitOK)
	h.commit("one")
	run("without a change", exitOK)
	h.write("schemas/order.avsc", brokenOrder)
	run("before a commit that breaks", exitFindings)
	h.write("schemas/order.avsc", `{"type": "record"}`)
	run("before a commit of what is no schema", exitFindings)
}

// TestGitLab_WritesTheReport runs the script of the snippet in docs/ci.md.
func TestGitLab_WritesTheReport(t *testing.T) {
	var snippet map[string]struct {
		Script    []string
		Variables map[string]string
		Artifacts struct{ Reports struct{ Codequality string } }
	}
	unmarshal(t, yamlBlock(t, "codequality"), &snippet)
	job := snippet["schemas"]
	h := newHost(t)
	h.pullRequest()
	h.environ = append(h.environ, "GITLAB_CI=true", "CI=true", "CI_PIPELINE_SOURCE=merge_request_event",
		"CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", "CI_DEFAULT_BRANCH=main")
	out, code := h.bash("set -eo pipefail\n"+strings.Join(job.Script, "\n"), "-c")
	if code != exitFindings || job.Variables["GIT_DEPTH"] != "0" {
		t.Errorf("exit code %d\n%s", code, out)
	}
	var issues []struct {
		CheckName string `yaml:"check_name"`
		Location  struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	unmarshal(t, readFile(t, filepath.Join(h.folder, job.Artifacts.Reports.Codequality)), &issues)
	if len(issues) != 1 || issues[0].Location.Path != "schemas/order.avsc" || issues[0].Location.Lines.Begin != 3 {
		t.Errorf("%+v", issues)
	}
}

// TestMerge_RegistersOnce runs the steps of docs/ci.md that register on merge.
func TestMerge_RegistersOnce(t *testing.T) {
	var steps []struct{ Run string }
	unmarshal(t, yamlBlock(t, "detailed-exitcode"), &steps)
	h := newHost(t)
	h.repository()
	h.environ = append(h.environ, "MUSTER_REGISTRY="+serve(t, nil).url)
	for _, want := range []string{"a change", "no changes"} {
		var all strings.Builder
		for _, step := range steps {
			out, code := h.bash("set -eo pipefail\n"+step.Run, "-c")
			if code != 0 {
				t.Errorf("%s: exit code %d\n%s", step.Run, code, out)
			}
			all.WriteString(out)
		}
		if changed := !strings.Contains(all.String(), "no changes"); changed != (want == "a change") {
			t.Errorf("want %s:\n%s", want, &all)
		}
	}
}

// host is where a code host runs commands.
type host struct {
	t       *testing.T
	home    string // with bin
	folder  string
	environ []string
}

func newHost(t *testing.T) *host {
	t.Helper()
	muster, err := exec.LookPath("muster")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	h := &host{t: t, home: home, folder: filepath.Join(home, "work")}
	for _, folder := range []string{h.folder, home + "/go/bin"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.environ = []string{
		"PATH=" + home + "/go/bin:/usr/bin:/bin", "HOME=" + home, "GORACE=" + exitAtOnce,
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}
	writeFile(t, home+"/go/bin/go", "#!/bin/sh\ncase \"$1\" in\nenv) echo "+home+"/go;;\ninstall) ln -sf "+muster+" "+home+"/go/bin/muster;;\nesac\n")
	if err := os.Symlink(muster, home+"/go/bin/muster"); err != nil {
		t.Fatal(err)
	}
	return h
}

// bash runs bash with the words of options before what, and returns all that
// is printed.
func (h *host) bash(what string, options ...string) (out string, code int) {
	h.t.Helper()
	bash := exec.Command("bash", append(options, what)...)
	bash.Dir, bash.Env = h.folder, h.environ
	printed, err := bash.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(printed), exit.ExitCode()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return string(printed), 0
}

func (h *host) git(args ...string) {
	h.t.Helper()
	git := exec.Command("git", args...)
	git.Dir, git.Env = h.folder, h.environ
	if out, err := git.CombinedOutput(); err != nil {
		h.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (h *host) write(path, text string) {
	h.t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(h.folder, path)), 0o700); err != nil {
		h.t.Fatal(err)
	}
	writeFile(h.t, filepath.Join(h.folder, path), text)
}

func (h *host) commit(message string) {
	h.t.Helper()
	h.git("add", "-A")
	h.git("commit", "-q", "-m", message)
}

// brokenOrder is what a change makes of the schema of repository.
const brokenOrder = "{\"type\": \"record\", \"name\": \"Order\", \"fields\": [\n  {\"name\": \"id\", \"type\": \"string\"},\n  {\"name\": \"note\", \"type\": \"string\"}\n]}\n"

func (h *host) repository() {
	h.t.Helper()
	h.git("init", "-q", "-b", "main")
	h.write("muster.yaml", "version: 1\nschemas: [{path: 'schemas/*.avsc', subject: '{{ .base }}-value'}]\n")
	h.write("schemas/order.avsc", "{\"type\": \"record\", \"name\": \"Order\", \"fields\": [\n  {\"name\": \"id\", \"type\": \"string\"}\n]}\n")
}

// pullRequest leaves a clone on the merge of a branch that breaks with main, as
// code hosts check it out: without branches of its own.
func (h *host) pullRequest() {
	h.t.Helper()
	h.repository()
	h.commit("one")
	h.git("switch", "-q", "-c", "change")
	h.write("schemas/order.avsc", brokenOrder)
	h.commit("two")
	h.git("switch", "-q", "main")
	h.write("README", "")
	h.commit("three")
	h.git("switch", "-q", "--detach")
	h.git("merge", "-q", "--no-edit", "change")
	h.git("update-ref", "refs/pull/1/merge", "HEAD")
	origin := h.folder
	h.folder = filepath.Join(h.home, "clone")
	if err := os.Mkdir(h.folder, 0o700); err != nil {
		h.t.Fatal(err)
	}
	h.git("init", "-q")
	h.git("remote", "add", "origin", origin)
	h.git("fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/pull/1/merge:refs/remotes/pull/1/merge")
	h.git("checkout", "-q", "--detach", "refs/remotes/pull/1/merge")
}

func ciPage(t *testing.T) string {
	t.Helper()
	return string(readFile(t, "../../docs/ci.md"))
}

// yamlBlock is the block of docs/ci.md that has a word.
func yamlBlock(t *testing.T, word string) []byte {
	t.Helper()
	for _, b := range fenced(ciPage(t)) {
		if b.language == "yaml" && strings.Contains(b.text, word) {
			return []byte(b.text)
		}
	}
	t.Fatalf("docs/ci.md has no %q", word)
	return nil
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func unmarshal(t *testing.T, text []byte, v any) {
	t.Helper()
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(v); err != nil {
		t.Fatal(err)
	}
}
