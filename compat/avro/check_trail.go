package avro

import (
	"slices"
	"strconv"
	"strings"
)

// trail is the way from the root to a pair. It is spelled out on demand, since
// most pairs have nothing to report.
type trail struct {
	up    *trail
	field *field // the reader's, when the step enters one
	from  *node  // the writer's type that the step leaves, nil when it leaves none
	index int    // of the writer's field or branch that it enters
	// branches and chosen are a reader's union and the branch of it that the
	// writer's type is compared with, where a fix is sought.
	branches []*node
	chosen   *node
}

// down goes to the items of both types.
func (t *trail) down(from *node) *trail { return &trail{up: t, from: from} }

// missing goes to a field that the reader alone has.
func (t *trail) missing(f *field) *trail { return &trail{up: t, field: f} }

// along goes from a record to the type of a field and of its source.
func (t *trail) along(f *field, from *node, source *field) *trail {
	return &trail{up: t, field: f, from: from, index: source.index}
}

// into enters the branch of that index in the writer's union.
func (t *trail) into(from *node, branch int) *trail {
	return &trail{up: t, from: from, index: branch}
}

// branch tells whether the step enters a branch of the writer's union.
func (t *trail) branch() bool { return t.from != nil && t.from.kind == kindUnion }

// path is the JSON pointer of t into the reader as Java reports it: "/" is
// the root, and a branch of a union has the index it has in the writer.
func (t *trail) path() string {
	return rooted(t.join(func(t *trail) string {
		switch {
		case t.field == nil:
			return t.step()
		case t.from == nil:
			return "/fields/" + strconv.Itoa(t.field.index)
		}
		return "/fields/" + strconv.Itoa(t.field.index) + "/type"
	}))
}

// readerPath is the JSON pointer of t into the reader as its text has it, which
// is where edits are made.
func (t *trail) readerPath() string {
	return rooted(t.join(func(t *trail) string {
		step := ""
		switch {
		case t.field != nil && t.from == nil:
			return "/fields/" + strconv.Itoa(t.field.index)
		case t.field != nil:
			step = "/fields/" + strconv.Itoa(t.field.index) + "/type"
		case t.branch() && t.chosen != nil:
		default:
			step = t.step()
		}
		if t.chosen != nil {
			step += "/" + strconv.Itoa(slices.Index(t.branches, t.chosen))
		}
		return step
	}))
}

// to is t where the writer's type meets a branch of the reader's union r.
func (t *trail) to(r, branch *node) *trail {
	u := *t
	u.branches, u.chosen = r.members, branch
	return &u
}

// writerPath is the JSON pointer of t into the writer.
func (t *trail) writerPath() string { return rooted(t.join((*trail).step)) }

// step is the last step in the writer.
func (t *trail) step() string {
	if t.from == nil {
		return ""
	}
	switch t.from.kind {
	case kindArray:
		return "/items"
	case kindMap:
		return "/values"
	case kindRecord:
		return "/fields/" + strconv.Itoa(t.index) + "/type"
	}
	return "/" + strconv.Itoa(t.index)
}

func (t *trail) join(step func(*trail) string) string {
	var steps []string
	for ; t != nil; t = t.up {
		steps = append(steps, step(t))
	}
	slices.Reverse(steps)
	return strings.Join(steps, "")
}

func rooted(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

func slash(path, step string) string {
	return strings.TrimSuffix(path, "/") + "/" + step
}

// subject names what t is about: the nearest field, else the type.
func (t *trail) subject(n *node) string {
	for ; t != nil; t = t.up {
		if t.field != nil {
			return t.field.name
		}
	}
	return n.branchName()
}
