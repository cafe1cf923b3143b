package avro

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// A fix is an edit of the candidate, which is the reader in one direction and
// the writer in the other.

// candidateReads tells which of the two the candidate is.
func (c *checker) candidateReads() bool { return c.opts.Writer != "new" }

// candidatePath is where t is in the candidate.
func (c *checker) candidatePath(t *trail) string {
	if c.candidateReads() {
		return t.readerPath()
	}
	return t.writerPath()
}

// earlier is the type that the candidate departed from.
func (c *checker) earlier(r, w *node) *node {
	if c.candidateReads() {
		return w
	}
	return r
}

func fix(op, path, value, format string, args ...any) *compat.Fix {
	return &compat.Fix{Text: fmt.Sprintf(format, args...), Edit: compat.Edit{Op: op, Path: path, Value: value}}
}

func quoted(s string) string {
	var b strings.Builder
	jsondoc.Quote(&b, s)
	return b.String()
}

func quotedList(items []string) string {
	quotes := make([]string, len(items))
	for i, item := range items {
		quotes[i] = quoted(item)
	}
	return "[" + strings.Join(quotes, ",") + "]"
}

// label names a type in a sentence.
func label(n *node) string {
	if n.kind.named() {
		return n.kind.String() + " " + n.name.full
	}
	return n.kind.String()
}

func (c *checker) keepType(r, w *node, t *trail) *compat.Fix {
	if t.branch() {
		return c.editBranch(r, w, t)
	}
	was := c.earlier(r, w)
	if c.candidateReads() && promotes(w.kind, r.kind) {
		return fix("widen-type", t.readerPath(), quoted(was.branchName()), "widen `%s` to %s", t.subject(was), was.kind)
	}
	return fix("keep-type", c.candidatePath(t), quoted(was.branchName()),
		"keep the type %s of `%s`", label(was), t.subject(was))
}

func (c *checker) keepName(r, w *node, t *trail) *compat.Fix {
	switch {
	case !c.candidateReads() && t.branch():
		return c.editBranch(r, w, t)
	case !c.candidateReads():
		return fix("keep-name", c.candidatePath(t), quoted(r.name.short),
			"keep the name `%s` of the %s", r.name.short, r.kind)
	}
	return fix("add-alias", c.candidatePath(t), quoted(w.name.full),
		"keep the name `%s`, or give `%s` the alias `%s`", w.name.short, r.name.short, w.name.full)
}

// keepRecordName makes the field aliases of a record count.
func (c *checker) keepRecordName(r, w *node, t *trail) *compat.Fix {
	if !c.candidateReads() {
		return fix("keep-name", rooted(t.up.writerPath()), quoted(r.name.full),
			"keep the name `%s` of record `%s`: earlier readers rename its fields by alias", r.name.full, w.name.full)
	}
	if freed := c.freeName(r, w); freed != nil {
		return freed
	}
	return fix("add-alias", t.up.readerPath(), quoted(w.name.full),
		"give record `%s` the alias `%s`: without it the aliases of its fields do not count", r.name.full, w.name.full)
}

func (c *checker) keepSize(r, w *node, t *trail) *compat.Fix {
	was := c.earlier(r, w)
	return fix("keep-size", c.candidatePath(t), fmt.Sprint(was.size),
		"keep the size %d of `%s`", was.size, t.subject(was))
}

func (c *checker) keepSymbols(r, w *node, missing []string, t *trail) *compat.Fix {
	list := strings.Join(missing, ", ")
	if !c.candidateReads() {
		return fix("remove-symbols", c.candidatePath(t), quotedList(missing),
			"leave out the symbols %s of `%s`: earlier readers have no default for them", list, t.subject(w))
	}
	return fix("keep-symbols", c.candidatePath(t), quotedList(missing),
		"keep the symbols %s of `%s`, or give enum %s a default", list, t.subject(r), r.name.full)
}

func (c *checker) dropAlias(f *field, t *trail) *compat.Fix {
	if !c.candidateReads() {
		return nil
	}
	return fix("remove-alias", t.readerPath(), quotedList(f.aliases),
		"remove the alias of `%s` that the earlier schema has as a field of its own", f.name)
}

// keepBranch offers what would repair a branch of the same name, if there is
// one, and else to keep the branch.
func (c *checker) keepBranch(r, w *node, t *trail) (*compat.Fix, *compat.Witness) {
	if near := c.solver.nearBranch(r, w); near != nil {
		t := t.to(r, near)
		if fix, witness := c.inner(near, w, t); fix != nil {
			return fix, witness
		}
		if freed := c.freeName(near, w); freed != nil {
			return freed, nil
		}
		if c.candidateReads() && w.kind.named() {
			return fix("add-alias", t.readerPath(), quoted(w.name.full),
				"give %s the alias `%s`: within a union the full name counts", label(near), w.name.full), nil
		}
	}
	return c.editBranch(r, w, t), nil
}

// nearBranch finds the branch of r that w's type was meant for.
func (s *solver) nearBranch(r, w *node) *node {
	if chosen := s.choose(r, w); chosen != nil {
		return chosen
	}
	for _, b := range r.members {
		if b.kind == w.kind && b.kind.named() && b.name.short == w.name.short {
			return b
		}
	}
	return nil
}

// editBranch keeps a branch that the writer's union has, or takes it back.
func (c *checker) editBranch(r, w *node, t *trail) *compat.Fix {
	subject, union := t.subject(w), t
	if t.branch() {
		union = t.up
	}
	switch {
	case c.candidateReads():
		return fix("add-branch", union.readerPath(), quoted(w.branchName()), "keep the branch %s of `%s`", label(w), subject)
	case t.branch():
		return fix("remove-branch", union.writerPath(), quoted(w.branchName()),
			"leave out the branch %s of `%s`: earlier readers do not have it", label(w), subject)
	}
	var names []string
	for _, b := range r.members {
		names = append(names, b.branchName())
	}
	return fix("keep-type", t.writerPath(), quotedList(names), "write `%s` as one of %s", subject, strings.Join(names, ", "))
}

// inner is the first fix between a branch and the writer's type, one that can be
// shown before others, with what shows why it is needed. Pairs that were walked
// before are passed over, so all of these walks together are no longer than one.
func (c *checker) inner(near, w *node, t *trail) (*compat.Fix, *compat.Witness) {
	sub := &checker{opts: c.opts, solver: c.solver, seen: c.explained(), depth: c.depth, examples: c.examples}
	sub.explain = sub.seen
	sub.walk(near, w, t)
	best := slices.IndexFunc(sub.found, func(d compat.Difference) bool { return d.Fix != nil && d.Witness != nil })
	if best < 0 {
		best = slices.IndexFunc(sub.found, func(d compat.Difference) bool { return d.Fix != nil })
	}
	if best < 0 {
		return nil, nil
	}
	return sub.found[best].Fix, sub.found[best].Witness
}

func (c *checker) explained() map[pair]bool {
	if c.explain == nil {
		c.explain = make(map[pair]bool)
	}
	return c.explain
}

// fillField offers a default, or an alias when the field looks renamed.
func (c *checker) fillField(r, w *node, f *field, t *trail) *compat.Fix {
	old := c.renamed(r, w, f)
	if !c.candidateReads() {
		if old != nil {
			return fix("keep-name", fmt.Sprintf("%s/fields/%d", strings.TrimSuffix(t.up.writerPath(), "/"), old.index),
				quoted(f.name), "keep the name `%s`: earlier readers do not know `%s`", f.name, old.name)
		}
		return fix("keep-field", t.up.writerPath(), quoted(f.name),
			"keep the field `%s`: earlier readers have no default for it", f.name)
	}
	if old != nil {
		return fix("add-alias", t.readerPath(), quoted(old.name),
			"keep the name `%s`, or give `%s` the alias `%s`", old.name, f.name, old.name)
	}
	if value := sampleDefault(f.typ, 0); value != "" {
		return fix("add-default", t.readerPath(), value, "give `%s` a default, e.g. %s", f.name, value)
	}
	return fix("make-optional", t.readerPath(), `["null",`+quoted(f.typ.branchName())+`]`,
		"make `%s` optional: a union with null, and null as its default", f.name)
}

// renamed finds the field of w that f seems to be under another name: one that
// r lacks, that f's type reads, and that is alike in name or the only one.
func (c *checker) renamed(r, w *node, f *field) *field {
	// Comparing many names with many costs more than the hint is worth.
	const maxGuesses = 16
	if c.guesses++; c.guesses > maxGuesses {
		return nil
	}
	taken := make(map[*field]bool, len(r.fields))
	missing := 0
	for _, other := range r.fields {
		source, _ := c.solver.takers.writerField(other, r, w)
		if source == nil && other.value == nil {
			missing++
		}
		taken[source] = true
	}
	var best *field
	least, candidates := 0, 0
	for _, g := range w.fields {
		if taken[g] || g.typ.kind != f.typ.kind || !c.solver.reads(f.typ, g.typ) || !c.solver.spend(c.depth) {
			continue
		}
		candidates++
		if d := distance(f.name, g.name); best == nil || d < least {
			best, least = g, d
		}
	}
	if best == nil || !alike(f.name, best.name) && (candidates > 1 || missing > 1) {
		return nil
	}
	return best
}

// sampleDefault is the JSON text of a small default, "" when the type has none
// that is short.
func sampleDefault(n *node, depth int) string {
	switch n.kind {
	case kindNull:
		return "null"
	case kindBoolean:
		return "false"
	case kindInt, kindLong:
		return "0"
	case kindFloat, kindDouble:
		return "0.0"
	case kindBytes, kindString:
		return `""`
	case kindArray:
		return "[]"
	case kindMap:
		return "{}"
	case kindFixed:
		if n.size <= 16 {
			return quoted(strings.Repeat("0", n.size))
		}
	case kindEnum:
		if len(n.symbols) > 0 {
			return quoted(n.symbols[0])
		}
	case kindUnion:
		return sampleBranch(n, depth)
	case kindRecord:
		return sampleRecord(n, depth)
	}
	return ""
}

// sampleBranch is a value of the first branch: Java up to 1.11 takes no other
// for a default (specification, "Unions").
func sampleBranch(n *node, depth int) string {
	if len(n.members) == 0 {
		return ""
	}
	return sampleDefault(n.members[0], depth)
}

func sampleRecord(n *node, depth int) string {
	const maxDepth, maxWidth = 3, 8
	if depth > maxDepth {
		return ""
	}
	var parts []string
	for _, f := range n.fields {
		if f.value != nil {
			continue
		}
		value := sampleDefault(f.typ, depth+1)
		if value == "" || len(parts) == maxWidth {
			return ""
		}
		parts = append(parts, quoted(f.name)+":"+value)
	}
	return "{" + strings.Join(parts, ",") + "}"
}
